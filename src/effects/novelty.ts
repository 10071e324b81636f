import type { DefElem, Node, NodeMap } from '../sql/tree.js';

/** Syntax that came with a major after 13. Measured: scripts/oracle/cases/syntax.ts. */
export interface Novelty<N> {
  readonly since: number;
  /** A text without these does not have it. They are looked for in small letters, outside comments and quotes. */
  readonly words: RegExp;
  readonly what: string;
  /** What an older server answers, where it is not 42601. */
  readonly code?: string;
  readonly is: (node: N, text: string) => boolean;
}

/** By kind of node; of several rows that are too new the first is told. */
export type Novelties = { readonly [K in keyof NodeMap]?: readonly Novelty<NodeMap[K]>[] };

/** The words tell all. */
export const always = () => true;

/** An option by its name. */
export function option(options: readonly Node[] | undefined, name: string): DefElem | undefined {
  for (const node of options ?? [])
    if ('DefElem' in node && node.DefElem.defname?.toLowerCase() === name) return node.DefElem;
  return undefined;
}
