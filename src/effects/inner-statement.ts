import type { Statement } from '../sql/statement.js';
import type { Node, NodeMap, StatementKind } from '../sql/tree.js';
import { type Visited, visit } from '../sql/walk.js';

type VisitedStatement = { [K in StatementKind]: [kind: K, node: NodeMap[K]] }[StatementKind];

function isStatement(visited: Visited): visited is VisitedStatement {
  return visited[0].endsWith('Stmt');
}

/** A statement that another one contains (EXPLAIN, CREATE SCHEMA, a rule), at the place of that one. */
export function statementOf(outer: Statement, node: Node): Statement | undefined {
  let found: Statement | undefined;
  visit({ List: { items: [node] } }, (...visited: Visited) => {
    if (!isStatement(visited)) return visited[0] === 'List';
    const [kind, inner] = visited;
    found ??= { ...outer, kind, node: inner, commands: [], body: [] };
    return false;
  });
  return found;
}
