import type { Constraint, Index, IndexKey, Relation, Table } from './catalog/catalog.js';
import { isIndex, relationByName } from './catalog/lookup.js';
import { columnsIn } from './catalog/mentions.js';
import { byNewColumn } from './changed-type.js';
import { alone, next } from './recipes.js';
import type { Step } from './rule.js';
import { quoteIdentifier, quoteLiteral } from './sql/names.js';
import type { Node } from './sql/tree.js';
import { sqlOf } from './sql/write.js';
import { alteredTable, pasted } from './wording.js';

/**
 * SQL for a type change that leaves the rows alone but builds indexes or verifies CHECKs: the indexes go before it and are built
 * concurrently after it, the CHECKs come back NOT VALID in the same statement and are validated by themselves. Where an index cannot go,
 * as that of a constraint or of a partition, a second column.
 */
export function rebuildRecipe(step: Step<'AT_AlterColumnType'>): string {
  const { before, relation = '', statement, effects, node } = step;
  const owner = relationByName(before, relation);
  const built = effects.filter(({ work }) => work === 'build').map((effect) => relationByName(before, effect.relation));
  const indexes = built.flatMap((index) => (isFree(index) ? index : []));
  if (owner?.kind !== 'table' || owner.children.length > 0 || indexes.length < built.length) return byNewColumn(step);
  const checks = checksOn(owner, node.name);
  const table = alteredTable(statement);
  const change = [
    ...checks.map(({ name }) => `drop constraint ${quoteIdentifier(name)}`),
    statement.text,
    ...checks.map((check) => `add constraint ${quoteIdentifier(check.name)} ${checkSql(check)} not valid`),
  ];
  return [
    ...indexes.map(({ schema, name }) => `${alone(step)}drop index concurrently ${pasted(`${schema}.${name}`)};`),
    `alter table ${table} ${change.join(', ')};`,
    ...checks.map(({ name }) => `alter table ${table} validate constraint ${quoteIdentifier(name)};`),
    ...indexes.map((index) => `${unguarded(index)}${alone(step)}${indexSql(index, table)};`),
  ].join(`\n${next}\n`);
}

/** Whether an index can be dropped by itself. */
function isFree(index: Relation | undefined): index is Index {
  return index !== undefined && isIndex(index) && index.constraint === undefined && index.parent === undefined;
}

function checksOn({ constraints }: Table, column: string | undefined): readonly Constraint[] {
  return constraints.filter(
    ({ kind, validated, enforced, inherited, expression }) =>
      kind === 'check' &&
      validated &&
      enforced &&
      !inherited &&
      column !== undefined &&
      columnsIn(expression).has(column),
  );
}

function checkSql({ expression, noInherit }: Constraint): string {
  return `check (${expression === undefined ? '' : sqlOf(expression)})${noInherit ? ' no inherit' : ''}`;
}

function unguarded({ unique }: Index): string {
  return unique ? '-- nothing keeps duplicates out until it is there again\n' : '';
}

/** CREATE INDEX CONCURRENTLY of an index as the catalog has it. */
export function indexSql(index: Index, table: string): string {
  const { method, keys, include, predicate, unique, nullsNotDistinct, tablespace, options } = index;
  const parameters = Object.entries(options).map(([name, value]) => `${name} = ${quoteLiteral(value)}`);
  return [
    `create ${unique ? 'unique ' : ''}index concurrently ${quoteIdentifier(index.name)} on ${table}`,
    method !== 'btree' && `using ${method}`,
    `(${keys.map(keySql).join(', ')})`,
    include.length > 0 && `include (${include.map(quoteIdentifier).join(', ')})`,
    nullsNotDistinct && 'nulls not distinct',
    parameters.length > 0 && `with (${parameters.join(', ')})`,
    tablespace !== undefined && `tablespace ${quoteIdentifier(tablespace)}`,
    predicate !== undefined && `where ${sqlOf(predicate)}`,
  ]
    .filter((part) => part !== false)
    .join(' ');
}

function keySql({ column, expression, collation, operatorClass, order }: IndexKey): string {
  return [
    column === undefined ? expression && expressionSql(expression) : quoteIdentifier(column),
    collation && `collate ${quoteIdentifier(collation)}`,
    operatorClass && quoteIdentifier(operatorClass),
    order,
  ]
    .filter((part) => part !== undefined && part !== '')
    .join(' ');
}

/** A call goes without parentheses, but for those with a syntax of their own (index_elem of gram.y). */
function expressionSql(expression: Node): string {
  const isCall = 'FuncCall' in expression && expression.FuncCall.funcformat === 'COERCE_EXPLICIT_CALL';
  return isCall ? sqlOf(expression) : `(${sqlOf(expression)})`;
}
