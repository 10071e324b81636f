import type { Catalog, PartitionBound, Table } from './catalog.js';
import { type ArrayComparison, and, type Clause, type Comparator, type Comparison, clauseOf, not } from './clause.js';
import { columnReference, expressionKey } from './expression.js';
import { knownType } from './known-type.js';
import { columnOf, tables } from './lookup.js';
import type { Scope } from './operand.js';
import { partitionConstraint } from './partition-constraint.js';
import { compareValues, sameValue } from './value.js';

/**
 * Whether the valid CHECK constraints of a table prove that a column holds no NULL, so that SET NOT NULL and ADD PRIMARY KEY need
 * not read the table (NotNullImpliedByRelConstraints): `a IS NOT NULL` does, alone or under AND; `a > 0` does not, for NULL
 * meets a CHECK as well.
 */
export function provesNotNull(catalog: Catalog, table: Table, column: string): boolean {
  return proves(checksOf(catalog, table), isNotNull(column));
}

/**
 * Whether the constraints of a table prove that all its rows belong into a partition of `parent` with this bound, so that ATTACH
 * PARTITION need not read it. A NOT NULL on the key, or a CHECK that says so, is part of the proof; so is the parent's own bound.
 */
export function provesPartition(catalog: Catalog, table: Table, parent: Table, bound: PartitionBound): boolean {
  const goal = ownConstraint(catalog, parent, bound, table);
  const inherited = boundOf(catalog, parent, table);
  return goal !== undefined && inherited !== undefined && proves(knownOf(catalog, table), and([goal, inherited]));
}

/**
 * Whether the constraints of a DEFAULT partition prove that none of its rows belongs into a new partition of `parent` with this bound, so that
 * neither ATTACH PARTITION nor CREATE TABLE … PARTITION OF need read it.
 */
export function provesNotInPartition(catalog: Catalog, table: Table, parent: Table, bound: PartitionBound): boolean {
  const goal = ownConstraint(catalog, parent, bound, table);
  return goal !== undefined && proves(knownOf(catalog, table), not(goal));
}

function ownConstraint(catalog: Catalog, parent: Table, bound: PartitionBound, table: Table): Clause | undefined {
  const siblings = tables(catalog, parent.children).flatMap((sibling) =>
    sibling.oid === table.oid ? [] : (sibling.bound ?? []),
  );
  return parent.partitionBy && partitionConstraint(parent.partitionBy, bound, siblings, scopeOf(catalog, parent));
}

/** What the bounds of a table and of its ancestors demand of its rows; always true of one that is no partition. */
function boundOf(catalog: Catalog, table: Table, except: Table): Clause | undefined {
  const demands: Clause[] = [];
  let partition = table;
  while (partition.bound !== undefined) {
    const [parent] = tables(catalog, partition.parents);
    const own = parent && ownConstraint(catalog, parent, partition.bound, partition);
    if (parent === undefined || own === undefined || parent.oid === except.oid) return undefined;
    demands.push(own);
    partition = parent;
  }
  return and(demands);
}

function knownOf(catalog: Catalog, table: Table): readonly Clause[] {
  const waiting = new Set(
    table.constraints.flatMap(({ kind, validated, columns }) => (kind === 'not null' && !validated ? columns : [])),
  );
  const notNull = table.columns.filter((column) => column.notNull && !waiting.has(column.name));
  return [...checksOf(catalog, table), ...notNull.map(({ name }) => isNotNull(name))];
}

function checksOf(catalog: Catalog, table: Table): readonly Clause[] {
  const scope = scopeOf(catalog, table);
  return table.constraints.flatMap(({ kind, validated, enforced, expression }) =>
    kind === 'check' && validated && enforced && expression !== undefined ? [clauseOf(expression, scope)] : [],
  );
}

function isNotNull(column: string): Clause {
  return { kind: 'null test', operand: expressionKey(columnReference(column)), isNull: false };
}

function scopeOf(catalog: Catalog, table: Table): Scope {
  return {
    typeOf: (column) => knownType(catalog, columnOf(table, column)?.type),
    collationOf: (column) => columnOf(table, column)?.collation,
  };
}

/**
 * Whether conditions that are not false for any row leave the goal not false for any row: predicate_implied_by with weak implication, as PostgreSQL asks
 * it of CHECK constraints. It proves what that function proves, no more.
 */
export function proves(known: readonly Clause[], goal: Clause): boolean {
  const target = inCheck(goal);
  return target.kind === 'constant' ? target.value === true : implies(and(known.map(inCheck)), target);
}

/** In a CHECK, NULL under AND or OR is as good as true: canonicalize_qual with is_check. */
function inCheck(clause: Clause): Clause {
  if (clause.kind !== 'and' && clause.kind !== 'or') return clause;
  const parts = clause.clauses.map(inCheck).filter((part) => part.kind !== 'constant');
  if (clause.kind === 'or' && parts.length < clause.clauses.length) return { kind: 'constant', value: true };
  const [only, ...more] = parts;
  if (only === undefined) return { kind: 'constant', value: true };
  return more.length === 0 ? only : { kind: clause.kind, clauses: parts };
}

/** MAX_SAOP_ARRAY_SIZE of predtest.c: a longer array is not taken apart. */
const longestArray = 100;

/** Arrays as the AND or OR of comparisons that they are. */
function spread(clause: Clause): Clause {
  if ((clause.kind !== 'any' && clause.kind !== 'all') || clause.values.length > longestArray) return clause;
  const { operand, operator, values } = clause;
  const parts = values.map((value): Comparison => ({ kind: 'comparison', operand, operator, value }));
  return { kind: clause.kind === 'any' ? 'or' : 'and', clauses: parts };
}

function implies(given: Clause, wanted: Clause): boolean {
  const clause = spread(given);
  const goal = spread(wanted);
  if (goal.kind === 'and') return goal.clauses.every((part) => implies(clause, part));
  if (clause.kind === 'and') {
    // an AND proves an OR by proving one of its arms, or when one of its own parts proves the OR
    if (goal.kind === 'or' && goal.clauses.some((arm) => implies(clause, arm))) return true;
    return clause.clauses.some((part) => implies(part, goal));
  }
  if (clause.kind === 'or') {
    return clause.clauses.every((arm) =>
      goal.kind === 'or' ? goal.clauses.some((wantedArm) => implies(arm, wantedArm)) : implies(arm, goal),
    );
  }
  if (goal.kind === 'or') return goal.clauses.some((arm) => implies(clause, arm));
  return impliesAtom(clause, goal);
}

function impliesAtom(clause: Clause, goal: Clause): boolean {
  if (clause.kind === 'comparison' && goal.kind === 'comparison') return impliesComparison(clause, goal);
  if (clause.kind === 'null test' && goal.kind === 'null test') {
    return clause.operand === goal.operand && clause.isNull === goal.isNull;
  }
  if (clause.kind === 'other' && goal.kind === 'other')
    return clause.key === goal.key && clause.negated === goal.negated;
  return isArray(clause) && isArray(goal) && clause.kind === goal.kind && sameArray(clause, goal);
}

function isArray(clause: Clause): clause is ArrayComparison {
  return clause.kind === 'any' || clause.kind === 'all';
}

function sameArray(a: ArrayComparison, b: ArrayComparison): boolean {
  return (
    a.operand.key === b.operand.key &&
    a.operand.collation === b.operand.collation &&
    a.operator === b.operator &&
    a.values.length === b.values.length &&
    a.values.every((value, at) => {
      const other = b.values[at];
      return other !== undefined && sameValue(value, other) === true;
    })
  );
}

/** What the constant of the goal must be to the constant of the clause: BT_implic_table of predtest.c. */
const tests: { readonly [clause in Comparator]: { readonly [goal in Comparator]?: Comparator } } = {
  '<': { '<': '>=', '<=': '>=', '<>': '>=' },
  '<=': { '<': '>', '<=': '>=', '<>': '>' },
  '=': { '<': '>', '<=': '>=', '=': '=', '>=': '<=', '>': '<', '<>': '<>' },
  '>=': { '>=': '<=', '>': '<', '<>': '<' },
  '>': { '>=': '<=', '>': '<=', '<>': '<=' },
  '<>': { '<>': '=' },
};

function impliesComparison(clause: Comparison, goal: Comparison): boolean {
  if (clause.operand.key !== goal.operand.key || clause.operand.collation !== goal.operand.collation) return false;
  const test = tests[clause.operator][goal.operator];
  return test !== undefined && holds(goal, test, clause);
}

function holds(left: Comparison, test: Comparator, right: Comparison): boolean {
  if (test === '=' || test === '<>') {
    const same = sameValue(left.value, right.value);
    return same !== undefined && same === (test === '=');
  }
  const order = compareValues(left.value, right.value, bytewise.has(left.operand.collation));
  return order !== undefined && signs[test].includes(Math.sign(order));
}

const bytewise: ReadonlySet<string> = new Set(['C', 'POSIX', 'ucs_basic']);

const signs: { readonly [O in Exclude<Comparator, '=' | '<>'>]: readonly number[] } = {
  '<': [-1],
  '<=': [-1, 0],
  '>=': [0, 1],
  '>': [1],
};
