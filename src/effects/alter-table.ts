import { apply } from '../catalog/apply.js';
import { passOf } from '../catalog/apply-alter-table.js';
import type { Catalog, Table } from '../catalog/catalog.js';
import { findRelation, isTable, relationByName } from '../catalog/lookup.js';
import { tableOrStub } from '../catalog/stub.js';
import type { Statement } from '../sql/statement.js';
import type { AlterTableCmd, AlterTableStmt, AlterTableType, RangeVar } from '../sql/tree.js';
import { addColumn } from './add-column.js';
import { alterColumnType, prepareColumnType } from './alter-column-type.js';
import { columnCommands } from './alter-table-column.js';
import type { CommandContext, CommandTable, PrepareCommand } from './alter-table-command.js';
import { kindRefusal } from './alter-table-kinds.js';
import { lockLevel, statementLock } from './alter-table-lock.js';
import { otherRelation, wrongKind } from './alter-table-other.js';
import { storageCommands } from './alter-table-storage.js';
import { constraintCommands } from './constraints.js';
import { appliedBefore, type PredictContext, type PredictTable } from './context.js';
import { all, build, type Draft, lock, nothing } from './draft.js';
import { partitionCommands } from './partitions.js';
import { builtIndexes, notShown, unknownRelation } from './relations.js';

/** ALTER TABLE, and what its grammar does to indexes, views, sequences and composite types. */
export const alterTable: PredictTable = { AlterTableStmt: predictAlterTable };

const commands: CommandTable = {
  ...columnCommands,
  ...constraintCommands,
  ...storageCommands,
  ...partitionCommands,
  AT_AddColumn: addColumn,
  AT_AlterColumnType: alterColumnType,
};

/** What is refused before any command is carried out, whatever stands before it (phase 1 of ATController). */
const preparations: { readonly [T in AlterTableType]?: PrepareCommand } = { AT_AlterColumnType: prepareColumnType };

function predictAlterTable(node: AlterTableStmt, context: PredictContext<'AlterTableStmt'>): Draft {
  const { relation: range } = node;
  if (range === undefined) return nothing;
  const found = findRelation(context.catalog, range);
  if (found === undefined && node.missing_ok) return nothing;
  if (found !== undefined && !isTable(found)) return otherRelation(found, node, context);
  if (found === undefined && node.objtype !== 'OBJECT_TABLE' && node.objtype !== 'OBJECT_FOREIGN_TABLE')
    return unknownOther(context.catalog, range, node);
  const [catalog, table] = tableOrStub(context.catalog, range);
  if (table === undefined) return nothing;
  const wrong = wrongKind(table, node);
  if (wrong !== undefined) return wrong;
  const misfit = commandsOf(node)
    .map((command) => kindRefusal(table, command, context.pg))
    .find((draft) => draft !== undefined);
  if (misfit !== undefined) return misfit;
  const draft = alterOne({ ...context, catalog }, table);
  // the table itself exists, or the statement fails: its lock is sure, and so is nothing else
  return found === undefined ? refusedFirst(draft, unknownRelation(context.catalog, range)) : draft;
}

/** What the whole statement may be refused for is told with its first command. */
function refusedFirst(draft: Draft, refusal: Draft): Draft {
  const parts = draft.commands?.map((command, at) => (at === 0 ? all(refusal, command) : command));
  return { ...all(refusal, draft), ...(parts && { commands: parts }) };
}

/** An index, view, sequence or type of which the history shows nothing: no table is locked for it. */
function unknownOther(catalog: Catalog, range: RangeVar, node: AlterTableStmt): Draft {
  const mode = statementLock(commandsOf(node));
  const name = range.schemaname === undefined ? (range.relname ?? '') : `${range.schemaname}.${range.relname}`;
  const stored = node.objtype === 'OBJECT_MATVIEW';
  return all(stored ? lock(name, mode, notShown(name), false) : nothing, unknownRelation(catalog, range));
}

/** The ALTER TABLE with this one of its commands alone. */
export function loneCommand(command: Statement, whole: Statement<'AlterTableStmt'> & Statement): Statement {
  const at = whole.commands.indexOf(command);
  const node = commandsOf(whole.node).filter(({ subtype }) => subtype !== undefined)[at];
  if (node === undefined) return whole;
  return { ...whole, node: { ...whole.node, cmds: [{ AlterTableCmd: node }] }, commands: [command] };
}

function commandsOf(node: AlterTableStmt): readonly AlterTableCmd[] {
  return (node.cmds ?? []).flatMap((command) => ('AlterTableCmd' in command ? [command.AlterTableCmd] : []));
}

/** A command with the statement that it was cut out as. */
interface Command {
  readonly statement: Statement;
  readonly node: AlterTableCmd;
}

interface Outcome extends Command {
  readonly draft: Draft;
}

function alterOne(context: PredictContext<'AlterTableStmt'>, start: Table): Draft {
  const { statement, pg, timeZone } = context;
  const nodes = commandsOf(statement.node).filter(({ subtype }) => subtype !== undefined);
  const mode = statementLock(nodes);
  const only = statement.node.relation?.inh !== true;
  const written = statement.commands.flatMap((one, at): readonly Command[] => {
    const node = nodes.find((each) => each === one.node) ?? nodes[at];
    return node === undefined ? [] : [{ statement: one, node }];
  });
  const outcomes = new Map<Statement, Outcome>();
  let { catalog } = context;
  const unchanging = { start, pg, timeZone, lock: mode, only, commands: nodes };
  const atFirst = { ...unchanging, catalog, table: start, after: catalog };
  // an ALTER TABLE of one command is that command
  const single = written.length === 1 ? appliedBefore(context) : undefined;
  const inPasses = [...written].sort((a, b) => passOf(a.statement) - passOf(b.statement));
  for (const command of inPasses) {
    const after = single ?? apply(command.statement, catalog, { born: start.born, pg });
    const table = tableNow(catalog, start);
    const given = { ...unchanging, catalog, table, after };
    outcomes.set(command.statement, { ...command, draft: predictCommand(command.node, given) });
    catalog = after;
  }
  const carriedOut = inPasses.flatMap(({ statement: one }) => outcomes.get(one) ?? []);
  const inTurn = written.length === 1 ? [] : [...prepared(written, atFirst), ...carriedOut];
  const first = inTurn.find(({ draft }) => draft.failure?.sure);
  const parts = written.flatMap(({ statement: one }) => outcomes.get(one) ?? []);
  const drafts = parts.map((outcome) => refusedAs(withRebuilds(outcome, catalog), outcome, first));
  return { ...all(...drafts, lock(start, mode, 'the table is altered')), commands: drafts };
}

/** What phase 1 of ATController says of the commands, one after another. */
function prepared(written: readonly Command[], context: CommandContext): readonly Outcome[] {
  return written.flatMap((command) => {
    const { subtype } = command.node;
    const draft = subtype && preparations[subtype]?.(command.node, context);
    return draft === undefined ? [] : [{ ...command, draft }];
  });
}

/** At the first refusal the statement has failed: what the other commands would have been refused for is not heard. */
function refusedAs(draft: Draft, { statement }: Outcome, first: Outcome | undefined): Draft {
  const { failure, ...rest } = draft;
  if (first?.statement === statement) return { ...rest, ...(first.draft.failure && { failure: first.draft.failure }) };
  return first !== undefined && failure?.sure ? rest : draft;
}

function tableNow(catalog: Catalog, start: Table): Table {
  const now = catalog.relations.get(start.oid);
  return now !== undefined && isTable(now) ? now : start;
}

function predictCommand(node: AlterTableCmd, given: CommandContext): Draft {
  const row = node.subtype && commands[node.subtype];
  const [, why] = lockLevel(node) ?? ['', 'the table is altered'];
  return all(row?.(node, given), lock(given.table, given.lock, why));
}

/** A table that is written anew has all its indexes built anew: those that are left when all commands are done. */
function withRebuilds({ node, draft }: Outcome, catalog: Catalog): Draft {
  // SET TABLESPACE copies the file as it is, and leaves the indexes where they are
  if (node.subtype === 'AT_SetTableSpace') return draft;
  const rebuilt = draft.effects.flatMap(({ relation, work, sure }) => {
    const table = work === 'rewrite' ? relationByName(catalog, relation) : undefined;
    if (table === undefined || !isTable(table)) return [];
    return builtIndexes(catalog, table).map((index) =>
      build(index, 'the table is written anew, and its indexes with it', sure),
    );
  });
  return all(draft, ...rebuilt);
}
