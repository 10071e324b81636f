import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { rules } from '../rules/index.js';
import { discover } from '../src/frameworks/discover.js';
import type { History } from '../src/frameworks/framework.js';
import { runnerTables } from '../src/frameworks/runner-tables.js';
import { lint } from '../src/lint.js';
import { loadParser } from '../src/sql/parse.js';
import { textOf } from '../src/sql/piece.js';
import { Source } from '../src/sql/source.js';

/** What a project's own files say of how its migrations are named, found, cut and run. */

beforeAll(loadParser);

async function reading(files: Readonly<Record<string, string | Uint8Array>>): Promise<readonly History[]> {
  const folder = mkdtempSync(path.join(tmpdir(), 'lockkeeper-settings-'));
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(path.dirname(path.join(folder, name)), { recursive: true });
    writeFileSync(path.join(folder, name), content);
  }
  const { histories } = await discover([], { cwd: folder });
  rmSync(folder, { recursive: true });
  return histories;
}

/** `root: ids` of each history. */
const order = (histories: readonly History[]) =>
  histories.map(({ root, migrations }) => `${root}: ${migrations.map(({ id }) => id).join(' ')}`);

const texts = ([history]: readonly History[], id: string) =>
  history?.migrations.find((migration) => migration.id === id)?.up.pieces.map(textOf);

const problems = (histories: readonly History[]) =>
  histories.flatMap((one) => [...one.problems, ...one.migrations.flatMap((m) => m.problems)]).map((p) => p.message);

describe('a migration in another language', () => {
  const table = 'create table a (id int primary key);';
  const key = 'alter table a add primary key (id);';
  const java = 'import org.flywaydb.core.api.migration.BaseJavaMigration;';
  test.each<readonly [string, (middle: boolean) => Readonly<Record<string, string>>]>([
    [
      'Go, with goose',
      (middle) => ({
        'm/1_a.sql': `-- +goose Up\n${table}\n`,
        [middle ? 'm/2_b.go' : 'm/4_b.go']: 'package m\n',
        'm/3_c.sql': `-- +goose Up\n${key}\n`,
      }),
    ],
    [
      'Rust, with refinery',
      (middle) => ({
        'Cargo.toml': '[dependencies]\nrefinery = "0.8"\n',
        'm/V1__a.sql': table,
        [middle ? 'm/V2__b.rs' : 'm/V4__b.rs']: '',
        'm/V3__c.sql': key,
      }),
    ],
    [
      'Java, with Flyway',
      (middle) => ({
        'app/pom.xml': '<artifactId>flyway-core</artifactId>',
        'app/src/main/resources/db/V1.2__a.sql': table,
        [`app/src/main/java/x/${middle ? 'V1_9' : 'V1_11'}__B.java`]: java,
        'app/src/main/resources/db/V1.10__c.sql': key,
      }),
    ],
    [
      'TypeScript, beside Prisma',
      (middle) => ({
        'prisma/migrations/migration_lock.toml': 'provider = "postgresql"\n',
        'prisma/migrations/20250101000000_a/migration.sql': table,
        [`prisma/migrations/${middle ? '20250102000000' : '20250104000000'}_b/migration.ts`]: '',
        'prisma/migrations/20250103000000_c/migration.sql': key,
      }),
    ],
  ])('%s: what comes after it is not certain to fail', async (_, files) => {
    const refused = async (middle: boolean) =>
      lint(await reading(files(middle)), { pg: 15, rules }).diagnostics.filter(({ rule }) => rule === 'fails-when-run');
    expect(await refused(true)).toEqual([]);
    expect(await refused(false)).toHaveLength(1);
  });
});

describe('the table in which a runner keeps what it has run', () => {
  const refusals = (history: History) =>
    lint([history], { pg: 15, rules }).diagnostics.flatMap(({ rule, message }) =>
      rule === 'fails-when-run' ? message : [],
    );
  const historyOf = (framework: string, sql: string): History => {
    const source = new Source('1.sql', sql);
    const transaction = { scope: 'none', batch: 'statement', optedOut: false, why: '' } as const;
    const up = { pieces: [{ source, span: { start: 0, end: sql.length } }], transaction };
    const migration = { id: '1', name: '', file: '1.sql', up, down: { none: 'framework' }, problems: [] } as const;
    return { framework, root: '', migrations: [migration], problems: [], assumptions: [] };
  };

  test.each(Object.entries(runnerTables))('%s: is there before the first migration', (framework, table) => {
    const [, name = ''] = /create table if not exists (\S+)/.exec(table?.sql ?? '') ?? [];
    const relation = name.replaceAll('"', '').split('.').at(-1);
    const sql = `create table ${name} (id int); alter table ${name} add column more int;`;
    expect(refusals(historyOf(framework, sql))).toEqual([
      `PostgreSQL refuses it: relation "${relation}" already exists`,
    ]);
    expect(refusals(historyOf('sql', sql))).toEqual([]);
  });

  test('of Flyway has the name that the configuration gives it', async () => {
    const [history] = await reading({
      'db/flyway.conf': 'flyway.table=schema_version\n',
      'db/V1__a.sql': 'create table flyway_schema_history (id int); create table schema_version (id int);',
    });
    expect(history && refusals(history)).toEqual(['PostgreSQL refuses it: relation "schema_version" already exists']);
  });
});

describe('Flyway', () => {
  const resources = 'src/main/resources';

  test('all its locations are one history', async () => {
    const histories = await reading({
      [`${resources}/application.yml`]:
        'spring:\n  flyway:\n    locations: classpath:db/migration,classpath:/db/{vendor},classpath:db/none\n',
      [`${resources}/db/migration/V1__a.sql`]: 'create table a (id int);',
      [`${resources}/db/migration/V3__c.sql`]: 'create table c (id int);',
      [`${resources}/db/postgresql/V2__b.sql`]: 'create table b (id int);',
      [`${resources}/db/mysql/V2__b.sql`]: 'create table b (id int);',
    });
    expect(order(histories)).toEqual([`${resources}/db/migration: 1 2 3`, `${resources}/db/mysql: `]);
  });

  test('names of its own make a folder known by its configuration alone', async () => {
    const histories = await reading({
      'db/flyway.toml':
        '[flyway]\nlocations = ["filesystem:./sql"]\nsqlMigrationPrefix = "M"\nsqlMigrationSeparator = "--"\n',
      'db/sql/M2--b.sql': 'select 2;',
      'db/sql/M1--a.sql': 'select 1;',
    });
    expect(order(histories)).toEqual(['db/sql: 1 2']);
  });

  test('a Flyway that is switched off names nothing', async () => {
    const files = {
      'application.properties': 'spring.flyway.enabled=false\nspring.flyway.locations=filesystem:x\n',
      'x/001_a.sql': 'select 1;',
    };
    expect((await reading(files)).map(({ framework }) => framework)).toEqual(['sql']);
  });

  test('a script configuration leaves its migration out, or its placeholders', async () => {
    const histories = await reading({
      'flyway.conf': 'flyway.locations=filesystem:m\n',
      'm/V1__a.sql': 'select 1;',
      'm/V2__b.sql': 'select ${x};',
      'm/V2__b.sql.conf': 'shouldExecute=false\n',
      'm/V3__c.sql': "select '${x}';",
      'm/V3__c.sql.conf': 'placeholderReplacement=false\n',
      'm/V4__d.sql': 'select 4;',
      'm/V4__d.sql.conf': 'shouldExecute=${env}==prod\n',
      'm/V5__e.sql': 'select ${y};',
    });
    expect(order(histories)).toEqual(['m: 1 3 4 5']);
    expect(histories[0]?.migrations.map(({ conditional }) => conditional ?? false)).toEqual([
      false,
      false,
      true,
      false,
    ]);
    expect(problems(histories)).toEqual(['nothing in the project gives ${y} a value']);
    expect(histories[0]?.assumptions).toEqual(['1 migrations are left out, because their shouldExecute is false']);
  });

  test('placeholders between other delimiters', async () => {
    const histories = await reading({
      'flyway.conf':
        'flyway.locations=filesystem:m\nflyway.placeholderPrefix=#[\nflyway.placeholderSuffix=]\nflyway.placeholders.T=member\n',
      'm/V1__a.sql': "create table #[t] (id int);\nselect '${as it is}; ';\nselect * from #[other];\n",
    });
    expect(texts(histories, '1')).toEqual([
      'create table member (id int)',
      "select '${as it is}; '",
      'select * from other',
    ]);
    expect(problems(histories)).toEqual(['nothing in the project gives #[other] a value']);
  });

  test('what flyway.toml says for an environment comes before what it says for all', async () => {
    const toml = (environment: string) =>
      `[flyway]\nlocations = ["filesystem:m"]\nsqlMigrationPrefix = "A"\n${environment}[environments.default.flyway]\nsqlMigrationPrefix = "V"\n[environments.prod.flyway]\nsqlMigrationPrefix = "M"\n`;
    const files = { 'm/V1__a.sql': 'select 1;', 'm/M2__b.sql': 'select 1;', 'm/A3__b.sql': 'select 1;' };
    expect(order(await reading({ ...files, 'flyway.toml': toml('') }))).toEqual(['m: 1']);
    expect(order(await reading({ ...files, 'flyway.toml': toml('environment = "prod"\n') }))).toEqual(['m: 2']);
  });

  test('files are read in the encoding that is said of all, or of one', async () => {
    const latin = (text: string) => Uint8Array.from(text, (letter) => letter.charCodeAt(0));
    const histories = await reading({
      'flyway.conf': 'flyway.locations=filesystem:m\nflyway.encoding=ISO-8859-1\n',
      'm/V1__a.sql': latin("select 'é';"),
      'm/V2__b.sql': latin("select '\xe4';"),
      'm/V2__b.sql.conf': 'encoding=windows-1251\n',
      'm/V3__c.sql': "select 'ü';",
      'm/V4__d.sql': latin("select 'é';"),
      'm/V4__d.sql.conf': 'encoding=EBCDIC\n',
    });
    expect(['1', '2', '3'].map((id) => texts(histories, id))).toEqual([
      ["select 'é';"],
      ["select 'д';"],
      ["select 'ü';"],
    ]);
    expect(problems(histories)).toEqual(['m/V4__d.sql is not UTF-8 (line 1)']);
  });

  test('migrations in Java are told, and no gaps', async () => {
    const histories = await reading({
      'pom.xml': '<artifactId>flyway-core</artifactId>',
      'src/main/java/db/migration/V2__B.java': 'class V2__B {}',
      [`${resources}/db/migration/V1__a.sql`]: 'select 1;',
      [`${resources}/db/migration/V3__c.sql`]: 'select 1;',
      [`${resources}/db/migration/V4__d.sql`]: 'select 1;',
    });
    expect(problems(histories)).toEqual([]);
    expect(histories[0]?.assumptions).toContain('1 migrations written in Java or the like are not read');
  });

  test('who is advised to leave the transaction is told of the lock that would wait for it', async () => {
    const advice = async (config: string) => {
      const [history] = await reading({
        'flyway.conf': `flyway.locations=filesystem:m\n${config}`,
        'm/V1__a.sql': 'select 1;',
      });
      return history?.migrations[0]?.up.transaction.optOut;
    };
    expect(await advice('')).toMatch(/transactional\.lock=false/);
    expect(await advice('flyway.postgresql.transactional.lock=false\n')).not.toMatch(/transactional/);
  });
});

describe('Atlas', () => {
  const plan = async (files: Readonly<Record<string, string>>) => {
    const [history] = await reading({ 'm/atlas.sum': 'h1:x=\n', ...files });
    return history?.migrations.map(({ up }) => `${up.transaction.scope}/${up.transaction.batch}`);
  };

  test.each([
    [
      '-- end',
      "create function f() as $$ -- end $$;\n-- end\nselect '-- end' -- end\n",
      ['create function f() as $$ -- end $$;\n', "select '-- end' "],
    ],
    ['\\n\\n\\n', 'select 1;\nselect 2;\n\n\nselect 3;\n', ['select 1;\nselect 2;', 'select 3;\n']],
    [
      'GO',
      "select E'\\'GO', (select 'a' as GO)\nGO\n/* GO */ select 2 GO",
      ["select E'\\'GO', (select 'a' as GO)\n", '/* GO */ select 2 '],
    ],
  ])('a delimiter %s of its own', async (delimiter, text, pieces) => {
    const histories = await reading({
      'm/atlas.sum': 'h1:x=\n',
      'm/1.sql': `-- atlas:delimiter ${delimiter}\n\n${text}`,
    });
    expect(texts(histories, '1')).toEqual(pieces);
    expect(histories[0]?.migrations[0]?.up.transaction).toMatchObject({ scope: 'migration', batch: 'script' });
  });

  test('the mode of all files, and that of one', async () => {
    const files = { 'm/1.sql': 'select 1;', 'm/2.sql': '-- atlas:txmode file\n\nselect 1;' };
    expect(await plan(files)).toEqual(['migration/statement', 'migration/statement']);
    expect(await plan({ ...files, 'atlas.hcl': 'tx_mode = "none"' })).toEqual([
      'none/statement',
      'migration/statement',
    ]);
    expect(await plan({ ...files, 'atlas.hcl': 'tx_mode = all' })).toEqual(['run/statement', 'run/statement']);
  });
});

test.each([
  ['6.5.0', '20250101000000_x 20250101_y'],
  ['6.6.0', '20250101_y 20250101000000_x'],
])('Prisma %s sorts its folders', async (version, ids) => {
  const histories = await reading({
    'package.json': JSON.stringify({ dependencies: { prisma: version } }),
    'm/migration_lock.toml': 'provider = "postgresql"\n',
    'm/20250101_y/migration.sql': 'select 1;',
    'm/20250101000000_x/migration.sql': 'select 1;',
  });
  expect(order(histories)).toEqual([`m: ${ids}`]);
});

test('Prisma with a driver adapter cuts at every semicolon, up to 6', async () => {
  const files = (version: string) => ({
    'package.json': JSON.stringify({ dependencies: { prisma: version } }),
    'prisma.config.ts':
      "export default defineConfig({\n  engine: 'js',\n  adapter: async () => new PrismaPg({}),\n});\n",
    'm/migration_lock.toml': 'provider = "postgresql"\n',
    'm/20250101000000_x/migration.sql': "select 1; select ';'; do $$ begin perform 1; end $$;\n",
  });
  const [six, seven] = [await reading(files('6.19.0')), await reading(files('7.1.0'))];
  const plan = ([history]: readonly History[]) => history?.migrations[0]?.up.transaction;
  expect(plan(six)).toMatchObject({ scope: 'none', batch: 'statement' });
  expect(problems(six)).toHaveLength(2);
  expect(plan(seven)).toMatchObject({ scope: 'none', batch: 'script' });
  expect(problems(seven)).toEqual([]);
});

test('a folder with a program in the place of its SQL is not Prisma’s, and is told', async () => {
  const histories = await reading({
    'package.json': JSON.stringify({ dependencies: { prisma: '6.0.0' } }),
    'm/migration_lock.toml': 'provider = "postgresql"\n',
    'm/20250101000000_x/migration.sql': 'select 1;',
    'm/20250102000000_y/migration.ts': 'export {};',
    'm/20250103000000_z/notes.md': '',
  });
  expect(histories[0]?.assumptions).toEqual(['1 migrations written in JavaScript or TypeScript are not read']);
  expect(problems(histories)).toEqual(['20250103000000_z has no migration.sql, and Prisma stops there (P3015)']);
});

test('a journal of Drizzle that names none of the files beside it says nothing of them', async () => {
  const journal = (...tags: readonly string[]) =>
    JSON.stringify({ dialect: 'postgresql', entries: tags.map((tag, when) => ({ tag, when })) });
  const files = { 'm/0001_b.sql': 'select 1;', 'm/0002_c.sql': 'select 1;' };
  const read = async (...tags: readonly string[]) =>
    (await reading({ ...files, 'm/meta/_journal.json': journal(...tags) })).map(
      (one) => `${one.framework} ${order([one])}`,
    );
  expect(await read('0000_a')).toEqual(['sql m: 0001 0002']);
  expect(await read('0000_a', '0001_b')).toEqual(['drizzle m: 0001_b']);
  expect(await read()).toEqual(['drizzle m: ']);
});

test('folders of versions with one for each database are those of PostgreSQL', async () => {
  const histories = await reading({
    'sql/upgrade/1.9.0_schema/mysql/ddl.sql': 'create table `a` (id int auto_increment);',
    'sql/upgrade/1.9.0_schema/postgresql/ddl.sql': 'create table a (id int);',
    'sql/upgrade/1.10.0_schema/mysql/ddl.sql': 'alter table `a` add b int;',
    'sql/upgrade/1.10.0_schema/postgresql/ddl.sql': 'alter table a add b int;',
    'sql/upgrade/1.10.0_schema/postgresql/dml.sql': 'select 1;',
  });
  expect(order(histories)).toEqual(['sql/upgrade: 1.9.0 1.10.0']);
  expect(texts(histories, '1.10.0')).toEqual(['alter table a add b int;', 'select 1;']);
  expect(histories[0]?.assumptions).toContain('2 files are left out: for another database by its name');
});

test('goose substitutes between ENVSUB ON and OFF', async () => {
  const histories = await reading({
    'm/1_x.sql': `-- +goose Up
select '\${A}';
-- +goose ENVSUB ON
create schema \${B};
-- +goose ENVSUB OFF
create schema \${C};
-- +goose Down
drop schema x;
`,
  });
  const { diagnostics } = lint(histories, { pg: 15, rules });
  expect(diagnostics.flatMap(({ rule, message }) => (rule === 'unknown-placeholder' ? message : []))).toEqual([
    'nothing says what ${C} stands for; the statement is read as if a name stood there',
  ]);
});

test.each([
  [{ 'go.mod': 'module x\n' }, []],
  [{ 'go.mod': 'module x\nrequire github.com/rubenv/sql-migrate v1.8.0\n' }, ['m/1_x.sql']],
  [{ 'go.mod': 'module x\n', 'dbconfig.yml': 'development: {}\n' }, ['m/1_x.sql']],
  [{}, ['m/1_x.sql']],
])('where sql-migrate itself runs the files, it cuts them: %j', async (files, cut) => {
  const body =
    '-- +migrate Up\ncreate function f() returns int language plpgsql as $$\nbegin\n  return 1;\nend\n$$;\n-- +migrate Down\n';
  const histories = await reading({ ...files, 'm/1_x.sql': body });
  const found = histories.flatMap(({ migrations }) => migrations.flatMap((one) => one.problems));
  expect(found.filter(({ rule }) => rule === 'statement-cut').map(({ source }) => source.file)).toEqual(cut);
});

test('graphile-migrate puts in what current.sql includes', async () => {
  const histories = await reading({
    '.gmrc': '{}',
    'migrations/current.sql': 'select 1;\n--!include a.sql\nselect 3;\n',
    'migrations/fixtures/a.sql': 'select 2;\n',
  });
  expect(texts(histories, 'current')?.join('')).toBe('select 1;\nselect 2;\n\nselect 3;\n');
});

test('Liquibase takes the last of two keys alike, none without a value, and what it knows of the database', async () => {
  const histories = await reading({
    'changelog.yaml': `databaseChangeLog:
- changeSet:
    id: 1
    author: ann
    author: bob
    changes:
    - createTable:
        tableName: t
        columns:
        - column:
            name: a
            type: \${database.defaultSchemaName}.kind
            defaultValue:
            remarks:
    - sql:
      sql: select 1
    - sql: {sql: "select '\${database.typeName}'"}
`,
  });
  expect(order(histories)).toEqual([': bob:1']);
  expect(texts(histories, 'bob:1')).toEqual([
    'CREATE TABLE t (a public.kind)',
    'select 1',
    "select '${database.typeName}'",
  ]);
  expect(problems(histories)).toEqual([]);
});

test('Liquibase does not look at what ignoreLines names', async () => {
  const histories = await reading({
    'changelog.sql': `--liquibase formatted sql
--changeset me:1
select 1;
--ignoreLines:2
not sql
nor this
select 2;
--ignoreLines:start
--changeset me:2
select 3;
--ignoreLines:end
--changeset me:3
select 4;
--ignoreLines:1
--changeset me:4
--ignoreLines:start
the rest
`,
  });
  expect(order(histories)).toEqual([': me:1 me:3']);
  expect(texts(histories, 'me:1')?.join('')).toBe('select 1;\nselect 2;\n');
  expect(texts(histories, 'me:3')?.join('')).toBe('select 4;\n');
});
