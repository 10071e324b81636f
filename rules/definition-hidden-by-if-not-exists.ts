import type { Table } from '../src/catalog/catalog.js';
import { columnOf, isFollowed, isIndex, isTable, relationByName } from '../src/catalog/lookup.js';
import { serialType, typeRef } from '../src/catalog/type-ref.js';
import { defineRule, type Step } from '../src/rule.js';
import { unqualified } from '../src/sql/names.js';
import { isKind } from '../src/sql/statement.js';
import type { ColumnDef } from '../src/sql/tree.js';
import { list } from '../src/wording.js';

export default defineRule({
  id: 'definition-hidden-by-if-not-exists',
  level: 'warning',
  title: 'IF NOT EXISTS keeps an older definition',
  why: 'Something of that name is there already, defined otherwise. PostgreSQL says NOTICE, changes nothing, and the migration counts as applied: the schema is not what this file says.',
  instead: 'Change what is there with ALTER TABLE, or leave IF NOT EXISTS out so that the statement fails.',
  links: ['https://www.postgresql.org/docs/current/sql-createtable.html'],
  bad: [
    {
      sql: `create table account (id int);
-- next migration
create table if not exists account (id int, email text);`,
    },
    {
      sql: `create table account (id int, code int);
-- next migration
alter table account add column if not exists code text;`,
    },
    {
      sql: `create table account (id int, email text);
create index account_key on account (id);
-- next migration
create index if not exists account_key on account (email);`,
    },
  ],
  good: [
    {
      title: 'nothing of the name is there',
      sql: 'create table if not exists account (id int);',
    },
    {
      title: 'what was put together when it ran may have dropped it',
      sql: `create table account (id int);
do $$ declare each regclass; begin
  for each in select oid from pg_class where relname like 'another%' loop execute 'drop table ' || each; end loop;
end $$;
-- next migration
create table if not exists account (id int, email text);`,
    },
    {
      title: 'it is there as it should be',
      sql: `create table account (id int, code varchar(20));
-- next migration
create table if not exists account (id integer, code varchar(20));
alter table account add column if not exists code character varying(20);`,
    },
  ],
  checkMigration({ up }) {
    return up.flatMap((step) => {
      const kept = keptTable(step) ?? keptColumn(step) ?? keptIndex(step);
      return kept === undefined ? [] : [{ step, message: kept }];
    });
  },
});

function keptTable({ statement, before, relation }: Step): string | undefined {
  if (!isKind(statement, 'CreateStmt') || !statement.node.if_not_exists || relation === undefined) return undefined;
  const old = relationByName(before, relation);
  if (old === undefined || !isTable(old) || !old.complete || !isFollowed(before, old)) return undefined;
  const wanted = (statement.node.tableElts ?? []).flatMap((node) => ('ColumnDef' in node ? node.ColumnDef : []));
  const different = wanted.filter((column) => differs(before, old, column)).map(({ colname }) => colname ?? '');
  return different.length === 0
    ? undefined
    : `${relation} exists and stays as it is: ${list(different)} ${different.length > 1 ? 'are' : 'is'} not as written here`;
}

function keptColumn({ statement, before, relation }: Step): string | undefined {
  if (!isKind(statement, 'AT_AddColumn') || !statement.node.missing_ok || relation === undefined) return undefined;
  const { def } = statement.node;
  const old = relationByName(before, relation);
  if (def === undefined || !('ColumnDef' in def) || old === undefined || !isTable(old) || !isFollowed(before, old))
    return undefined;
  const { colname } = def.ColumnDef;
  if (columnOf(old, colname) === undefined || !differs(before, old, def.ColumnDef)) return undefined;
  return `${relation} has a column ${colname} of another type, which stays as it is`;
}

function keptIndex({ statement, before, relation }: Step): string | undefined {
  if (!isKind(statement, 'IndexStmt') || !statement.node.if_not_exists || relation === undefined) return undefined;
  const { idxname, indexParams } = statement.node;
  const { schema } = unqualified(relation);
  const old = relationByName(before, `${schema}.${idxname}`);
  if (old === undefined || !isIndex(old) || !isFollowed(before, old)) return undefined;
  const wanted = (indexParams ?? []).map((node) => ('IndexElem' in node ? (node.IndexElem.name ?? '') : ''));
  const table = before.relations.get(old.table);
  const same = old.keys.map(({ column = '' }) => column).join() === wanted.join();
  if (same && (table === undefined || `${table.schema}.${table.name}` === relation)) return undefined;
  return `an index ${idxname} on other columns exists and stays as it is: this one is not built`;
}

/** Whether a table lacks the column, or has it with another type. */
function differs(catalog: Step['before'], table: Table, { colname, typeName }: ColumnDef): boolean {
  const old = columnOf(table, colname);
  if (old === undefined) return table.complete;
  const type = serialType(typeName) ?? typeRef(catalog, typeName);
  if (old.type === undefined || type === undefined) return false;
  const text = ({ name, modifiers, dimensions }: typeof type) => `${name}(${modifiers.join()})${dimensions > 0}`;
  return text(old.type) !== text(type);
}
