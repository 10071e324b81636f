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

/**
 * What of a prediction has to hold, given what was observed: an effect that is not sure is the worse case, so less of it is no
 * contradiction. More than the worse case is one. Neither can what rows decide be seen without rows: triggers of rows that nobody wrote, the
 * other side of a join with an empty table. `targets` are the relations whose rows the statement is about.
 */
export function settled(
  prediction: Prediction,
  observation: Observation,
  targets: ReadonlySet<string> = new Set(),
): Prediction {
  const { effects } = prediction;
  const writes = effects.some(
    ({ relation, work, lock }) => targets.has(relation) && (work === 'rows' || lock === 'RowExclusiveLock'),
  );
  const idle = writes && observation.written.length === 0;
  const blind = effects.some(({ work, relation }) => work === 'scan' && observation.empty.includes(relation));
  return {
    ...prediction,
    effects: effects.flatMap((effect) => {
      const { relation, work, sure } = effect;
      if (!sure || (idle && !targets.has(relation))) return settledEffect(effect, observation);
      const unread = blind && work === 'scan' && !observation.scans.includes(relation);
      return [unread ? { ...effect, work: 'none' } : effect];
    }),
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
