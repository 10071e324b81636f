import { relationByName } from '../src/catalog/lookup.js';
import { together } from '../src/recipes.js';
import { defineRule, type Step } from '../src/rule.js';
import { quoteIdentifier } from '../src/sql/names.js';
import { isKind } from '../src/sql/statement.js';
import type { RangeVar } from '../src/sql/tree.js';
import { written } from '../src/wording.js';

/** What queries name; an index, a sequence of a column or a constraint is not. */
const named: Readonly<Record<string, string>> = {
  OBJECT_TABLE: 'table',
  OBJECT_VIEW: 'view',
  OBJECT_MATVIEW: 'materialized view',
  OBJECT_FOREIGN_TABLE: 'foreign table',
};

export default defineRule({
  id: 'table-renamed',
  level: 'error',
  title: 'A table or view is renamed or moved to another schema',
  why: 'The rename takes an instant, but from that instant every query of the running code that uses the old name fails.',
  instead:
    'Rename it and create a view of the old name in the same transaction; drop the view when no running code uses it.',
  elsewhere: 'the view of the old name stays until no running code uses it',
  links: ['https://www.postgresql.org/docs/current/sql-createview.html#SQL-CREATEVIEW-UPDATABLE-VIEWS'],
  bad: [
    {
      title: 'the transaction of the runner is not to be ended',
      transaction: 'whole',
      sql: `create table account (id int);
-- next migration
alter table account rename to customer;`,
    },
    {
      sql: `create table account (id int);
-- next migration
alter table account rename to customer;`,
    },
    {
      sql: `create schema crm;
create table account (id int);
-- next migration
alter table account set schema crm;`,
    },
  ],
  good: [
    {
      title: 'the name that code knows is told, and no other that the table has on its way',
      sql: `create table account (id int);
-- next migration
-- lockkeeper:ignore table-renamed: an example of something else
alter table account rename to customers;
alter table customers rename to customer;`,
    },
    {
      title: 'no running code knows the table yet',
      sql: 'create table account (id int); alter table account rename to customer;',
    },
    {
      title: 'a view keeps the old name alive',
      sql: `create table account (id int);
-- next migration
begin;
alter table account rename to customer;
create view account as select * from customer;
commit;`,
    },
  ],
  checkMigration({ up, before }) {
    return up.flatMap((step, at) => {
      const change = renamed(step);
      if (change === undefined || step.relation === undefined || step.isNew(step.relation)) return [];
      // it has the name from this migration
      const known = relationByName(step.before, step.relation);
      if (known !== undefined && before.relations.has(known.oid) && relationByName(before, step.relation) === undefined)
        return [];
      if (up.slice(at + 1).some((later) => later.relation === step.relation && creates.has(later.kind))) return [];
      const { kind, from, to } = change;
      const view = together(step, [`${step.statement.text};`, `create view ${from} as select * from ${to};`]);
      const message = `running code that uses the ${kind} ${step.relation} fails: it is now ${to}`;
      return [{ step, message, ...(kind === 'table' && { instead: view }) }];
    });
  },
});

/** A later statement that makes the old name work again. */
const creates = new Set(['ViewStmt', 'CreateStmt', 'CreateTableAsStmt']);

function renamed({
  statement,
}: Step): { readonly kind: string; readonly from: string; readonly to: string } | undefined {
  if (isKind(statement, 'RenameStmt')) {
    const { renameType, relation, newname } = statement.node;
    const kind = named[renameType ?? ''];
    if (kind === undefined || relation === undefined || newname === undefined) return undefined;
    const to: RangeVar =
      relation.schemaname === undefined ? { relname: newname } : { schemaname: relation.schemaname, relname: newname };
    return { kind, from: written(relation), to: written(to) };
  }
  if (isKind(statement, 'AlterObjectSchemaStmt')) {
    const { objectType, relation, newschema } = statement.node;
    const kind = named[objectType ?? ''];
    if (kind === undefined || relation?.relname === undefined || newschema === undefined) return undefined;
    return { kind, from: written(relation), to: `${quoteIdentifier(newschema)}.${quoteIdentifier(relation.relname)}` };
  }
  return undefined;
}
