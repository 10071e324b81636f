import type { LockMode } from '../effects/effect.js';
import { lockModes } from '../effects/effect.js';
import type { Row, Session } from './session.js';

/** A relation of the user as the server's catalog has it at one moment. */
export interface ServerRelation {
  readonly oid: string;
  /** schema.name; the session's temporary schema is `pg_temp`. */
  readonly name: string;
  /** The name as SQL needs it. */
  readonly quoted: string;
  /** relkind: r table, p partitioned table, m materialized view, f foreign table, i index, I partitioned index … */
  readonly kind: string;
  /** The file that holds its rows; empty for what has no storage. */
  readonly file: string;
  /** 8 kB pages of the file. */
  readonly pages: number;
  /** Of an index, the oid of its table; empty for everything else. */
  readonly table: string;
}

/** By oid. */
export type ServerRelations = ReadonlyMap<string, ServerRelation>;

/** What has been done with a relation. */
export interface Reads {
  /** 8 kB pages looked at, for reading or writing. */
  readonly pages: number;
  /** How often it was scanned: a table from one end to the other, an index for something. */
  readonly scans: number;
  /** Rows inserted, updated and deleted. */
  readonly rows: number;
}

/** Everything that is looked at before and after a statement. */
export interface Moment {
  readonly relations: ServerRelations;
  readonly locks: readonly (readonly [string, LockMode])[];
  readonly reads: ReadonlyMap<string, Reads>;
}

/** Reads the relations outside the system schemas; without `sizes`, which cost a look at every file, `pages` is 0. */
export async function readRelations(session: Session, sizes = true): Promise<ServerRelations> {
  const pages = sizes ? "case when c.relkind in ('r', 'm', 'i') then pg_relation_size(c.oid) / 8192 end" : '0';
  const rows = await session.query(`
    select c.oid, i.indrelid as table, format('%I.%I', n.nspname, c.relname) as quoted, c.relkind as kind,
           case when n.nspname ~ '^pg_temp_' then 'pg_temp' else n.nspname end || '.' || c.relname as name,
           nullif(c.relfilenode, 0) as file, ${pages} as pages
      from pg_class c join pg_namespace n on n.oid = c.relnamespace left join pg_index i on i.indexrelid = c.oid
     where c.oid >= 16384 and n.nspname !~ '^pg_(toast|catalog)' and n.nspname <> 'information_schema'`);
  return new Map(
    rows.map((row) => {
      const { oid, name, quoted, kind, file, table } = { ...blank, ...present(row) };
      return [oid, { oid, name, quoted, kind, file, table, pages: Number(row.pages ?? 0) }];
    }),
  );
}

const blank = { oid: '', name: '', quoted: '', kind: '', file: '', table: '' };

function present(row: Row): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(row).flatMap(([name, value]) => (value === null ? [] : [[name, value]])));
}

/** Whether it is what an application reads and writes: locks, scans and rewrites are told of these only. */
export function isTableLike(relation: ServerRelation): boolean {
  return 'rpmf'.includes(relation.kind);
}

/** The locks that the session itself holds, as [oid, mode]. */
export async function readLocks(session: Session): Promise<readonly (readonly [string, LockMode])[]> {
  return lockRows(
    await session.query(
      `select locktype, relation, mode from pg_locks where pid = pg_backend_pid() and relation >= 16384`,
    ),
  );
}

/** The relation locks among rows of pg_locks, as [oid, mode]. */
export function lockRows(rows: readonly Row[]): (readonly [string, LockMode])[] {
  return rows.flatMap(({ locktype, relation, mode }) => {
    const known = lockModes.find((each) => each === mode);
    return locktype !== 'relation' || known === undefined || !relation ? [] : [[relation, known] as const];
  });
}

/** What the open transaction has done so far with each of these relations, dropped ones too. */
export async function readsOfTransaction(
  session: Session,
  oids: Iterable<string>,
): Promise<ReadonlyMap<string, Reads>> {
  return reads(session, oids, 'pg_stat_get_xact');
}

/** What all sessions have done so far with each of these relations, as far as they have reported it. */
export async function readsOfAll(session: Session, oids: Iterable<string>): Promise<ReadonlyMap<string, Reads>> {
  return reads(session, oids, 'pg_stat_get');
}

async function reads(session: Session, oids: Iterable<string>, get: string): Promise<ReadonlyMap<string, Reads>> {
  const rows = await session.query(`select oid, ${get}_blocks_fetched(oid) as pages, ${get}_numscans(oid) as scans,
           ${get}_tuples_inserted(oid) + ${get}_tuples_updated(oid) + ${get}_tuples_deleted(oid) as rows
      from unnest('{${[...oids].join()}}'::oid[]) as oid`);
  return new Map(
    rows.map((row) => [row.oid ?? '', { pages: Number(row.pages), scans: Number(row.scans), rows: Number(row.rows) }]),
  );
}
