import type { Source } from '../sql/source.js';
import type { History } from './framework.js';
import { problem } from './sql-files.js';

/** The other databases' names for people, by what folders, providers and dialects are called. */
const names: Readonly<Record<string, string>> = {
  mysql: 'MySQL',
  mariadb: 'MariaDB',
  sqlite: 'SQLite',
  sqlite3: 'SQLite',
  libsql: 'SQLite',
  turso: 'SQLite',
  'd1-http': 'SQLite',
  sqlserver: 'SQL Server',
  mssql: 'SQL Server',
  oracle: 'Oracle',
  h2: 'H2',
  hsqldb: 'HSQLDB',
  derby: 'Derby',
  db2: 'Db2',
  clickhouse: 'ClickHouse',
  singlestore: 'SingleStore',
  snowflake: 'Snowflake',
  spanner: 'Spanner',
  cassandra: 'Cassandra',
};

/** Words that only one other database's SQL has. Each is looked for where code stands, not in comments and strings. */
const signs: readonly { readonly database: string; readonly pattern: RegExp }[] = [
  {
    database: 'MySQL',
    pattern:
      /\bENGINE\s*=\s*(?:InnoDB|MyISAM)|\bAUTO_INCREMENT\b|`\w+`|\bUNSIGNED\b|\bDATETIME\(\d\)|\bTINYINT\b|\butf8mb4\b|\bON\s+DUPLICATE\s+KEY\b|\bINSERT\s+IGNORE\b|\bALTER\s+TABLE\s+\S+\s+(?:MODIFY\s|CHANGE\s|ADD\s+(?:UNIQUE\s+)?(?:INDEX|KEY)\b|DROP\s+(?:INDEX|FOREIGN\s+KEY)\b|ADD\s[^;]*\bAFTER\s+\w+\s*(?:[;,]|$))/i,
  },
  {
    database: 'SQLite',
    pattern:
      /\bAUTOINCREMENT\b|^\s*PRAGMA\s+\w+|\bWITHOUT\s+ROWID\b|\)\s*STRICT\b|\bBLOB\b|\bINSERT\s+OR\s+(?:REPLACE|IGNORE)\b|\bstrftime\s*\(|\bRAISE\s*\(\s*(?:ABORT|FAIL|IGNORE|ROLLBACK)\b|\bjsonb?_(?:array|group_array|group_object)\s*\(/im,
  },
  { database: 'Oracle', pattern: /\bVARCHAR2\s*\(|\bNUMBER\s*\(\d|\bNVARCHAR2\b|\bSYSTIMESTAMP\b|^\s*\/\s*$/im },
  {
    database: 'SQL Server',
    pattern:
      /\bIDENTITY\s*\(\s*\d+\s*,\s*\d+\s*\)|^\s*GO\s*;?\s*$|\bNVARCHAR\s*\(|\bUNIQUEIDENTIFIER\b|\[dbo\]|\b(?:DECLARE|FROM|JOIN|INTO|UPDATE|TABLE)\s+@\w+\b(?!@)|\bOBJECT_ID\s*\(|\bGETDATE\s*\(|\b(?:FROM|JOIN|INTO)\s+#\w/im,
  },
  {
    database: 'ClickHouse',
    pattern: /\bENGINE\s*=\s*\w*MergeTree\b|LowCardinality\(|\bCODEC\s*\(|\btoStartOf\w+\s*\(/i,
  },
];

/** Words that only PostgreSQL's SQL has; SQLite has jsonb too, since 3.45. */
const own =
  /\b(?:bigserial|serial|timestamptz|plpgsql|bytea|concurrently|citext|tsvector|regclass)\b|::\s*[a-z]|\$\$|\bcreate\s+(?:extension|type\s+\S+\s+as\s+enum)|\busing\s+(?:btree|gin|gist)\b/i;

/** A history of another database: one line says so, and nothing of it is judged. */
export function otherDatabase(framework: string, root: string, database: string, source: Source): History {
  const title = names[database] ?? database;
  return {
    framework,
    root,
    migrations: [],
    problems: [
      problem('other-database', `the migrations of ${root || '.'} are for ${title}, not for PostgreSQL`, source),
    ],
    assumptions: [],
  };
}

const isOwn = /^(?:postgres(?:ql)?|pg|pgsql|cockroach(?:db)?)$/;

/** Whether a folder or a word is called as PostgreSQL, or what is like it, is. */
export function namesPostgres(name: string): boolean {
  return isOwn.test(name.toLowerCase());
}

/** Names that mean a database wherever they stand in a folder's name: "riversqlite", "migrations_mysql". */
const unmistakable = /(?:mysql|mariadb|sqlite3?|sqlserver|mssql|clickhouse|postgres(?:ql)?|pgsql)$/;

/** The other database that a history's folder or SQL speaks for; undefined when it is PostgreSQL's or cannot be told. */
export function databaseOf(history: History): string | undefined {
  const folder = databaseOfFolder(history.root);
  if (folder !== undefined && isOwn.test(folder)) return undefined;
  const texts = history.migrations.flatMap(({ up }) =>
    up.pieces.map((piece) => code(piece.rendered ?? piece.source.slice(piece.span))),
  );
  const { best, owned } = weigh(texts);
  // a folder may be called "oracle" for what its tables are about
  if (folder !== undefined && (owned === 0 || best.files > owned)) return names[folder];
  if (best.files <= owned) return undefined;
  // a history starts with the tables, where each database shows itself: a third of its files is plenty
  return best.files * 3 >= texts.filter((text) => text.trim() !== '').length ? best.database : undefined;
}

/** Whether SQL is PostgreSQL's own, whatever the project's files name as its database. */
export function speaksForPostgres(sql: readonly string[]): boolean {
  const { best, owned } = weigh(sql.map(code));
  return owned > best.files;
}

/** How many texts have words of PostgreSQL alone, and of the other database of which most have. */
function weigh(texts: readonly string[]) {
  const counts = signs.map(({ database, pattern }) => ({
    database,
    files: texts.filter((text) => pattern.test(text)).length,
  }));
  const best = counts.reduce((most, one) => (one.files > most.files ? one : most), { database: '', files: 0 });
  return { best, owned: texts.filter((text) => own.test(text)).length };
}

/** The database that a path names last, as PostgreSQL is named or as `names` has it. */
export function databaseOfFolder(root: string): string | undefined {
  for (const part of root.toLowerCase().split('/').reverse()) {
    if (names[part] !== undefined || isOwn.test(part)) return part;
    const words = part
      .split(/[^a-z0-9]+/)
      .flatMap((word) => (isOwn.test(word) ? word : (unmistakable.exec(word)?.[0] ?? [])));
    const last = words.at(-1);
    if (last !== undefined) return last;
  }
  return undefined;
}

function code(text: string): string {
  return text.replace(/--[^\r\n]*|\/\*[\s\S]*?\*\/|'(?:[^']|'')*'/g, ' ');
}
