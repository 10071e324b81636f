import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { summarize } from '../src/diagnostic.js';
import { discover } from '../src/frameworks/discover.js';
import type { MigrationProblem } from '../src/frameworks/framework.js';
import { lint } from '../src/lint.js';
import { loadParser } from '../src/sql/parse.js';

beforeAll(loadParser);

type Files = Readonly<Record<string, string | Uint8Array>>;

/** Reads a project made of these files. */
async function reading(files: Files, paths: readonly string[] = []) {
  const folder = mkdtempSync(path.join(tmpdir(), 'lockkeeper-faults-'));
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(path.dirname(path.join(folder, name)), { recursive: true });
    writeFileSync(path.join(folder, name), content);
  }
  const found = await discover(paths, { cwd: folder });
  rmSync(folder, { recursive: true });
  return found;
}

/** `rule file:line message` of all problems. */
async function said(files: Files, paths: readonly string[] = []): Promise<readonly string[]> {
  const { histories, problems } = await reading(files, paths);
  const all = [
    ...problems,
    ...histories.flatMap((one) => [...one.problems, ...one.migrations.flatMap((m) => m.problems)]),
  ];
  return all.map(
    ({ rule, source, span, message }: MigrationProblem) =>
      `${rule} ${source.file}:${source.position(span.start).line} ${message}`,
  );
}

interface Fault {
  readonly name: string;
  readonly files: Files;
  /** Parts of the problems that are told, all of them. */
  readonly says: readonly string[];
}

const goMod = { 'go.mod': 'require github.com/golang-migrate/migrate/v4 v4.19.0\n' };
const cargo = { 'Cargo.toml': '[dependencies]\nsqlx = "0.8"\n' };
const nothing = new Uint8Array([80, 0, 1, 2]);
const up = '-- migrate:up\nselect 1;\n-- migrate:down\nselect 2;\n';
const journal = (entries: readonly { readonly tag: string; readonly when: number }[]) =>
  JSON.stringify({ version: '7', dialect: 'postgresql', entries }, undefined, 1);
const changelog = (inner: string) => `<?xml version="1.0"?>\n<databaseChangeLog>\n${inner}\n</databaseChangeLog>\n`;
const created = (id: string) =>
  `<changeSet id="${id}" author="a"><createTable tableName="t${id}"><column name="i" type="int"/></createTable></changeSet>`;

const edge = (name: string, from: string | null, to: string): Files => ({
  [`m/${name}/migration.json`]: JSON.stringify({ from, to, createdAt: name }),
  [`m/${name}/ops.json`]: '[{"id": "op.0", "execute": [{"sql": "select 1"}]}]',
});

const faults: readonly Fault[] = [
  {
    name: 'goose: dollars where ENVSUB is on',
    files: {
      'm/1_a.sql': `-- +goose Up
-- +goose ENVSUB ON
create table \${SCHEMA}.a (b text default '$REGION', c text default '\\$5', d text default '\${D:-x}');
-- costs $5
-- +goose StatementBegin
create function f() returns text language sql as $$ select 'x' $$;
-- +goose ENVSUB OFF
create function g() returns text language sql as $$ select '$1' $$;
-- +goose StatementEnd
-- +goose ENVSUB ON
create function h(int) returns int language sql as 'select $1';
`,
    },
    says: [
      'syntax-error m/1_a.sql:6 goose leaves one $ of $$',
      'marker-refused m/1_a.sql:11 goose wants the name of a variable behind $ where ENVSUB is on, not 1',
    ],
  },
  {
    name: 'Drizzle: two snapshots that follow the same one',
    files: {
      'd/meta/_journal.json': journal([
        { tag: '0000_a', when: 1 },
        { tag: '0001_b', when: 2 },
      ]),
      'd/0000_a.sql': 'select 1;',
      'd/0001_b.sql': 'select 1;',
      'd/meta/0000_snapshot.json': '{"id": "a", "prevId": "0"}',
      'd/meta/0001_snapshot.json': '{"id": "b", "prevId": "0"}',
    },
    says: ['history-forks d/meta/0001_snapshot.json:1 0001_snapshot.json and 0000_snapshot.json follow the same'],
  },
  {
    name: 'Drizzle 1.0: files beside its folders',
    files: {
      'd/20260101000000_a/migration.sql': 'select 1;',
      'd/20260101000000_a/snapshot.json': '{"dialect": "postgres"}',
      'd/0001_b.sql': 'select 1;',
    },
    says: ['migration-not-run d/0001_b.sql:1 0001_b.sql is never run'],
  },
  {
    name: 'Supabase: folders, as Drizzle 1.0 writes them',
    files: {
      'supabase/config.toml': 'project_id = "x"',
      'supabase/migrations/20260101000000_a.sql': 'select 1;',
      'supabase/migrations/20260102000000_b/migration.sql': 'select 1;',
      'supabase/migrations/archive/20250102000000_b.sql': 'select 1;',
    },
    says: ['migration-not-run supabase/migrations/20260102000000_b/migration.sql:1 migration.sql is never run'],
  },
  {
    name: 'folders of versions with one for each database',
    files: {
      'sql/upgrade/1.9.0_schema/mysql/ddl.sql': 'create table `a` (id int auto_increment);',
      'sql/upgrade/1.9.0_schema/postgresql/ddl.sql': 'create table a (id int);',
      'sql/upgrade/1.10.0_schema/mysql/ddl.sql': 'alter table `a` add b int;',
      'sql/upgrade/1.10.0_schema/postgresql/ddl.sql': 'alter table a add b int;',
      'sql/upgrade/1.10.0_schema/postgresql/dml.sql': 'select 1;',
    },
    says: [],
  },
  {
    name: 'Prisma 8 for MongoDB',
    files: {
      'm/20260101T0000_a/migration.json': '{"from": null, "to": "a"}',
      'm/20260101T0000_a/ops.json':
        '[{"id": "x", "execute": [{"command": {"kind": "createCollection", "collection": "a"}}]}]',
    },
    says: ['other-database m/20260101T0000_a/ops.json:1 the migrations of m are for MongoDB, not for PostgreSQL'],
  },
  {
    name: 'Prisma 8 for SQLite',
    files: {
      'm/20260101T0000_a/migration.json': '{"from": null, "to": "a"}',
      'm/20260101T0000_a/ops.json':
        '[{"id": "x", "target": {"id": "sqlite"}, "execute": [{"sql": "create table a (id integer primary key autoincrement)"}]}]',
    },
    says: ['other-database m/20260101T0000_a/ops.json:1 the migrations of m are for SQLite, not for PostgreSQL'],
  },
  {
    name: 'numbers of migrations in another language are no gaps',
    files: {
      'g/1_a.sql': '-- +goose Up\nselect 1;\n',
      'g/2_b.sql': '-- +goose Up\nselect 1;\n',
      'g/3_c.go': 'package g',
      'g/4_d.sql': '-- +goose Up\nselect 1;\n',
      'g/6_f.sql': '-- +goose Up\nselect 1;\n',
    },
    says: ['version-gap g/6_f.sql:1 number 5 is not there, between 4 and 6'],
  },
  {
    name: 'Hasura: a migration in YAML',
    files: {
      'config.yaml': 'version: 2\n',
      'migrations/1600000000000_a/up.yaml': '- type: run_sql\n',
      'migrations/1600000000001_b/up.sql': 'select 1;',
    },
    says: ['not-understood migrations/1600000000000_a/up.yaml:1'],
  },
  {
    name: 'graphile-migrate: heads that it does not take',
    files: {
      'migrations/committed/000001.sql': '--! Previous: -\n--! Hash: sha1:x\nselect 1;\n',
      'migrations/committed/000002.sql': '--! Previous: -\n--! Hash: sha1:x\n--! Hash: sha1:y\n\nselect 1;\n',
      'migrations/committed/000003.sql': '--! Previous: -\r\n--! Hash: sha1:x\r\n\r\nselect 1;\r\n',
    },
    says: [
      'marker-refused migrations/committed/000001.sql:1 no empty line stands behind its head',
      'marker-refused migrations/committed/000002.sql:1 its head says one thing twice',
      'marker-refused migrations/committed/000003.sql:1 the lines of its head end in carriage returns',
    ],
  },
  {
    name: 'graphile-migrate: includes that lead nowhere, out or round',
    files: {
      '.gmrc': '{}',
      'migrations/current.sql': 'select 1;\n--!include a.sql\n--!include ../b.sql\n--!include c.sql\n',
      'migrations/fixtures/a.sql': '--!include a.sql\nselect 2;\n',
      'migrations/b.sql': 'select 3;\n',
    },
    says: [
      'broken-include migrations/fixtures/a.sql:1 fixtures/a.sql includes the file that includes it',
      'broken-include migrations/current.sql:3 fixtures/../b.sql is not there',
      'broken-include migrations/current.sql:4 fixtures/c.sql is not there',
    ],
  },
  {
    name: 'Atlas: modes that it does not take',
    files: {
      'atlas.hcl': 'env "x" {\n  tx_mode = "all"\n}\n',
      'm/atlas.sum': 'h1:x=\n',
      'm/1.sql': '-- atlas:sum ignore\n-- atlas:txmode none\n\nselect 1;\n',
      'm/2.sql': '-- atlas:sum ignore\n-- atlas:txmode all\n\nselect 1;\n',
      'm/3.sql': '-- atlas:sum ignore\n\nselect 1;\n',
    },
    says: [
      'marker-refused m/1.sql:2 atlas.hcl puts all files into one transaction',
      'marker-refused m/2.sql:2 Atlas knows txmode none and file, not all',
    ],
  },
  {
    name: 'two versions alike',
    files: { ...goMod, 'm/1_a.up.sql': '', 'm/1_b.up.sql': '', 'm/2_c.up.sql': '' },
    says: ['duplicate-version m/1_b.up.sql:1 version 1 is also that of m/1_a.up.sql'],
  },
  {
    name: 'a number left out',
    files: { '001_a.sql': 'select 1;', '002_b.sql': 'select 1;', '004_c.sql': 'select 1;' },
    says: ['version-gap 004_c.sql:1 number 3 is not there, between 002 and 004'],
  },
  {
    name: 'timestamps leave nothing out',
    files: {
      '20250101000000_a.sql': 'select 1;',
      '20250102000000_b.sql': 'select 1;',
      '20250109000000_c.sql': 'select 1;',
    },
    says: [],
  },
  {
    name: 'a way back without a way up',
    files: { ...goMod, 'm/1_a.up.sql': '', 'm/2_b.down.sql': '' },
    says: ['down-without-up m/2_b.down.sql:1'],
  },
  {
    name: 'one half is written in Go',
    files: {
      'm/1_a.up.sql': 'select 1;',
      'm/1_a.down.go': '',
      'm/2_b.up.go': 'package m',
      'm/2_b.down.sql': 'select 1;',
      'm/3_c.up.sql': 'select 1;',
      'm/3_c.down.sql': 'select 1;',
    },
    says: ['not-understood m/2_b.up.go:1 2_b.up.go is not SQL, and is not read'],
  },
  {
    name: 'sqlx: marker behind a comment',
    files: { ...cargo, 'migrations/1_a.sql': '-- x\n-- no-transaction\nselect 1;' },
    says: ['opt-out-ignored migrations/1_a.sql:2 sqlx passes over this marker: it must be the first line'],
  },
  {
    name: 'sqlx: marker behind a byte order mark',
    files: { ...cargo, 'migrations/1_a.sql': '\ufeff-- no-transaction\nselect 1;' },
    says: [
      'opt-out-ignored migrations/1_a.sql:1 sqlx passes over this marker: a byte order mark stands before it',
      'syntax-error migrations/1_a.sql:1 a byte order mark',
    ],
  },
  {
    name: 'dbmate: option misspelt',
    files: { 'm/1_a.sql': '-- migrate:up transactions:false\nselect 1;\n-- migrate:down\n' },
    says: ['opt-out-ignored m/1_a.sql:1 dbmate passes over transactions:false'],
  },
  {
    name: 'dbmate: no way down',
    files: { 'm/1_a.sql': '-- migrate:up\nselect 1;\n', 'm/2_b.sql': up },
    says: ['section-missing m/1_a.sql:1 1_a.sql has no -- migrate:down'],
  },
  {
    name: 'goose: blanks before a marker',
    files: { 'm/1_a.sql': '-- +goose Up\nselect 1;\n  -- +goose Down\nselect 2;\n' },
    says: ['marker-refused m/1_a.sql:3 blanks stand before'],
  },
  {
    name: 'goose: annotations in an order that it does not know',
    files: {
      'm/1_a.sql':
        '-- +goose Up\n-- +goose StatementEnd\nselect 1;\n-- +goose Down\nselect 1;\n-- +goose Down\nselect 2;\n',
      'm/2_b.sql': '-- +goose StatementBegin\n-- +goose Up\nselect 1;\n-- +goose Up\n',
      'm/3_c.sql': '-- +goose Up\n-- see +goose Down\nselect 1;\n',
      'm/4_d.sql': '\ufeff-- +goose Up\nselect 1;\n',
      'm/5_e.SQL': '-- +goose Up\nselect 1;\n',
      'm/0_f.sql': '-- +goose Up\nselect 1;\n',
      'm/05_g.sql': '-- +goose Up\nselect 1;\n',
      'm/5_h.sql': '-- +goose Up\nselect 1;\n',
    },
    says: [
      'migration-not-run m/0_f.sql:1 0_f.sql is never run: goose wants <number>_<name>.sql, and its command refuses',
      'migration-not-run m/5_e.SQL:1',
      'marker-refused m/1_a.sql:2 this annotation may not follow Up',
      'marker-refused m/1_a.sql:6 this annotation may not follow Down',
      'marker-refused m/2_b.sql:1 this annotation may not follow the start',
      'marker-refused m/2_b.sql:4 this annotation may not follow Up',
      'marker-refused m/3_c.sql:2 "see  down" is no annotation of goose',
      'marker-refused m/4_d.sql:1 a byte order mark stands before the first line',
      'duplicate-version m/5_h.sql:1 version 5 is also that of m/05_g.sql',
    ],
  },
  {
    name: 'dbmate: two ways down, a byte order mark, a name that it does not know',
    files: {
      'm/1_a.sql': '-- migrate:up\nselect 1;\n-- migrate:down\nselect 1;\n-- migrate:down\nselect 2;\n',
      'm/2_b.sql': `\ufeff${up}`,
      'm/3_c.SQL': up,
    },
    says: [
      'migration-not-run m/3_c.SQL:1',
      'marker-refused m/1_a.sql:5 1_a.sql has a second -- migrate:down',
      'marker-refused m/2_b.sql:1 a byte order mark stands before the first line, so dbmate refuses the file',
    ],
  },
  {
    name: 'sql-migrate: commands that it does not see',
    files: {
      'm/1_a.sql': '-- +migrate Up\nselect 1;\n-- +migrate down\nselect 2;\n',
      'm/2_b.sql': '  -- +migrate Up\nselect 1;\n-- +migrate Down\nselect 2;\n',
      'm/3_c.sql': '\ufeff-- +migrate Up\nselect 1;\n-- +migrate Down\nselect 2;\n',
      'm/4_d.sql': '-- +migrate NoTransaction\n-- +migrate Up\nselect 1;\n',
    },
    says: [
      'marker-refused m/1_a.sql:3 sql-migrate passes over this line',
      'marker-refused m/2_b.sql:1 sql-migrate passes over this line',
      'statement-outside-section m/2_b.sql:1',
      'marker-refused m/3_c.sql:1 a byte order mark stands before the first line, so sql-migrate passes over its marker',
      'marker-refused m/4_d.sql:1 sql-migrate passes over this line',
    ],
  },
  {
    name: 'golang-migrate: a name without a direction, a byte order mark',
    files: {
      ...goMod,
      'm/1_a.up.sql': '\ufeffselect 1;',
      'm/2_b.sql': 'select 1;',
      'm/schema.sql': 'select 1;',
      'm/02_c.up.sql': 'select 1;',
      'm/2_d.up.sql': 'select 1;',
    },
    says: [
      'migration-not-run m/2_b.sql:1',
      'syntax-error m/1_a.up.sql:1 a byte order mark',
      'duplicate-version m/2_d.up.sql:1 version 2 is also that of m/02_c.up.sql',
    ],
  },
  {
    name: 'golang-migrate: x-multi-statement cuts bodies',
    files: {
      ...goMod,
      Makefile: 'up:\n\tmigrate -path m -database "postgres://h/d?x-multi-statement=true" up\n',
      'm/1_a.up.sql': "create table t (a int);\ninsert into t values (';');\nselect 1;",
      'm/2_b.up.sql': 'select 1; -- first; second\ncreate table u (a int);',
      'm/3_c.up.sql': '-- nothing;\nselect 1;\n/* here\n; */ select 2;',
    },
    says: [
      'statement-cut m/1_a.up.sql:2 golang-migrate with x-multi-statement=true ends a statement at every semicolon',
      'statement-cut m/2_b.up.sql:1',
      'statement-cut m/3_c.up.sql:3',
    ],
  },
  {
    name: 'refinery: a version with a fraction, a migration in Rust',
    files: {
      'Cargo.toml': '[dependencies]\nrefinery = "0.8"\n',
      'migrations/V1__a.sql': 'select 1;',
      'migrations/V1.5__b.sql': 'select 1;',
      'migrations/V2__c.rs': '',
      'migrations/V20240101000000__d.sql': 'select 1;',
      'migrations/V01__e.sql': 'select 1;',
    },
    says: [
      'unreadable-migration migrations/V1.5__b.sql:1 refinery refuses the version 1.5 of V1.5__b.sql: it must be a whole number of 32 bits',
      'unreadable-migration migrations/V20240101000000__d.sql:1 refinery refuses the version 20240101000000',
      'duplicate-version migrations/V1__a.sql:1 version 1 is also that of migrations/V01__e.sql',
    ],
  },
  {
    name: 'sqlx: names',
    files: {
      ...cargo,
      'migrations/1_a.sql': 'select 1;',
      'migrations/seed.sql': 'select 1;',
      'migrations/add_b.sql': 'select 1;',
    },
    says: [
      'unreadable-migration migrations/add_b.sql:1 sqlx refuses the folder',
      'migration-not-run migrations/seed.sql:1',
    ],
  },
  {
    name: 'goose: a body cut',
    files: {
      'm/1_a.sql':
        '-- +goose Up\ncreate function f() returns int language plpgsql as $$\nbegin\n  return 1;\nend\n$$;\n',
    },
    says: ['statement-cut m/1_a.sql:2'],
  },
  {
    name: 'goose: no semicolon',
    files: { 'm/1_a.sql': '-- +goose Up\nselect 1\n-- +goose Down\nselect 2;\n' },
    says: ['statement-unfinished m/1_a.sql:2'],
  },
  {
    name: 'Flyway: mixed',
    files: {
      'flyway.conf': 'flyway.postgresql.transactional.lock=false\n',
      'V1__a.sql': 'create table t (i int);\ncreate index concurrently t_i on t (i);\n',
    },
    says: ['mixed-transaction V1__a.sql:2'],
  },
  {
    name: 'Flyway: allowed to mix',
    files: {
      'flyway.conf': 'flyway.mixed=true\nflyway.postgresql.transactional.lock=false\n',
      'V1__a.sql': 'create table t (i int);\ncreate index concurrently t_i on t (i);\n',
    },
    says: [],
  },
  {
    name: 'Flyway: its lock',
    files: { 'V1__a.sql': 'create index concurrently t_i on t (i);\n' },
    says: ['advisory-lock-blocks-concurrently V1__a.sql:1'],
  },
  {
    name: 'Flyway: name with one underscore',
    files: { 'V1__a.sql': 'select 1;', 'V2_b.sql': 'select 1;' },
    says: ['migration-not-run V2_b.sql:1'],
  },
  {
    name: 'Flyway: placeholder without a value',
    files: { 'V1__a.sql': 'create schema ${one};\ncreate table ${one}.t (i int);\ncreate role ${two};' },
    says: ['unknown-placeholder V1__a.sql:1 nothing in the project gives ${one}', 'unknown-placeholder V1__a.sql:3'],
  },
  {
    name: 'Flyway: settings that cannot be read',
    files: { 'flyway.toml': nothing, 'V1__a.sql': 'select 1;', 'V1__a.sql.conf': nothing },
    says: [
      'broken-manifest flyway.toml:1 flyway.toml is a binary file',
      'broken-manifest V1__a.sql.conf:1 V1__a.sql.conf is a binary file',
    ],
  },
  {
    name: 'Sqitch: settings that cannot be read',
    files: { 'sqitch.conf': nothing, 'sqitch.plan': '%project=a\n' },
    says: ['broken-manifest sqitch.conf:1 sqitch.conf is a binary file'],
  },
  {
    name: 'Prisma: a lock that cannot be read',
    files: { 'p/migration_lock.toml': nothing, 'p/20250101000000_a/migration.sql': 'select 1;' },
    says: ['broken-manifest p/migration_lock.toml:1 p/migration_lock.toml is a binary file'],
  },
  {
    name: 'Drizzle: time goes backwards',
    files: {
      'd/0000_a.sql': '',
      'd/0001_b.sql': '',
      'd/meta/_journal.json': journal([
        { tag: '0000_a', when: 20 },
        { tag: '0001_b', when: 10 },
      ]),
    },
    says: ['migration-skipped d/meta/_journal.json:10 Drizzle passes over 0001_b wherever 0000_a has run'],
  },
  {
    name: 'Drizzle: file not there, file not named',
    files: {
      'd/0000_a.sql': '',
      'd/0001_b.sql': '',
      'd/meta/_journal.json': journal([
        { tag: '0000_a', when: 1 },
        { tag: '0001_c', when: 2 },
      ]),
    },
    says: ['migration-file-missing d/meta/_journal.json:10', 'migration-not-run d/0001_b.sql:1'],
  },
  {
    name: 'Drizzle: broken journal',
    files: { 'd/0000_a.sql': '', 'd/meta/_journal.json': '{"entries": [\n{"tag": ' },
    says: ['broken-manifest d/meta/_journal.json:2', 'migration-not-run d/0000_a.sql:1'],
  },
  {
    name: 'Drizzle: a journal nested without end',
    files: { 'd/0000_a.sql': '', 'd/meta/_journal.json': '['.repeat(50_000) },
    says: [
      'broken-manifest d/meta/_journal.json:1 d/meta/_journal.json cannot be read: it is nested too deeply',
      'migration-not-run d/0000_a.sql:1',
    ],
  },
  {
    name: 'Prisma 8: a file of a migration is not there',
    files: {
      ...edge('20250101T0000_a', null, 'x'),
      'm/20250102T0000_b/ops.json': '[]',
      'm/20250103T0000_c/migration.json': '{"from": "x", "to": "y"}',
      'm/20250104T0000_d/migration.json': '{"from": "y", "to": "z"}',
      'm/20250104T0000_d/ops.json': '['.repeat(50_000),
    },
    says: [
      'migration-file-missing m/20250102T0000_b/ops.json:1 20250102T0000_b has no migration.json',
      'migration-file-missing m/20250103T0000_c/migration.json:1 20250103T0000_c has no ops.json',
      'unreadable-migration m/20250104T0000_d/ops.json:1 m/20250104T0000_d/ops.json is no JSON',
    ],
  },
  {
    name: 'Diesel: broken metadata',
    files: { 'diesel.toml': '', 'm/1_a/up.sql': 'select 1;', 'm/1_a/metadata.toml': 'run_in_transaction = \n' },
    says: ['broken-manifest m/1_a/metadata.toml:1'],
  },
  {
    name: 'Atlas: edited after hashing',
    files: { 'm/1_a.sql': 'select 1;\n', 'm/atlas.sum': 'h1:x=\n1_a.sql h1:AAAA=\n' },
    says: ['checksum-mismatch m/1_a.sql:1 1_a.sql was changed'],
  },
  {
    name: 'Atlas: added without hashing',
    files: { 'm/1_a.sql': 'select 1;\n', 'm/atlas.sum': 'h1:x=\n0_z.sql h1:AAAA=\n' },
    says: [
      'checksum-mismatch m/atlas.sum:2 atlas.sum lists 0_z.sql',
      'checksum-mismatch m/1_a.sql:1 1_a.sql is not in atlas.sum',
    ],
  },
  {
    name: 'Atlas: checksums that cannot be read',
    files: { 'm/1_a.sql': 'select 1;\n', 'm/atlas.sum': nothing },
    says: ['broken-manifest m/atlas.sum:1 m/atlas.sum is a binary file'],
  },
  {
    name: 'Atlas: directive that belongs to a statement',
    files: { 'm/1_a.sql': '-- atlas:txmode none\ncreate index concurrently i on t (i);\n', 'm/atlas.sum': 'h1:x=\n' },
    says: ['checksum-mismatch', 'opt-out-ignored m/1_a.sql:1'],
  },
  {
    name: 'graphile-migrate: marker not in the first line',
    files: { '.gmrc': '{}', 'migrations/current.sql': '-- x\n--! no-transaction\nselect 1;' },
    says: ['opt-out-ignored migrations/current.sql:2'],
  },
  {
    name: 'Sqitch: no script, no line',
    files: {
      'sqitch.plan': '%project=x\n\na 2025-01-01T00:00:00Z A <a@b.c>\nb 2025-01-01T00:00:00Z A <a@b.c>\n',
      'deploy/a.sql': '',
      'deploy/c.sql': '',
    },
    says: ['migration-file-missing sqitch.plan:4 the plan names b', 'migration-not-run deploy/c.sql:1'],
  },
  {
    name: 'popx: no way down',
    files: { 'm/1_a.postgres.up.sql': '', 'm/1_a.postgres.down.sql': '', 'm/2_b.postgres.up.sql': '' },
    says: ['section-missing m/2_b.postgres.up.sql:1'],
  },
  {
    name: 'Prisma: folder without migration.sql',
    files: {
      'm/migration_lock.toml': 'provider = "postgresql"',
      'm/1_a/migration.sql': 'select 1;',
      'm/2_b/migrate.sql': 'select 1;',
      'package.json': '{"devDependencies": {"prisma": "6.0.0"}}',
    },
    says: ['migration-file-missing m/2_b/migrate.sql:1 2_b has no migration.sql, and Prisma stops there'],
  },
  {
    name: 'rows for MySQL',
    files: {
      'rows/001_a.sql': 'SET NAMES utf8mb4;\nINSERT INTO a (id) VALUES (1) ON DUPLICATE KEY UPDATE id = 1;',
      'rows/002_b.sql': 'INSERT IGNORE INTO b (id) VALUES (1);',
    },
    says: ['other-database rows/001_a.sql:1 the migrations of rows are for MySQL'],
  },
  {
    name: 'Prisma: another provider',
    files: { 'm/migration_lock.toml': 'provider = "mysql"', 'm/1_a/migration.sql': 'select 1;' },
    says: ['other-database m/migration_lock.toml:1 the migrations of m are for MySQL'],
  },
  {
    name: 'Liquibase: include cycle',
    files: {
      'db/changelog/master.xml': changelog(`${created('1')}<include file="a.xml" relativeToChangelogFile="true"/>`),
      'db/changelog/a.xml': changelog(`<include file="b.xml" relativeToChangelogFile="true"/>`),
      'db/changelog/b.xml': changelog(`<include file="a.xml" relativeToChangelogFile="true"/>`),
    },
    says: ['broken-include db/changelog/b.xml:3 a.xml includes the changelog that includes it'],
  },
  {
    name: 'Liquibase: path out of the project',
    files: {
      'db/changelog/master.xml': changelog(
        `${created('1')}<include file="../../../../../etc/passwd" relativeToChangelogFile="true"/>${created('2')}`,
      ),
    },
    says: ['broken-include db/changelog/master.xml:3'],
  },
  {
    name: 'Liquibase: a master that cannot be read',
    files: {
      'db/db.changelog-master.xml': nothing,
      'db/parts/a.xml': changelog(created('1')),
      'db/parts/b.xml': changelog(created('2')),
    },
    says: ['unreadable-migration db/db.changelog-master.xml:1 db/db.changelog-master.xml is a binary file'],
  },
  {
    name: 'Liquibase: XML cut off',
    files: { 'db/changelog/master.xml': changelog(created('1')).slice(0, -20) },
    says: ['unreadable-migration db/changelog/master.xml'],
  },
  {
    name: 'Liquibase: entities',
    files: {
      'db/changelog/master.xml': `<?xml version="1.0"?>\n<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]>\n<databaseChangeLog>\n<changeSet id="1" author="a"><sql>select '&e;'</sql></changeSet>\n</databaseChangeLog>`,
    },
    says: ['unreadable-migration db/changelog/master.xml:4'],
  },
  {
    name: 'Liquibase: broken YAML',
    files: { 'db/changelog/master.yaml': 'databaseChangeLog:\n  - changeSet:\n      id: 1\n     author: [\n' },
    says: ['unreadable-migration db/changelog/master.yaml'],
  },
  {
    name: 'Liquibase: change unknown',
    files: {
      'db/changelog/master.xml': changelog('<changeSet id="1" author="a"><customChange class="X"/></changeSet>'),
    },
    says: ["not-understood db/changelog/master.xml:3 what Liquibase's customChange does"],
  },
  {
    name: 'Liquibase: change set twice',
    files: { 'db/changelog/master.xml': changelog(`${created('1')}\n${created('1')}`) },
    says: ['duplicate-version db/changelog/master.xml:1 version a:1'],
  },
  {
    name: 'Liquibase: change sets of one name in files of one name',
    files: {
      'db/changelog/master.xml': changelog(
        '<include file="a/1.xml" relativeToChangelogFile="true"/>\n<include file="b/1.xml" relativeToChangelogFile="true"/>',
      ),
      'db/changelog/a/1.xml': changelog(created('1')),
      'db/changelog/b/1.xml': changelog(created('1')),
    },
    says: [],
  },
  {
    name: 'Sqitch: the plan is where sqitch.conf says, another beside it is not read',
    files: {
      'sqitch.conf': '[core]\n  engine = pg\n  top_dir = ./sql\n',
      'sqitch.plan': '%project=old\n\na 2025-01-01T00:00:00Z A <a@b.c>\n',
      'sql/sqitch.plan': '%project=x\n\nb 2025-01-01T00:00:00Z A <a@b.c>\n',
      'sql/deploy/b.sql': 'select 1;',
      'sql/revert/b.sql': 'select 1;',
    },
    says: [],
  },
  {
    name: 'Sqitch: a plan of another name, its scripts below the top folder',
    files: {
      'sqitch.conf': '[core]\n  plan_file = etc/my.plan\n  top_dir = sql\n',
      'etc/my.plan': '%project=x\n\nb 2025-01-01T00:00:00Z A <a@b.c>\nc 2025-01-01T00:00:00Z A <a@b.c>\n',
      'sql/deploy/b.sql': 'select 1;',
    },
    says: ['migration-file-missing etc/my.plan:4 the plan names c'],
  },
  {
    name: 'plain SQL: parts of one migration',
    files: {
      '20250927-01-geo-01.up.sql': 'select 1;',
      '20250927-01-geo-02.up.sql': 'select 1;',
      '20250928-01-other.up.sql': 'select 1;',
    },
    says: [],
  },
  {
    name: 'Drizzle 1: folders for SQLite',
    files: {
      'd/20250101000000_a/migration.sql': 'select 1;',
      'd/20250101000000_a/snapshot.json': '{"version": "7", "dialect": "sqlite"}',
    },
    says: ['other-database d/20250101000000_a/snapshot.json:1 the migrations of d are for SQLite'],
  },
  {
    name: 'ClickHouse in a runner of any database',
    files: {
      'm/1_a.sql':
        '-- migrate:up\ncreate table t (a LowCardinality(String) CODEC(ZSTD(3)))\n-- migrate:down\nselect 2;\n',
      'm/2_b.sql': '-- migrate:up\nselect toStartOfDay(x) from t;\n-- migrate:down\nselect 2;\n',
    },
    says: ['other-database m/1_a.sql:1 the migrations of m are for ClickHouse'],
  },
  {
    name: 'Prisma 8: two ways to one schema are no fork, a third that ends elsewhere is',
    files: {
      ...edge('1_a', null, 'a'),
      ...edge('2_b', 'a', 'b'),
      ...edge('3_c', 'a', 'c'),
      ...edge('4_d', 'b', 'd'),
      ...edge('5_e', 'c', 'd'),
      ...edge('6_f', 'a', 'f'),
    },
    says: ['history-forks m/6_f/ops.json:1 6_f and 2_b both follow the same schema and end in different ones'],
  },
  {
    name: 'manifests that are broken, each where it decides',
    files: {
      'p/package.json': '{"devDependencies": {"prisma": "6.0.0"}\n',
      'p/migrations/migration_lock.toml': 'provider = "postgresql\n',
      'p/migrations/20250101000000_a/migration.sql': 'select 1;',
      'g/.gmrc': "{\n  // JSON5\n  connectionString: 'x',\n  list: [1, 2,\n}\n",
      'g/migrations/current.sql': 'select 1;',
      'h/config.yaml': 'version: 3\nmetadata_directory: [\n',
      'h/migrations/default/1700000000000_a/up.sql': 'select 1;',
      's/supabase/config.toml': 'project_id = "a"\n[db\n',
      's/supabase/migrations/20250101000000_a.sql': 'select 1;',
      'd/diesel.toml': '[print_schema\n',
      'd/migrations/1_a/up.sql': 'select 1;',
      'a/atlas.hcl': 'env "x" {\n  url = "postgres://${var.x["y"]}"\n',
      'a/migrations/1_a.sql': '-- atlas:sum ignore\n\nselect 1;\n',
      'a/migrations/atlas.sum': '',
      'x/sqlx.toml': '[common\n',
      'x/migrations/1_a.sql': 'select 1;',
      'm/dbconfig.yml': 'development: {\n',
      'm/db/1_a.sql': '-- +migrate Up\nselect 1;\n-- +migrate Down\nselect 1;\n',
      'n/app/1_a/migration.json': '{"to": ',
      'n/app/1_a/ops.json': '[]',
    },
    says: [
      'broken-manifest a/atlas.hcl:1 a/atlas.hcl cannot be read: { is not closed',
      'broken-manifest d/diesel.toml:1 d/diesel.toml cannot be read',
      'broken-manifest g/.gmrc:5 g/.gmrc cannot be read: unexpected }',
      'broken-manifest h/config.yaml:3 h/config.yaml cannot be read',
      'broken-manifest m/dbconfig.yml:2 m/dbconfig.yml cannot be read',
      'broken-manifest n/app/1_a/migration.json:1 n/app/1_a/migration.json cannot be read',
      'broken-manifest p/migrations/migration_lock.toml:1 p/migrations/migration_lock.toml cannot be read',
      'broken-manifest p/package.json:2 p/package.json cannot be read',
      'broken-manifest s/supabase/config.toml:2 s/supabase/config.toml cannot be read',
      'broken-manifest x/sqlx.toml:1 x/sqlx.toml cannot be read',
    ],
  },
  {
    name: 'manifests with comments, quotes and texts of many lines are whole',
    files: {
      'g/.gmrc': "{ // it's\n  /* } */ a: 'x\\'}', 'b': \"]\", c: [1,], }\n",
      'g/migrations/current.sql': 'select 1;',
      'a/atlas.hcl': '# it\'s {\nenv "x" {\n  src = <<-EOT\n    { "\n  EOT\n  url = "a ${f("}")} b"\n}\n',
      'a/migrations/1_a.sql': '-- atlas:sum ignore\n\nselect 1;\n',
      'a/migrations/atlas.sum': '',
    },
    says: [],
  },
  {
    name: 'a manifest that gives no text where names alone speak for a framework',
    files: { 'Cargo.toml': nothing, 'm/V1__a.sql': 'select 1;' },
    says: ['broken-manifest Cargo.toml:1 Cargo.toml is a binary file'],
  },
  {
    name: 'Liquibase: what is named as its master is none',
    files: { 'db/db.changelog-master.xml': '<changes/>', 'db/parts/a.xml': changelog(created('1')) },
    says: ['unreadable-migration db/db.changelog-master.xml:1 db/db.changelog-master.xml is no Liquibase changelog'],
  },
  {
    name: 'Liquibase: a master that cannot be read is told once for all folders below',
    files: {
      'db/db.changelog-master.xml': nothing,
      'db/x/a.xml': changelog(created('1')),
      'db/y/b.xml': changelog(created('2')),
    },
    says: ['unreadable-migration db/db.changelog-master.xml:1 db/db.changelog-master.xml is a binary file'],
  },
  {
    name: 'dbmate, goose and sql-migrate: lines that end in carriage returns alone',
    files: {
      'd/1_a.sql': up,
      'd/2_b.sql': up.replaceAll('\n', '\r'),
      'g/1_a.sql': '-- +goose Up\nselect 1;\n',
      'g/2_b.sql': '-- +goose Up\rselect 1;\r',
      's/1_a.sql': '-- +migrate Up\nselect 1;\n',
      's/2_b.sql': '-- +migrate Up\rselect 1;\r',
    },
    says: [
      'unreadable-migration d/2_b.sql:1 d/2_b.sql ends its lines in carriage returns alone, so dbmate takes it for one line',
      'unreadable-migration g/2_b.sql:1 g/2_b.sql ends its lines in carriage returns alone, so goose',
      'unreadable-migration s/2_b.sql:1 s/2_b.sql ends its lines in carriage returns alone, so sql-migrate',
    ],
  },
  {
    name: 'MySQL',
    files: {
      '1_a.sql': 'CREATE TABLE `t` (`id` INT AUTO_INCREMENT) ENGINE=InnoDB;',
      '2_b.sql': 'ALTER TABLE `t` ADD `x` TINYINT;',
    },
    says: ['other-database 1_a.sql:1 the migrations of . are for MySQL, not for PostgreSQL'],
  },
  {
    name: 'MySQL that only says where a column goes',
    files: { '1_a.sql': 'alter table account add column notes text default null after phone;\n' },
    says: ['other-database 1_a.sql:1 the migrations of . are for MySQL, not for PostgreSQL'],
  },
  {
    name: 'SQL Server with the variables of its templates',
    files: { '1_a.sql': 'select count(*) from @cdm.person;\n' },
    says: ['other-database 1_a.sql:1 the migrations of . are for SQL Server, not for PostgreSQL'],
  },
  {
    name: 'PostgreSQL with what only looks like theirs',
    files: {
      '1_a.sql':
        'create table t (i int);\nalter table t add column j int;\ncreate trigger r after insert on t execute function f();\nselect @ i from t;\n',
    },
    says: [],
  },
  {
    name: 'SQLite by its folder',
    files: { 'sqlite/1_a.sql': 'create table t (id integer primary key);' },
    says: ['other-database sqlite/1_a.sql:1 the migrations of sqlite are for SQLite'],
  },
  {
    name: 'SQLite by a folder that ends in its name',
    files: { 'driver/riversqlite/1_a.sql': 'create table t (id integer primary key);' },
    says: ['other-database driver/riversqlite/1_a.sql:1 the migrations of driver/riversqlite are for SQLite'],
  },
  {
    name: 'SQLite by the manifest, with jsonb',
    files: {
      'Cargo.toml': '[dependencies]\nsqlx = { version = "0.8", features = [\n  "migrate",\n  "sqlite",\n] }\n',
      'm/1_a.sql': 'create table a (id integer not null, groups jsonb not null);\n',
    },
    says: ['other-database m/1_a.sql:1 the migrations of m are for SQLite, not for PostgreSQL'],
  },
  {
    name: 'SQLite by what its triggers raise',
    files: {
      'db/1_a.sql':
        "create table a (id integer, b jsonb);\ncreate trigger t before insert on a begin select raise(abort, 'no'); end;\n",
    },
    says: ['other-database db/1_a.sql:1 the migrations of db are for SQLite'],
  },
  {
    name: 'SQLite by its STRICT tables',
    files: { 'db/1_a.sql': 'CREATE TABLE t (secret BLOB NOT NULL) STRICT;' },
    says: ['other-database db/1_a.sql:1 the migrations of db are for SQLite'],
  },
  {
    name: 'PostgreSQL by its words in a crate that has SQLite too',
    files: {
      'Cargo.toml': '[dependencies]\nrefinery = { version = "0.8", features = ["rusqlite"] }\n',
      'migrations/V1__a.sql': 'create table t (id bigserial primary key, at timestamptz);',
      'sqlite_migrations/V1__a.sql': 'create table t (id integer primary key);',
    },
    says: [
      'other-database sqlite_migrations/V1__a.sql:1 the migrations of sqlite_migrations are for SQLite, not for PostgreSQL',
    ],
  },
  {
    name: 'a folder that is named after what its tables are about',
    files: { 'oracle/1_a.sql': 'create table price (id bigserial, at timestamptz);' },
    says: [],
  },
  {
    name: 'Oracle',
    files: { 'V1__a.sql': 'CREATE TABLE t (id NUMBER(19) NOT NULL, n VARCHAR2(20));\n/\n' },
    says: ['other-database V1__a.sql:1'],
  },
  {
    name: 'not UTF-8',
    files: {
      '1_a.sql': 'select 1;',
      '2_b.sql': Buffer.from("select 1;\nselect '\xe4';\n", 'latin1'),
      '3_c.sql': 'select 1;',
    },
    says: ['unreadable-migration 2_b.sql:1 2_b.sql is not UTF-8 (line 2)'],
  },
  {
    name: 'UTF-16',
    files: { '1_a.sql': 'select 1;', '2_b.sql': Buffer.from('\ufeffselect 1;', 'utf16le') },
    says: ['unreadable-migration 2_b.sql:1 2_b.sql is UTF-16, not UTF-8'],
  },
  {
    name: 'binary',
    files: { '1_a.sql': 'select 1;', '2_b.sql': new Uint8Array([80, 0, 1, 2]) },
    says: ['unreadable-migration 2_b.sql:1 2_b.sql is a binary file'],
  },
  {
    name: 'empty and blank files are clean',
    files: { '1_a.sql': '', '2_b.sql': '\n\n', '3_c.sql': '-- nothing\n' },
    says: [],
  },
];

describe('a fault is told at its place, and nothing else is', () => {
  test.each(faults)('$name', async ({ files, says }) => {
    const told = await said(files);
    expect(told).toHaveLength(says.length);
    for (const [at, part] of says.entries()) expect(told[at]).toContain(part);
  });

  test('what stands before and after a fault is read', async () => {
    const files = faults.find(({ name }) => name === 'Liquibase: path out of the project')?.files ?? {};
    const { histories } = await reading(files);
    expect(histories[0]?.migrations.map(({ id }) => id)).toEqual(['a:1', 'a:2']);
  });
});

test('a change that cannot be followed is not counted as understood', async () => {
  const custom = '<changeSet id="2" author="a"><customChange class="com.x.Y"/></changeSet>';
  const { histories } = await reading({ 'changelog.xml': changelog(`${created('1')}\n${custom}`) });
  // CREATE TABLE, its way back and the change
  expect(summarize(lint(histories, { pg: 15, rules: [] }))).toMatchObject({ statements: 3, notUnderstood: 1 });
});

test('Prisma 8 goes the shortest way, and what lies beside it is judged behind', async () => {
  const { histories } = await reading({
    ...edge('1_a', null, 'a'),
    ...edge('2_b', 'a', 'b'),
    ...edge('3_c', 'b', 'd'),
    ...edge('4_d', 'a', 'd'),
    ...edge('5_e', 'd', 'e'),
  });
  const said = histories[0]?.migrations.map(({ id, conditional }) => (conditional ? `(${id})` : id));
  expect(said).toEqual(['1_a', '4_d', '5_e', '(2_b)', '(3_c)']);
});

test("a config.toml beside migrations is Supabase's only where it names a project", async () => {
  const files = { 'Cargo.toml': '[dependencies]\nsqlx = "0.8"\n', 'migrations/1_a.sql': 'select 1;' };
  const framework = async (config: string) =>
    (await reading({ ...files, 'config.toml': config })).histories[0]?.framework;
  expect([await framework('data_dir = "x"\n'), await framework('project_id = "x"\n')]).toEqual(['sqlx', 'supabase']);
});

test("one file that quotes a marker does not make a folder another runner's", async () => {
  const { histories } = await reading({
    ...cargo,
    'migrations/1_a.sql': 'select 1;',
    'migrations/2_b.sql': "select '\n-- migrate:up\n';",
    'migrations/3_c.sql': 'select 1;',
  });
  expect(histories.map(({ framework }) => framework)).toEqual(['sqlx']);
});
