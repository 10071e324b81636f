import { isTable, relationByName } from '../src/catalog/lookup.js';
import { defineRule } from '../src/rule.js';
import { isKind } from '../src/sql/statement.js';
import { strings } from '../src/sql/tree.js';

export default defineRule({
  id: 'trigger-runs-on-every-write',
  level: 'note',
  title: 'A trigger is put on a table in use',
  why: 'From now on the writes of running code run the function of the trigger in their own transaction: they take longer, and where it fails they fail.',
  instead:
    'Deploy the function first and try it by hand; create the trigger with a lock_timeout, and keep a DROP TRIGGER at hand.',
  links: ['https://www.postgresql.org/docs/current/trigger-definition.html'],
  bad: [
    {
      sql: `create table account (id int, changed timestamptz);
create function touch() returns trigger language plpgsql as 'begin new.changed = now(); return new; end';
-- next migration
create trigger touched before update on account for each row execute function touch();`,
    },
  ],
  good: [
    {
      title: 'no running code writes to the table yet',
      sql: `create function touch() returns trigger language plpgsql as 'begin new.changed = now(); return new; end';
create table account (id int, changed timestamptz);
create trigger touched before update on account for each row execute function touch();`,
    },
    {
      title: 'the trigger is replaced by one of the same name',
      transaction: 'whole',
      sql: `create table account (id int, changed timestamptz);
create function touch() returns trigger language plpgsql as 'begin new.changed = now(); return new; end';
create trigger touched before update on account for each row execute function touch();
-- next migration
drop trigger touched on account;
create trigger touched before insert or update on account for each row execute function touch();`,
    },
  ],
  checkMigration({ up, before }) {
    return up.flatMap((step) => {
      if (!isKind(step.statement, 'CreateTrigStmt')) return [];
      const { trigname, funcname } = step.statement.node;
      const { relation } = step;
      if (relation === undefined || step.isNew(relation)) return [];
      const old = relationByName(before, relation);
      if (old !== undefined && isTable(old) && old.triggers.some(({ name }) => name === trigname)) return [];
      const message = `writes to ${relation} by running code run ${strings(funcname).join('.')}() from now on`;
      return [{ step, message }];
    });
  },
});
