import type { Failure } from '../effects/effect.js';
import type { Script } from '../frameworks/framework.js';
import { isKind, type Statement } from '../sql/statement.js';
import type { TransactionStmtKind } from '../sql/tree.js';

/** The transaction that a statement finds. */
export interface Found {
  /** BEGIN or the runner has opened one. */
  readonly explicit: boolean;
  /** That, or the one of several statements in a message. */
  readonly inTransaction: boolean;
  readonly script: Script;
}

/** The command as the refusal names it; `explicit`: the transaction of several statements in one message will not do. */
interface Needing {
  readonly command: string;
  readonly explicit: boolean;
}

const steering: { readonly [K in TransactionStmtKind]?: string } = {
  TRANS_STMT_SAVEPOINT: 'SAVEPOINT',
  TRANS_STMT_ROLLBACK_TO: 'ROLLBACK TO SAVEPOINT',
  TRANS_STMT_RELEASE: 'RELEASE SAVEPOINT',
};

const chaining: { readonly [K in TransactionStmtKind]?: string } = {
  TRANS_STMT_COMMIT: 'COMMIT AND CHAIN',
  TRANS_STMT_ROLLBACK: 'ROLLBACK AND CHAIN',
};

/** CURSOR_OPT_HOLD of parsenodes.h */
const withHold = 0x20;

/**
 * What is refused outside a transaction block with 25P01 (RequireTransactionBlock, DefineSavepoint): the lock, the cursor or the savepoint
 * would be gone with the statement. SET LOCAL and SET CONSTRAINTS are only warned of. In a body there is a transaction for as long
 * as it runs. Measured on 13, 14, 16, 17 and 18.
 */
export function refusedOutside(statement: Statement, { explicit, inTransaction, script }: Found): Failure | undefined {
  if (explicit || statement.parent !== undefined) return undefined;
  const needing = needingBlock(statement);
  if (needing === undefined) return undefined;
  // whether the first statements of a pipeline are in a block is a matter of the server's version
  if (!needing.explicit && (inTransaction || script.transaction.pipeline === true)) return undefined;
  return { message: `${needing.command} can only be used in transaction blocks`, code: '25P01', sure: true };
}

function needingBlock(statement: Statement): Needing | undefined {
  if (isKind(statement, 'LockStmt')) return { command: 'LOCK TABLE', explicit: false };
  if (isKind(statement, 'DeclareCursorStmt'))
    return ((statement.node.options ?? 0) & withHold) === 0
      ? { command: 'DECLARE CURSOR', explicit: false }
      : undefined;
  if (!isKind(statement, 'TransactionStmt') || statement.node.kind === undefined) return undefined;
  const { kind, chain = false } = statement.node;
  const command = steering[kind] ?? (chain ? chaining[kind] : undefined);
  return command === undefined ? undefined : { command, explicit: true };
}
