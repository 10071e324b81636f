import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { Diagnostic } from '../src/diagnostic.js';
import { unifiedDiff } from '../src/diff.js';
import { applyEdits, applyFixes } from '../src/fix.js';
import { Source } from '../src/sql/source.js';
import { folderOf, run } from './cli-io.js';
import { diagnostics } from './shared-report.js';

const fixable = diagnostics.filter((one) => one.fix !== undefined);
const [one] = fixable;
if (one === undefined) throw new Error('the shared report has no fix');

const source = new Source('a.sql', '0123456789');
const fixing = (...edits: readonly [number, number, string][]): Diagnostic => ({
  ...one,
  source,
  fix: { title: '', edits: edits.map(([start, end, text]) => ({ span: { start, end }, text })) },
});

test('edits are applied where they stand, in whatever order they are given', () => {
  expect(
    applyEdits('0123456789', [
      { span: { start: 8, end: 10 }, text: '' },
      { span: { start: 0, end: 0 }, text: '<' },
      { span: { start: 2, end: 4 }, text: 'twothree' },
    ]),
  ).toBe('<01twothree4567');
});

test.each<[string, readonly Diagnostic[], string, number]>([
  ['apart', [fixing([0, 1, 'a']), fixing([5, 6, 'b'])], 'a1234b6789', 2],
  ['overlapping: the first', [fixing([0, 5, 'a']), fixing([4, 6, 'b'])], 'a56789', 1],
  ['two insertions at one place: the first', [fixing([3, 3, 'a']), fixing([3, 3, 'b'])], '012a3456789', 1],
  ['one of its edits overlapping: not at all', [fixing([0, 5, 'a']), fixing([4, 6, 'b'], [8, 9, 'c'])], 'a56789', 1],
  ['side by side', [fixing([0, 5, 'a']), fixing([5, 6, 'b'])], 'ab6789', 2],
])('fixes %s', (_, given, text, applied) => {
  const fixed = applyFixes(given);
  expect([[...fixed.texts.values()], fixed.applied.length]).toEqual([[text], applied]);
});

test('a fix of two files is applied to both or to none', () => {
  const other = new Source('b.toml', '');
  const both = fixing([0, 1, 'a']);
  const elsewhere = { source: other, span: { start: 0, end: 0 }, text: 'b' };
  const two = { ...both, fix: { title: '', edits: [...(both.fix?.edits ?? []), elsewhere] } };
  expect([...applyFixes([two]).texts]).toEqual([
    [source, 'a123456789'],
    [other, 'b'],
  ]);
  expect([...applyFixes([fixing([0, 2, 'x']), two]).texts]).toEqual([[source, 'x23456789']]);
});

test('what is suppressed or known is left alone', () => {
  expect(
    applyFixes([
      { ...one, suppressed: 'x' },
      { ...one, baselined: true },
      { ...one, fix: undefined },
    ]).applied,
  ).toEqual([]);
  expect([...applyFixes(diagnostics).texts.values()]).toEqual([
    expect.stringContaining('create index concurrently account_city'),
  ]);
});

describe('a statement that is all of its migration leaves the transaction of the runner', () => {
  const create = 'create index account_email on account (email);\n';
  const built = 'create index concurrently account_email on account (email);\n';
  const table = 'create table account (email text);\n';
  const cargo = { 'Cargo.toml': '[dependencies]\ndiesel = { version = "2.2", features = ["postgres"] }' };
  type Files = Readonly<Record<string, string>>;
  test.each<[string, Files, Files]>([
    [
      'dbmate',
      {
        'db/1_a.sql': `-- migrate:up\n${table}-- migrate:down\ndrop table account;\n`,
        'db/2_b.sql': `-- migrate:up  \r\n${create}-- migrate:down\ndrop index account_email;\n`,
      },
      { 'db/2_b.sql': `-- migrate:up transaction:false  \r\n${built}-- migrate:down\ndrop index account_email;\n` },
    ],
    [
      'goose',
      {
        'db/1_a.sql': `-- +goose Up\n${table}-- +goose Down\ndrop table account;\n`,
        'db/2_b.sql': `-- +goose Up\n${create}-- +goose Down\ndrop index account_email;\n`,
      },
      {
        'db/2_b.sql': `-- +goose NO TRANSACTION\n-- +goose Up\n${built}-- +goose Down\ndrop index account_email;\n`,
      },
    ],
    [
      'goose, whose way back would no longer stand or fall as a whole',
      {
        'db/1_a.sql': `-- +goose Up\n${table}-- +goose Down\ndrop table account;\n`,
        'db/2_b.sql': `-- +goose Up\n${create}-- +goose Down\nselect 1;\ndrop index account_email;\n`,
      },
      {},
    ],
    [
      'sql-migrate',
      {
        'db/1.sql': `-- +migrate Up\n${table}-- +migrate Down\ndrop table account;\n`,
        'db/2.sql': `-- +migrate Up\n${create}-- +migrate Down\ndrop index account_email;\n`,
      },
      { 'db/2.sql': `-- +migrate Up notransaction\n${built}-- +migrate Down\ndrop index account_email;\n` },
    ],
    [
      'sqlx',
      { 'sqlx.toml': '', 'migrations/1_a.sql': table, 'migrations/2_b.sql': `-- for the login\n${create}` },
      { 'migrations/2_b.sql': `-- no-transaction\n-- for the login\n${built}` },
    ],
    [
      'Diesel',
      {
        ...cargo,
        'migrations/2024-01-01-000000_a/up.sql': table,
        'migrations/2024-01-01-000000_a/down.sql': 'drop table account;',
        'migrations/2024-01-02-000000_b/up.sql': create,
        'migrations/2024-01-02-000000_b/down.sql': 'drop index account_email;',
      },
      {
        'migrations/2024-01-02-000000_b/metadata.toml': 'run_in_transaction = false\n',
        'migrations/2024-01-02-000000_b/up.sql': built,
      },
    ],
    [
      'graphile-migrate',
      { '.gmrc': '{}', 'migrations/current.sql': create },
      { 'migrations/current.sql': `--! no-transaction\n${built}` },
    ],
    [
      'Liquibase',
      {
        'changelog.sql': `--liquibase formatted sql\n--changeset ada:1\n${table}--rollback drop table account;\n`,
        'later.sql': `--liquibase formatted sql\n--changeset ada:2\n${create}--rollback drop index account_email;\n`,
        'master.xml':
          '<databaseChangeLog><include file="changelog.sql"/><include file="later.sql"/></databaseChangeLog>',
      },
      {
        'later.sql': `--liquibase formatted sql\n--changeset ada:2 runInTransaction:false\n${built}--rollback drop index account_email;\n`,
      },
    ],
    [
      'Flyway, which sees that it must be alone',
      {
        'flyway.conf': 'flyway.postgresql.transactional.lock=false\nflyway.locations=filesystem:sql',
        'sql/V1__a.sql': table,
        'sql/V2__b.sql': create,
      },
      { 'sql/V2__b.sql': built },
    ],
    [
      'Flyway, whose own lock would block it for ever',
      { 'flyway.conf': 'flyway.locations=filesystem:sql', 'sql/V1__a.sql': table, 'sql/V2__b.sql': create },
      {},
    ],
    [
      'no one that has another beside it',
      {
        'db/1_a.sql': `-- migrate:up\n${table}-- migrate:down\ndrop table account;\n`,
        'db/2_b.sql': `-- migrate:up\n${create}select 1;\n-- migrate:down\ndrop index account_email;\n`,
      },
      {},
    ],
  ])('%s', async (_, files, changed) => {
    const folder = folderOf({ ...files, 'lockkeeper.config.json': '{ "lockTimeout": "5s" }' });
    const dry = await run(folder, ['fix', '--dry-run']);
    await run(folder, ['fix']);
    const after = { ...files, ...changed };
    const there = Object.keys(after).map((file) => [file, readFileSync(join(folder, file), 'utf8')]);
    expect(Object.fromEntries(there)).toEqual(after);
    expect(readdirSync(folder, { recursive: true, withFileTypes: true }).filter((each) => each.isFile())).toHaveLength(
      Object.keys(after).length + 1,
    );
    if (Object.keys(changed).length === 0) return;
    const left: Array<{ rule: string }> = JSON.parse(
      (await run(folder, ['check', '--format', 'json'])).stdout,
    ).diagnostics;
    expect(left.filter(({ rule }) => rule === 'index-not-concurrent')).toEqual([]);
    const patched = folderOf(files);
    execFileSync('git', ['apply', '--unidiff-zero', '--whitespace=nowarn', '-'], { cwd: patched, input: dry.stdout });
    for (const [file, text] of Object.entries(changed)) expect(readFileSync(join(patched, file), 'utf8')).toBe(text);
  });
});

test('a change that is not written in SQL has its advice in SQL, and no edit', async () => {
  const changes = `<databaseChangeLog>
  <changeSet id="1" author="ada"><createTable tableName="account"><column name="id" type="int"/></createTable></changeSet>
  <changeSet id="2" author="ada" runInTransaction="false"><createIndex tableName="account" indexName="account_id"><column name="id"/></createIndex></changeSet>
  <changeSet id="3" author="ada"><addColumn tableName="account"><column name="größe" type="int"/><column name="email" type="text">
    <constraints nullable="false" unique="true" uniqueConstraintName="account_email"/></column></addColumn></changeSet>
</databaseChangeLog>`;
  const folder = folderOf({ 'changelog.xml': changes });
  const found: Array<Record<'rule' | 'instead' | 'fix', unknown>> = JSON.parse(
    (await run(folder, ['check', '--format', 'json'])).stdout,
  ).diagnostics;
  const of = (rule: string) => found.filter((each) => each.rule === rule).map(({ instead, fix }) => ({ instead, fix }));
  expect(of('index-not-concurrent')).toEqual([
    { instead: 'CREATE INDEX CONCURRENTLY account_id ON account(id);', fix: null },
  ]);
  expect(of('column-not-null-without-default')).toEqual([
    { instead: expect.stringMatching(/^alter table account ADD email text;\n-- next migration, when/), fix: null },
  ]);
  expect((await run(folder, ['fix', '--dry-run'])).stdout).toBe('');
});

describe('a diff', () => {
  const lines = (...numbers: readonly number[]) => numbers.map((number) => `line ${number}\n`).join('');
  const twenty = Array.from({ length: 20 }, (_, index) => index);
  test.each<[string, string, string]>([
    ['one line', lines(1, 2, 3), lines(1, 9, 3)],
    ['the first and the last line', lines(...twenty), lines(99, ...twenty.slice(1, -1), 98)],
    ['lines that are far apart', lines(...twenty), lines(...twenty.filter((n) => n !== 2 && n !== 17))],
    ['added lines', lines(1, 2), lines(0, 1, 7, 8, 2, 3)],
    ['a text that had nothing', '', lines(1, 2)],
    ['a text that has nothing now', lines(1, 2), ''],
    ['a last line without line feed', `${lines(1)}end`, `${lines(1, 2)}end`],
    ['a line feed at the end', `${lines(1)}end`, `${lines(1)}end\n`],
    ['Windows lines', 'a\r\nb\r\nc\r\n', 'a\r\nB\r\nc\r\n'],
    ['repeated lines', 'a\nb\na\nb\na\n', 'b\na\nb\nb\na\n'],
  ])('of %s is what git apply makes the new text of', (_, before, after) => {
    const folder = mkdtempSync(join(tmpdir(), 'lockkeeper-diff-'));
    const file = join(folder, 'a.sql');
    writeFileSync(file, before);
    const diff = unifiedDiff('a.sql', before, after);
    execFileSync('git', ['apply', '--unidiff-zero', '--whitespace=nowarn', '-'], { cwd: folder, input: diff });
    expect(readFileSync(file, 'utf8')).toBe(after);
    rmSync(folder, { recursive: true });
  });

  test('of equal texts is nothing', () => {
    expect(unifiedDiff('a.sql', 'x\n', 'x\n')).toBe('');
  });
});

test('a file in another encoding than UTF-8 is left as it is', async () => {
  const folder = folderOf({
    'flyway.conf':
      'flyway.locations=filesystem:m\nflyway.encoding=ISO-8859-1\nflyway.postgresql.transactional.lock=false\n',
    'm/V1__a.sql': 'create table account (email text);',
    'm/V2__b.sql': 'create index account_email on account (email);',
  });
  const text = Buffer.from('create index account_email on account (email); -- \xe9', 'latin1');
  writeFileSync(join(folder, 'm/V2__b.sql'), text);
  const { stdout } = await run(folder, ['fix']);
  expect(stdout).toContain('left as it is, because it is not UTF-8: m/V2__b.sql');
  expect(readFileSync(join(folder, 'm/V2__b.sql'))).toEqual(text);
  writeFileSync(join(folder, 'm/V2__b.sql'), text.subarray(0, -5));
  expect((await run(folder, ['fix'])).stdout).toContain('1 finding fixed in 1 file');
  rmSync(folder, { recursive: true });
});
