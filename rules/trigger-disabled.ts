import { together } from '../src/recipes.js';
import { defineRule } from '../src/rule.js';
import { isKind } from '../src/sql/statement.js';
import { alteredTable } from '../src/wording.js';

const disables = new Set(['AT_DisableTrig', 'AT_DisableTrigAll', 'AT_DisableTrigUser']);
const enables = new Set(['AT_EnableTrig', 'AT_EnableTrigAll', 'AT_EnableTrigUser', 'AT_EnableAlwaysTrig']);

export default defineRule({
  id: 'trigger-disabled',
  level: 'warning',
  title: 'Triggers are switched off while the application writes',
  why: 'Rows that running code writes meanwhile miss what the trigger does; ALL switches off the foreign keys as well, and rows that break them stay when they are switched on again. In one transaction nobody can write meanwhile, because SHARE ROW EXCLUSIVE keeps writers waiting.',
  instead:
    "For writes of your own: set local session_replication_role = 'replica' in their transaction switches the triggers off for this session alone.",
  elsewhere: 'the trigger is switched on again',
  links: ['https://www.postgresql.org/docs/current/sql-altertable.html'],
  bad: [
    {
      sql: `create table account (id int, changed timestamptz);
create function touch() returns trigger language plpgsql as 'begin new.changed = now(); return new; end';
create trigger touched before update on account for each row execute function touch();
-- next migration
alter table account disable trigger touched;`,
    },
    {
      title: 'switched on again, but in another transaction',
      sql: `create table account (id int);
-- next migration
alter table account disable trigger all;
alter table account enable trigger all;`,
    },
  ],
  good: [
    {
      title: 'switched on again before anybody can write',
      transaction: 'whole',
      sql: `create table account (id int);
-- next migration
alter table account disable trigger user;
alter table account enable trigger user;`,
    },
    {
      title: 'no running code writes to the table yet',
      sql: 'create table account (id int); alter table account disable trigger all;',
    },
  ],
  checkMigration({ up }) {
    return up.flatMap((step, at) => {
      const { kind, relation, session, statement } = step;
      if (!disables.has(kind) || relation === undefined || step.isNew(relation)) return [];
      const again = up.slice(at + 1).some((later) => later.relation === relation && enables.has(later.kind));
      if (again && session.inTransaction) return [];
      const what = isKind(statement, 'AT_DisableTrig') ? `the trigger ${statement.node.name}` : 'no trigger';
      const all = kind === 'AT_DisableTrigAll' ? ' and no foreign key is checked' : '';
      const message =
        what === 'no trigger'
          ? `no trigger of ${relation} runs${all} for what running code writes from now on`
          : `${what} does not run for what running code writes to ${relation} from now on`;
      const table = alteredTable(statement);
      const back = together(step, [
        `alter table ${table} ${statement.text};`,
        '-- what needs it',
        `alter table ${table} ${statement.text.replace(/disable/i, 'enable')};`,
      ]);
      return [{ step, message, ...(!again && { instead: back }) }];
    });
  },
});
