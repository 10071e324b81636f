import { apply } from '../../src/catalog/apply.js';
import type { Catalog } from '../../src/catalog/catalog.js';
import { endTransaction } from '../../src/catalog/transaction.js';
import type { Statement } from '../../src/sql/statement.js';

/** The catalog of a session, transactions and savepoints included; it follows only what the server really did. */
export class Follower {
  catalog: Catalog;
  readonly pg: number;
  /** An error has aborted the open transaction: nothing succeeds before it ends. */
  aborted = false;
  /** The catalog before BEGIN and before each savepoint, by name. */
  #saved: { readonly name: string; readonly catalog: Catalog }[] = [];

  constructor(catalog: Catalog, pg: number) {
    this.catalog = catalog;
    this.pg = pg;
  }

  get inTransaction(): boolean {
    return this.#saved.length > 0;
  }

  /** A statement succeeded. */
  done(statement: Statement): void {
    const { node } = statement;
    if (statement.kind === 'TransactionStmt' && 'kind' in node) this.#transaction(`${node.kind}`, nameOf(node));
    else {
      this.catalog = apply(statement, this.catalog, { born: 0, pg: this.pg });
      if (!this.inTransaction) this.catalog = endTransaction(this.catalog, 'commit');
    }
  }

  /** A statement failed. */
  failed(): void {
    this.aborted = this.inTransaction;
  }

  /** The transaction is undone: by ROLLBACK, by COMMIT after an error, or because the session ends. */
  rollback(): void {
    this.aborted = false;
    this.catalog = endTransaction(this.#saved[0]?.catalog ?? this.catalog, 'rollback');
    this.#saved = [];
  }

  #transaction(kind: string, name: string): void {
    if (kind === 'TRANS_STMT_BEGIN' || kind === 'TRANS_STMT_START') {
      if (!this.inTransaction) this.#saved = [{ name: '', catalog: this.catalog }];
    } else if (kind === 'TRANS_STMT_SAVEPOINT') this.#saved.push({ name, catalog: this.catalog });
    else if (kind === 'TRANS_STMT_ROLLBACK_TO') {
      const at = this.#saved.findLastIndex((saved) => saved.name === name);
      this.catalog = this.#saved[at]?.catalog ?? this.catalog;
      this.#saved = this.#saved.slice(0, at + 1);
      this.aborted = false;
    } else if (kind === 'TRANS_STMT_ROLLBACK' || (kind === 'TRANS_STMT_COMMIT' && this.aborted)) this.rollback();
    else if (kind === 'TRANS_STMT_COMMIT') {
      this.catalog = endTransaction(this.catalog, 'commit');
      this.#saved = [];
    }
  }
}

function nameOf(node: object): string {
  return 'savepoint_name' in node && typeof node.savepoint_name === 'string' ? node.savepoint_name : '';
}
