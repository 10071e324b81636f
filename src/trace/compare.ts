import type { LockMode, Prediction } from '../effects/effect.js';
import { strength, strongest } from '../effects/locks.js';
import type { Observation } from './observe.js';

/** The parts of an effect that are compared, each for itself. */
export const components = ['transactionBlock', 'error', 'locks', 'rewrites', 'scans', 'indexBuilds'] as const;

export type Component = (typeof components)[number];

/** Where prediction and server disagree. */
export interface Difference {
  readonly component: Component;
  readonly predicted: string;
  readonly observed: string;
}

/**
 * Compares what was predicted with what the server did; nothing when they agree. `existed` tells which relations were there before the statement:
 * on newborn ones nobody can wait, and the server is not asked about them.
 */
export function compare(
  prediction: Prediction,
  observation: Observation,
  existed: (relation: string) => boolean,
): readonly Difference[] {
  const refusal = compareRefusal(prediction, observation);
  if (refusal.length > 0 || observation.error !== undefined) return refusal;
  const tables = prediction.effects.filter(({ kind, relation }) => kind === 'table' && existed(relation));
  const having = (work: string) =>
    sorted(tables.filter((effect) => effect.work === work).map(({ relation }) => relation));
  const built = prediction.effects.filter(({ kind, work }) => kind === 'index' && work === 'build');
  // without a page there is nothing to see of a scan; both answers are right
  const visible = (relation: string) => !observation.empty.includes(relation);
  // nor of a lock that the transaction held already, or held a stronger one
  const fresh = (locks: Iterable<readonly [string, LockMode]>) =>
    locksText(
      [...locks].filter(([relation, mode]) => {
        const held = observation.held[relation];
        return held === undefined || strength(mode) > strength(held);
      }),
    );
  return [
    ...(observation.unseen?.includes('locks')
      ? []
      : differ('locks', fresh(strongestLocks(tables)), fresh(Object.entries(observation.locks)))),
    ...differ('rewrites', having('rewrite'), observation.rewrites),
    ...differ('scans', having('scan').filter(visible), observation.scans.filter(visible)),
    // REINDEX CONCURRENTLY builds name_ccnew and swaps the names afterwards
    ...differ(
      'indexBuilds',
      sorted(built.map(({ relation }) => relation.replace(/_ccnew$/, ''))),
      observation.indexBuilds,
    ),
  ];
}

/** The refusal of a transaction block, when the statement was run in one that other statements need. */
const refusedInTransaction = '25001';

/** A failure that depends on rows may or may not come. */
function compareRefusal(prediction: Prediction, observation: Observation): readonly Difference[] {
  const { failure } = prediction;
  const { error } = observation;
  if (error?.code === refusedInTransaction)
    return differ('transactionBlock', [prediction.transactionBlock], ['forbidden']);
  const isPossible = failure !== undefined && !failure.sure;
  const isForeseen = (code: string | undefined) => failure?.others?.some((one) => one.code === code) === true;
  const told = isForeseen(error?.code) ? error?.code : failure?.code;
  const predicted = told === undefined || (isPossible && error === undefined) ? [] : [told];
  return [
    ...differ('transactionBlock', [prediction.transactionBlock], [observation.transactionBlock]),
    ...differ('error', predicted, error === undefined ? [] : [error.code]),
  ];
}

function strongestLocks(effects: Prediction['effects']): readonly (readonly [string, LockMode])[] {
  const locks = new Map<string, LockMode>();
  for (const { relation, lock } of effects) locks.set(relation, strongest(lock, locks.get(relation) ?? lock));
  return [...locks];
}

function locksText(locks: readonly (readonly [string, LockMode])[]): readonly string[] {
  return sorted(locks.map(([relation, mode]) => `${relation} ${mode}`));
}

function differ(
  component: Component,
  predicted: readonly string[],
  observed: readonly string[],
): readonly Difference[] {
  const [left, right] = [predicted.join(', '), observed.join(', ')];
  return left === right ? [] : [{ component, predicted: left, observed: right }];
}

function sorted(names: readonly string[]): readonly string[] {
  return [...new Set(names)].sort();
}
