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
    pattern: /\bENGINE\s*=\s*(?:InnoDB|MyISAM)|\bAUTO_INCREMENT\b|`\w+`|\bUNSIGNED\b|\bDATETIME\(\d\)|\bTINYINT\b/i,
  },
  { database: 'SQLite', pattern: /\bAUTOINCREMENT\b|^\s*PRAGMA\s+\w+|\bWITHOUT\s+ROWID\b/im },
  { database: 'Oracle', pattern: /\bVARCHAR2\s*\(|\bNUMBER\s*\(\d|\bNVARCHAR2\b|\bSYSTIMESTAMP\b|^\s*\/\s*$/im },
  {
    database: 'SQL Server',
    pattern: /\bIDENTITY\s*\(\s*\d+\s*,\s*\d+\s*\)|^\s*GO\s*;?\s*$|\bNVARCHAR\s*\(|\bUNIQUEIDENTIFIER\b|\[dbo\]/im,
  },
  { database: 'ClickHouse', pattern: /\bENGINE\s*=\s*\w*MergeTree\b|\bLowCardinality\(/i },
];

/** Words that only PostgreSQL's SQL has. */
const own =
  /\b(?:bigserial|serial|timestamptz|jsonb|plpgsql|bytea|concurrently|citext|tsvector|regclass)\b|::\s*[a-z]|\$\$|\bcreate\s+(?:extension|type\s+\S+\s+as\s+enum)|\busing\s+(?:btree|gin|gist)\b/i;

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

/** The other database that a history's folder or SQL speaks for; undefined when it is PostgreSQL's or cannot be told. */
export function databaseOf(history: History): string | undefined {
  const folder = history.root
    .toLowerCase()
    .split('/')
    .findLast((part) => names[part] !== undefined || isOwn.test(part));
  if (folder !== undefined) return names[folder];
  const texts = history.migrations.flatMap(({ up }) =>
    up.pieces.map((piece) => code(piece.rendered ?? piece.source.slice(piece.span))),
  );
  const counts = signs.map(({ database, pattern }) => ({
    database,
    files: texts.filter((text) => pattern.test(text)).length,
  }));
  const best = counts.reduce((most, one) => (one.files > most.files ? one : most), { database: '', files: 0 });
  if (best.files <= texts.filter((text) => own.test(text)).length) return undefined;
  // a history starts with the tables, where each database shows itself: a third of its files is plenty
  return best.files * 3 >= texts.filter((text) => text.trim() !== '').length ? best.database : undefined;
}

function code(text: string): string {
  return text.replace(/--[^\r\n]*|\/\*[\s\S]*?\*\/|'(?:[^']|'')*'/g, ' ');
}
