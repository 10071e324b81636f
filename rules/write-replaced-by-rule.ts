import { isTable, relationByName } from '../src/catalog/lookup.js';
import { defineRule, type Step } from '../src/rule.js';
import { isKind } from '../src/sql/statement.js';
import type { RuleStmt } from '../src/sql/tree.js';

export default defineRule({
  id: 'write-replaced-by-rule',
  level: 'warning',
  title: 'A rule puts something else in the place of writes',
  why: 'With INSTEAD the server carries out what the rule says and not what running code sends; with NOTHING the rows are lost. No error tells so, and the count of rows is another.',
  instead:
    'To refuse writes, revoke the privilege or let a trigger raise an error: running code hears of both. To send rows elsewhere, deploy code first that writes them there.',
  links: ['https://www.postgresql.org/docs/current/rules-update.html'],
  on: ['RuleStmt'],
  bad: [
    {
      sql: `create table account (id int);
-- next migration
create rule frozen as on insert to account do instead nothing;`,
    },
    {
      title: 'some rows go elsewhere',
      sql: `create table account (id int, kind text);
create table guest (id int, kind text);
-- next migration
create rule guests as on update to account where new.kind = 'guest' do instead update guest set kind = new.kind where id = old.id;`,
    },
  ],
  good: [
    {
      title: 'a rule of a view makes it writable',
      sql: `create table account (id int);
create view accounts as select id from account;
-- next migration
create rule into_accounts as on insert to accounts do instead insert into account values (new.id);`,
    },
    {
      title: 'what code sends is carried out as well',
      sql: `create table account (id int);
create table log (id int);
-- next migration
create rule logged as on delete to account do also insert into log values (old.id);`,
    },
    {
      title: 'no running code writes to the table yet',
      sql: 'create table account (id int); create rule frozen as on delete to account do instead nothing;',
    },
    {
      title: 'it was so before',
      sql: `create table account (id int);
create rule frozen as on delete to account do instead nothing;
-- next migration
create or replace rule frozen as on delete to account do instead nothing;`,
    },
  ],
  check(step) {
    const { node, relation } = step;
    const write = writes[node.event ?? ''];
    if (write === undefined || relation === undefined || !node.instead || step.isNew(relation)) return;
    const table = relationByName(step.before, relation);
    if (table === undefined || !isTable(table) || isThere(step, node)) return;
    const code = `${write} ${relation} by running code`;
    const which =
      node.whereClause === undefined ? code : `${code} that the condition of the rule ${node.rulename} meets`;
    return {
      message: isNothing(node)
        ? `${which} do nothing from now on, and no error tells so`
        : `${which} do from now on what the rule ${node.rulename} puts in their place`,
    };
  },
});

const writes: Readonly<Record<string, string>> = {
  CMD_INSERT: 'inserts into',
  CMD_UPDATE: 'updates of',
  CMD_DELETE: 'deletes from',
};

function isNothing({ actions = [] }: RuleStmt): boolean {
  return actions.length === 0;
}

/** A rule of that name, for the same event, that it replaces. */
function isThere({ before, relation = '' }: Step, { rulename, event }: RuleStmt): boolean {
  const table = relationByName(before, relation);
  if (table === undefined || !isTable(table)) return false;
  return table.rules.some(({ name, definition }) => {
    if (name !== rulename || !isKind(definition, 'RuleStmt')) return false;
    return definition.node.instead === true && definition.node.event === event;
  });
}
