import { readFileSync } from 'node:fs';

/** The pull request that a workflow runs for. */
export interface PullRequest {
  readonly number: number;
  /** Its last commit. */
  readonly head: string;
}

/** The commits that an event is about. */
export interface Range {
  /** `the pull request`, `the push`. */
  readonly what: string;
  /** The branch that they go into. */
  readonly branch: string;
  /** What to compare with, best first: branches of the remote, commits. */
  readonly bases: readonly string[];
}

/** What a workflow runs for. */
export interface WorkflowEvent {
  readonly pullRequest: PullRequest | undefined;
  /** Undefined of events that are about no commits, and of the first push of all. */
  readonly range: Range | undefined;
}

/** What there is to know outside of a workflow. */
export const noEvent: WorkflowEvent = { pullRequest: undefined, range: undefined };

/** Reads the payload of the event, GITHUB_EVENT_PATH. */
export function readEvent(path: string | undefined): WorkflowEvent {
  if (!path) return noEvent;
  const event: unknown = JSON.parse(readFileSync(path, 'utf8'));
  return ofPullRequest(event) ?? { pullRequest: undefined, range: ofMergeGroup(event) ?? ofPush(event) };
}

export function property(value: unknown, key: string): unknown {
  return typeof value === 'object' && value !== null ? new Map(Object.entries(value)).get(key) : undefined;
}

function ofPullRequest(event: unknown): WorkflowEvent | undefined {
  const request = property(event, 'pull_request');
  const base = property(request, 'base');
  const [number, head] = [property(request, 'number'), property(property(request, 'head'), 'sha')];
  const [branch, commit] = [property(base, 'ref'), property(base, 'sha')];
  if (typeof number !== 'number' || !isCommit(head) || typeof branch !== 'string' || !isCommit(commit))
    return undefined;
  return {
    pullRequest: { number, head },
    range: { what: 'the pull request', branch, bases: [remote(branch), commit] },
  };
}

/** The queue of a protected branch: what stands before this group has been judged in a run of its own. */
function ofMergeGroup(event: unknown): Range | undefined {
  const group = property(event, 'merge_group');
  const [branch, commit] = [branchOf(property(group, 'base_ref')), property(group, 'base_sha')];
  return branch === undefined || !isCommit(commit) ? undefined : { what: 'the merge group', branch, bases: [commit] };
}

/**
 * A push to the default branch is what it brings; one to another branch is, like a pull request, all that the branch has and the
 * default one has not, for what it pushed before is still not applied anywhere.
 */
function ofPush(event: unknown): Range | undefined {
  const [branch, before] = [branchOf(property(event, 'ref')), property(event, 'before')];
  const main = property(property(event, 'repository'), 'default_branch');
  if (branch === undefined || typeof main !== 'string') return undefined;
  if (branch !== main) return { what: 'the branch', branch: main, bases: [remote(main)] };
  return isCommit(before) ? { what: 'the push', branch, bases: [before] } : undefined;
}

function branchOf(ref: unknown): string | undefined {
  return typeof ref === 'string' ? /^refs\/heads\/(.+)$/.exec(ref)?.[1] : undefined;
}

function remote(branch: string): string {
  return `refs/remotes/origin/${branch}`;
}

/** Zeros are said in the place of a commit where there is none. */
function isCommit(value: unknown): value is string {
  return typeof value === 'string' && /^[0-9a-f]{40,64}$/.test(value) && !/^0+$/.test(value);
}
