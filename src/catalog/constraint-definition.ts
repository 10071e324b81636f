import { type Constraint as ConstraintNode, type ConstrType, type Node, strings } from '../sql/tree.js';
import type { ApplyOptions } from './applies.js';
import type { Catalog, Constraint, Index, Oid, Table } from './catalog.js';
import { changeTable, putRelation } from './change.js';
import { addForeignKey } from './foreign-key.js';
import { newConstraintName } from './generated-name.js';
import { addIndexConstraint, createIndex, type IndexConstraintKind, indexKey } from './index-definition.js';
import { columnOf, findRelationNamed, isIndex, isTable, tables } from './lookup.js';
import { columnsIn } from './mentions.js';
import { type NotNull, setNotNull, withNotNull } from './not-null.js';
import { storageOptions } from './storage-options.js';

/** How a constraint comes to be. */
export interface ConstraintOptions extends ApplyOptions {
  /** ALTER TABLE ONLY: children are left as they are. */
  readonly only?: boolean;
  /** Of a table that is being created, which has no rows yet: NOT VALID counts for nothing (transformCheckConstraints). */
  readonly newTable?: boolean;
}

type AddConstraint = (catalog: Catalog, table: Table, node: ConstraintNode, options: ConstraintOptions) => Catalog;

const kinds: { readonly [T in ConstrType]?: AddConstraint } = {
  CONSTR_CHECK: addCheck,
  CONSTR_FOREIGN: addForeignKey,
  CONSTR_PRIMARY: (catalog, table, node, options) => addKey(catalog, table, node, 'primary key', options),
  CONSTR_UNIQUE: (catalog, table, node, options) => addKey(catalog, table, node, 'unique', options),
  CONSTR_EXCLUSION: (catalog, table, node, options) => addKey(catalog, table, node, 'exclude', options),
  CONSTR_NOTNULL: (catalog, table, node, options) => {
    const how = notNullOptions(node, options);
    return strings(node.keys).reduce((now, column) => setNotNull(now, table.oid, column, options, how), catalog);
  },
};

/** Adds a constraint of a CREATE TABLE, ADD COLUMN or ADD CONSTRAINT to a table, and to children where it is inherited. */
export function addConstraint(catalog: Catalog, oid: Oid, node: ConstraintNode, options: ConstraintOptions): Catalog {
  const table = catalog.relations.get(oid);
  const add = node.contype && kinds[node.contype];
  return add === undefined || table === undefined || !isTable(table) ? catalog : add(catalog, table, node, options);
}

/** The table with a constraint; one of the same name makes room: it was dropped in a way that the history does not show. */
export function withConstraint(table: Table, constraint: Constraint): Table {
  return { ...table, constraints: [...table.constraints.filter(({ name }) => name !== constraint.name), constraint] };
}

/** The table with a CHECK or NOT NULL of its own, which it may have from a parent already. */
export function withOwnConstraint(table: Table, constraint: Constraint): Table {
  const known = table.constraints.find((one) => one.inherited && one.name === constraint.name);
  if (known === undefined) return withConstraint(table, constraint);
  return withConstraint(table, {
    ...known,
    enforced: known.enforced || constraint.enforced,
    validated: known.validated || constraint.validated,
    ...(table.bound === undefined && { local: true }),
  });
}

const systemColumns: ReadonlySet<string> = new Set(['tableoid', 'ctid', 'xmin', 'xmax', 'cmin', 'cmax']);

/** The CHECK that a constraint of the grammar makes in a table. */
function checkOf(catalog: Catalog, table: Table, node: ConstraintNode, options: ConstraintOptions): Constraint {
  const named = [...columnsIn(node.raw_expr)];
  const columns = named.filter(
    (name) => !table.complete || systemColumns.has(name) || columnOf(table, name) !== undefined,
  );
  const only = columns.length === 1 ? columns[0] : undefined;
  const enforced = node.is_enforced ?? false;
  return {
    name: node.conname ?? newConstraintName(catalog, table, only, 'check'),
    kind: 'check',
    validated: enforced && (options.newTable || !node.skip_validation),
    enforced,
    columns,
    ...(node.raw_expr && { expression: node.raw_expr }),
    deferrable: false,
    noInherit: node.is_no_inherit ?? false,
    inherited: false,
    born: options.born,
  };
}

function addCheck(catalog: Catalog, table: Table, node: ConstraintNode, options: ConstraintOptions): Catalog {
  const check = checkOf(catalog, table, node, options);
  const added = changeTable(catalog, table.oid, (now) => withOwnConstraint(now, check));
  return check.noInherit || options.only ? added : inheritCheck(added, table.oid, check);
}

/**
 * A table that is being created with its CHECKs and NOT NULLs. It has no children yet, so nobody else hears of them, and the
 * catalog is told of all at once.
 */
export function bornWith(
  catalog: Catalog,
  table: Table,
  nodes: readonly ConstraintNode[],
  options: ConstraintOptions,
): Table {
  return nodes.reduce((now, node) => {
    if (node.contype === 'CONSTR_CHECK') return withOwnConstraint(now, checkOf(catalog, now, node, options));
    const how = notNullOptions(node, options);
    return strings(node.keys).reduce((one, column) => withNotNull(catalog, one, column, options, how), now);
  }, table);
}

function notNullOptions(node: ConstraintNode, options: ConstraintOptions): NotNull {
  const noInherit = node.is_no_inherit ?? false;
  return {
    name: node.conname,
    validated: options.newTable || !node.skip_validation,
    noInherit,
    newTable: options.newTable ?? false,
    only: (options.only ?? false) || noInherit,
  };
}

/** Gives children a CHECK of their parent; a child that has one of the name has it from now on from the parent too. */
function inheritCheck(catalog: Catalog, oid: Oid, check: Constraint): Catalog {
  const table = catalog.relations.get(oid);
  if (table === undefined || !isTable(table)) return catalog;
  return tables(catalog, table.children).reduce((now, child) => {
    const known = child.constraints.find(({ name }) => name === check.name);
    const local = known !== undefined && !known.inherited && child.bound === undefined;
    const inherited: Constraint = { ...(known ?? check), inherited: true, ...(local && { local }) };
    return inheritCheck(
      changeTable(now, child.oid, (one) => withConstraint(one, inherited)),
      child.oid,
      check,
    );
  }, catalog);
}

function addKey(
  catalog: Catalog,
  table: Table,
  node: ConstraintNode,
  kind: IndexConstraintKind,
  options: ConstraintOptions,
): Catalog {
  const constraint = { kind, deferrable: node.deferrable ?? false };
  if (node.indexname !== undefined) return useIndex(catalog, table, node, node.indexname, constraint, options);
  return createIndex(
    catalog,
    table.oid,
    {
      name: node.conname,
      method: node.without_overlaps ? 'gist' : (node.access_method ?? 'btree'),
      keys: [...strings(node.keys).map((column) => ({ column })), ...excludedKeys(node.exclusions)],
      include: strings(node.including),
      predicate: node.where_clause,
      unique: kind !== 'exclude',
      nullsNotDistinct: node.nulls_not_distinct ?? false,
      tablespace: node.indexspace,
      options: storageOptions(node.options),
      constraint,
    },
    options,
  );
}

/** The keys of EXCLUDE (a WITH =, …): each a pair of the key and its operator. */
function excludedKeys(exclusions: readonly Node[] | undefined) {
  return (exclusions ?? []).flatMap((pair) => {
    const element = 'List' in pair ? pair.List.items?.[0] : undefined;
    return element !== undefined && 'IndexElem' in element ? [indexKey(element.IndexElem)] : [];
  });
}

/** ADD CONSTRAINT … USING INDEX: the index takes the constraint's name. */
function useIndex(
  catalog: Catalog,
  table: Table,
  node: ConstraintNode,
  indexName: string,
  constraint: { readonly kind: IndexConstraintKind; readonly deferrable: boolean },
  options: ConstraintOptions,
): Catalog {
  const found = findRelationNamed(catalog, [table.schema, indexName]);
  if (found === undefined || !isIndex(found))
    return useUnknownIndex(catalog, table, node, indexName, constraint.kind, options);
  const name = node.conname ?? found.name;
  const index: Index = { ...found, name, constraint: name };
  return addIndexConstraint(putRelation(catalog, index), index, constraint, options);
}

/** Of an index that the history does not show, the columns are not known. */
function useUnknownIndex(
  catalog: Catalog,
  table: Table,
  node: ConstraintNode,
  indexName: string,
  kind: IndexConstraintKind,
  { born }: ConstraintOptions,
): Catalog {
  const added: Constraint = {
    name: node.conname ?? indexName,
    kind,
    validated: true,
    enforced: true,
    columns: [],
    deferrable: node.deferrable ?? false,
    noInherit: true,
    inherited: false,
    born,
  };
  return changeTable(catalog, table.oid, (now) => withConstraint({ ...now, complete: false }, added));
}
