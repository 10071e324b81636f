import { existsSync, statSync } from 'node:fs';
import { relative, resolve, sep } from 'node:path';
import { readChanges } from '../git.js';
import { UserError } from '../user-error.js';
import { asksForChanges } from './ask-git.js';
import type { FixFlags } from './flags.js';
import type { Io } from './io.js';

/** The files that others have, and may have applied. */
export interface Published {
  /** The branch that has them, for people. */
  readonly base: string;
  /** By path relative to the working directory. */
  readonly has: (file: string) => boolean;
}

/**
 * What `fix` does not touch: files that the base branch has and that this one has not edited. Flyway, Liquibase, Prisma and others keep the
 * checksum of what they have applied and refuse to run where the file is another. Files that the command line names are
 * meant, and so are those of --changed, --staged, --since and --all.
 */
export async function publishedFiles(
  paths: readonly string[],
  flags: FixFlags,
  io: Io,
): Promise<Published | undefined> {
  if (flags.all === true || flags.since !== undefined || asksForChanges(flags)) return undefined;
  const named = new Set(paths.flatMap((path) => fileOf(io.cwd, path)));
  try {
    const { touched, base } = await readChanges({ cwd: io.cwd, staged: false });
    return { base: base?.name ?? 'the base branch', has: (file) => !touched.has(file) && !named.has(file) };
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    io.stderr.write(
      'lockkeeper: git does not say what the base branch has: a migration that was applied must not be edited, its runner may keep a checksum\n',
    );
    return undefined;
  }
}

function fileOf(cwd: string, path: string): readonly string[] {
  const absolute = resolve(cwd, path);
  const isFile = existsSync(absolute) && statSync(absolute).isFile();
  return isFile ? [relative(cwd, absolute).split(sep).join('/')] : [];
}
