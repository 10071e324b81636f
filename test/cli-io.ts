import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll } from 'vitest';
import type { Io } from '../src/cli/io.js';
import { main } from '../src/cli/main.js';

/** What a run of the command line gave. */
export interface Ran {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

const made: string[] = [];
afterAll(() => {
  for (const folder of made.splice(0)) rmSync(folder, { recursive: true, force: true });
});

/** A new folder with these files, which is gone when the tests of the file are done. */
export function folderOf(files: Readonly<Record<string, string>>): string {
  const folder = mkdtempSync(join(tmpdir(), 'lockkeeper-cli-'));
  made.push(folder);
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), text);
  }
  return folder;
}

/** Runs the command line in this process, as `cwd` and the terminal that is asked for would have it. */
export async function run(
  cwd: string,
  argv: readonly string[],
  world: { readonly stdin?: string; readonly env?: Io['env']; readonly terminal?: boolean } = {},
): Promise<Ran> {
  let stdout = '';
  let stderr = '';
  const isTerminal = world.terminal ?? false;
  const columns = isTerminal ? 100 : undefined;
  const code = await main(argv, {
    cwd,
    env: world.env ?? {},
    stdin: () => world.stdin ?? '',
    stdout: { write: (text) => (stdout += text), isTerminal, columns },
    stderr: { write: (text) => (stderr += text), isTerminal, columns },
  });
  return { code, stdout, stderr };
}
