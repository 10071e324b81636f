import type { Catalog, Index } from '../catalog/catalog.js';
import { columnOf } from '../catalog/lookup.js';

// Patterns that begin with what they look for: pattern_fixed_prefix in like_support.c.

/** What every match of a pattern begins with; `exact`: it is that and nothing more. */
export interface Prefix {
  readonly text: string;
  readonly exact: boolean;
}

type Reader = (pattern: string) => Prefix;

function like(pattern: string): Prefix {
  const [text = ''] = /^(\\.|[^\\%_])*/s.exec(pattern) ?? [];
  return { text: text.replaceAll(/\\(.)/gs, '$1'), exact: text.length === pattern.length };
}

/** Without regard to case only what is no letter is the same in every match. */
function likeWithoutCase(pattern: string): Prefix {
  const { text, exact } = like(pattern);
  const [start = ''] = /^\P{L}*/u.exec(text) ?? [];
  return { text: start, exact: exact && start === text };
}

/** An anchored expression up to the first character that means something; that which a quantifier follows may be missing. */
function expression(pattern: string): Prefix {
  const [, text = '', rest = ''] = /^\^((?:[\w\s@#%&=:;,/<>~'"-](?![*+?{]))*)(.*)$/s.exec(pattern) ?? [];
  return rest.includes('|') ? { text: '', exact: false } : { text, exact: rest === '$' && text !== '' };
}

const readers: { readonly [operator: string]: Reader } = { '~~': like, '~~*': likeWithoutCase, '~': expression };

/** The start of what matches a pattern; undefined of an operator that is about none. */
export function prefixOf(operator: string, pattern: string): Prefix | undefined {
  return readers[operator]?.(pattern);
}

const byBytes: ReadonlySet<string> = new Set(['C', 'POSIX', 'ucs_basic']);

/**
 * Whether a btree index holds texts in the order of their bytes, in which what begins alike stands together: by its operator class or
 * collation. Not known of one in the collation of the database.
 */
export function isInOrderOfBytes(catalog: Catalog, index: Index): boolean | undefined {
  const [key] = index.keys;
  if (key?.operatorClass?.endsWith('_pattern_ops')) return true;
  const collation = key?.collation ?? columnOf(catalog.relations.get(index.table), key?.column)?.collation;
  if (collation === undefined || collation === 'default') return undefined;
  return byBytes.has(collation);
}
