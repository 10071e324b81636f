import { warning } from '@actions/core';
import { firstInReach, isWithin } from '../git.js';
import { UserError } from '../user-error.js';
import type { Range, WorkflowEvent } from './event.js';

/** Since when changes are judged, and how people call it. */
export interface Base {
  readonly changed: string;
  readonly baseName: string;
}

/**
 * Since when changes are judged; undefined when everything is. Throws a UserError that says what to set where the checkout has too
 * little of the history, or nothing of the pull request.
 */
export async function baseOf(cwd: string, event: WorkflowEvent): Promise<Base | undefined> {
  const { range, pullRequest } = event;
  if (range === undefined) return undefined;
  // actions/checkout makes a merge of a pull request, whose first parent is the base
  const merged = pullRequest !== undefined && (await firstInReach(cwd, ['HEAD^2'])) !== undefined ? ['HEAD^1'] : [];
  const changed = await firstInReach(cwd, [...range.bases, ...merged]);
  if (changed === undefined) return outOfReach(range);
  if (await isBaseAlone(cwd, event)) throw new UserError(baseAlone);
  return { changed, baseName: range.branch };
}

/** What is wrong with a checkout of the base, and how to have the right one. */
export const baseAlone =
  'the checkout holds nothing of the pull request, so nothing can be said of it: run on pull_request, whose checkout is the merge (that of pull_request_target is the base)';

/** Whether the checkout is the base of the pull request, with nothing of its head. */
export async function isBaseAlone(cwd: string, { range, pullRequest }: WorkflowEvent): Promise<boolean> {
  if (range === undefined || pullRequest === undefined || (await isWithin(cwd, pullRequest.head, 'HEAD'))) return false;
  for (const base of range.bases) if (await isWithin(cwd, 'HEAD', base)) return true;
  return false;
}

/** A pull request must not look clean unjudged; of a push that was forced there may be no more than this. */
function outOfReach({ what, branch }: Range): undefined {
  const reach = `the checkout does not reach the base of ${what}`;
  const remedy = 'set fetch-depth: 0 for actions/checkout, or changed-only: false here';
  if (what === 'the pull request' || what === 'the merge group') throw new UserError(`${reach}: ${remedy}`);
  warning(`${reach}, ${branch}, so everything is judged: ${remedy}`);
  return undefined;
}
