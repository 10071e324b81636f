import { essence } from '../sql/essence.js';
import { qualifiedName } from '../sql/names.js';
import { strings } from '../sql/tree.js';
import { builtInName } from './built-in-name.js';
import type {
  Catalog,
  Column,
  Constraint,
  Index,
  IndexKey,
  Oid,
  Relation,
  Routine,
  Sequence,
  Table,
  Type,
  TypeRef,
} from './catalog.js';
import { ownStorage } from './column-storage.js';
import { expressionKey } from './expression.js';
import { gistOf, gistOfQuery } from './gist.js';
import { literalOf } from './literal.js';
import { findRelationNamed, nameOf } from './lookup.js';

/** An object of a catalog: kind and name, and what defines it; undefined where the history does not show that. */
export type Entry = readonly [object: string, definition: string | undefined];

/** A function or procedure as a snapshot names it. */
export function routineName(catalog: Catalog, { kind, schema, name, arguments: all }: Routine): string {
  const types = all.filter(({ output }) => !output).map(({ type }) => typeText(catalog, { ...type, modifiers: [] }));
  return `${kind} ${schema}.${name}(${types.join(', ')})`;
}

/** The entry of a function or procedure. */
export function routineEntry(catalog: Catalog, routine: Routine): Entry {
  const { language, volatility, source, options, returns } = routine;
  const body = language === 'sql' || language === 'plpgsql' ? essence(source) : source.trim();
  const how = Object.entries(options)
    .map(([name, value]) => `${name} ${value}`)
    .sort();
  const text = [returns && typeText(catalog, returns), language, volatility, ...how, body].join(' ');
  return [routineName(catalog, routine), text];
}

/** The entries of a relation: of a table those of its columns, constraints, triggers, policies and rules too. */
export function relationEntries(catalog: Catalog, relation: Relation): readonly Entry[] {
  const name = qualifiedName(relation.schema, relation.name);
  switch (relation.kind) {
    case 'table':
    case 'partitioned':
    case 'foreign':
      return relation.persistence === 'temporary' ? [] : tableEntries(catalog, relation);
    case 'index':
    case 'partitioned index':
      return relation.constraint === undefined ? [[`index ${name}`, indexText(catalog, relation)]] : [];
    case 'view':
    case 'materialized view': {
      const columns = relation.columns.map((column) => column.name).join(', ');
      const options = relation.kind === 'view' ? optionsText(relation.options) : '';
      const text = `${options}${columns}: ${gistOfQuery(catalog, relation.query)}`;
      const own: Entry = [`${relation.kind} ${name}`, relation.complete ? text : undefined];
      return relation.kind === 'view' ? [own, ...triggerEntries(catalog, name, relation)] : [own];
    }
    case 'sequence':
      return [[`sequence ${name}`, sequenceText(catalog, relation)]];
    case 'composite type': {
      const attributes = relation.columns.map((column) => `${column.name} ${columnText(catalog, column) ?? '?'}`);
      return [[`type ${name}`, attributes.join(', ')]];
    }
  }
}

function sequenceText(catalog: Catalog, sequence: Sequence): string {
  const parameters = Object.entries(sequence.parameters).map(([option, value]) => `${option} ${value}`);
  return [sequence.persistence, ...parameters, columnOf(catalog, sequence)].filter(Boolean).join(' ');
}

/** The column that it belongs to, written as the server writes it. */
function columnOf(catalog: Catalog, { ownedBy }: Sequence): string | undefined {
  return ownedBy && `owned by ${nameOf(catalog, ownedBy.table) ?? ''}.${ownedBy.column}`;
}

/** Storage parameters, sorted. */
function optionsText(options: Table['options']): string {
  const each = Object.entries(options).map(([option, value]) => `${option}=${value} `);
  return each.sort().join('');
}

/** What is done beside or instead of a change, on tables and views alike. */
function triggerEntries(
  catalog: Catalog,
  name: string,
  { triggers, rules }: Pick<Table, 'triggers' | 'rules'>,
): readonly Entry[] {
  return [
    ...triggers.map(({ comment: _, ...trigger }): Entry => [`trigger ${name}.${trigger.name}`, key(trigger)]),
    ...rules.map(
      ({ name: rule, definition }): Entry => [`rule ${name}.${rule}`, gistOfQuery(catalog, definition.node)],
    ),
  ];
}

function tableEntries(catalog: Catalog, table: Table): readonly Entry[] {
  const name = qualifiedName(table.schema, table.name);
  const parents = table.parents.map((oid) => nameOf(catalog, oid) ?? '');
  const security = `${table.rowSecurity ? 'row level security' : ''}${table.forcesRowSecurity ? ' forced' : ''}`;
  const identity = table.replicaIdentity === 'default' ? '' : table.replicaIdentity;
  const own = [
    table.persistence,
    ...parents,
    key(table.partitionBy),
    key(table.bound),
    security,
    optionsText(table.options),
    identity,
    table.clusteredOn !== undefined && `clustered on ${nameOf(catalog, table.clusteredOn)}`,
  ]
    .filter(Boolean)
    .join(' ');
  return [
    [`table ${name}`, own],
    ...table.columns.map((column): Entry => [`column ${name}.${column.name}`, columnText(catalog, column)]),
    // those of NOT NULL show on their columns
    ...table.constraints
      .filter(({ kind }) => kind !== 'not null')
      .map((one): Entry => [`constraint ${name}.${one.name}`, constraintText(catalog, one)]),
    ...table.policies.map(
      (one): Entry => [
        `policy ${name}.${one.name}`,
        `${one.command} ${one.permissive} ${gistOf(one.using)} check ${gistOf(one.withCheck)}`,
      ],
    ),
    ...triggerEntries(catalog, name, table),
  ];
}

function columnText(catalog: Catalog, column: Column): string | undefined {
  if (column.type === undefined) return undefined;
  const numbered = numbering(catalog, column);
  const generated = column.generated && `${column.generated.kind} ${gistOf(column.generated.expression)}`;
  const gist = column.default && gistOf(column.default);
  const parts = [
    typeText(catalog, column.type),
    column.notNull && 'not null',
    // DEFAULT NULL is none
    numbered === undefined
      ? gist !== undefined && gist !== 'null' && `default ${gist}`
      : `default of ${numbered.schema}.${numbered.name}`,
    column.identity && `identity ${column.identity}`,
    generated,
    column.collation,
    ownStorage(column),
    optionsText(column.tuning ?? {}),
  ];
  return parts.filter(Boolean).join(' ');
}

/** The sequence of the column whose next number is the default: a serial, or what comes to the same. */
function numbering(catalog: Catalog, { name, sequence, default: expression }: Column): Relation | undefined {
  if (sequence !== undefined) return catalog.relations.get(sequence);
  if (expression === undefined || !('FuncCall' in expression)) return undefined;
  const { funcname, args } = expression.FuncCall;
  if (strings(funcname).at(-1) !== 'nextval') return undefined;
  const named = literalOf(args?.[0])?.text?.split('.');
  const found =
    named &&
    findRelationNamed(
      catalog,
      named.map((part) => part.replaceAll('"', '')),
    );
  return found?.kind === 'sequence' && found.ownedBy?.column === name ? found : undefined;
}

function constraintText(catalog: Catalog, constraint: Constraint): string {
  const { kind, columns, references, validated, enforced, deferrable, deferred } = constraint;
  const to =
    references &&
    `${nameOf(catalog, references.table) ?? ''}(${references.columns.join(', ')}) ${references.onDelete} ${references.onUpdate} ${references.match ?? ''}`;
  return [
    kind,
    // those of a CHECK follow from its expression
    kind === 'check' ? '' : columns.join(', '),
    gistOf(constraint.expression),
    to,
    !validated && 'not valid',
    !enforced && 'not enforced',
    deferrable && 'deferrable',
    deferred && 'deferred',
  ]
    .filter(Boolean)
    .join(' ');
}

function indexText(catalog: Catalog, index: Index): string {
  const keys = index.keys.map((one: IndexKey) =>
    [one.column ?? gistOf(one.expression), one.collation, one.operatorClass, one.order].filter(Boolean).join(' '),
  );
  const parts = [
    index.unique && 'unique',
    ` ON ${nameOf(catalog, index.table) ?? ''} USING ${index.method}`,
    `(${keys.join(', ')})`,
    index.include.join(', '),
    index.nullsNotDistinct && 'nulls not distinct',
    optionsText(index.options),
    gistOf(index.predicate),
  ];
  return parts.filter(Boolean).join(' ');
}

/** The entry of a type. */
export function typeEntries(catalog: Catalog, type: Type): readonly Entry[] {
  const name = `${type.kind} ${qualifiedName(type.schema, type.name)}`;
  switch (type.kind) {
    case 'enum':
      return [[name, type.complete ? type.labels.join(', ') : undefined]];
    case 'domain': {
      const checks = type.checks.map((one) => `${one.name} ${gistOf(one.expression)} ${one.validated}`);
      const base = [typeText(catalog, type.base), type.notNull && 'not null', gistOf(type.default)];
      return [[name, [...base, ...checks].filter(Boolean).join(' ')]];
    }
    case 'range':
      return [[name, typeText(catalog, type.subtype)]];
    case 'composite': {
      const relation = catalog.relations.get(type.relation);
      return relation?.kind === 'composite type' ? relationEntries(catalog, relation) : [];
    }
    default:
      return [];
  }
}

function typeText(catalog: Catalog, type: Partial<TypeRef>): string {
  const { oid, schema = '', name = '?', modifiers = [], dimensions = 0 } = type;
  const own = oid === undefined ? undefined : typeName(catalog, oid);
  const written = schema === 'pg_catalog' || schema === '' ? builtInName(name) : qualifiedName(schema, name);
  const limits = modifiers.length > 0 ? `(${modifiers.join(', ')})` : '';
  // the server does not tell arrays of one dimension from those of more
  return `${own ?? written}${limits}${dimensions > 0 ? '[]' : ''}`;
}

function typeName(catalog: Catalog, oid: Oid): string | undefined {
  const type = catalog.types.get(oid);
  return type && qualifiedName(type.schema, type.name);
}

/** Anything made of nodes as text, places left out. */
function key(value: object | undefined): string {
  return value === undefined ? '' : expressionKey(value);
}
