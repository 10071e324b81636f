import type { Constraint as Known } from './catalog/catalog.js';
import { isTable, relationByName } from './catalog/lookup.js';
import { keyUsingIndex, next, notNullRecipe, together } from './recipes.js';
import type { Step } from './rule.js';
import { quoteIdentifier, quoteLiteral, unqualified } from './sql/names.js';
import type { AlterTableCmd, ColumnDef, Constraint, ConstrType, Node } from './sql/tree.js';
import { isNullConstant } from './sql/values.js';
import { addedColumn, alteredTable, columnAfter, pasted } from './wording.js';

/** A clause behind the type of an added column, as its author wrote it. */
interface Clause {
  readonly constraint: Constraint;
  /** Without CONSTRAINT and its name. */
  readonly text: string;
  /** DEFERRABLE and the like, which stand behind it. */
  readonly attributes: string;
}

/**
 * SQL to paste for an ADD COLUMN that rewrites, reads or refuses the rows that exist: the column with what costs nothing, and then
 * clause by clause the rest, until the schema is the very same.
 */
export function columnRecipe(step: Step<'AT_AddColumn'>): string {
  const { node, statement, effects } = step;
  const def = node.def !== undefined && 'ColumnDef' in node.def ? node.def.ColumnDef : undefined;
  if (def === undefined) return `${statement.text};`;
  const table = alteredTable(statement);
  const column = def.colname ?? '';
  const name = quoteIdentifier(column);
  const { head, clauses } = cut(step, def);
  const only = (...kinds: readonly ConstrType[]) =>
    clauses.filter(({ constraint: { contype } }) => contype !== undefined && kinds.includes(contype));

  const rewritten = effects.some((effect) => effect.work === 'rewrite');
  // DEFAULT NULL gives no row a value
  const defaults = only('CONSTR_DEFAULT').filter(({ constraint }) => !isNull(constraint.raw_expr));
  const numbers = numbering(step, def, clauses);
  const hasValues = defaults.length > 0 && !rewritten;
  const names = newNames(step, clauses);
  // without values there is nothing to look up, and nothing that could be NULL against the rules
  const apart = new Set<Clause>([
    ...(rewritten ? defaults : []),
    ...only('CONSTR_IDENTITY'),
    ...(hasValues ? only('CONSTR_FOREIGN') : only('CONSTR_NOTNULL')),
    ...only('CONSTR_CHECK', 'CONSTR_UNIQUE', 'CONSTR_PRIMARY'),
  ]);
  const kept = clauses
    .filter((clause) => !apart.has(clause))
    .map(({ text, attributes, constraint }) => {
      const named = constraint.conname === undefined ? '' : `constraint ${quoteIdentifier(constraint.conname)} `;
      return `${named}${text}${attributes}`;
    });

  const first = [`alter table ${table} ${[numbers?.head ?? head, ...kept].join(' ')};`, ...(numbers?.first ?? [])];
  const validations: string[] = [];
  for (const { constraint, text, attributes } of apart) {
    const { contype } = constraint;
    if (contype === 'CONSTR_DEFAULT')
      first.push(`alter table ${table} alter column ${name} set ${text.replace(/^default/i, 'default')};`);
    if (contype !== 'CONSTR_CHECK' && contype !== 'CONSTR_FOREIGN') continue;
    const own = names(constraint) ?? quoteIdentifier(`${column}_new`);
    const definition = contype === 'CONSTR_FOREIGN' ? `foreign key (${name}) ${text}` : text;
    first.push(`alter table ${table} add constraint ${own} ${definition}${attributes} not valid;`);
    validations.push(`alter table ${table} validate constraint ${own};`);
  }
  const keys = [...apart].filter(
    ({ constraint: { contype } }) => contype === 'CONSTR_UNIQUE' || contype === 'CONSTR_PRIMARY',
  );
  const isPrimary = keys.some(({ constraint }) => constraint.contype === 'CONSTR_PRIMARY');
  const notNull = numbers !== undefined || [...apart].some(({ constraint }) => constraint.contype === 'CONSTR_NOTNULL');
  const migrations: string[] = [first.join('\n')];
  if (validations.length > 0) migrations.push(`${next}\n${validations.join('\n')}`);
  if (rewritten && (defaults.length > 0 || numbers !== undefined))
    migrations.push(
      `${next}: fill the old rows in batches\nupdate ${table} set ${name} = default where ${name} is null and ctid = any (array(select ctid from ${table} where ${name} is null limit 1000));`,
    );
  const written =
    defaults.length > 0 || numbers !== undefined ? '' : `, when the code writes ${column} and the old rows have it`;
  if (notNull || (isPrimary && !hasNotNull(clauses, apart)))
    migrations.push(`${next}${written}\n${notNullRecipe(table, column)}`);
  for (const { constraint, attributes } of keys) {
    const key = names(constraint) ?? quoteIdentifier(`${column}_key`);
    const kind = constraint.contype === 'CONSTR_PRIMARY' ? 'primary key' : 'unique';
    const nulls = constraint.nulls_not_distinct ? ' nulls not distinct' : '';
    migrations.push(
      `${next}\ncreate unique index concurrently ${key} on ${table} (${name})${nulls};`,
      `${next}\n${keyUsingIndex({ table, name: key, kind, index: key, attributes })}`,
    );
  }
  if (numbers?.last !== undefined) migrations.push(numbers.last);
  return migrations.join('\n');
}

function isNull(node: Node | undefined): boolean {
  return node !== undefined && 'TypeCast' in node ? isNull(node.TypeCast.arg) : isNullConstant(node);
}

/** How a serial or identity column gets its numbers before it is one. */
interface Numbering {
  /** ADD COLUMN with a plain type. */
  readonly head: string;
  readonly first: readonly string[];
  /** What makes it an identity in the end. */
  readonly last?: string;
}

const plainTypes: Readonly<Record<string, readonly [type: string, sequence: string]>> = {
  int2: ['smallint', ' as smallint'],
  int4: ['integer', ' as integer'],
  int8: ['bigint', ''],
};

function numbering(step: Step<'AT_AddColumn'>, def: ColumnDef, clauses: readonly Clause[]): Numbering | undefined {
  const known = columnAfter(step, def.colname);
  if (known?.sequence === undefined) return undefined;
  const table = alteredTable(step.statement);
  const name = quoteIdentifier(known.name);
  const identity = clauses.find(({ constraint }) => constraint.contype === 'CONSTR_IDENTITY');
  const own = step.after.relations.get(known.sequence);
  const sequence =
    identity === undefined && own !== undefined
      ? pasted(`${own.schema}.${own.name}`)
      : quoteIdentifier(`${def.colname}_of_${unqualified(step.relation ?? '').name}`);
  const [type, as] = plainTypes[known.type?.name ?? ''] ?? ['bigint', ''];
  const { head } = cut(step, def);
  const options = /\bas\s+identity\s*\(((?:(?!\bsequence\s+name\b).)*)\)$/is.exec(identity?.text ?? '')?.[1];
  const first = [
    `create sequence ${sequence}${as}${options === undefined ? '' : ` ${options}`}${identity === undefined ? ` owned by ${table}.${name}` : ''};`,
    `alter table ${table} alter column ${name} set default nextval(${quoteLiteral(sequence)});`,
  ];
  if (identity === undefined) return { head: head.replace(/(?:small|big)?serial[248]?$/i, type), first };
  const place = `pg_get_serial_sequence(${quoteLiteral(table)}, ${quoteLiteral(known.name)})`;
  const last = [
    `${next}: the identity goes on where the sequence has come to`,
    together(step, [
      `alter table ${table} alter column ${name} drop default, alter column ${name} add ${identity.text};`,
      `select setval(${place}, nextval(${quoteLiteral(sequence)}));`,
      `drop sequence ${sequence};`,
    ]),
  ];
  return { head, first, last: last.join('\n') };
}

/** Whether the rows that exist would be NULL in a column that is added NOT NULL: the statement fails where there are any. */
export function refusesRows(step: Step, command: AlterTableCmd): boolean {
  const column = columnAfter(step, addedColumn(command));
  if (column === undefined || !column.notNull) return false;
  if (column.default !== undefined || column.identity !== undefined || column.generated !== undefined) return false;
  const type = column.type?.oid === undefined ? undefined : step.after.types.get(column.type.oid);
  // a domain may bring the default
  return !(type?.kind === 'domain' && type.default !== undefined);
}

/** NOT NULL stays with the column where its default gives every row a value. */
function hasNotNull(clauses: readonly Clause[], apart: ReadonlySet<Clause>): boolean {
  return clauses.some((clause) => clause.constraint.contype === 'CONSTR_NOTNULL' && !apart.has(clause));
}

/** The text of an ADD COLUMN: name and type, and each clause. */
function cut(
  step: Step<'AT_AddColumn'>,
  def: ColumnDef,
): { readonly head: string; readonly clauses: readonly Clause[] } {
  const { statement } = step;
  const { text } = statement;
  const nodes = (def.constraints ?? []).flatMap((node) => ('Constraint' in node ? node.Constraint : []));
  const starts = nodes.map(({ location }) => statement.textAt(location));
  const slice = (from: number, to: number | undefined) => text.slice(from, to).trim();
  const clauses: Clause[] = [];
  for (const [at, constraint] of nodes.entries()) {
    if (isAttribute(constraint)) continue;
    const following = nodes.slice(at + 1).findIndex((other) => !isAttribute(other));
    const end = following === -1 ? undefined : starts[at + 1 + following];
    const isFollowedByAttribute = nodes[at + 1] !== undefined && isAttribute(nodes[at + 1]);
    const behind = isFollowedByAttribute ? starts[at + 1] : end;
    const attributes = isFollowedByAttribute ? ` ${slice(behind ?? 0, end)}` : '';
    const own = slice(starts[at] ?? 0, behind).replace(/^constraint\s+("(?:[^"]|"")*"|\S+)\s+/i, '');
    clauses.push({ constraint, text: own, attributes });
  }
  return { head: slice(0, starts[0]), clauses };
}

function isAttribute(constraint: Constraint | undefined): boolean {
  return constraint?.contype?.startsWith('CONSTR_ATTR_') ?? false;
}

const kinds: { readonly [K in ConstrType]?: Known['kind'] } = {
  CONSTR_CHECK: 'check',
  CONSTR_FOREIGN: 'foreign key',
  CONSTR_UNIQUE: 'unique',
  CONSTR_PRIMARY: 'primary key',
};

/** The names that PostgreSQL gives to the constraints of the column, as SQL; asked for each once, in the order in which they are written. */
function newNames(
  { relation, before, after }: Step,
  clauses: readonly Clause[],
): (constraint: Constraint) => string | undefined {
  const constraints = (catalog: Step['before']): readonly Known[] => {
    const table = relation === undefined ? undefined : relationByName(catalog, relation);
    return table !== undefined && isTable(table) ? table.constraints : [];
  };
  const written = new Set(clauses.map(({ constraint }) => constraint.conname));
  const old = new Set(constraints(before).map(({ name }) => name));
  const left = constraints(after).filter(({ name }) => !old.has(name) && !written.has(name));
  return ({ conname, contype }) => {
    if (conname !== undefined) return quoteIdentifier(conname);
    const at = left.findIndex(({ kind }) => contype !== undefined && kind === kinds[contype]);
    const [found] = at === -1 ? [] : left.splice(at, 1);
    return found && quoteIdentifier(found.name);
  };
}
