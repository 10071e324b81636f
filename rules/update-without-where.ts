import { literalOf } from '../src/catalog/literal.js';
import { columnOf, descendants, findTable, relationByName, resolveRelationName } from '../src/catalog/lookup.js';
import { conjuncts } from '../src/effects/query-conditions.js';
import { defineRule, type Finding, type Step } from '../src/rule.js';
import { qualifiedName } from '../src/sql/names.js';
import { isKind, type Statement } from '../src/sql/statement.js';
import { type MergeWhenClause, type Node, type RangeVar, strings } from '../src/sql/tree.js';
import { list, written } from '../src/wording.js';

export default defineRule({
  id: 'update-without-where',
  level: 'error',
  title: 'UPDATE or DELETE of every row',
  why: 'All rows, or all that have a match in another table, are written and locked in one transaction: updates of the same rows wait until it commits, the table grows by a dead copy of each row, and a DELETE loses all of them.',
  instead: 'Write the rows in batches of some thousand, each batch in a transaction of its own.',
  links: ['https://www.postgresql.org/docs/current/routine-vacuuming.html#VACUUM-FOR-SPACE-RECOVERY'],
  bad: [
    {
      sql: `create table account (id int primary key, email text);
-- next migration
update account set email = lower(email);`,
    },
    {
      sql: `create table account (id int primary key);
-- next migration
delete from account;`,
    },
    {
      title: 'all rows move to another table',
      sql: `create table account (id int primary key);
create table archive (id int primary key);
-- next migration
with gone as (delete from account returning id) insert into archive select id from gone;`,
    },
    {
      title: 'a condition that is always true',
      sql: `create table account (id int primary key);
-- next migration
delete from account where 1 = 1;`,
    },
    {
      title: 'a condition that is true of every row',
      sql: `create table account (id int primary key, email text);
-- next migration
alter table account add column email_lower text;
update account set email_lower = lower(email) where email_lower is null;`,
    },
    {
      title: 'a join leaves out only the rows that have no other',
      sql: `create table person (id int primary key, email text);
create table account (id int primary key, person_id int references person, email text);
-- next migration
update account set email = person.email from person where account.person_id = person.id;`,
    },
    {
      title: 'what has a match is deleted',
      sql: `create table person (id int primary key);
create table account (id int primary key, person_id int references person);
-- next migration
delete from account using person where account.person_id = person.id;`,
    },
    {
      title: 'or merged',
      pg: 17,
      sql: `create table person (id int primary key, email text);
create table account (id int primary key, person_id int, email text);
-- next migration
merge into account using person on account.person_id = person.id when matched then update set email = person.email;`,
    },
    {
      title: 'the rows of a partitioned table are those of its partitions',
      sql: `create table event (id int, kind text) partition by range (id);
create table event_1 partition of event for values from (1) to (1000);
-- next migration
update event set kind = 'x';`,
    },
  ],
  good: [
    {
      title: 'a table of the same migration',
      sql: "create table setting (name text, value text); insert into setting values ('a', '1'); update setting set value = '2';",
    },
    {
      title: 'what was not filled before',
      sql: `create table account (id int primary key, region int);
-- next migration
alter table account add column plan text;
update account set plan = 'basic' where region = 1;
delete from account where plan is null;`,
    },
    {
      title: 'a short list of new values',
      sql: `create table account (id int primary key, email text);
-- next migration
update account set email = fresh.email from (values (1, 'a@b.c')) as fresh (id, email) where account.id = fresh.id;`,
    },
    {
      title: 'a batch',
      sql: `create table account (id int primary key, email text);
-- next migration
update account set email = lower(email) where id between 1 and 1000;`,
    },
  ],
  checkMigration({ up }) {
    const writtenBefore = new Set<string>();
    return up.flatMap((step) => {
      const isFirst = ({ relation }: Write) => !writtenBefore.has(relation);
      const found = writesOf(step).flatMap((write) => judged(step, write, isFirst(write)) ?? []);
      if (writing.has(step.kind) && step.relation !== undefined) writtenBefore.add(step.relation);
      return found.map((one) => ({ ...one, step }));
    });
  },
});

/** What a statement does with the rows of a table that its conditions leave: an UPDATE, DELETE or MERGE, by itself or in WITH. */
interface Write {
  /** The table as it is written. */
  readonly range: RangeVar;
  /** schema.name of it. */
  readonly relation: string;
  readonly where: Node | undefined;
  /** What it is joined with; undefined for nothing. */
  readonly from: readonly Node[] | undefined;
  readonly deletes: boolean;
}

function writesOf({ statement, before }: Step): readonly Write[] {
  const { node } = statement;
  const queries = 'withClause' in node ? (node.withClause?.ctes ?? []) : [];
  const inner = queries.flatMap((each) => ('CommonTableExpr' in each ? (each.CommonTableExpr.ctequery ?? []) : []));
  return [...ownQuery(statement), ...inner].flatMap((query) => {
    const write = writeOf(query);
    return write?.range === undefined
      ? []
      : { ...write, range: write.range, relation: resolveRelationName(before, write.range) };
  });
}

function ownQuery(statement: Statement): readonly Node[] {
  if (isKind(statement, 'UpdateStmt')) return [{ UpdateStmt: statement.node }];
  if (isKind(statement, 'DeleteStmt')) return [{ DeleteStmt: statement.node }];
  return isKind(statement, 'MergeStmt') ? [{ MergeStmt: statement.node }] : [];
}

type Written = Pick<Write, 'where' | 'from' | 'deletes'> & { readonly range: RangeVar | undefined };

function writeOf(query: Node): Written | undefined {
  if ('UpdateStmt' in query) {
    const { relation: range, whereClause: where, fromClause: from } = query.UpdateStmt;
    return { range, where, from, deletes: false };
  }
  if ('DeleteStmt' in query) {
    const { relation: range, whereClause: where, usingClause: from } = query.DeleteStmt;
    return { range, where, from, deletes: true };
  }
  if (!('MergeStmt' in query)) return undefined;
  const { relation: range, joinCondition: where, sourceRelation, mergeWhenClauses } = query.MergeStmt;
  const changes = (mergeWhenClauses ?? []).some((each) => 'MergeWhenClause' in each && isChange(each.MergeWhenClause));
  return changes ? { range, where, from: sourceRelation && [sourceRelation], deletes: false } : undefined;
}

/** WHEN MATCHED THEN UPDATE or DELETE, of whatever matches. */
function isChange({ matchKind, commandType, condition }: MergeWhenClause): boolean {
  const writes = commandType === 'CMD_UPDATE' || commandType === 'CMD_DELETE';
  return matchKind === 'MERGE_WHEN_MATCHED' && condition === undefined && writes;
}

const writing: ReadonlySet<string> = new Set(['UpdateStmt', 'DeleteStmt', 'InsertStmt', 'MergeStmt', 'CopyStmt']);

/** `isFirst`: no statement of the migration has written the table before. */
function judged(step: Step, write: Write, isFirst: boolean): Finding | undefined {
  const { kind } = step;
  const { range, relation, where, from, deletes } = write;
  if (!writesRows(step, relation)) return undefined;
  const parts = conjuncts(where).filter((part) => !isTrue(part) && !(isFirst && isUnfilled(part, step, relation)));
  // FROM or USING without WHERE is a cross join by mistake or a condition in JOIN … ON: not every row for certain
  if (parts.length === 0 && from === undefined) {
    if (!deletes)
      return {
        message: `every row of ${relation} is written in one transaction: other writes to it wait until it commits`,
      };
    const message = `every row of ${relation} is deleted in one transaction`;
    // what the rest of a statement does with the rows is lost on a batch of ours
    return kind === 'DeleteStmt' ? { message, instead: deleted(written(range)) } : { message };
  }
  const others = parts.length > 0 && parts.every(isJoin) ? joined(from, step) : [];
  if (others.length === 0) return undefined;
  return {
    level: 'warning',
    message: `every row of ${relation} with a match in ${list(others)} is ${deletes ? 'deleted' : 'written'} in one transaction: other writes to these rows wait until it commits`,
  };
}

/** Whether rows of a table, or of its partitions, are written that running code knows. */
function writesRows({ effects, before }: Step, relation: string): boolean {
  const table = relationByName(before, relation);
  const parts = table?.kind === 'partitioned' ? descendants(before, table) : [];
  const own = new Set([relation, ...parts.map(({ schema, name }) => qualifiedName(schema, name))]);
  return effects.some((effect) => own.has(effect.relation) && effect.work === 'rows');
}

function deleted(table: string): string {
  return `-- outside a transaction, again and again until it deletes none
delete from ${table} where ctid = any (array(select ctid from ${table} limit 1000));`;
}

/** `true`, `1 = 1`. */
function isTrue(part: Node): boolean {
  if ('A_Const' in part) return part.A_Const.boolval?.boolval === true;
  if (!('A_Expr' in part) || strings(part.A_Expr.name).join() !== '=') return false;
  const [left, right] = [literalOf(part.A_Expr.lexpr)?.text, literalOf(part.A_Expr.rexpr)?.text];
  return left !== undefined && left === right;
}

/** `column IS NULL` of a column that this migration adds without a value: true for every row that was there. */
function isUnfilled(part: Node, step: Step, relation: string): boolean {
  if (!('NullTest' in part) || part.NullTest.nulltesttype !== 'IS_NULL') return false;
  const { arg } = part.NullTest;
  const name = arg !== undefined && 'ColumnRef' in arg ? strings(arg.ColumnRef.fields).at(-1) : undefined;
  const column = columnOf(relationByName(step.before, relation), name);
  return column !== undefined && column.born >= step.since && column.default === undefined;
}

/** Two columns that are to be equal. */
function isJoin(part: Node): boolean {
  if (!('A_Expr' in part) || part.A_Expr.kind !== 'AEXPR_OP' || strings(part.A_Expr.name).join() !== '=') return false;
  const { lexpr, rexpr } = part.A_Expr;
  return lexpr !== undefined && 'ColumnRef' in lexpr && rexpr !== undefined && 'ColumnRef' in rexpr;
}

/** The tables of a FROM of nothing but tables that were there before: what a migration or a query puts together is most often short. */
function joined(from: readonly Node[] | undefined, { before, isNew }: Step): readonly string[] {
  const tables = (from ?? []).map((item) => ('RangeVar' in item ? findTable(before, item.RangeVar) : undefined));
  const names = tables.flatMap((table) => (table === undefined ? [] : `${table.schema}.${table.name}`));
  return names.length === tables.length && !names.some(isNew) ? names : [];
}
