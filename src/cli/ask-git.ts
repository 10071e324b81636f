import { type GitChanges, readChanges } from '../git.js';
import type { JudgeFlags } from './flags.js';
import type { Io } from './io.js';

const asked = new WeakMap<JudgeFlags, Promise<GitChanges>>();

/** True when the flags ask for what changed alone. */
export function asksForChanges({ changed, staged }: JudgeFlags): boolean {
  return changed !== undefined || staged === true;
}

/**
 * What git says of the changes that some flags are about. It is asked once, as early as the flags are known: git answers while the rest
 * of the program is loaded.
 */
export function askGit(flags: JudgeFlags, io: Io): Promise<GitChanges> {
  const known = asked.get(flags) ?? ask(flags, io);
  // who waits for it is told of a failure
  known.catch(() => {});
  asked.set(flags, known);
  return known;
}

/** pre-commit says by its environment when it is run for a range of commits (pre-push, --from-ref) instead of the index. */
function ask(flags: JudgeFlags, { cwd, env }: Io): Promise<GitChanges> {
  const range = flags.staged === true ? env.PRE_COMMIT_FROM_REF : undefined;
  const ref = flags.changed === true ? undefined : flags.changed;
  return readChanges({ cwd, staged: flags.staged === true && !range, ref: range || ref, name: flags.baseName });
}
