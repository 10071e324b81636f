import { readFileSync } from 'node:fs';
import { firstInReach } from '../git.js';
import { UserError } from '../user-error.js';

/** The pull request that a workflow runs for. */
export interface PullRequest {
  readonly number: number;
  readonly baseRef: string;
  readonly baseCommit: string;
}

/** Reads the event's payload; undefined when it is not that of a pull request. */
export function readPullRequest(eventPath: string | undefined): PullRequest | undefined {
  if (!eventPath) return undefined;
  const request = property(JSON.parse(readFileSync(eventPath, 'utf8')), 'pull_request');
  const base = property(request, 'base');
  const number = property(request, 'number');
  const [ref, sha] = [property(base, 'ref'), property(base, 'sha')];
  if (typeof number !== 'number' || typeof ref !== 'string' || typeof sha !== 'string') return undefined;
  return { number, baseRef: ref, baseCommit: sha };
}

export function property(value: unknown, key: string): unknown {
  return typeof value === 'object' && value !== null ? new Map(Object.entries(value)).get(key) : undefined;
}

/**
 * The commit to compare with: the base branch as far as the checkout has it, the commit that the event names, or the first parent
 * of the merge that actions/checkout makes of a pull request. Throws a UserError that says what to set where none is there.
 */
export async function baseOf(cwd: string, { baseRef, baseCommit }: PullRequest): Promise<string> {
  const merged = (await firstInReach(cwd, ['HEAD^2'])) === undefined ? [] : ['HEAD^1'];
  const commit = await firstInReach(cwd, [`refs/remotes/origin/${baseRef}`, baseCommit, ...merged]);
  if (commit !== undefined) return commit;
  throw new UserError(
    'the checkout does not reach the base of the pull request: set fetch-depth: 0 for actions/checkout, or changed-only: false here',
  );
}
