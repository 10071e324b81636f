import type { MigrationReport } from '../diagnostic.js';
import type { LockMode, Work } from '../effects/effect.js';
import { strength, strongest } from '../effects/locks.js';
import { type LockedRelation, lockedRelations } from './words.js';

/** What a relation's lock is while one statement runs. */
export interface Cell {
  /** Undefined while the relation is not locked. */
  readonly lock: LockMode | undefined;
  /** What this statement does to the relation. */
  readonly works: readonly Work[];
}

/** One relation through the statements of a migration; a cell for each statement. */
export interface Lane {
  readonly relation: string;
  readonly kind: 'table' | 'index';
  readonly strongest: LockMode;
  readonly works: readonly Work[];
  readonly isNew: boolean;
  readonly sure: boolean;
  readonly cells: readonly Cell[];
}

/** Who waits while something works: statements `from` to `to` (indexes, inclusive) of one transaction. */
export interface Stretch {
  readonly lane: Lane;
  readonly from: number;
  readonly to: number;
  readonly works: readonly Work[];
}

/** The lanes of a migration: what blocks most first, tables before indexes. A lock lasts until its transaction ends. */
export function lanes(migration: MigrationReport): readonly Lane[] {
  const steps = migration.steps.map((step) => ({ ...step, locked: lockedRelations(step.effects) }));
  const relations = new Map(steps.flatMap(({ locked }) => locked).map((each) => [each.relation, each.kind]));
  const made = [...relations].map(([relation, kind]): Lane => {
    const cells: Cell[] = [];
    let held: LockMode | undefined;
    let transaction: number | undefined;
    for (const step of steps) {
      if (step.transaction !== transaction) held = undefined;
      transaction = step.transaction;
      const here = step.locked.find((each) => each.relation === relation);
      if (here !== undefined) held = held === undefined ? here.lock : strongest(held, here.lock);
      cells.push({ lock: held, works: here === undefined ? [] : feltWorks(here, step.locked) });
    }
    const touched = steps.flatMap(({ locked }) => locked.filter((each) => each.relation === relation));
    return {
      relation,
      kind,
      strongest: touched.reduce<LockMode>((most, each) => strongest(most, each.lock), 'AccessShareLock'),
      works: [...new Set(touched.flatMap((each) => each.works))],
      isNew: touched.some((each) => each.isNew),
      sure: touched.every((each) => each.sure),
      cells,
    };
  });
  return made.sort(
    (a, b) =>
      Number(a.isNew) - Number(b.isNew) ||
      strength(b.strongest) - strength(a.strongest) ||
      Number(a.kind === 'index') - Number(b.kind === 'index') ||
      (a.relation < b.relation ? -1 : 1),
  );
}

/** What is done while the relation is locked: a new index has no lane of its own, its building shows on the table that is read for it. */
function feltWorks(here: LockedRelation, locked: readonly LockedRelation[]): readonly Work[] {
  const builds = locked.some((each) => each.isNew && each.kind === 'index' && each.works.includes('build'));
  return builds && here.works.includes('scan') && !here.works.includes('build') ? [...here.works, 'build'] : here.works;
}

/**
 * The longest stretch of one transaction in which ACCESS EXCLUSIVE on a relation that running code knows is held while any
 * statement works or writes rows, on whatever relation; longest by working statements, then by statements.
 */
export function longestStretch(migration: MigrationReport, all: readonly Lane[]): Stretch | undefined {
  const working = migration.steps.map((step) => [
    ...new Set(step.effects.map((effect) => effect.work).filter((work) => work !== 'none')),
  ]);
  const stretches = all.filter((lane) => !lane.isNew).flatMap((lane) => stretchesOf(lane, working, migration));
  const size = ({ from, to }: Stretch) => working.slice(from, to + 1).filter((works) => works.length > 0).length;
  return stretches.reduce<Stretch | undefined>((best, each) => {
    if (size(each) === 0) return best;
    if (best === undefined) return each;
    return (size(each) - size(best) || each.to - each.from - (best.to - best.from)) > 0 ? each : best;
  }, undefined);
}

function stretchesOf(
  lane: Lane,
  working: readonly (readonly Work[])[],
  migration: MigrationReport,
): readonly Stretch[] {
  const found: Stretch[] = [];
  let from: number | undefined;
  for (let at = 0; at <= lane.cells.length; at++) {
    const held = lane.cells[at]?.lock === 'AccessExclusiveLock';
    const broken = at > 0 && migration.steps[at]?.transaction !== migration.steps[at - 1]?.transaction;
    if (from !== undefined && (!held || broken)) {
      const to = at - 1;
      found.push({ lane, from, to, works: [...new Set(working.slice(from, at).flat())] });
      from = undefined;
    }
    if (held) from ??= at;
  }
  return found;
}

/** What is felt most comes first. */
const weight: readonly Work[] = ['rewrite', 'build', 'scan', 'rows'];

/** The cells of so many statements each as one: the strongest lock of them, and all that they do. */
export function summedUp(cells: readonly Cell[], share: number): readonly Cell[] {
  if (share === 1) return cells;
  return Array.from({ length: Math.ceil(cells.length / share) }, (_, at): Cell => {
    const some = cells.slice(at * share, (at + 1) * share);
    const locks = some.flatMap(({ lock }) => lock ?? []);
    const works = new Set(some.flatMap((cell) => cell.works));
    return {
      lock: locks.length === 0 ? undefined : locks.reduce((most, lock) => strongest(most, lock)),
      works: weight.filter((work) => works.has(work)),
    };
  });
}
