import type { History } from '../frameworks/framework.js';
import { parse } from '../replay/replay.js';
import type { Source } from '../sql/source.js';
import type { Statement } from '../sql/statement.js';
import type { Kind } from '../sql/tree.js';

/** What belongs to the whole server: a database of our own does not hold it, and it is not dropped with one. */
const kinds: ReadonlySet<Kind> = new Set([
  'CreateRoleStmt',
  'AlterRoleStmt',
  'AlterRoleSetStmt',
  'DropRoleStmt',
  'GrantRoleStmt',
  'AlterSystemStmt',
  'CreatedbStmt',
  'AlterDatabaseStmt',
  'AlterDatabaseSetStmt',
  'DropdbStmt',
  'CreateTableSpaceStmt',
  'AlterTableSpaceOptionsStmt',
  'DropTableSpaceStmt',
]);

/** The statements of ways up that change what other databases of the server share. */
export function serverWide({ migrations }: History): readonly { readonly source: Source; readonly line: number }[] {
  return migrations
    .flatMap(({ up }) => parse(up).statements)
    .flatMap((statement) => [statement, ...statement.body.map((inner): Statement => inner.statement)])
    .filter(({ kind }) => kinds.has(kind))
    .map(({ source, span }) => ({ source, line: source.position(span.start).line }));
}
