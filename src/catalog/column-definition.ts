import { sqlName } from '../sql/names.js';
import { type ColumnDef, type Constraint as ConstraintNode, type ConstrType, type Node, strings } from '../sql/tree.js';
import { isNullConstant } from '../sql/values.js';
import type { ApplyOptions } from './applies.js';
import type { Catalog, Column, Oid, Persistence, Sequence } from './catalog.js';
import { putRelation } from './change.js';
import { freeRelationName } from './generated-name.js';
import { withParameters, withType } from './sequence-parameters.js';
import { serialType, typeRef } from './type-ref.js';

/** The first major with sequences that are not logged. */
export const unloggedSequences = 15;

/** The table that a column is for; while it is being created it is not in the catalog yet. */
export interface Owner {
  readonly oid: Oid;
  readonly schema: string;
  readonly name: string;
  readonly persistence: Persistence;
}

/** A column as SQL defines it, and what has to be added to the table besides. */
export interface DefinedColumn {
  /** With the sequence that serial or IDENTITY makes. */
  readonly catalog: Catalog;
  readonly column: Column;
  /** As table constraints: with the column as their key. */
  readonly constraints: readonly ConstraintNode[];
}

/** Makes the column of a CREATE TABLE or ADD COLUMN; its sequence too, but not its constraints. */
export function defineColumn(
  catalog: Catalog,
  owner: Owner,
  definition: ColumnDef,
  options: ApplyOptions,
): DefinedColumn {
  const name = definition.colname ?? '';
  const serial = serialType(definition.typeName);
  const collation = strings(definition.collClause?.collname).at(-1);
  const type = serial ?? typeRef(catalog, definition.typeName);
  const base: Column = {
    name,
    type,
    notNull: false,
    inherited: false,
    born: options.born,
    ...(collation !== undefined && { collation }),
    ...(definition.storage_name !== undefined && { storage: definition.storage_name.toLowerCase() }),
  };
  const constraints = foldAttributes(definition.constraints ?? []);
  const started = serial === undefined ? { catalog, column: base } : withSerial(catalog, owner, base, options);
  const { catalog: after, column } = applyColumnConstraints(
    started.catalog,
    owner,
    started.column,
    constraints,
    options,
  );
  const isIdentity = constraints.some(({ contype }) => contype === 'CONSTR_IDENTITY');
  const implied: ConstraintNode[] = serial !== undefined || isIdentity ? [{ contype: 'CONSTR_NOTNULL' }] : [];
  return { catalog: after, column, constraints: tableConstraints(name, [...constraints, ...implied]) };
}

/** DEFAULT, GENERATED and IDENTITY among the constraints of a column: what they make of the column. */
export function applyColumnConstraints(
  catalog: Catalog,
  owner: Owner,
  start: Column,
  constraints: readonly ConstraintNode[],
  options: ApplyOptions,
): { readonly catalog: Catalog; readonly column: Column } {
  let now = catalog;
  let column = start;
  for (const constraint of constraints) {
    if (constraint.contype === 'CONSTR_DEFAULT' && constraint.raw_expr !== undefined)
      column = withDefault(catalog, column, constraint.raw_expr);
    if (constraint.contype === 'CONSTR_GENERATED' && constraint.raw_expr !== undefined) {
      const kind = constraint.generated_kind === 'v' ? 'virtual' : 'stored';
      column = { ...column, generated: { kind, expression: constraint.raw_expr } };
    }
    if (constraint.contype === 'CONSTR_IDENTITY')
      ({ catalog: now, column } = withIdentity(now, owner, column, constraint, options));
  }
  return { catalog: now, column };
}

/** The column with a default; DEFAULT NULL is none, but of a domain, which may have one of its own (AddRelationNewConstraints). */
export function withDefault(catalog: Catalog, column: Column, expression: Node | undefined): Column {
  const { default: _, sequence, ...own } = column;
  // the sequence of a serial stays the column's, and gives it no numbers any more
  const rest = own.identity === undefined || sequence === undefined ? own : { ...own, sequence };
  const isDomain = column.type?.oid !== undefined && catalog.types.get(column.type.oid)?.kind === 'domain';
  return expression === undefined || (isNullConstant(expression) && !isDomain)
    ? rest
    : { ...rest, default: expression };
}

/** Makes a column an identity column, with its sequence. */
export function withIdentity(
  catalog: Catalog,
  owner: Owner,
  column: Column,
  { generated_when, options: asked }: Pick<ConstraintNode, 'generated_when' | 'options'>,
  options: ApplyOptions,
): { readonly catalog: Catalog; readonly column: Column } {
  const named = (asked ?? []).flatMap((option) =>
    'DefElem' in option && option.DefElem.defname === 'sequence_name' && option.DefElem.arg !== undefined
      ? [option.DefElem.arg]
      : [],
  )[0];
  const parts = named !== undefined && 'List' in named ? strings(named.List.items) : [];
  const made = makeSequence(catalog, owner, column, parts, options, asked);
  const identity = generated_when === 'a' ? 'always' : 'by default';
  return { catalog: made.catalog, column: { ...column, identity, sequence: made.sequence.oid } };
}

function withSerial(catalog: Catalog, owner: Owner, column: Column, options: ApplyOptions) {
  const { catalog: after, sequence } = makeSequence(catalog, owner, column, [], options);
  return { catalog: after, column: { ...column, sequence: sequence.oid, default: nextval(sequence) } };
}

function makeSequence(
  catalog: Catalog,
  owner: Owner,
  column: Column,
  parts: readonly string[],
  { pg }: ApplyOptions,
  asked?: readonly Node[],
) {
  const schema = parts.at(-2) ?? owner.schema;
  const sequence: Sequence = {
    kind: 'sequence',
    oid: Math.max(catalog.nextOid, owner.oid + 1),
    schema,
    name: parts.at(-1) ?? freeRelationName(catalog, schema, owner.name, column.name, 'seq'),
    born: column.born,
    ownedBy: { table: owner.oid, column: column.name },
    persistence: owner.persistence === 'unlogged' && pg < unloggedSequences ? 'permanent' : owner.persistence,
    parameters: withParameters(withType(column.type?.name), asked),
  };
  return { catalog: putRelation(catalog, sequence), sequence };
}

/** nextval('schema.sequence'::regclass), the default that serial stands for. */
function nextval({ schema, name }: Sequence): Node {
  const sval = sqlName(schema, name);
  const regclass = { names: [{ String: { sval: 'pg_catalog' } }, { String: { sval: 'regclass' } }], typemod: -1 };
  return {
    FuncCall: {
      funcname: [{ String: { sval: 'nextval' } }],
      args: [{ TypeCast: { arg: { A_Const: { sval: { sval } } }, typeName: regclass } }],
      funcformat: 'COERCE_EXPLICIT_CALL',
    },
  };
}

/** DEFERRABLE, NOT ENFORCED and the like stand as constraints of their own behind the one they belong to. */
const attributes: { readonly [T in ConstrType]?: Partial<ConstraintNode> } = {
  CONSTR_ATTR_DEFERRABLE: { deferrable: true },
  CONSTR_ATTR_DEFERRED: { deferrable: true, initdeferred: true },
  CONSTR_ATTR_NOT_DEFERRABLE: { deferrable: false },
  CONSTR_ATTR_IMMEDIATE: { initdeferred: false },
  CONSTR_ATTR_ENFORCED: { is_enforced: true },
  CONSTR_ATTR_NOT_ENFORCED: { is_enforced: false },
};

/** The constraints of a column, each with its attributes. */
export function foldAttributes(nodes: readonly Node[]): readonly ConstraintNode[] {
  const folded: ConstraintNode[] = [];
  for (const node of nodes) {
    if (!('Constraint' in node)) continue;
    const { contype } = node.Constraint;
    const attribute = contype && attributes[contype];
    const last = folded.at(-1);
    if (attribute === undefined) folded.push(node.Constraint);
    else if (last !== undefined) folded[folded.length - 1] = { ...last, ...attribute };
  }
  return folded;
}

/** The constraints of a column that are kept with the table, with the column written out as their key. */
export function tableConstraints(column: string, constraints: readonly ConstraintNode[]): readonly ConstraintNode[] {
  const key: Node[] = [{ String: { sval: column } }];
  const ofTable: ConstraintNode[] = [];
  for (const constraint of constraints) {
    if (constraint.contype === 'CONSTR_CHECK') ofTable.push(constraint);
    else if (constraint.contype === 'CONSTR_FOREIGN') ofTable.push({ ...constraint, fk_attrs: key });
    else if (keyed.has(constraint.contype)) ofTable.push({ ...constraint, keys: key });
  }
  return ofTable;
}

const keyed: ReadonlySet<ConstrType | undefined> = new Set<ConstrType>([
  'CONSTR_PRIMARY',
  'CONSTR_UNIQUE',
  'CONSTR_NOTNULL',
]);
