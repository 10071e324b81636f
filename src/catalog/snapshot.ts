import { essence } from '../sql/essence.js';
import { strings } from '../sql/tree.js';
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
import { expressionKey } from './expression.js';
import { literalOf } from './literal.js';
import { findRelationNamed, isTable, nameOf } from './lookup.js';
import type { PersistentMap } from './persistent-map.js';

/**
 * The schema as text: one entry an object, its kind and name -> what defines it. Two schemas are equal when their entries are.
 * `check` makes it of a replayed catalog, `trace` of a real server; what the history does not show is left out.
 */
export type Snapshot = ReadonlyMap<string, string>;

/** How an object of one snapshot stands to the other. */
export interface Difference {
  /** Kind and name: "column public.account.email". */
  readonly object: string;
  readonly how: 'missing' | 'left over' | 'different';
  readonly before: string | undefined;
  readonly after: string | undefined;
}

/** What has to change to come from `after` back to `before`, sorted by object; an object inside a missing or left over one is not told again. */
export function differences(before: Snapshot, after: Snapshot): readonly Difference[] {
  const found: Difference[] = [];
  for (const object of new Set([...before.keys(), ...after.keys()])) {
    const [old, now] = [before.get(object), after.get(object)];
    if (old === now) continue;
    const how = now === undefined ? 'missing' : old === undefined ? 'left over' : 'different';
    found.push({ object, how, before: old, after: now });
  }
  const whole = new Set(
    found
      .filter(({ how, object }) => how !== 'different' && holdsOthers.test(object))
      .map(({ object }) => nameIn(object)),
  );
  return found
    .filter((one) => !holdersOf(one).some((name) => whole.has(name)))
    .sort((a, b) => (a.object < b.object ? -1 : a.object > b.object ? 1 : 0));
}

/** With an object of these kinds all that belongs to it is missing or left over. */
const holdersOfOthers = 'table|column|view|materialized view|sequence|function|procedure|enum|domain|range|type';
const holdsOthers = new RegExp(`^(?:${holdersOfOthers}) `);
const parts: ReadonlySet<string> = new Set(['column', 'constraint', 'trigger', 'policy', 'rule']);
const said = new RegExp(`^(?:privileges|comment) on (?:${holdersOfOthers}) `);

function nameIn(object: string): string {
  return object.replace(holdsOthers, '');
}

/** What an object would go with: the table of a part, of an index, of a sequence; what a comment or a privilege is about. */
function holdersOf({ object, before, after }: Difference): readonly string[] {
  const kind = object.slice(0, object.indexOf(' '));
  if (said.test(object)) {
    const name = object.replace(said, '');
    return [name, tableOf(name)];
  }
  if (parts.has(kind)) return [tableOf(object.slice(kind.length + 1))];
  const text = before ?? after ?? '';
  const table = kind === 'index' ? / ON (?:ONLY )?(\S+) USING /.exec(text)?.[1] : undefined;
  const column = kind === 'sequence' ? / ?owned by (\S+)$/.exec(text)?.[1] : undefined;
  return [table ?? [], column === undefined ? [] : [column, tableOf(column)]].flat();
}

/** Of schema.table.part the table. */
function tableOf(name: string): string {
  return name.slice(0, Math.max(0, name.lastIndexOf('.')));
}

/**
 * The snapshots of two catalogs of one history, without what both share: unchanged objects are the very same values, so that the
 * comparison costs no more than the change.
 */
export function changedBetween(a: Catalog, b: Catalog): readonly [Snapshot, Snapshot] {
  return [ownEntries(a, b), ownEntries(b, a)];
}

type Entry = readonly [object: string, definition: string];

/** The entries of what `one` has and `other` has not, or not the same. */
function ownEntries(one: Catalog, other: Catalog): Snapshot {
  const own = <K extends string | number, V>(mine: PersistentMap<K, V>, theirs: PersistentMap<K, V>): readonly V[] =>
    mine.differing(theirs).map(([, value]) => value);
  return new Map([
    ...own(one.relations, other.relations)
      .filter((relation) => !isStub(relation) || other.relations.has(relation.oid))
      .flatMap((relation) => relationEntries(one, relation)),
    ...own(one.types, other.types).flatMap((type) => typeEntries(one, type)),
    ...own(one.routines, other.routines).map((routine) => routineEntry(one, routine)),
    ...own(one.schemas, other.schemas).map(({ name }): Entry => [`schema ${name}`, '']),
    ...own(one.extensions, other.extensions).map(({ name }): Entry => [`extension ${name}`, '']),
  ]);
}

/** A table that a statement only refers to: it was there all the time, whatever the other catalog knows of it. */
function isStub(relation: Relation): boolean {
  return isTable(relation) && !relation.complete && relation.born === -1;
}

function routineEntry(catalog: Catalog, routine: Routine): Entry {
  const types = routine.arguments.filter(({ output }) => !output).map(({ type }) => typeText(catalog, type));
  const { kind, schema, name, language, volatility, source } = routine;
  const body = language === 'sql' || language === 'plpgsql' ? essence(source) : source.trim();
  return [`${kind} ${schema}.${name}(${types.join(', ')})`, `${language} ${volatility} ${body}`];
}

function relationEntries(catalog: Catalog, relation: Relation): readonly Entry[] {
  const name = `${relation.schema}.${relation.name}`;
  switch (relation.kind) {
    case 'table':
    case 'partitioned':
    case 'foreign':
      return relation.persistence === 'temporary' ? [] : tableEntries(catalog, relation);
    case 'index':
    case 'partitioned index':
      return relation.constraint === undefined ? [[`index ${name}`, indexText(catalog, relation)]] : [];
    case 'view':
    case 'materialized view':
      return [[`${relation.kind} ${name}`, key(relation.query)]];
    case 'sequence':
      return [[`sequence ${name}`, [relation.persistence, ownerOf(catalog, relation)].filter(Boolean).join(' ')]];
    case 'composite type':
      return [[`type ${name}`, relation.columns.map((column) => columnText(catalog, column)).join(', ')]];
  }
}

/** Written as the server writes it. */
function ownerOf(catalog: Catalog, { ownedBy }: Sequence): string | undefined {
  return ownedBy && `owned by ${nameOf(catalog, ownedBy.table) ?? ''}.${ownedBy.column}`;
}

function tableEntries(catalog: Catalog, table: Table): readonly Entry[] {
  const name = `${table.schema}.${table.name}`;
  const parents = table.parents.map((oid) => nameOf(catalog, oid) ?? '');
  const security = table.rowSecurity ? 'row level security' : '';
  const own = [table.persistence, ...parents, key(table.partitionBy), key(table.bound), security].join(' ').trim();
  return [
    [`table ${name}`, own],
    ...table.columns.map((column): Entry => [`column ${name}.${column.name}`, columnText(catalog, column)]),
    // those of NOT NULL show on their columns
    ...table.constraints
      .filter(({ kind }) => kind !== 'not null')
      .map((one): Entry => [`constraint ${name}.${one.name}`, constraintText(catalog, one)]),
    ...table.triggers.map((trigger): Entry => [`trigger ${name}.${trigger.name}`, key(trigger)]),
    ...table.policies.map((one): Entry => [`policy ${name}.${one.name}`, `${key(one.using)} ${key(one.withCheck)}`]),
  ];
}

function columnText(catalog: Catalog, column: Column): string {
  const numbered = numbering(catalog, column);
  const generated = column.generated && `${column.generated.kind} ${key(column.generated.expression)}`;
  const parts = [
    typeText(catalog, column.type),
    column.notNull && 'not null',
    numbered === undefined
      ? column.default && `default ${key(column.default)}`
      : `default of ${numbered.schema}.${numbered.name}`,
    column.identity && `identity ${column.identity}`,
    generated,
    column.collation,
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
  const { kind, columns, references, validated, deferrable } = constraint;
  const to =
    references &&
    `${nameOf(catalog, references.table) ?? ''}(${references.columns.join(', ')}) ${references.onDelete} ${references.onUpdate}`;
  return [
    kind,
    columns.join(', '),
    key(constraint.expression),
    to,
    !validated && 'not valid',
    deferrable && 'deferrable',
  ]
    .filter(Boolean)
    .join(' ');
}

function indexText(catalog: Catalog, index: Index): string {
  const keys = index.keys.map((one: IndexKey) =>
    [one.column ?? key(one.expression), one.collation, one.operatorClass].filter(Boolean).join(' '),
  );
  const parts = [
    index.unique && 'unique',
    ` ON ${nameOf(catalog, index.table) ?? ''} USING ${index.method}`,
    `(${keys.join(', ')})`,
    index.include.join(', '),
    key(index.predicate),
  ];
  return parts.filter(Boolean).join(' ');
}

function typeEntries(catalog: Catalog, type: Type): readonly Entry[] {
  const name = `${type.kind} ${type.schema}.${type.name}`;
  switch (type.kind) {
    case 'enum':
      return [[name, type.labels.join(', ')]];
    case 'domain': {
      const checks = type.checks.map((one) => `${one.name} ${key(one.expression)} ${one.validated}`);
      const base = [typeText(catalog, type.base), type.notNull && 'not null', key(type.default)];
      return [[name, [...base, ...checks].filter(Boolean).join(' ')]];
    }
    case 'range':
      return [[name, typeText(catalog, type.subtype)]];
    default:
      return [];
  }
}

function typeText(catalog: Catalog, type: TypeRef | undefined): string {
  if (type === undefined) return '?';
  const own = type.oid === undefined ? undefined : typeName(catalog, type.oid);
  const modifiers = type.modifiers.length > 0 ? `(${type.modifiers.join(', ')})` : '';
  return `${own ?? `${type.schema}.${type.name}`}${modifiers}${'[]'.repeat(type.dimensions)}`;
}

function typeName(catalog: Catalog, oid: Oid): string | undefined {
  const type = catalog.types.get(oid);
  return type && `${type.schema}.${type.name}`;
}

/** Anything made of nodes as text, places left out. */
function key(value: object | undefined): string {
  return value === undefined ? '' : expressionKey(value);
}
