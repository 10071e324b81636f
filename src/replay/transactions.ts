import { refusesRows } from '../added-column.js';
import type { Catalog } from '../catalog/catalog.js';
import { endTransaction } from '../catalog/transaction.js';
import { leavesOwnRows } from '../effects/own-rows.js';
import type { Script } from '../frameworks/framework.js';
import type { HeldLock, Session, Step } from '../rule.js';
import type { Piece } from '../sql/piece.js';
import { isKind, type Statement } from '../sql/statement.js';
import type { TransactionStmt, TransactionStmtKind } from '../sql/tree.js';

/**
 * Follows the transactions of one script: who opens them (the runner, BEGIN, several statements in one message), which
 * locks they hold, what a ROLLBACK undoes. Where the runner has one transaction for all pending migrations, those of the next script go
 * on where those of the `earlier` one stopped. A class because it is the one place where a replay has state.
 */
export class Transactions {
  /** The catalog at this moment; the replay moves it past each statement. */
  catalog: Catalog;
  /** Numbers the transactions of the script from 0; a statement outside one is a transaction of its own. */
  number = 0;
  /** The statement is the first of its message. */
  first = true;
  /** True when the runner makes one transaction of the whole script, by opening one or by sending it as one message. */
  readonly whole: boolean;

  readonly #why: string;
  readonly #messages: ReadonlyMap<Statement, Piece>;
  #message: Piece | undefined;
  #explicit: string | undefined;
  #start: Catalog;
  #savepoints: { readonly name: string; readonly catalog: Catalog; readonly held: number }[];
  #held: HeldLock[];
  /** Tables without a row for as long as the transaction lasts, or it has failed; with the number of locks held when that was seen. */
  readonly #emptied = new Map<string, { readonly held: number; readonly truncated: boolean }>();

  /** Tables with rows that the transaction has written. */
  readonly #ownRows: Set<string>;

  constructor(script: Script, catalog: Catalog, statements: readonly Statement[], earlier?: Transactions) {
    const { scope, batch, why } = script.transaction;
    this.catalog = catalog;
    this.#start = earlier === undefined ? catalog : earlier.#start;
    this.#why = why;
    this.#explicit = earlier === undefined ? (scope === 'none' ? undefined : why) : earlier.#explicit;
    this.#savepoints = earlier === undefined ? [] : [...earlier.#savepoints];
    this.#held = earlier === undefined ? [] : [...earlier.#held];
    this.#ownRows = new Set(earlier === undefined ? [] : earlier.#ownRows);
    this.#messages = batch === 'script' ? sharedMessages(script.pieces, statements) : new Map();
    this.whole =
      scope !== 'none' ||
      (statements.length > 0 &&
        new Set(this.#messages.values()).size === 1 &&
        this.#messages.size === statements.length);
  }

  /** The session as the statement finds it: several statements in one message are an implicit transaction block. */
  session(settings: Readonly<Record<string, string>>): Session {
    const held = this.#held;
    const count = held.length;
    return {
      inTransaction: this.#inside,
      transactionWhy: this.#explicit ?? (this.#message === undefined ? '' : this.#why),
      // the list only grows, and few rules ask: a copy for each statement would be quadratic in those of a transaction
      get held() {
        return held.slice(0, count);
      },
      settings,
    };
  }

  /** Remembers the locks that a step takes on tables, until the transaction ends. */
  hold(step: Step): void {
    if (!this.#inside) return;
    const { relation = '', kind: what } = step;
    if (isEmptied(step))
      this.#emptied.set(relation, { held: this.#held.length, truncated: this.#isTruncated(relation) });
    else if (filling.has(what)) this.#emptied.delete(relation);
    else if (what === 'TruncateStmt' && !step.conditional) {
      for (const one of step.effects) this.#emptied.set(one.relation, { held: this.#held.length, truncated: true });
    }
    for (const effect of step.allEffects) if (leavesOwnRows(what, effect)) this.#ownRows.add(effect.relation);
    for (const { relation, lock, kind } of step.effects) {
      if (kind === 'table') this.#held.push({ relation, lock, statement: step.statement });
    }
  }

  /**
   * Whether a table has no row when a statement comes to it: the transaction has emptied it, or has failed at one. Of several
   * columns that refuse every row each is told.
   */
  isEmpty(relation: string, { kind }: Statement): boolean {
    if (!this.#emptied.has(relation) || filling.has(kind)) return false;
    return kind !== 'AT_AddColumn' || this.#isTruncated(relation);
  }

  /** Whether the transaction has left rows of its own in a table. */
  readonly hasWritten = (relation: string): boolean => this.#ownRows.has(relation);

  #isTruncated(relation: string): boolean {
    return this.#emptied.get(relation)?.truncated ?? false;
  }

  /** To be called before a statement. */
  begin(statement: Statement): void {
    const message = this.#messages.get(statement);
    this.first = message === undefined || message !== this.#message;
    if (message !== this.#message && this.#explicit === undefined && this.#message !== undefined) this.#end('commit');
    this.#message = message;
  }

  /** To be called after a statement: BEGIN, COMMIT, ROLLBACK and savepoints do their work; a statement by itself commits. */
  end(statement: Statement): void {
    if (isKind(statement, 'TransactionStmt')) {
      const { kind } = statement.node;
      if (kind !== undefined) this.#control[kind]?.(statement.node, statement);
    } else if (!this.#inside) this.#end('commit');
  }

  /** To be called after a statement that failed, with the catalog before it: the runner stops, and what is not committed is undone. */
  fail(reached: Catalog): void {
    this.catalog = reached;
    this.#end(this.#inside ? 'rollback' : 'commit');
    this.#explicit = undefined;
    this.#message = undefined;
  }

  /** The catalog that the script leaves behind: the runner commits what is still open. */
  finish(): Catalog {
    return endTransaction(this.catalog, 'commit');
  }

  /** For the next script of the same run: the last message has ended, a transaction of the runner is still open. */
  pause(): this {
    if (this.#explicit === undefined) this.#end('commit');
    this.#message = undefined;
    return this;
  }

  /** Whether BEGIN or the runner has opened the transaction. */
  get explicit(): boolean {
    return this.#explicit !== undefined;
  }

  get #inside(): boolean {
    return this.#explicit !== undefined || this.#message !== undefined;
  }

  readonly #control: { readonly [K in TransactionStmtKind]?: (node: TransactionStmt, statement: Statement) => void } = {
    TRANS_STMT_BEGIN: (_, statement) => this.#open(statement),
    TRANS_STMT_START: (_, statement) => this.#open(statement),
    TRANS_STMT_COMMIT: (node) => this.#close('commit', node),
    TRANS_STMT_PREPARE: (node) => this.#close('commit', node),
    TRANS_STMT_ROLLBACK: (node) => this.#close('rollback', node),
    TRANS_STMT_SAVEPOINT: ({ savepoint_name }) => {
      this.#savepoints.push({ name: savepoint_name ?? '', catalog: this.catalog, held: this.#held.length });
    },
    TRANS_STMT_ROLLBACK_TO: ({ savepoint_name }) => this.#rollbackTo(savepoint_name),
    TRANS_STMT_RELEASE: ({ savepoint_name }) => {
      const at = this.#savepoints.findLastIndex(({ name }) => name === savepoint_name);
      if (at >= 0) this.#savepoints.length = at;
    },
  };

  #open(statement: Statement): void {
    this.#explicit ??= `line ${statement.source.position(statement.span.start).line} opens a transaction`;
  }

  #rollbackTo(wanted: string | undefined): void {
    const at = this.#savepoints.findLastIndex(({ name }) => name === wanted);
    const savepoint = this.#savepoints[at];
    if (savepoint === undefined) return;
    this.catalog = savepoint.catalog;
    this.#held = this.#held.slice(0, savepoint.held);
    for (const [relation, { held }] of this.#emptied) if (held > savepoint.held) this.#emptied.delete(relation);
    this.#savepoints.length = at + 1;
  }

  #close(how: 'commit' | 'rollback', node: TransactionStmt): void {
    const why = this.#explicit;
    this.#end(how);
    // COMMIT AND CHAIN opens the next one at once
    this.#explicit = node.chain ? why : undefined;
  }

  #end(how: 'commit' | 'rollback'): void {
    this.catalog = endTransaction(how === 'rollback' ? this.#start : this.catalog, how);
    this.#start = this.catalog;
    this.#savepoints = [];
    this.#held = [];
    this.#emptied.clear();
    this.#ownRows.clear();
    this.number++;
  }
}

/** ADD COLUMN … NOT NULL without a default: it goes on only where there is no row. */
function isEmptied(step: Step): boolean {
  return !step.conditional && isKind(step.statement, 'AT_AddColumn') && refusesRows(step, step.statement.node);
}

const filling: ReadonlySet<string> = new Set(['InsertStmt', 'CopyStmt', 'MergeStmt']);

/** The message of each statement that travels with others; a statement alone in its message commits by itself. */
function sharedMessages(pieces: readonly Piece[], statements: readonly Statement[]): ReadonlyMap<Statement, Piece> {
  const byPiece = new Map<Piece, Statement[]>();
  for (const statement of statements) {
    const piece = pieces.find(
      ({ source, span }) =>
        source === statement.source && span.start <= statement.span.start && statement.span.end <= span.end,
    );
    if (piece === undefined) continue;
    const together = byPiece.get(piece);
    if (together === undefined) byPiece.set(piece, [statement]);
    else together.push(statement);
  }
  const result = new Map<Statement, Piece>();
  for (const [piece, together] of byPiece) {
    if (together.length > 1) for (const statement of together) result.set(statement, piece);
  }
  return result;
}
