import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { discover } from '../src/frameworks/discover.js';
import type { Migration } from '../src/frameworks/framework.js';
import { changes } from '../src/frameworks/liquibase/changes.js';
import { loadParser } from '../src/sql/parse.js';
import { textOf } from '../src/sql/piece.js';
import { parseScript } from '../src/sql/script.js';
import { typed } from './liquibase-changes.js';

beforeAll(loadParser);

/** The migrations of one changelog. */
async function read(name: string, text: string): Promise<readonly Migration[]> {
  const cwd = mkdtempSync(path.join(tmpdir(), 'lockkeeper-liquibase-'));
  const { histories } = await discover([name], { cwd, overlay: new Map([[name, text]]) });
  rmSync(cwd, { recursive: true });
  return histories[0]?.migrations ?? [];
}

const xml = (inner: string) => `<databaseChangeLog>\n${inner}\n</databaseChangeLog>`;
const changeSet = (inner: string) => `<changeSet id="1" author="a">${inner}</changeSet>`;

/** What a change does, and what takes it back (`-` when a rollback must be written). */
async function rendered(change: string): Promise<readonly string[]> {
  const [migration] = await read('changelog.xml', xml(changeSet(change)));
  if (migration === undefined) return [];
  const down = 'none' in migration.down ? ['-'] : migration.down.pieces.map(textOf);
  return [...migration.up.pieces.map(textOf), `undo: ${down.join('; ')}`];
}

test('typed changes become the SQL that Liquibase writes for PostgreSQL', async () => {
  const all: Record<string, readonly string[]> = {};
  for (const [at, change] of typed.entries()) all[`${at + 1} ${/\w+/.exec(change)?.[0]}`] = await rendered(change);
  expect(all).toMatchSnapshot();
});

test('the grammar takes all of it but what Liquibase itself writes wrong', async () => {
  for (const change of typed) {
    if (/<addUniqueConstraint[^>]*forIndexName/.test(change)) continue;
    const [migration] = await read('changelog.xml', xml(changeSet(change)));
    const pieces = [
      ...(migration?.up.pieces ?? []),
      ...(migration && !('none' in migration.down) ? migration.down.pieces : []),
    ];
    expect(parseScript(pieces).problems, change).toEqual([]);
  }
});

test('nearly every typed change has its case here', () => {
  const named = new Set(typed.map((change) => /\w+/.exec(change)?.[0]));
  const without = Object.keys(changes).filter((name) => !named.has(name));
  expect(without).toEqual([
    'enableCheckConstraint',
    'createFunction',
    'createTrigger',
    'dropFunction',
    'dropTrigger',
    'disableTrigger',
    'tagDatabase',
    'empty',
    'output',
    'stop',
    'loadUpdateData',
  ]);
});

test('a comment of a change in YAML is none of its SQL', async () => {
  const yaml = `databaseChangeLog:
  - changeSet:
      id: 1
      author: a
      changes:
        - sql:
            comment: Fills all rows
            sql: >-
              update t
              set c = 1`;
  const [migration] = await read('changelog.yaml', yaml);
  expect(migration?.up.pieces.map(textOf)).toEqual(['update t set c = 1']);
});

test('the same changelog in XML, YAML and JSON is the same', async () => {
  const yaml = `databaseChangeLog:
  - changeSet:
      id: 1
      author: a
      changes:
        - addColumn:
            tableName: t
            columns:
              - column:
                  name: c
                  type: int
                  constraints:
                    nullable: false
        - sql: update t set c = 1
      rollback: alter table t drop column c`;
  const json = JSON.stringify({
    databaseChangeLog: [
      {
        changeSet: {
          id: '1',
          author: 'a',
          changes: [
            {
              addColumn: {
                tableName: 't',
                columns: [{ column: { name: 'c', type: 'int', constraints: { nullable: false } } }],
              },
            },
            { sql: { sql: 'update t set c = 1' } },
          ],
          rollback: [{ sql: { sql: 'alter table t drop column c' } }],
        },
      },
    ],
  });
  const same = xml(
    changeSet(
      '<addColumn tableName="t"><column name="c" type="int"><constraints nullable="false"/></column></addColumn><sql>update t set c = 1</sql><rollback>alter table t drop column c</rollback>',
    ),
  );
  const all = [
    await read('changelog.xml', same),
    await read('changelog.yaml', yaml),
    await read('changelog.json', json),
  ];
  for (const [migration] of all) {
    expect(migration?.id).toBe('a:1');
    expect(migration?.up.pieces.map(textOf)).toEqual(['ALTER TABLE t ADD c INT NOT NULL', 'update t set c = 1']);
    expect(migration && 'pieces' in migration.down && migration.down.pieces.map(textOf)).toEqual([
      'alter table t drop column c',
    ]);
  }
});

test.each([
  ['postgresql', 1],
  ['oracle, postgresql', 1],
  ['!oracle', 1],
  ['all', 1],
  ['oracle', 0],
  ['!postgresql', 0],
  ['none', 0],
])('dbms "%s" leaves %i change set', async (dbms, count) => {
  const one = `<changeSet id="1" author="a" dbms="${dbms}"><sql>select 1</sql></changeSet>`;
  const sql = `--liquibase formatted sql\n--changeset a:1 dbms:${dbms.replace(' ', '')}\nselect 1;\n--changeset a:2\nselect 2;\n`;
  expect(await read('changelog.xml', xml(`${one}<changeSet id="2" author="a"/>`))).toHaveLength(count + 1);
  expect(await read('changelog.sql', sql)).toHaveLength(count + 1);
});

test('properties are put in, those of other databases are not', async () => {
  const text = `<property name="type" value="clob" dbms="oracle"/><property name="type" value="text"/>${changeSet('<sql>alter table t add c ${type}, add d ${other}</sql>')}`;
  const [migration] = await read('changelog.xml', xml(text));
  expect(migration?.up.pieces.map(textOf)).toEqual(['alter table t add c text, add d ${other}']);
});

// each was run by Liquibase 4.28 on a server, which refused what it had not cut
test.each([
  ['/', 'select 1 /\nselect 2\n/\nselect 3', ['select 1 /\nselect 2', 'select 3']],
  [
    '@@',
    'select 1 as x@@\nselect $$2$$@@\nselect (3)@@\nselect 4',
    ['select 1 as x@@\nselect $$2$$@@\nselect (3)', 'select 4'],
  ],
  ['@@', 'select 1 as x @@\nselect 2@@\nselect 3', ['select 1 as x', 'select 2', 'select 3']],
  ['//', 'select 1 as x//\nselect $$2$$//', ['select 1 as x', 'select $$2$$']],
  ['#', 'select 1 as x#\nselect 2#', ['select 1 as x#\nselect 2']],
  ['GO', 'select 1\ngo\nselect 2', ['select 1', 'select 2']],
])('endDelimiter %s in %j', async (delimiter, text, expected) => {
  const [migration] = await read(
    'changelog.sql',
    `--liquibase formatted sql\n--changeset a:1 endDelimiter:${delimiter}\n${text}\n`,
  );
  expect(migration?.up.pieces.map((piece) => textOf(piece).trim())).toEqual(expected);
});

test('formatted SQL: delimiters, options and ways back', async () => {
  const text = `-- liquibase formatted sql
-- changeset "a b":"x y" splitStatements:false endDelimiter:/ runOnChange:true context:"prod"
-- comment makes it
create function f() returns int language sql as 'select 1;'
/
select f()
/
-- rollback drop function
-- rollback   f;
--changeset a:2 runInTransaction:false
create index concurrently i on t (a);
/* liquibase rollback
drop index concurrently i;
*/
--changeset a:3
insert into t values (1);
--rollback not required
--changeset a:4
drop table t;
`;
  const migrations = await read('changelog.sql', text);
  expect(
    migrations.map(({ id, name, repeatable, up, down }) => ({
      id,
      name,
      repeatable,
      up: up.pieces.map((piece) =>
        textOf(piece)
          .replace(/^\s*--.*$/gm, '')
          .trim(),
      ),
      plan: `${up.transaction.scope} ${up.transaction.batch}`,
      down: 'none' in down ? down.none : down.pieces.map((piece) => textOf(piece).trim()),
    })),
  ).toMatchSnapshot();
});
