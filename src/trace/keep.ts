import { type Observation, observeInTransaction, observeOutside } from './observe.js';
import { type Open, ServerError, type Session } from './session.js';

/** Refused in a transaction block, and a transaction that a procedure or DO block ends itself. */
const needsNoTransaction: readonly string[] = ['25001', '2D000'];

/**
 * Runs a statement that is a transaction of its own, and tells what it did, which stays: in a transaction where that is possible, so that
 * its locks can be read at the end, else outside one. Without `open` there is no second session to watch it there.
 */
export async function observeAndKeep(
  session: Session,
  open: Open | undefined,
  sql: string,
  gated: (relation: string) => boolean,
  planned = false,
): Promise<Observation> {
  await session.query('begin');
  const inside = await observeInTransaction(session, sql, planned);
  if (inside.error !== undefined) {
    await session.query('rollback');
    if (!needsNoTransaction.includes(inside.error.code)) return inside;
    const outside = await observeOutside(session, open, sql, gated);
    // a DO block that ends transactions is not one that refuses them
    return inside.error.code === '25001' ? outside : { ...outside, transactionBlock: 'allowed' };
  }
  const error = await refusal(session, 'commit');
  return error === undefined ? inside : { ...inside, error };
}

/** Runs SQL and gives what the server refused; undefined when it did not. */
export async function refusal(session: Session, sql: string): Promise<Observation['error']> {
  try {
    await session.query(sql);
    return undefined;
  } catch (error) {
    if (!(error instanceof ServerError)) throw error;
    return { message: error.message, code: error.code };
  }
}
