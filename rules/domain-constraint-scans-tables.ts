import { next } from '../src/recipes.js';
import { defineRule, type Step } from '../src/rule.js';
import { quoteIdentifier } from '../src/sql/names.js';
import { isKind } from '../src/sql/statement.js';
import { strings } from '../src/sql/tree.js';
import { list, whomBlocks } from '../src/wording.js';

export default defineRule({
  id: 'domain-constraint-scans-tables',
  level: 'error',
  title: 'A constraint of a domain is verified in every table that uses it',
  why: 'PostgreSQL reads each table with a column of the domain under a lock that keeps writes waiting, all of them in one transaction.',
  instead:
    'Add the CHECK NOT VALID, then validate it in a transaction of its own: that reads the tables too, but new rows are checked from the start, and it can be run when there are few writes.',
  elsewhere: 'the validation is left to a moment when little is written',
  links: ['https://www.postgresql.org/docs/current/sql-alterdomain.html'],
  on: ['AlterDomainStmt'],
  bad: [
    {
      sql: `create domain amount as int;
create table invoice (total amount);
-- next migration
alter domain amount add constraint positive check (value > 0);`,
    },
  ],
  good: [
    {
      sql: `create domain amount as int;
create table invoice (total amount);
-- next migration
alter domain amount add constraint positive check (value > 0) not valid;`,
    },
    {
      title: 'no table uses it',
      sql: `create domain amount as int;
-- next migration
alter domain amount add constraint positive check (value > 0);`,
    },
  ],
  check(step) {
    const read = step.effects.filter(({ work, kind }) => work === 'scan' && kind === 'table');
    const [first] = read;
    if (first === undefined || whomBlocks(first.lock) === undefined) return;
    const tables = list([...new Set(read.map(({ relation }) => relation))]);
    const instead = notValid(step);
    return {
      message: `${whomBlocks(first.lock)} to ${tables} wait while every row is checked`,
      ...(instead !== undefined && { instead }),
    };
  },
});

/** Only a named CHECK can be validated later; a validation itself has no milder form. */
function notValid({ statement }: Step): string | undefined {
  if (!isKind(statement, 'AlterDomainStmt')) return undefined;
  const { def, typeName } = statement.node;
  if (def === undefined || !('Constraint' in def) || def.Constraint.conname === undefined) return undefined;
  const domain = strings(typeName).map(quoteIdentifier).join('.');
  const validate = `alter domain ${domain} validate constraint ${quoteIdentifier(def.Constraint.conname)};`;
  return `${statement.text} not valid;\n${next}: when little is written\n-- ${validate}`;
}
