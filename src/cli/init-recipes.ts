/** Every text of a file that runs Lockkeeper: what `init` writes, and what docs/integrations.md shows. */
import { version } from '../version.js';

/** How it is run where nothing is installed: a fixed version, so that a build of tomorrow finds what that of today did. */
const npx = `npx --yes lockkeeper@${version}`;

/** The line of a hook. npx takes longer to start than Lockkeeper does to judge, so an installed one is run directly. */
export function hookLine(isInstalled: boolean): string {
  return `${isInstalled ? 'node_modules/.bin/lockkeeper' : npx} check --staged\n`;
}

/** The entry in lefthook.yml. */
export function lefthookEntry(isInstalled: boolean): string {
  return `pre-commit:\n  commands:\n    lockkeeper:\n      run: ${hookLine(isInstalled)}`;
}

/** The entry in the list `repos` of .pre-commit-config.yaml. */
export const preCommitEntry = `  - repo: local
    hooks:
      - id: lockkeeper
        name: lockkeeper
        entry: lockkeeper check --staged
        language: node
        additional_dependencies: ['lockkeeper@${version}']
        pass_filenames: false
        always_run: true
`;

export const preCommitFile = `repos:\n${preCommitEntry}`;

/** The same from the repository of Lockkeeper, whatever account holds it. */
export const preCommitRepository = `repos:
  - repo: https://github.com/OWNER/lockkeeper
    rev: v${version}
    hooks:
      - id: lockkeeper
`;

function workflow(roots: readonly string[], permissions: readonly string[], steps: string): string {
  const globs = new Set(roots.map((root) => JSON.stringify(root === '' ? '**' : `${root}/**`)));
  return `name: lockkeeper
on:
  pull_request:
    paths: [${[...globs, '"lockkeeper.*"'].join(', ')}]
permissions:
${['contents: read', ...permissions].map((line) => `  ${line}\n`).join('')}jobs:
  lockkeeper:
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@v6
        with:
          fetch-depth: 0
${steps}`;
}

/** A workflow that needs nothing but the npm package. */
export function npxWorkflow(roots: readonly string[]): string {
  return workflow(
    roots,
    [],
    `      - uses: actions/setup-node@v6
        with:
          node-version: 24
      - run: >-
          ${npx} check --changed "origin/$GITHUB_BASE_REF"
          --format github --format "markdown=$GITHUB_STEP_SUMMARY"
`,
  );
}

/** A workflow with the action, which also writes a comment and SARIF. */
export function actionWorkflow(roots: readonly string[]): string {
  return workflow(
    roots,
    ['pull-requests: write     # for comment: true', 'security-events: write   # for SARIF'],
    `      - id: lockkeeper
        uses: OWNER/lockkeeper@v${version}
        with:
          comment: true
          sarif-file: lockkeeper.sarif
      - if: always() && steps.lockkeeper.outputs.sarif-file
        uses: github/codeql-action/upload-sarif@v4
        with:
          sarif_file: \${{ steps.lockkeeper.outputs.sarif-file }}
`,
  );
}

/** A job in .gitlab-ci.yml. */
export const gitlabJob = `lockkeeper:
  image: node:24
  variables:
    GIT_DEPTH: 0
  script:
    - ${npx} check --changed "origin/$CI_MERGE_REQUEST_TARGET_BRANCH_NAME" --format gitlab=codequality.json --format junit=junit.xml
  artifacts:
    when: always
    reports:
      codequality: codequality.json
      junit: junit.xml
  rules:
    - if: $CI_PIPELINE_SOURCE == 'merge_request_event'
`;

const roots = ['db/migrations'];
const block = (language: string, text: string) => `\`\`\`${language}\n${text}\`\`\``;

/** What docs/integrations.md shows, by the name of its place there. */
export const recipes: Readonly<Record<string, string>> = {
  'pre-commit': block('yaml', preCommitFile),
  'pre-commit-repository': block('yaml', preCommitRepository),
  husky: block('sh', hookLine(true)),
  lefthook: block('yaml', lefthookEntry(true)),
  npx: block('sh', hookLine(false)),
  workflow: block('yaml', npxWorkflow(roots)),
  action: block('yaml', actionWorkflow(roots)),
  gitlab: block('yaml', gitlabJob),
};
