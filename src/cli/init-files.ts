import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { configNames } from '../config.js';
import type { History } from '../frameworks/framework.js';
import { gitlabJob, hookLine, lefthookEntry, npxWorkflow, preCommitEntry, preCommitFile } from './init-recipes.js';

/** A file to be made, or, where there is one of that name already, what a person should add to it. */
export interface Proposal {
  readonly file: string;
  readonly text: string;
  readonly what: string;
  /** True of a program. */
  readonly runs?: boolean;
  /** For a file that is there already and does not name Lockkeeper: the lines to add, or '' when there are none. */
  readonly add: string;
  /** What is still to be done by hand for it to work. */
  readonly next: readonly Todo[];
}

/** A command, and what it is good for. */
export type Todo = readonly [command: string, why: string];

/** The files that fit some histories and a repository; without a repository there is nothing to hook into. */
export function proposals(
  { found, pg }: { readonly found: readonly History[]; readonly pg: number },
  config: string | undefined,
  cwd: string,
): readonly Proposal[] {
  const configuration: Proposal = {
    file: config ?? configNames[0],
    text: configText(found, pg),
    what: 'where the migrations are',
    add: '',
    next: [],
  };
  if (!existsSync(join(cwd, '.git'))) return [configuration];
  const pipeline = existsSync(join(cwd, '.gitlab-ci.yml')) && !existsSync(join(cwd, '.github'));
  return [configuration, hook(cwd), pipeline ? pipelineJob : workflow(found)];
}

function configText(found: readonly History[], pg: number): string {
  const paths = [...new Set(found.map(({ root }) => root || '.'))];
  const $schema = 'https://unpkg.com/lockkeeper/dist/schema.json';
  return `${JSON.stringify({ $schema, pg, paths }, null, 2)}\n`;
}

/** How a dependency of development is added, by the file that a package manager leaves. */
const installers: readonly (readonly [lock: string, command: string])[] = [
  ['pnpm-lock.yaml', 'pnpm add --save-dev lockkeeper'],
  ['yarn.lock', 'yarn add --dev lockkeeper'],
  ['bun.lock', 'bun add --dev lockkeeper'],
  ['package.json', 'npm install --save-dev lockkeeper'],
];

/** The entry of the program that runs the repository's hooks already, else of pre-commit. */
function hook(cwd: string): Proposal {
  const what = 'judges the migrations of each commit before it is made';
  const [, install] = installers.find(([file]) => existsSync(join(cwd, file))) ?? [];
  const line = hookLine(install !== undefined);
  const isInstalled = install !== undefined && mentions(join(cwd, 'package.json'));
  const next: readonly Todo[] =
    install === undefined || isInstalled ? [] : [[install, 'so that everybody has the version of the hook']];
  if (existsSync(join(cwd, '.husky')))
    return { file: '.husky/pre-commit', text: line, what, runs: true, add: line, next };
  const lefthook = ['lefthook.yml', 'lefthook.yaml', '.lefthook.yml'].find((name) => existsSync(join(cwd, name)));
  if (lefthook !== undefined) {
    const entry = lefthookEntry(install !== undefined);
    return { file: lefthook, text: entry, what, add: entry, next };
  }
  return {
    file: '.pre-commit-config.yaml',
    text: preCommitFile,
    what,
    add: preCommitEntry,
    next: [['pre-commit install', 'in each clone, once: https://pre-commit.com']],
  };
}

/** True when a file is there and names Lockkeeper. */
export function mentions(path: string): boolean {
  return existsSync(path) && readFileSync(path, 'utf8').includes('lockkeeper');
}

function workflow(found: readonly History[]): Proposal {
  const text = npxWorkflow(found.map(({ root }) => root));
  return { file: '.github/workflows/lockkeeper.yml', text, what: 'annotates pull requests', add: '', next: [] };
}

const pipelineJob: Proposal = {
  file: '.gitlab-ci.yml',
  text: gitlabJob,
  what: 'reports to merge requests',
  add: gitlabJob,
  next: [],
};
