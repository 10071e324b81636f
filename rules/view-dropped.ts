import type { View } from '../src/catalog/catalog.js';
import { relationByName } from '../src/catalog/lookup.js';
import { knownDropped } from '../src/known.js';
import { defineRule, type Finding, type JudgedMigration, type Step } from '../src/rule.js';
import { list } from '../src/wording.js';

export default defineRule({
  id: 'view-dropped',
  level: 'error',
  title: 'A view that running code may read is dropped or loses columns',
  why: 'A query of the running code that reads the view, or names a column it no longer has, fails from that moment. CASCADE drops views that the statement does not name.',
  instead:
    'Release code that does not read the view, then drop it. To change it, use CREATE OR REPLACE VIEW, which only adds columns; or make a second view, switch the code over, and drop the old one later.',
  links: ['https://www.postgresql.org/docs/current/sql-createview.html'],
  bad: [
    {
      sql: `create table account (id int, email text);
create view emails as select email from account;
-- next migration
drop view emails;`,
    },
    {
      title: 'CASCADE takes it along',
      sql: `create table account (id int, email text);
create view emails as select email from account;
-- next migration
-- lockkeeper:ignore column-dropped: an example of something else
alter table account drop column email cascade;`,
    },
    {
      title: 'it comes back without a column',
      transaction: 'whole',
      sql: `create table account (id int, email text);
create view accounts as select id, email from account;
-- next migration
drop view accounts;
create view accounts as select id from account;`,
    },
    {
      title: 'between two transactions it is not there',
      sql: `create table account (id int, email text);
create view accounts as select id from account;
-- next migration
drop view accounts;
create view accounts as select id, email from account;`,
    },
  ],
  good: [
    {
      title: 'made anew in the same transaction, with all its columns',
      transaction: 'whole',
      sql: `create table account (id int, email text);
create view accounts as select id from account;
-- next migration
drop view accounts;
create view accounts as select email, id from account;`,
    },
    {
      title: 'no running code knows it yet',
      sql: 'create view one as select 1 as a; drop view one;',
    },
  ],
  checkMigration(judged) {
    return judged.up.flatMap((step) => {
      const views = knownDropped(step).filter(isView);
      const told = views.flatMap((view) => finding(judged, step, view) ?? []);
      return told.map((one) => ({ ...one, step }));
    });
  },
});

type AnyView = Pick<View, 'schema' | 'name' | 'columns' | 'complete'>;

function isView(relation: { readonly kind: string }): relation is View {
  return relation.kind === 'view' || relation.kind === 'materialized view';
}

function finding({ before, afterUp }: JudgedMigration, step: Step, view: AnyView): Finding | undefined {
  const name = `${view.schema}.${view.name}`;
  const old = relationByName(before, name);
  // made by this migration, or moved away from a name that is in use again
  if (old === undefined) return undefined;
  const now = relationByName(afterUp, name);
  if (now === undefined || !('columns' in now)) {
    return { message: `running code that reads ${name} fails from now on` };
  }
  if ('complete' in now && now.complete && view.complete) {
    const lost = view.columns.filter((column) => !now.columns.some((other) => other.name === column.name));
    if (lost.length > 0) {
      const columns = list(lost.map((column) => column.name));
      return {
        message: `running code that names ${columns} of ${name} fails from now on: the view comes back without ${lost.length > 1 ? 'them' : 'it'}`,
      };
    }
  }
  if (step.session.inTransaction) return undefined;
  return {
    level: 'warning',
    message: `${name} is not there until it is made anew: running code that reads it meanwhile fails`,
    instead: 'Drop it and make it anew in one transaction.',
  };
}
