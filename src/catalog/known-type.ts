import type { Catalog, TypeRef } from './catalog.js';

/** What decides how values of a type compare, with domains taken down to their base. */
export interface KnownType {
  /** PostgreSQL's internal name of the base type: int4, text, timestamptz … */
  readonly name: string;
  readonly modifiers: readonly number[];
  readonly dimensions: number;
  readonly composite: boolean;
  /** The labels of an enum, in order. */
  readonly labels?: readonly string[];
  /** Names by which a cast to the type is a cast to what it is already: the base and the domains over it. */
  readonly aliases: readonly string[];
}

/** What is known of a type; undefined when the history does not show it. */
export function knownType(catalog: Catalog, ref: TypeRef | undefined): KnownType | undefined {
  const aliases: string[] = [];
  let type = ref;
  // a chain of domains ends: each is made before the next
  for (let depth = 0; type !== undefined && depth < 32; depth++) {
    const declared = type.oid === undefined || type.dimensions > 0 ? undefined : catalog.types.get(type.oid);
    if (declared?.kind !== 'domain') {
      return {
        name: type.name,
        modifiers: type.modifiers,
        dimensions: type.dimensions,
        composite: declared?.kind === 'composite',
        ...(declared?.kind === 'enum' && { labels: declared.labels }),
        aliases: [...aliases, type.name],
      };
    }
    aliases.push(type.name);
    type = declared.base;
  }
  return undefined;
}
