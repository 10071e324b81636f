import type { Statement } from '../sql/statement.js';
import { isKind } from '../sql/statement.js';
import { refusal } from './keep.js';
import type { Observation } from './observe.js';
import type { Session } from './session.js';

/** Opens and closes on the server the transactions that the runner would have open. A class because it follows a state of the session. */
export class ServerTransaction {
  open = false;
  readonly #session: Session;
  #number = -1;

  constructor(session: Session) {
    this.#session = session;
  }

  /** Brings the session to where a statement is to run: in transaction `number`, or outside of any. Gives what COMMIT refused. */
  async align(inside: boolean, number: number): Promise<Observation['error']> {
    const error = this.open && !(inside && number === this.#number) ? await this.end() : undefined;
    if (inside && !this.open && error === undefined) {
      await this.#session.query('begin');
      this.open = true;
    }
    this.#number = number;
    return error;
  }

  /** A statement was carried out that may have opened or closed the transaction. */
  follow(statement: Statement): void {
    if (!isKind(statement, 'TransactionStmt')) return;
    const { kind, chain } = statement.node;
    if (kind === 'TRANS_STMT_BEGIN' || kind === 'TRANS_STMT_START') this.open = true;
    if (kind === 'TRANS_STMT_COMMIT' || kind === 'TRANS_STMT_ROLLBACK' || kind === 'TRANS_STMT_PREPARE') {
      this.open = chain === true;
      this.#number++;
    }
  }

  /** Commits what is open. Gives what COMMIT refused. */
  async end(): Promise<Observation['error']> {
    if (!this.open) return undefined;
    this.open = false;
    return refusal(this.#session, 'commit');
  }

  /** Rolls back what is open; harmless where nothing is. */
  async undo(): Promise<void> {
    this.open = false;
    await this.#session.query('rollback');
  }
}
