import type { Effect, Failure, LockMode, Prediction, Work } from '../effects/effect.js';
import { strength, strongest } from '../effects/locks.js';
import { merge } from '../replay/timeline.js';
import type { Step } from '../rule.js';
import type { Observation } from './observe.js';

/** The prediction for a statement as its author wrote it: commands of an ALTER TABLE and what a body does are summed up. Not merged yet. */
export function predictionOf(steps: readonly Step[]): Prediction {
  const failures = steps.flatMap(({ failure, conditional }): readonly Failure[] =>
    failure === undefined ? [] : [{ ...failure, sure: failure.sure && !conditional }],
  );
  const failure = failures.find(({ sure }) => sure) ?? failures[0];
  return {
    effects: steps.flatMap(({ allEffects, conditional }) =>
      conditional ? allEffects.map((effect) => ({ ...effect, sure: false })) : allEffects,
    ),
    transactionBlock: steps.some((step) => step.transactionBlock === 'forbidden') ? 'forbidden' : 'allowed',
    ...(failure && { failure }),
    understood: steps.every(({ understood }) => understood),
  };
}

/** The same with one effect a relation and kind of work, for people. */
export function mergedPrediction(prediction: Prediction): Prediction {
  return { ...prediction, effects: merge(prediction.effects) };
}

/** Where an observation names the relations that something was done with. */
const seenIn: Readonly<Record<Work, 'rewrites' | 'scans' | 'indexBuilds' | undefined>> = {
  none: undefined,
  rows: undefined,
  rewrite: 'rewrites',
  scan: 'scans',
  build: 'indexBuilds',
};

/** A prediction and what was observed, as far as the one can be held against the other. */
export interface Comparable {
  readonly prediction: Prediction;
  readonly observation: Observation;
}

/**
 * What of a prediction has to hold, given what was observed: an effect that is not sure is the worse case, so less of it is no
 * contradiction. More than the worse case is one. Neither can what rows decide be seen where none were changed: foreign keys and triggers.
 */
export function comparable(prediction: Prediction, observation: Observation, kind: string): Comparable {
  const compared = comparableScans(prediction, observation, kind);
  const { written } = observation;
  return {
    observation: compared,
    prediction: {
      ...prediction,
      effects: prediction.effects.flatMap((effect) => {
        const { sure, rowsOf } = effect;
        const happens = rowsOf === undefined || rowsOf.some((table) => written.includes(table));
        if (!sure || !happens) return settledEffect(effect, compared);
        return [isUnseen(effect, prediction, compared) ? { ...effect, work: 'none' } : effect];
      }),
    },
  };
}

/**
 * Which tables a query reads in full, by the server's plan where it has one: there its planner was bound to use every index that serves. In a
 * join it chooses by the sizes of the tables whether to: what is predicted to be read in full may then be read by index. Of what functions and triggers do
 * there is no plan, and small tables are read in full whatever index there is.
 */
function comparableScans({ effects }: Prediction, observation: Observation, kind: string): Observation {
  const { plan, scans, small, empty } = observation;
  if (plan === undefined && !hasBody.has(kind)) return observation;
  const reads = plan?.reads ?? {};
  const predicted = new Set(effects.filter(({ work }) => work === 'scan').map(({ relation }) => relation));
  const inPlan = Object.keys(reads).filter((relation) => {
    const read = reads[relation];
    return read === 'full' || (predicted.has(relation) && !(read === 'index' && plan?.alone));
  });
  const others = scans.filter(
    (relation) => reads[relation] === undefined && (predicted.has(relation) || !small.includes(relation)),
  );
  return {
    ...observation,
    scans: [...inPlan, ...others].sort(),
    empty: empty.filter((relation) => reads[relation] === undefined),
  };
}

/** Statements that run others, which have plans of their own. */
const hasBody: ReadonlySet<string> = new Set(['DoStmt', 'CallStmt', 'ExecuteStmt', 'RefreshMatViewStmt']);

/** A scan that would not show: of the other side of a join with a small or empty table, of what is looked up for each of few rows. */
function isUnseen(
  { work, relation, rowsOf, joined }: Effect,
  { effects }: Prediction,
  observation: Observation,
): boolean {
  if (work !== 'scan' || observation.scans.includes(relation)) return false;
  if (joined) return true;
  if (observation.plan !== undefined) return observation.plan.reads[relation] === undefined;
  return rowsOf !== undefined || effects.some((one) => one.work === 'scan' && observation.empty.includes(one.relation));
}

/** Of what was observed, as much as was predicted: what goes beyond it is left out. */
export function foreseenPart({ effects, failure }: Prediction, observation: Observation): Observation {
  const { error, locks, ...rest } = observation;
  const foretold = new Map<string, LockMode>();
  for (const { kind, relation, lock } of effects)
    if (kind === 'table') foretold.set(relation, strongest(lock, foretold.get(relation) ?? lock));
  const weakened = Object.entries(locks).flatMap(([relation, seen]) => {
    const lock = foretold.get(relation);
    return lock === undefined ? [] : [[relation, strength(lock) < strength(seen) ? lock : seen] as const];
  });
  const among = (names: readonly string[], work: Work) =>
    names.filter((name) => effects.some((effect) => effect.work === work && effect.relation === name));
  return {
    ...rest,
    ...(error && failure !== undefined && { error }),
    locks: Object.fromEntries(weakened),
    rewrites: among(observation.rewrites, 'rewrite'),
    scans: among(observation.scans, 'scan'),
    indexBuilds: among(observation.indexBuilds, 'build'),
  };
}

function settledEffect(effect: Effect, observation: Observation): readonly Effect[] {
  const { relation, kind } = effect;
  const place = seenIn[effect.work];
  const happened = place === undefined || observation[place].includes(relation);
  if (kind === 'index') return happened ? [effect] : [];
  const seen = strongestOf(observation.locks[relation], observation.held[relation]);
  if (seen === undefined) return [];
  const lock = strength(effect.lock) > strength(seen) ? seen : effect.lock;
  return [{ ...effect, lock, work: happened ? effect.work : 'none' }];
}

function strongestOf(one: LockMode | undefined, other: LockMode | undefined): LockMode | undefined {
  return one === undefined || other === undefined ? (one ?? other) : strongest(one, other);
}
