import { spawnSync } from 'node:child_process';

/**
 * Why tests that run a program of the system cannot; undefined when they can. Where CI runs nothing may be missing:
 * scripts/install-test-programs.sh has been run.
 */
export function missing(program: string): string | undefined {
  const { status } = spawnSync(program, ['--version'], { stdio: 'ignore' });
  if (status === 0) return undefined;
  const why = `${program} is not installed: scripts/install-test-programs.sh`;
  if (process.env.CI !== undefined) throw new Error(why);
  return why;
}
