import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { rules } from '../../rules/index.js';
import { configNames, loadConfig } from '../config.js';
import { discover, frameworkOf } from '../frameworks/discover.js';
import type { History } from '../frameworks/framework.js';
import { frameworks } from '../frameworks/index.js';
import { visible } from '../reporters/terminal.js';
import { count } from '../reporters/words.js';
import { UserError } from '../user-error.js';
import { version } from '../version.js';
import { type Io, styleFor } from './io.js';
import { exit } from './main.js';
import { repositoryPrefix } from './project.js';

/** A file to be made, or, where there is one of that name already, what a person should add to it. */
interface Proposal {
  readonly file: string;
  readonly text: string;
  readonly what: string;
  /** For a file that is there already: the lines to add, or '' when nothing is missing. */
  readonly add: string;
}

/** `lockkeeper init`: finds the migrations, shows the files that fit them, and writes those that are not there yet. */
export async function run(flags: { readonly dryRun?: boolean }, io: Io): Promise<number> {
  const prefix = repositoryPrefix(io.cwd);
  if (prefix !== '')
    throw new UserError(`run it in the root of the repository: cd ${'../'.repeat(prefix.split('/').length - 1)}`);
  const { file: config } = await loadConfig(io.cwd, undefined, { rules, frameworks: frameworks.map(({ id }) => id) });
  const { histories } = await discover([], { cwd: io.cwd });
  const found = histories.filter(({ migrations }) => migrations.length > 0);
  if (found.length === 0)
    throw new UserError('there are no migrations below this folder: make the first one, then run init again');
  const style = styleFor(io.stdout, io.env);
  for (const { framework, root, migrations } of found) {
    const title = frameworkOf(framework).title;
    io.stdout.write(`${style.bold(title)} in ${visible(root || '.')}: ${count(migrations.length, 'migration')}\n`);
  }
  for (const proposal of proposals(found, config, io.cwd)) {
    const there = existsSync(join(io.cwd, proposal.file));
    const text = there ? proposal.add : proposal.text;
    io.stdout.write(`\n${style.bold(proposal.file)} ${headline(there, proposal, flags.dryRun === true)}\n`);
    io.stdout.write(text.replace(/^(?=.)/gm, '    '));
    if (there || flags.dryRun === true) continue;
    mkdirSync(dirname(join(io.cwd, proposal.file)), { recursive: true });
    writeFileSync(join(io.cwd, proposal.file), proposal.text, {
      flag: 'wx',
      mode: proposal.text.startsWith('#!') ? 0o755 : 0o644,
    });
  }
  io.stdout.write(
    '\nlockkeeper check --write-baseline makes what is found in old migrations known: only new findings count then\n',
  );
  return exit.clean;
}

function headline(there: boolean, { what, add }: Proposal, dry: boolean): string {
  if (!there) return `${dry ? 'would be written' : 'is written'}: ${what}`;
  return add === '' ? 'is there already' : 'is there already; this is what to add to it';
}

function proposals(found: readonly History[], config: string | undefined, cwd: string): readonly Proposal[] {
  const file = config ?? configNames[0];
  const configuration: Proposal = { file, text: configText(found), what: 'where the migrations are', add: '' };
  // without a repository there is nothing to hook into
  return existsSync(join(cwd, '.git')) ? [configuration, hook(cwd), workflow(found)] : [configuration];
}

function configText(found: readonly History[]): string {
  const paths = [...new Set(found.map(({ root }) => root || '.'))];
  const $schema = 'https://unpkg.com/lockkeeper/dist/schema.json';
  return `${JSON.stringify({ $schema, pg: 14, paths }, null, 2)}\n`;
}

const staged = 'npx lockkeeper check --staged';

/** The entry of the program that runs the repository's hooks already, else of pre-commit. */
function hook(cwd: string): Proposal {
  const what = 'judges the migrations of each commit before it is made';
  if (existsSync(join(cwd, '.husky')))
    return { file: '.husky/pre-commit', text: `${staged}\n`, what, add: `${staged}\n` };
  const lefthook = ['lefthook.yml', 'lefthook.yaml', '.lefthook.yml'].find((name) => existsSync(join(cwd, name)));
  if (lefthook !== undefined) return { file: lefthook, text: lefthookEntry, what, add: lefthookEntry };
  return { file: '.pre-commit-config.yaml', text: `repos:\n${preCommitEntry}`, what, add: preCommitEntry };
}

const lefthookEntry = `pre-commit:
  commands:
    lockkeeper:
      run: ${staged}
`;

const preCommitEntry = `  - repo: local
    hooks:
      - id: lockkeeper
        name: lockkeeper
        entry: lockkeeper check --staged
        language: node
        additional_dependencies: ['lockkeeper@${version}']
        pass_filenames: false
`;

function workflow(found: readonly History[]): Proposal {
  const paths = found.map(({ root }) => JSON.stringify(root === '' ? '**' : `${root}/**`));
  const text = `name: lockkeeper
on:
  pull_request:
    paths: [${[...new Set(paths)].join(', ')}, 'lockkeeper.*']
permissions:
  contents: read
jobs:
  lockkeeper:
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@v4
        with:
          fetch-depth: 0
      - uses: actions/setup-node@v4
        with:
          node-version: 24
      - run: >-
          npx --yes lockkeeper@${version} check --changed "origin/$GITHUB_BASE_REF"
          --format github --format "markdown=$GITHUB_STEP_SUMMARY"
`;
  return { file: '.github/workflows/lockkeeper.yml', text, what: 'annotates pull requests', add: '' };
}
