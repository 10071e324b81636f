import type { Catalog, DomainType, EnumType, Oid, TypeRef } from '../catalog/catalog.js';
import { creationSchema, dependentsOf, findType } from '../catalog/lookup.js';
import { newTable } from '../catalog/stub.js';
import { typeRef } from '../catalog/type-ref.js';
import { qualifiedName } from '../sql/names.js';
import { type AlterDomainStmt, type AlterEnumStmt, type Constraint, type RangeVar, strings } from '../sql/tree.js';
import { defaultRefusal } from './column-refusal.js';
import { checkRefusal } from './constraints.js';
import type { Predict, PredictContext, PredictTable } from './context.js';
import { all, type Draft, fail, nothing, scan } from './draft.js';
import { literalRefusal } from './literal-refusal.js';
import { classRefusal } from './operator-class.js';
import { optionsOf } from './options.js';
import { isStored, isTypeName, type Stored } from './relations.js';
import { isKnownType } from './types.js';

/** A new label locks no table; since 12 it may be added in a transaction block, but not used there (see enum-use.ts). */
const alterEnum: Predict<'AlterEnumStmt'> = (node, { catalog }) => {
  const parts = strings(node.typeName);
  const type = findType(catalog, parts);
  if (type === undefined) return fail(`type "${parts.join('.')}" does not exist`, '42704', false);
  return type.kind === 'enum' && type.complete ? refusedLabel(type, node) : nothing;
};

function refusedLabel({ labels }: EnumType, node: AlterEnumStmt): Draft {
  const { oldVal, newVal = '', newValNeighbor, skipIfNewValExists } = node;
  const needed = oldVal ?? newValNeighbor;
  if (labels.includes(newVal) && oldVal === undefined)
    return skipIfNewValExists ? nothing : fail(`enum label "${newVal}" already exists`, '42710');
  if (needed !== undefined && !labels.includes(needed))
    return fail(`"${needed}" is not an existing enum label`, '22023');
  return labels.includes(newVal) ? fail(`enum label "${newVal}" already exists`, '42710') : nothing;
}

/** By the letter that the grammar gives each form of ALTER DOMAIN; what is not here looks at no row. */
const domainForms: {
  readonly [subtype: string]: (domain: DomainType, node: AlterDomainStmt, context: PredictContext) => Draft;
} = {
  C: (domain, { def }, context) => {
    const constraint = def !== undefined && 'Constraint' in def ? def.Constraint : undefined;
    if (domain.checks.some(({ name }) => name === constraint?.conname))
      return fail(`constraint "${constraint?.conname}" for domain "${domain.name}" already exists`, '42710');
    if (constraint?.contype === 'CONSTR_NOTNULL') return setNotNull(domain, context);
    const wrong = constraint && domainCheckRefusal(constraint, domain.base, context);
    if (wrong?.failure?.sure) return wrong;
    return constraint?.skip_validation
      ? nothing
      : verify(domain, 'its rows are checked against the new constraint', violated, context);
  },
  O: (domain, _, context) => setNotNull(domain, context),
  V: (domain, { name }, context) => {
    if (!domain.checks.some((check) => check.name === name))
      return fail(`constraint "${name}" of domain "${domain.name}" does not exist`, '42704');
    return verify(domain, `its rows are checked against the constraint ${name}`, violated, context);
  },
  T: (domain, { def }, context) => literalRefusal(def, domain.base, context) ?? nothing,
  X: (domain, { name, missing_ok }) =>
    missing_ok || domain.checks.some((check) => check.name === name)
      ? nothing
      : fail(`constraint "${name}" of domain "${domain.name}" does not exist`, '42704', false),
};

function setNotNull(domain: DomainType, context: PredictContext): Draft {
  return domain.notNull ? nothing : verify(domain, 'its rows are searched for NULL', holdsNull, context);
}

const alterDomain: Predict<'AlterDomainStmt'> = (node, context) => {
  const parts = strings(node.typeName);
  const type = findType(context.catalog, parts);
  if (type === undefined) return fail(`type "${parts.join('.')}" does not exist`, '42704', false);
  if (type.kind !== 'domain') return fail(`"${parts.join('.')}" is not a domain`, '42809');
  return domainForms[node.subtype ?? '']?.(type, node, context) ?? nothing;
};

type Refusal = (relation: Stored) => Draft;

const violated: Refusal = ({ name }) =>
  fail(`table "${name}" contains values that violate the new constraint`, '23514', false);

const holdsNull: Refusal = ({ name }) => fail(`table "${name}" contains null values`, '23502', false);

/** Every table with a column of the domain is read under SHARE; a column that holds it within another type is refused. */
function verify(domain: DomainType, why: string, refusal: Refusal, { catalog }: PredictContext): Draft {
  const drafts: Draft[] = [];
  for (const oid of closure(catalog, domain.oid)) {
    const relation = catalog.relations.get(oid);
    if (!isStored(relation)) continue;
    const within = relation.columns.find(({ type }) => holdsWithin(catalog, type, domain.oid));
    if (within !== undefined) {
      const column = `${relation.name}.${within.name}`;
      return fail(`cannot alter type "${domain.name}" because column "${column}" uses it`, '0A000');
    }
    const direct = relation.columns.some(({ type }) => isOver(catalog, type, domain.oid));
    if (direct && (relation.kind === 'table' || relation.kind === 'materialized view'))
      drafts.push(scan(relation, 'ShareLock', why), refusal(relation));
  }
  return all(...drafts);
}

/** All that depends on a type, by way of other types too. */
function closure(catalog: Catalog, type: Oid): ReadonlySet<Oid> {
  const found = new Set<Oid>();
  const waiting = [type];
  for (let oid = waiting.pop(); oid !== undefined; oid = waiting.pop()) {
    for (const dependent of dependentsOf(catalog, oid)) {
      if (found.has(dependent)) continue;
      found.add(dependent);
      const relation = catalog.relations.get(dependent);
      if (relation === undefined) waiting.push(dependent);
      else if (relation.kind === 'composite type') waiting.push(relation.type, dependent);
    }
  }
  return found;
}

/** The domain itself, or a domain over it. */
function isOver(catalog: Catalog, type: TypeRef | undefined, domain: Oid): boolean {
  if (type?.oid === undefined || type.dimensions > 0) return false;
  if (type.oid === domain) return true;
  const declared = catalog.types.get(type.oid);
  return declared?.kind === 'domain' && isOver(catalog, declared.base, domain);
}

/** An array, composite or range of the domain. */
function holdsWithin(catalog: Catalog, type: TypeRef | undefined, domain: Oid): boolean {
  if (type?.oid === undefined) return false;
  if (type.dimensions > 0)
    return (
      isOver(catalog, { ...type, dimensions: 0 }, domain) || holdsWithin(catalog, { ...type, dimensions: 0 }, domain)
    );
  const declared = catalog.types.get(type.oid);
  if (declared?.kind === 'range') return isOver(catalog, declared.subtype, domain);
  if (declared?.kind === 'domain') return holdsWithin(catalog, declared.base, domain);
  if (declared?.kind !== 'composite') return false;
  const relation = catalog.relations.get(declared.relation);
  const columns = relation !== undefined && 'columns' in relation ? relation.columns : [];
  return columns.some((column) => isOver(catalog, column.type, domain) || holdsWithin(catalog, column.type, domain));
}

/** A new type needs a name that no other type or table of its schema has. */
function create(name: readonly string[], catalog: Catalog): Draft {
  const full = qualifiedName(name.at(-2) ?? creationSchema(catalog), name.at(-1) ?? '');
  const taken = isTypeName(catalog, full);
  return taken ? fail(`type "${name.at(-1)}" already exists`, '42710') : nothing;
}

/** The CHECK of a domain is looked at like that of a table with one column, VALUE. */
function domainCheckRefusal(node: Constraint, base: TypeRef, context: PredictContext): Draft | undefined {
  const value = { name: 'value', type: base, notNull: false, inherited: false, born: -1 };
  return checkRefusal(node, { ...newTable(context.catalog, '', 'value', -1), columns: [value] }, context);
}

function domainPartRefusal(node: Constraint, base: TypeRef, context: PredictContext): Draft | undefined {
  if (node.contype === 'CONSTR_CHECK') return domainCheckRefusal(node, base, context);
  return node.contype === 'CONSTR_DEFAULT' && node.raw_expr !== undefined
    ? defaultRefusal(node.raw_expr, base, 'value', context)
    : undefined;
}

/** A name that comes twice in a list. */
function repeated(names: readonly (string | undefined)[]): string | undefined {
  return names.find((name, at) => name !== undefined && names.indexOf(name) !== at);
}

const createDomain: Predict<'CreateDomainStmt'> = ({ domainname, typeName, constraints }, context) => {
  const { catalog, pg } = context;
  const twice = repeated((constraints ?? []).map((one) => ('Constraint' in one ? one.Constraint.conname : undefined)));
  const kinds = new Set((constraints ?? []).map((one) => ('Constraint' in one ? one.Constraint.contype : undefined)));
  if (kinds.has('CONSTR_NULL') && kinds.has('CONSTR_NOTNULL'))
    return fail('conflicting NULL/NOT NULL constraints', '42601');
  const base = typeRef(catalog, typeName);
  const unknown = base !== undefined && !isKnownType({ catalog, pg }, base);
  const shown = strings(typeName?.names).join('.');
  return all(
    create(strings(domainname), catalog),
    unknown ? fail(`type "${shown}" does not exist`, '42704', false) : nothing,
    twice === undefined ? nothing : fail(`constraint "${twice}" for domain already exists`, '42710'),
    ...(constraints ?? []).map((one) =>
      base !== undefined && 'Constraint' in one ? domainPartRefusal(one.Constraint, base, context) : nothing,
    ),
  );
};

/** A range needs an order of its subtype. */
const createRange: Predict<'CreateRangeStmt'> = ({ typeName, params }, { catalog, pg }) => {
  const given = optionsOf(params);
  const subtype = given.get('subtype')?.arg;
  if (subtype === undefined || !('TypeName' in subtype)) return fail('type attribute "subtype" is required', '42601');
  const type = typeRef(catalog, subtype.TypeName);
  const ordered =
    type === undefined || given.has('subtype_opclass')
      ? undefined
      : classRefusal(type, 'btree', undefined, { catalog, pg });
  return all(create(strings(typeName), catalog), ordered);
};

function partsOf({ schemaname, relname = '' }: RangeVar): readonly string[] {
  return schemaname === undefined ? [relname] : [schemaname, relname];
}

export const types: PredictTable = {
  AlterEnumStmt: alterEnum,
  AlterDomainStmt: alterDomain,
  AlterTypeStmt: () => nothing,
  CompositeTypeStmt: ({ typevar, coldeflist }, { catalog }) => {
    const twice = repeated((coldeflist ?? []).map((one) => ('ColumnDef' in one ? one.ColumnDef.colname : undefined)));
    const refusal = twice === undefined ? nothing : fail(`column "${twice}" specified more than once`, '42701');
    return all(create(partsOf(typevar ?? {}), catalog), refusal);
  },
  CreateEnumStmt: ({ typeName, vals }, { catalog }) => {
    const labels = strings(vals);
    const twice = new Set(labels).size < labels.length;
    return all(
      create(strings(typeName), catalog),
      twice ? fail('duplicate key value violates unique constraint "pg_enum_typid_label_index"', '23505') : nothing,
    );
  },
  CreateRangeStmt: createRange,
  CreateDomainStmt: createDomain,
};
