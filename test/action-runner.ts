import { execFile, execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { parse } from 'yaml';
import { temporary } from './repository.js';

/** Builds the action as the release has it, in a folder with nothing of this project around it. */
export function buildAction(): string {
  const folder = temporary();
  execFileSync(process.execPath, ['scripts/build-action.mjs', folder]);
  // the package.json of the release says so
  writeFileSync(join(folder, 'package.json'), '{ "type": "module" }');
  return folder;
}

const defaults: Record<string, string> = Object.fromEntries(
  Object.entries<{ default?: string }>(parse(readFileSync('action.yml', 'utf8')).inputs).map(([name, input]) => [
    name,
    (input.default ?? '').startsWith('${{') ? '' : (input.default ?? ''),
  ]),
);

/** Where the action runs, and on what event. */
export interface Job {
  readonly bundle: string;
  readonly workspace: string;
  readonly api: string;
  readonly event: object;
  readonly inputs: Readonly<Record<string, string>>;
}

/** Runs the bundle as the runner does, in an environment that has nothing else. */
export async function runAction({ bundle, workspace, api, event, inputs }: Job) {
  const runner = temporary({ 'summary.md': '', 'output.txt': '', 'event.json': JSON.stringify(event) });
  const given = Object.entries({ ...defaults, ...inputs }).map(([name, value]) => [
    `INPUT_${name.replaceAll(' ', '_').toUpperCase()}`,
    value,
  ]);
  const env = {
    ...Object.fromEntries(given),
    PATH: process.env.PATH,
    GITHUB_ACTIONS: 'true',
    GITHUB_API_URL: api,
    GITHUB_SERVER_URL: 'https://code.example',
    GITHUB_REPOSITORY: 'octo/shop',
    GITHUB_RUN_ID: '77',
    GITHUB_WORKSPACE: workspace,
    GITHUB_EVENT_PATH: join(runner, 'event.json'),
    GITHUB_STEP_SUMMARY: join(runner, 'summary.md'),
    GITHUB_OUTPUT: join(runner, 'output.txt'),
  };
  const main = resolve(bundle, 'index.js');
  const ran = await promisify(execFile)(process.execPath, [main], { cwd: runner, env, maxBuffer: 1e8 }).then(
    ({ stdout, stderr }) => ({ code: 0, log: `${stdout}${stderr}` }),
    (error: { code: number; stdout: string; stderr: string }) => ({
      code: error.code,
      log: `${error.stdout}${error.stderr}`,
    }),
  );
  const outputs = readFileSync(join(runner, 'output.txt'), 'utf8').matchAll(/^(.+)<<(.+)\n([\s\S]*?)\n\2$/gm);
  return {
    ...ran,
    summary: readFileSync(join(runner, 'summary.md'), 'utf8'),
    outputs: Object.fromEntries([...outputs].map(([, name, , value]) => [name, value])),
  };
}

/** As much of the event of a pull request as could matter; `head` is what it would merge. */
export function pullRequestEvent(base: string, head = 'f'.repeat(40)): object {
  return {
    action: 'synchronize',
    number: 12,
    pull_request: {
      number: 12,
      title: '$(touch /tmp/owned) ::error::title',
      head: { ref: 'feature', sha: head },
      base: { ref: 'main', sha: base, repo: { full_name: 'octo/shop' } },
    },
    repository: { full_name: 'octo/shop' },
  };
}
