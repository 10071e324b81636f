import { execFileSync } from 'node:child_process';
import { mkdirSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll } from 'vitest';
import { folderOf } from './cli-io.js';

// a hook that runs these tests has set them for its own repository
for (const name of Object.keys(process.env)) if (name.startsWith('GIT_')) delete process.env[name];
process.env.GIT_CONFIG_GLOBAL = '/dev/null';
process.env.GIT_CONFIG_SYSTEM = '/dev/null';
// nor is a repository around the temporary folders one of theirs
process.env.GIT_CEILING_DIRECTORIES = realpathSync(tmpdir());

const made: string[] = [];
afterAll(() => {
  for (const folder of made) rmSync(folder, { recursive: true, force: true });
}, 120_000);

/** A folder with these files that goes when the test file is done. */
export function temporary(files: Readonly<Record<string, string>> = {}): string {
  const folder = folderOf(files);
  made.push(folder);
  return folder;
}

const identity = ['-c', 'user.name=Ada', '-c', 'user.email=ada@example.org', '-c', 'protocol.file.allow=always'];

/** Runs git and gives what it prints. */
export function git(cwd: string, ...args: readonly string[]): string {
  return execFileSync('git', [...identity, ...args], { cwd, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
}

/** Writes files; null deletes one. */
export function put(cwd: string, files: Readonly<Record<string, string | null>>): void {
  for (const [name, text] of Object.entries(files)) {
    const path = join(cwd, name);
    mkdirSync(dirname(path), { recursive: true });
    if (text === null) rmSync(path);
    else writeFileSync(path, text);
  }
}

/** Writes files and commits everything. */
export function commit(cwd: string, files: Readonly<Record<string, string | null>>): void {
  put(cwd, files);
  git(cwd, 'add', '-A');
  git(cwd, 'commit', '-q', '--allow-empty', '-m', 'change');
}

/** A repository on `main` with one commit of these files. */
export function repository(files: Readonly<Record<string, string>>): string {
  const folder = temporary();
  git(folder, 'init', '-q', '-b', 'main');
  commit(folder, files);
  return folder;
}

/** A clone with its `origin/main`, on a new branch. */
export function branchOf(origin: string, ...options: readonly string[]): string {
  const folder = join(temporary(), 'clone');
  git(dirname(folder), 'clone', '-q', ...options, `file://${origin}`, folder);
  git(folder, 'checkout', '-q', '-b', 'feature');
  return folder;
}
