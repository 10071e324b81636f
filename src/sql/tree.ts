import type { AlterTableCmd, AlterTableType, Node } from '@pgsql/types';

export type * from '@pgsql/types';

type KeyOfUnion<T> = T extends T ? keyof T : never;

/** Every kind of node of libpg-query's tree, by name: `NodeMap['RangeVar']`. */
export type NodeMap = { [K in KeyOfUnion<Node>]: Extract<Node, Record<K, unknown>>[K] };

/** What can stand as a statement: every raw statement of the grammar, and every command of an ALTER TABLE. */
export type StatementKind = Extract<keyof NodeMap, `${string}Stmt`>;
export type Kind = StatementKind | AlterTableType;
export type KindMap = { [K in Kind]: K extends StatementKind ? NodeMap[K] : AlterTableCmd };
export type NodeOf<K extends Kind> = KindMap[K];

/** A node without its wrapper: `{ kind: 'RangeVar', node: RangeVar }` for `{ RangeVar: … }`. */
export type Unwrapped = { [K in keyof NodeMap]: { readonly kind: K; readonly node: NodeMap[K] } }[keyof NodeMap];

/** The strings of a list of String nodes (a qualified name); other nodes are left out. */
export function strings(nodes: readonly Node[] | undefined): string[] {
  const result: string[] = [];
  for (const node of nodes ?? []) if ('String' in node) result.push(node.String.sval ?? '');
  return result;
}
