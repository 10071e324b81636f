import type { Catalog, Relation, Table } from '../catalog/catalog.js';
import { descendants } from '../catalog/lookup.js';
import { qualifiedName } from '../sql/names.js';
import type { Effect, Failure, LockMode, Prediction, Work } from './effect.js';
import { strength } from './locks.js';

/**
 * A prediction in the making. Drafts are plain data: `lock`, `scan`, `build` … each make a draft of one fact and `all` joins them.
 * `finish` brings every relation to its strongest lock and sorts.
 */
export interface Draft {
  readonly effects: readonly Effect[];
  readonly failure?: Failure;
  /** Cannot run in a transaction block (25001). */
  readonly forbidden?: true;
  /** Nothing may be concluded from the absence of effects. */
  readonly notUnderstood?: true;
  /** Of an ALTER TABLE: the part of each command, in order; their effects are in `effects` too. */
  readonly commands?: readonly Draft[];
}

/** No effect on any relation, and that is known. */
export const nothing: Draft = { effects: [] };

/** A relation of the catalog, or the schema.name of one that the history does not show. */
export type Named = Relation | string;

/** Kinds of relation whose locks make nobody wait on stored rows; the contract of effects names tables, materialized views and indexes. */
const leftOut = new Set<Relation['kind']>(['view', 'sequence', 'composite type']);

/**
 * One effect on one relation; no effect at all on a view, sequence or composite type.
 * `sure: false` says that the history does not show what decides, and `why` must then name what is missing.
 */
export function effect(relation: Named, lock: LockMode, work: Work, why: string, sure = true): Draft {
  if (typeof relation === 'string')
    return { effects: [{ relation, kind: work === 'build' ? 'index' : 'table', lock, work, sure, why }] };
  if (leftOut.has(relation.kind)) return nothing;
  const kind = relation.kind === 'index' || relation.kind === 'partitioned index' ? 'index' : 'table';
  return { effects: [{ relation: qualifiedName(relation.schema, relation.name), kind, lock, work, sure, why }] };
}

/** A lock without work on rows. */
export function lock(relation: Named, mode: LockMode, why: string, sure = true): Draft {
  return effect(relation, mode, 'none', why, sure);
}

/** A lock on an index, without a build. */
export function lockIndex(index: Named, mode: LockMode, why: string, sure = true): Draft {
  return { effects: lock(index, mode, why, sure).effects.map((made) => ({ ...made, kind: 'index' })) };
}

/** The table is read in full. */
export function scan(relation: Named, mode: LockMode, why: string, sure = true): Draft {
  return effect(relation, mode, 'scan', why, sure);
}

/** A table is read in full to be joined with another, which is not small. */
export function joinedScan(relation: Named, mode: LockMode, why: string): Draft {
  return { effects: scan(relation, mode, why).effects.map((made) => ({ ...made, joined: true })) };
}

/** A new file without a look at the old rows (TRUNCATE, REFRESH; SET TABLESPACE, of an index too). */
export function newHeap(relation: Named, mode: LockMode, why: string, sure = true): Draft {
  return effect(relation, mode, 'rewrite', why, sure);
}

/** A new heap made from the old rows; the indexes are rebuilt besides (`build` for each). */
export function rewrite(relation: Named, mode: LockMode, why: string, sure = true): Draft {
  return all(scan(relation, mode, why, sure), newHeap(relation, mode, why, sure));
}

/** An index is built or rebuilt: the name is the index's; of an index that does not exist yet, its schema.name. */
export function build(index: Named, why: string, sure = true, mode: LockMode = 'AccessExclusiveLock'): Draft {
  return effect(index, mode, 'build', why, sure);
}

/** INSERT, UPDATE, DELETE, COPY in proportion to a table. */
export function rows(relation: Named, mode: LockMode, why: string, sure = true): Draft {
  return effect(relation, mode, 'rows', why, sure);
}

/** What the server refuses; `sure: false` when it depends on rows or on something the history does not show. */
export function fail(message: string, code: string, sure = true): Draft {
  return { effects: [], failure: { message, code, sure } };
}

/** The statement cannot run in a transaction block. */
export const forbidden: Draft = { effects: [], forbidden: true };

/** The statement has no prediction. */
export const notUnderstood: Draft = { effects: [], notUnderstood: true };

/** Joins drafts; of several failures the first sure one is told, else the first, and what else may be the reason with it. */
export function all(...drafts: readonly (Draft | undefined)[]): Draft {
  const effects: Effect[] = [];
  const failures: Failure[] = [];
  let isForbidden = false;
  let isNotUnderstood = false;
  for (const draft of drafts) {
    if (draft === undefined) continue;
    for (const made of draft.effects) effects.push(made);
    if (draft.failure !== undefined) failures.push(draft.failure);
    if (draft.forbidden) isForbidden = true;
    if (draft.notUnderstood) isNotUnderstood = true;
  }
  const failure = failures.length > 0 ? joined(failures) : undefined;
  return {
    effects,
    ...(failure && { failure }),
    ...(isForbidden && { forbidden: true }),
    ...(isNotUnderstood && { notUnderstood: true }),
  };
}

function joined(failures: readonly Failure[]): Failure | undefined {
  const [first, ...more] = failures;
  if (more.length === 0) return first;
  const told = failures.find(({ sure }) => sure) ?? first;
  const codes = new Set([told?.code]);
  const others = failures
    .flatMap(({ others: inner = [], ...own }) => [own, ...inner])
    .filter(({ code, sure }) => !sure && !codes.has(code) && codes.add(code));
  return told && others.length > 0 ? { ...told, others } : told;
}

/** The same with `sure: false` everywhere, for what may or may not happen; `missing` is added to each reason. */
export function unsure(draft: Draft, missing: string): Draft {
  return {
    ...draft,
    effects: draft.effects.map((made) => ({ ...made, sure: false, why: `${made.why} (${missing})` })),
    ...(draft.failure && { failure: { ...draft.failure, sure: false } }),
  };
}

/** The same, where it happens only if rows of the table or of what is below it are changed; what hangs on rows of another already keeps to those. */
export function forRowsOf(catalog: Catalog, table: Table, draft: Draft): Draft {
  if (draft.effects.length === 0) return draft;
  const below = table.children.length === 0 ? [] : descendants(catalog, table);
  const rowsOf = [table, ...below].map(({ schema, name }) => qualifiedName(schema, name));
  return { ...draft, effects: draft.effects.map((made) => (made.rowsOf === undefined ? { ...made, rowsOf } : made)) };
}

/** The prediction of a draft: sorted by relation, each with the strongest lock that the draft takes on it. */
export function finish(draft: Draft): Prediction {
  const locks = strongestLocks(draft.effects);
  const { commands } = draft;
  const finished = finishOne(draft, locks);
  return commands === undefined ? finished : { ...finished, commands: commands.map((one) => finishOne(one, locks)) };
}

function finishOne(
  { effects, forbidden: isForbidden, failure, notUnderstood: isNot }: Draft,
  locks: Locks,
): Prediction {
  return {
    effects: withLocks(effects, locks),
    transactionBlock: isForbidden ? 'forbidden' : 'allowed',
    understood: !isNot,
    ...(failure && { failure }),
  };
}

function withLocks(effects: readonly Effect[], locks: Locks): readonly Effect[] {
  const byRelation = new Map<string, Map<Work, Effect>>();
  for (const made of effects) {
    const held = locks.get(made.relation) ?? made;
    const works = byRelation.get(made.relation) ?? new Map<Work, Effect>();
    byRelation.set(made.relation, works);
    const told =
      made.lock === held.lock && (held.sure || !made.sure)
        ? made
        : { ...made, lock: held.lock, sure: made.sure && held.sure, ...dependence(made.rowsOf ?? held.rowsOf) };
    const other = works.get(made.work);
    if (other === undefined || certainty(told) > certainty(other)) works.set(made.work, told);
  }
  const finished: Effect[] = [];
  for (const works of byRelation.values()) {
    for (const told of works.values()) if (works.size === 1 || told.work !== 'none') finished.push(told);
  }
  return finished.sort((a, b) => compare(a.relation, b.relation) || compare(a.work, b.work));
}

/** What happens whatever rows there are comes before what they decide, and that before what is not known. */
function certainty({ sure, rowsOf, joined }: Held): number {
  return sure ? (rowsOf === undefined && joined === undefined ? 2 : 1) : 0;
}

function dependence(rowsOf: Effect['rowsOf']): Pick<Effect, 'rowsOf'> {
  return rowsOf === undefined ? {} : { rowsOf };
}

type Held = Pick<Effect, 'lock' | 'sure' | 'rowsOf' | 'joined'>;

type Locks = ReadonlyMap<string, Held>;

/** By relation: the strongest lock, and how certain the most certain effect is that takes it. */
function strongestLocks(effects: readonly Effect[]): Locks {
  const locks = new Map<string, Held>();
  for (const made of effects) {
    const held = locks.get(made.relation);
    const stronger = held === undefined || strength(made.lock) > strength(held.lock);
    if (stronger || (made.lock === held.lock && certainty(made) > certainty(held))) locks.set(made.relation, made);
  }
  return locks;
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
