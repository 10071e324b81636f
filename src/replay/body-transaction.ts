import type { Failure } from '../effects/effect.js';
import type { Script } from '../frameworks/framework.js';
import type { Session } from '../rule.js';
import { isKind, type Statement } from '../sql/statement.js';

/** How a statement of a body comes to run. */
export interface Circumstances {
  /** In a block with an exception handler. */
  readonly caught?: boolean;
  /** It is, or belongs to, the first statement of its message. */
  readonly first: boolean;
  readonly session: Session;
  readonly script: Script;
  readonly pg: number;
}

/**
 * What is refused of a COMMIT or ROLLBACK in a body: a procedure or DO block ends the transaction only where that is its own (SPI_commit),
 * and no block with an exception handler is open, which may catch just this. Measured on 13 to 18.
 */
export function refusedEnding(statement: Statement, circumstances: Circumstances): Failure | undefined {
  if (!isKind(statement, 'TransactionStmt') || statement.parent === undefined) return undefined;
  const refuse = (message: string): Failure => ({ message, code: '2D000', sure: true });
  if (isCalledByQuery(statement) || !isItsOwn(circumstances)) return refuse('invalid transaction termination');
  const verb = statement.node.kind === 'TRANS_STMT_COMMIT' ? 'commit' : 'roll back';
  return circumstances.caught === true ? refuse(`cannot ${verb} while a subtransaction is active`) : undefined;
}

function isCalledByQuery(statement: Statement): boolean {
  for (let at = statement.parent; at !== undefined; at = at.parent)
    if (at.kind !== 'DoStmt' && at.kind !== 'CallStmt') return true;
  return false;
}

/** In a pipeline the statement before it is committed with it up to 17; from 18 on only the first statement may end the transaction. */
function isItsOwn({ session, script, first, pg }: Circumstances): boolean {
  if (!session.inTransaction) return true;
  return script.transaction.pipeline === true && (pg < 18 || first);
}
