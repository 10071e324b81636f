import { type Constraint, type Node, strings } from '../sql/tree.js';
import type { Applies } from './applies.js';
import type { Renames } from './apply-by-object.js';
import { created, createdName, findDeclaredType, typeNameParts } from './apply-type.js';
import type { Catalog, DomainType } from './catalog.js';
import { putType } from './change.js';
import { freeConstraintName } from './generated-name.js';
import { typeRef } from './type-ref.js';

export const domainApplies: Applies = {
  CreateDomainStmt: (node, _statement, catalog, { born }) => {
    const base = typeRef(catalog, node.typeName);
    if (base === undefined) return catalog;
    const collation = strings(node.collClause?.collname);
    const domain: DomainType = {
      ...createdName(catalog, strings(node.domainname)),
      kind: 'domain',
      oid: catalog.nextOid,
      born,
      base,
      notNull: false,
      checks: [],
      ...(collation.length > 0 && { collation: collation.join('.') }),
    };
    return created(
      catalog,
      constraintsOf(node.constraints).reduce((now, one) => constrained(catalog, now, one), domain),
    );
  },
  AlterDomainStmt: (node, _statement, catalog) => {
    const domain = findDeclaredType(catalog, strings(node.typeName));
    if (domain?.kind !== 'domain') return catalog;
    const alter = node.subtype === undefined ? undefined : alterations[node.subtype];
    return alter === undefined ? catalog : putType(catalog, alter(domain, node, catalog));
  },
};

type Alteration = (
  domain: DomainType,
  node: { readonly def?: Node; readonly name?: string },
  catalog: Catalog,
) => DomainType;

/** By the letter that the grammar gives each form of ALTER DOMAIN. */
const alterations: { readonly [subtype: string]: Alteration } = {
  T: ({ default: _, ...domain }, { def }) => (def === undefined ? domain : { ...domain, default: def }),
  N: (domain) => ({ ...domain, notNull: false }),
  O: (domain) => ({ ...domain, notNull: true }),
  C: (domain, { def }, catalog) =>
    def !== undefined && 'Constraint' in def ? constrained(catalog, domain, def.Constraint) : domain,
  X: (domain, { name }) => ({ ...domain, checks: domain.checks.filter((check) => check.name !== name) }),
  V: (domain, { name }) => ({
    ...domain,
    checks: domain.checks.map((check) => (check.name === name ? { ...check, validated: true } : check)),
  }),
};

function constraintsOf(nodes: readonly Node[] | undefined): readonly Constraint[] {
  return (nodes ?? []).flatMap((node) => ('Constraint' in node ? [node.Constraint] : []));
}

function constrained(catalog: Catalog, domain: DomainType, constraint: Constraint): DomainType {
  const { contype, raw_expr: expression } = constraint;
  if (contype === 'CONSTR_NOTNULL') return { ...domain, notNull: true };
  if (contype === 'CONSTR_DEFAULT' && expression !== undefined) return { ...domain, default: expression };
  if (contype !== 'CONSTR_CHECK' || expression === undefined) return domain;
  const check = {
    name: constraint.conname ?? freeName(catalog, domain),
    expression,
    validated: constraint.skip_validation !== true,
  };
  return { ...domain, checks: [...domain.checks, check] };
}

/** email_check, email_check1, …: as a table's, but for the checks that the statement itself has just made. */
function freeName(catalog: Catalog, domain: DomainType): string {
  const own = new Set(domain.checks.map(({ name }) => name));
  let label = 'check';
  for (let pass = 1; ; pass++) {
    const name = freeConstraintName(catalog, domain.schema, domain.name, undefined, label);
    if (!own.has(name)) return name;
    label = `check${pass}`;
  }
}

export const domainRenames: Renames = {
  OBJECT_DOMCONSTRAINT: (catalog, { object, subname, newname }) => {
    const domain = findDeclaredType(catalog, typeNameParts(object));
    if (domain?.kind !== 'domain' || newname === undefined) return catalog;
    const checks = domain.checks.map((check) => (check.name === subname ? { ...check, name: newname } : check));
    return putType(catalog, { ...domain, checks });
  },
};
