import { type Observation, observe } from '../../src/trace/observe.js';
import type { Server } from '../../src/trace/server.js';
import type { Session } from '../../src/trace/session.js';
import type { Case } from './cases.js';

/** A server on which statements are measured one after the other, each on the schema that its case describes. */
export interface Laboratory {
  readonly server: Server;
  /** Throws a ServerError when the set-up itself is refused. */
  measure(item: Case): Promise<Observation>;
  close(): Promise<void>;
}

/**
 * Prepares a server. `base` is run once, into a template; each new set-up gets a copy of it. Consecutive cases with an equal set-up share the
 * copy, since a statement observed in a transaction leaves nothing behind.
 */
export async function openLaboratory(server: Server, base: readonly string[]): Promise<Laboratory> {
  const administrator = await server.connect();
  await administrator.query('create database base');
  const builder = await server.connect('base');
  for (const sql of base) await builder.query(sql);
  await builder.close();

  let session: Session | undefined;
  let setUp: string | undefined;

  async function discard(): Promise<void> {
    await session?.close();
    session = undefined;
    await administrator.query('drop database if exists bench');
  }

  async function prepare(item: Case): Promise<Session> {
    const wanted = JSON.stringify(item.setup);
    if (session !== undefined && setUp === wanted) {
      await session.query('reset all');
      return session;
    }
    await discard();
    await administrator.query('create database bench template base');
    const fresh = await server.connect('bench');
    session = fresh;
    for (const sql of item.setup) await fresh.query(sql);
    setUp = wanted;
    return fresh;
  }

  return {
    server,
    async measure(item) {
      setUp = session === undefined ? undefined : setUp;
      const prepared = await prepare(item).catch(async (error: unknown) => {
        await discard();
        throw error;
      });
      if (item.settings !== undefined) await prepared.query(item.settings);
      const observation = await observe(prepared, () => server.connect('bench'), item.sql);
      if (observation.transactionBlock === 'forbidden') await discard();
      return observation;
    },
    async close() {
      await discard();
      await administrator.close();
    },
  };
}
