import { findRelation, searchPath } from '../src/catalog/lookup.js';
import { defineRule, type Finding, type JudgedMigration, type Step } from '../src/rule.js';
import { isKind, type Statement } from '../src/sql/statement.js';
import { rangeVars } from '../src/sql/walk.js';

export default defineRule({
  id: 'setting-does-not-last',
  level: 'warning',
  title: 'A setting ends before what relies on it',
  why: 'SET lasts as long as the session. A migration that is deployed later, or that the runner gives a session of its own, does not have what an earlier one has set: it works on an empty database, where all of them run at once, and not in production.',
  instead:
    'Set in each migration what its statements rely on, write the schema before the name, or set it once for the role: alter role … set …',
  links: [
    'https://www.postgresql.org/docs/current/sql-set.html',
    'https://www.postgresql.org/docs/current/sql-alterrole.html',
  ],
  bad: [
    {
      title: 'no statement of the migration comes after it',
      sql: "set lock_timeout = '5s';",
    },
    {
      title: 'the table is found by the search_path of the migration before',
      sql: `create schema app;
set search_path = app;
create table account (id int);
-- next migration
alter table account add column email text;`,
    },
    {
      title: 'goose sends what is not in a transaction through a pool of connections',
      framework: 'goose',
      files: {
        '1_account.sql':
          '-- +goose NO TRANSACTION\n-- +goose Up\nset statement_timeout = 0;\ncreate table account (id int);\n-- +goose Down\ndrop table account;\n',
      },
    },
  ],
  good: [
    {
      sql: "set lock_timeout = '5s';\ncreate table account (id int);",
    },
    {
      title: 'the last SET takes the first one back',
      sql: "set lock_timeout = '5s';\ncreate table account (id int);\nset lock_timeout = '1s';",
    },
    {
      title: 'each migration says where its tables are',
      sql: `create schema app;
set search_path = app;
create table account (id int);
-- next migration
set search_path = app;
create table visit (id int);`,
    },
    {
      title: 'written with its schema',
      sql: `create schema app;
set search_path = app;
create table account (id int);
-- next migration
create table app.visit (id int);`,
    },
    {
      title: 'in the transaction of goose there is one connection',
      framework: 'goose',
      files: {
        '1_account.sql':
          '-- +goose Up\nset statement_timeout = 0;\ncreate table account (id int);\n-- +goose Down\ndrop table account;\n',
      },
    },
  ],
  checkMigration(judged) {
    return [...judged.up.flatMap((step, at) => ofSetting(step, judged.up, at) ?? []), ...pathOfEarlier(judged)];
  },
});

/** A SET that ends with its connection, or that nothing of its own migration comes after. */
function ofSetting(step: Step, steps: readonly Step[], at: number) {
  const { statement, session, script } = step;
  if (!isKind(statement, 'VariableSetStmt') || statement.parent !== undefined) return undefined;
  const { kind, is_local, name = '' } = statement.node;
  if (kind !== 'VAR_SET_VALUE' || is_local) return undefined;
  const rest = steps.slice(at + 1);
  if (!rest.some(usesSettings)) {
    // a value that the end of a script puts back
    if (steps.slice(0, at).some((earlier) => sets(earlier.statement, name))) return undefined;
    return {
      step,
      message: `no statement of this migration comes after SET ${name}, and one that is deployed later runs in another session`,
    };
  }
  if (script.transaction.session !== 'statement' || session.inTransaction) return undefined;
  return {
    step,
    level: 'note' as const,
    message: `each statement takes a connection from a pool: SET ${name} may be in force for none of those after it, and stays behind in its connection`,
  };
}

function usesSettings({ kind }: Step): boolean {
  return kind !== 'VariableSetStmt' && kind !== 'TransactionStmt';
}

function sets(statement: Statement, name: string): boolean {
  return isKind(statement, 'VariableSetStmt') && statement.node.name?.toLowerCase() === name.toLowerCase();
}

/** The statements whose names mean something else without the search_path that an earlier migration set. */
function pathOfEarlier({ up, leftBehind }: JudgedMigration) {
  const left = leftBehind.search_path;
  const found: (Finding & { readonly step: Step })[] = [];
  if (left === undefined) return found;
  for (const step of up) {
    const { before } = step;
    // a path of its own, or of the transaction that it shares with the earlier one
    if ((before.settings.local.search_path ?? before.settings.session.search_path) !== undefined) break;
    const statement = step.kind.startsWith('AT_') ? step.statement.parent : step.statement;
    if (statement === undefined || statement.parent !== undefined) continue;
    const withLeft = { ...before, settings: { session: { search_path: left }, local: {} } };
    const first = searchPath(withLeft)[0];
    const meant = rangeVars(statement.node).find(
      (range) =>
        range.schemaname === undefined &&
        findRelation(before, range) === undefined &&
        findRelation(withLeft, range) !== undefined,
    );
    const made = created(step);
    const name = meant?.relname ?? (first !== undefined && first !== 'public' ? made : undefined);
    if (name === undefined) continue;
    found.push({
      step,
      once: left,
      message: `${name} is meant in ${first}, the search_path that an earlier migration set: in another session it is looked for in public`,
    });
  }
  return found;
}

/** The unqualified name of the table or view that a statement makes. */
function created({ statement }: Step): string | undefined {
  if (!isKind(statement, 'CreateStmt') && !isKind(statement, 'ViewStmt')) return undefined;
  const range = isKind(statement, 'CreateStmt') ? statement.node.relation : statement.node.view;
  return range?.schemaname === undefined && range?.relpersistence !== 't' ? range?.relname : undefined;
}
