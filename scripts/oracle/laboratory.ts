import { strongest } from '../../src/effects/locks.js';
import { locksAtWeakerGate, type Observation, observe } from '../../src/trace/observe.js';
import type { Server } from '../../src/trace/server.js';
import type { Session } from '../../src/trace/session.js';
import type { Case } from './case.js';
import { surroundings } from './surroundings.js';

/** A server on which statements are measured one after the other, each on the schema that its case describes. */
export interface Laboratory {
  readonly server: Server;
  /** Throws a ServerError when the set-up itself is refused. */
  measure(item: Case): Promise<Observation>;
  /** A session on a schema with nothing in it but the surroundings; it lasts until the next call of this or of `measure`. */
  fresh(): Promise<Session>;
  /** Opens one more session there. */
  open(): Promise<Session>;
  close(): Promise<void>;
}

/** Whatever a set-up or a statement may have left. A new database instead takes ten times as long. */
const clear = `
  do $$
  declare statement text;
  begin
    for statement in
      select format('drop extension if exists %I cascade', extname) from pg_extension where extname <> 'plpgsql'
      union all select format('drop publication %I', pubname) from pg_publication
      union all select format('alter subscription %1$I disable; alter subscription %1$I set (slot_name = none); drop subscription %1$I', subname)
                 from pg_subscription
      union all select format('drop event trigger %I', evtname) from pg_event_trigger
      union all select format('drop foreign data wrapper if exists %I cascade', fdwname) from pg_foreign_data_wrapper
      union all select format('drop schema %I cascade', nspname) from pg_namespace
                 where nspname !~ '^pg_' and nspname <> 'information_schema'
      union all select format('drop owned by %1$I cascade; drop role %1$I', rolname) from pg_roles
                 where rolname !~ '^pg_' and rolname not in ('clerk', current_user)
    loop
      execute statement;
    end loop;
  end $$;
  create schema public;
  ${surroundings}`;

/** What was written stays in the files after a rollback, and a longer table may be read another way. */
async function sizeOfAll(session: Session): Promise<string> {
  const sizes = 'select sum(pg_relation_size(oid)) as size from pg_class where oid >= 16384 and relfilenode <> 0';
  const [row] = await session.query(sizes);
  return row?.size ?? '';
}

/** Prepares a server. Consecutive cases with an equal set-up share it, since a statement observed in a transaction leaves nothing behind. */
export async function openLaboratory(server: Server): Promise<Laboratory> {
  const administrator = await server.connect();
  await administrator.query('create role clerk');
  await administrator.query(`create tablespace spare location '${await server.makeFolder('spare')}'`);
  await administrator.query('create database bench');
  const cleaner = await server.connect('bench');
  await cleaner.query('set client_min_messages = error');
  await cleaner.query('create access method heap_too type table handler heap_tableam_handler');

  const open = () => server.connect('bench');
  let session: Session | undefined;
  let setUp: string | undefined;

  async function discard(): Promise<void> {
    await session?.close();
    session = undefined;
    setUp = undefined;
  }

  /** A session as a migration finds it: what one statement put into its caches changes which locks the next one takes. */
  async function anew(used: Session, item: Case): Promise<Session> {
    if (item.setup.some((sql) => sql.includes('temporary'))) {
      await used.query('reset all');
      return used;
    }
    await used.close();
    session = await open();
    return session;
  }

  async function prepare(item: Case): Promise<Session> {
    const wanted = JSON.stringify(item.setup);
    if (session !== undefined && setUp === wanted) return anew(session, item);
    await discard();
    await administrator.query('drop database if exists fresh');
    await cleaner.query(clear);
    session = await open();
    for (const sql of item.setup) await session.query(sql);
    setUp = wanted;
    return anew(session, item);
  }

  /** The statement is done; done again on the same set-up, weaker gates show whether there was a stronger lock than the first one. */
  async function completed(item: Case, observation: Observation): Promise<Observation> {
    await discard();
    if (observation.error !== undefined) return observation;
    let { locks } = observation;
    for (const mode of ['row exclusive', 'access share'] as const) {
      const prepared = await prepare(item);
      if (item.settings !== undefined) await prepared.query(item.settings);
      locks = stronger(locks, await locksAtWeakerGate(prepared, open, item.sql, mode));
      await discard();
    }
    return { ...observation, locks };
  }

  return {
    server,
    open,
    async fresh() {
      const empty = await prepare({ id: '', setup: [], sql: '' });
      setUp = undefined;
      return empty;
    },
    async measure(item) {
      const prepared = await prepare(item).catch(async (error: unknown) => {
        await discard();
        throw error;
      });
      if (item.settings !== undefined) await prepared.query(item.settings);
      const size = await sizeOfAll(prepared);
      const observation = await observe(prepared, open, item.sql, item.begun);
      if (observation.transactionBlock === 'forbidden') return completed(item, observation);
      if ((await sizeOfAll(prepared)) !== size) await discard();
      return observation;
    },
    async close() {
      await discard();
      await cleaner.close();
      await administrator.close();
    },
  };
}

function stronger(some: Observation['locks'], others: Observation['locks']): Observation['locks'] {
  const names = [...new Set([...Object.keys(some), ...Object.keys(others)])].sort();
  return Object.fromEntries(
    names.flatMap((name) => {
      const modes = [some[name], others[name]].filter((mode) => mode !== undefined);
      const [first] = modes;
      return first === undefined ? [] : [[name, modes.reduce(strongest, first)]];
    }),
  );
}
