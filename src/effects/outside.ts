import type { Catalog } from '../catalog/catalog.js';
import type { Node, RoleSpec } from '../sql/tree.js';
import data from './data/settings.data.json' with { type: 'json' };
import { type Draft, fail, nothing } from './draft.js';
import { datedNames } from './setting-names.js';

// What a history need not show, for it belongs to the server and not to the database: it may be missing, and nothing is sure.

/** The refusal of a role that does not exist. */
export function unknownRole(role: RoleSpec | undefined): Draft {
  const name = role?.roletype === 'ROLESPEC_CSTRING' || role?.roletype === undefined ? role?.rolename : undefined;
  return name === undefined ? nothing : fail(`role "${name}" does not exist`, '42704', false);
}

/** The same of each in a list. */
export function unknownRoles(roles: readonly Node[] | undefined): readonly Draft[] {
  return (roles ?? []).map((role) => ('RoleSpec' in role ? unknownRole(role.RoleSpec) : nothing));
}

/** The refusal of a schema that the history does not show. */
export function unknownSchema(catalog: Catalog, name: string | undefined): Draft {
  return name === undefined || catalog.schemas.has(name) || systemSchemas.has(name)
    ? nothing
    : fail(`schema "${name}" does not exist`, '3F000', false);
}

const systemSchemas: ReadonlySet<string> = new Set(['pg_catalog', 'information_schema', 'pg_temp', 'pg_toast']);

/** The refusal of an extension that the database does not have. */
export function unknownExtension(catalog: Catalog, name: string | undefined): Draft {
  return name === undefined || name === 'plpgsql' || catalog.extensions.has(name)
    ? nothing
    : fail(`extension "${name}" does not exist`, '42704', false);
}

const shipped: ReadonlyMap<string, readonly [number, number]> = datedNames(data.extensions);

/** The refusal of an extension that does not come with PostgreSQL; the server may have it all the same. */
export function unavailableExtension(name: string, pg: number): Draft {
  const [since = 99, until = 0] = shipped.get(name) ?? [];
  if (since <= pg && pg <= until) return nothing;
  return pg < 15
    ? fail(`could not open extension control file for "${name}"`, '58P01', false)
    : fail(`extension "${name}" is not available`, '0A000', false);
}

const builtIn: ReadonlySet<string> = new Set(['pg_default', 'pg_global']);

/** The refusal of a tablespace that does not exist. */
export function unknownTablespace(name: string | undefined): Draft {
  return name === undefined || name === '' || builtIn.has(name)
    ? nothing
    : fail(`tablespace "${name}" does not exist`, '42704', false);
}
