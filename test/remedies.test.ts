import { beforeAll, expect, it } from 'vitest';
import { loadParser } from '../src/sql/parse.js';
import { judge } from './examples.js';

beforeAll(loadParser);

/** What a rule says for a remedy, where that is a sentence: the examples of the rules hold those that are SQL. */
async function remedy(rule: string, example: Parameters<typeof judge>[0]): Promise<string | undefined> {
  const { diagnostics } = await judge(example);
  return diagnostics.find((one) => one.rule === rule)?.instead;
}

it('leaves a conversion out that changes neither the type nor a value', async () => {
  const sql = `create table account (created timestamptz);
-- next migration
set timezone = 'UTC';
alter table account alter created type timestamptz using created at time zone 'UTC';`;
  expect(await remedy('column-type-rewrites-table', { sql })).toBe(
    'Leave it out: created is timestamptz already, and in UTC every value stays what it is.',
  );
  // in another zone the values move
  const elsewhere = sql.replace("set timezone = 'UTC'", "set timezone = 'Europe/Oslo'");
  expect(await remedy('column-type-rewrites-table', { sql: elsewhere })).toContain('created_new');
});

const body = 'create function one() returns int language plpgsql as $$\nbegin\n  return 1;\nend\n$$;\n';

it.each([
  ['goose', 'm/1_one.sql', `-- +goose Up\n${body}-- +goose Down\ndrop function one();\n`, '-- +goose StatementBegin'],
  [
    'sql-migrate',
    'm/1_one.sql',
    `-- +migrate Up\n${body}-- +migrate Down\ndrop function one();\n`,
    '-- +migrate StatementBegin',
  ],
])('tells how %s, and no other runner, is kept from cutting a statement', async (framework, file, text, words) => {
  const told = await remedy('statement-cut', { framework, files: { [file]: text } });
  expect(told).toContain(words);
  expect(told).not.toMatch(/Prisma|Liquibase|golang-migrate/);
});

it('does not advise a SET that a pool gives to another connection', async () => {
  const files = {
    '1_account.sql': '-- +goose Up\ncreate table account (email text);\n-- +goose Down\ndrop table account;\n',
    '2_index.sql':
      "-- +goose NO TRANSACTION\n-- +goose Up\nset lock_timeout = '5s';\ncreate index concurrently e on account (email);\n-- +goose Down\ndrop index concurrently e;\n",
  };
  expect(await remedy('timeout-cancels-concurrently', { framework: 'goose', files })).toMatch(/PGOPTIONS.*pool/);
});
