import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type DiscoverOptions, discover } from '../src/frameworks/discover.js';
import { globTest } from '../src/frameworks/glob.js';
import { UserError } from '../src/user-error.js';
import { mutations, row } from './mutations.js';

let cwd: string;
const write = (name: string, text = 'select 1;') => {
  mkdirSync(path.dirname(path.join(cwd, name)), { recursive: true });
  writeFileSync(path.join(cwd, name), text);
};
const dbmate = '-- migrate:up\nselect 1;\n-- migrate:down\nselect 2;\n';

beforeAll(() => {
  cwd = mkdtempSync(path.join(tmpdir(), 'lockkeeper-discover-'));
  mkdirSync(path.join(cwd, '.git'));
  write('package.json', '{"devDependencies": {"prisma": "7.4.1"}}');
  write('services/a/db/migrations/001_a.sql', dbmate);
  write('services/a/db/migrations/002_b.sql', dbmate);
  write('services/a/node_modules/x/migrations/001_a.sql', dbmate);
  write('services/a/vendor/x/migrations/001_a.sql', dbmate);
  write('services/a/test/cases/001_a.sql');
  write('services/b/prisma/migrations/migration_lock.toml', 'provider = "postgresql"');
  write('services/b/prisma/migrations/20250101000000_a/migration.sql');
  write('services/b/prisma/migrations/20250102000000_b/migration.sql', 'create index concurrently i on t (a);');
  write('services/c/Cargo.toml', '[dependencies]\nrefinery = "0.9"\n');
  write('services/c/migrations/V1__a.sql');
  write('services/d/migrations/V1__a.sql');
  write('java/pom.xml', '<project/>');
  write('java/target/classes/db/migration/V1__a.sql');
  write('java/src/main/resources/db/migration/V1__a.sql');
  write('queries/report.sql');
  symlinkSync('..', path.join(cwd, 'services/a/loop'));
  symlinkSync('itself', path.join(cwd, 'services/a/itself'));
  symlinkSync(tmpdir(), path.join(cwd, 'services/a/outside'));
  symlinkSync(path.join(tmpdir(), 'nowhere.sql'), path.join(cwd, 'services/a/db/migrations/003_c.sql'));
});
afterAll(() => rmSync(cwd, { recursive: true }));

/** framework root ids, `*` behind those that were asked for where not all were. */
async function found(paths: readonly string[], options: Partial<DiscoverOptions> = {}): Promise<readonly string[]> {
  const { histories, selected } = await discover(paths, { cwd, ...options });
  return histories.map((history) => {
    const asked = selected.get(history);
    const ids = history.migrations.map(({ id }) => `${id}${asked?.has(id) ? '*' : ''}`);
    return `${history.framework} ${history.root} ${ids.join(' ')}`;
  });
}

const a = 'dbmate services/a/db/migrations 001 002 003';
const b = 'prisma services/b/prisma/migrations 20250101000000_a 20250102000000_b';
const c = 'refinery services/c/migrations 1';
const d = 'flyway services/d/migrations 1';
const java = 'flyway java/src/main/resources/db/migration 1';

describe('what is found below the paths', () => {
  test('a changelog of Liquibase in a small folder, whatever it is called', async () => {
    const folder = path.join(cwd, 'alone');
    mkdirSync(folder);
    writeFileSync(
      path.join(folder, 'steps.xml'),
      '<databaseChangeLog><changeSet id="1" author="a"><sql>select 1</sql></changeSet></databaseChangeLog>',
    );
    const { histories } = await discover([], { cwd: folder });
    expect(histories.map(({ framework, migrations }) => [framework, migrations.length])).toEqual([['liquibase', 1]]);
    rmSync(folder, { recursive: true });
  });

  test('a link to itself is none of the migrations, and refused where it is named', async () => {
    await expect(found(['services/a/itself'])).rejects.toThrow(
      new UserError('cannot look at services/a/itself (ELOOP)'),
    );
  });
  test('all histories of a monorepo, nothing vendored, built or linked from elsewhere', async () => {
    expect(await found([])).toEqual([java, a, b, c, d]);
  });

  test('folders that look like migrations among tests are passed over by name', async () => {
    const { passedOver } = await discover([], { cwd });
    expect(passedOver).toEqual(['services/a/test/cases']);
    expect(await found(['services/a/test/cases'])).toEqual(['sql services/a/test/cases 001']);
  });

  test.each([
    { paths: ['services/b'], finds: [b] },
    { paths: ['services/a', 'services/b'], finds: [a, b] },
    { paths: ['services/a/db/migrations/002_b.sql'], finds: [a.replace('002', '002*')] },
    {
      paths: ['services/a/db/migrations/001_a.sql', 'services/a/db/migrations/002_b.sql'],
      finds: [a.replace('001', '001*').replace('002', '002*')],
    },
    { paths: ['services/a/db/migrations/002_b.sql', 'services/a'], finds: [a] },
    { paths: ['services/b/prisma/migrations/20250102000000_b'], finds: [`${b}*`] },
    { paths: ['services/b/prisma/migrations/20250102000000_b/migration.sql'], finds: [`${b}*`] },
    { paths: ['queries/report.sql'], finds: ['sql queries report*'] },
    { paths: ['queries'], finds: ['sql queries report'] },
    { paths: ['./services/../services/b/'], finds: [b] },
  ])('$paths', async ({ paths, finds }) => {
    expect(await found(paths)).toEqual(finds);
  });

  test('a path from another working directory', async () => {
    const { histories } = await discover(['../b'], { cwd: path.join(cwd, 'services/a') });
    expect(histories.map(({ root }) => root)).toEqual(['../b/prisma/migrations']);
    expect(histories[0]?.migrations[0]?.file).toBe('../b/prisma/migrations/20250101000000_a/migration.sql');
  });

  test('a manifest above the path is seen', async () => {
    const { histories } = await discover(['services/b'], { cwd });
    const plans = histories[0]?.migrations.map(({ up }) => up.transaction.batch);
    // prisma 7.4 of the root package.json splits
    expect(plans).toEqual(['script', 'statement']);
  });

  test('paths with nothing in them, and files that are no migrations', async () => {
    const { empty, histories } = await discover(['java/pom.xml', 'java/target', 'services/c/Cargo.toml'], { cwd });
    expect(histories.map(({ root }) => root)).toEqual(['java/target/classes/db/migration']);
    expect(empty).toEqual(['java/pom.xml', 'services/c/Cargo.toml']);
  });

  test('where SQL lies that nothing puts in an order', async () => {
    const files = ['users/Add-col', 'users/Rollback-Add-col', 'invoices/Create', 'invoices/Seed', 'roles/Create'];
    const overlay = new Map(files.map((file) => [`db/sql/${file}.sql`, 'select 1']));
    // beside one file that the folder has
    const { histories, heap } = await discover([], { cwd: path.join(cwd, 'queries'), overlay });
    expect(histories).toEqual([]);
    expect(heap).toEqual({ path: 'db/sql', files: 5 });
  });
});

describe('what the user says counts', () => {
  test('framework for the run', async () => {
    expect(await found(['services/d'], { framework: 'refinery' })).toEqual(['refinery services/d/migrations 1']);
    expect(await found(['queries'], { framework: 'supabase' })).toEqual(['supabase queries ']);
  });

  test('it reads what is known by names alone, where it knows no folder as its own', async () => {
    const overlay = new Map([
      ['x/001_a.sql', 'select 1'],
      ['x/002_b.sql', 'select 1'],
    ]);
    const { histories } = await discover([], { cwd: path.join(cwd, 'queries'), overlay, framework: 'sqlx' });
    expect(histories.map(({ framework, root, migrations }) => [framework, root, migrations.length])).toEqual([
      ['sqlx', 'x', 2],
    ]);
  });

  test('a transaction that is said is not taken for granted', async () => {
    const overlay = new Map([['x/001_a.sql', 'select 1']]);
    const { histories } = await discover([], { cwd: path.join(cwd, 'queries'), overlay, transaction: 'file' });
    expect(histories.flatMap(({ assumptions }) => assumptions)).toEqual([
      'read as plain SQL, because its files are numbered as 001_a.sql is',
    ]);
  });

  test('framework, transaction and ignore by glob, the last that covers a folder', async () => {
    const overrides = [
      { paths: 'services/**', transaction: 'file' as const },
      { paths: 'services/d/migrations', framework: 'refinery', transaction: 'none' as const },
      { paths: '{java,services/b}', ignore: true },
    ];
    const { histories } = await discover([], { cwd, overrides });
    expect(histories.map(({ framework, migrations }) => [framework, migrations[0]?.up.transaction.scope])).toEqual([
      ['dbmate', 'migration'],
      ['refinery', 'migration'],
      ['refinery', 'none'],
    ]);
  });

  test('a text in place of the file, or of none', async () => {
    const overlay = new Map([['services/a/db/migrations/004_new.sql', dbmate.replace('select 1', 'select 4')]]);
    const { histories, selected } = await discover(['services/a/db/migrations/004_new.sql'], { cwd, overlay });
    const [history] = histories;
    const last = history?.migrations.at(-1);
    expect(last?.up.pieces[0]?.source.text).toContain('select 4');
    expect(history && [...(selected.get(history) ?? [])]).toEqual(['004']);
  });

  test('what is wrong is one sentence', async () => {
    await expect(discover(['nowhere'], { cwd })).rejects.toThrow(new UserError('there is no file or folder nowhere'));
    await expect(discover([], { cwd, framework: 'flywa' })).rejects.toThrow(
      'unknown framework "flywa", did you mean "flyway"?',
    );
  });
});

describe('what was taken for granted is said', () => {
  test('by which evidence, and what would look the same', async () => {
    const { histories } = await discover(['services/d', 'services/a'], { cwd });
    expect(histories.map(({ assumptions }) => assumptions)).toEqual([
      [],
      ['read as Flyway, because its files are named as V1__a.sql is'],
    ]);
  });

  test('files named as those of Flyway and refinery, by what the project is written in', async () => {
    const overlay = new Map([['services/d/Cargo.toml', '[package]\nname = "d"\n']]);
    const { histories } = await discover(['services/d'], { cwd, overlay });
    expect(histories[0]?.framework).toBe('refinery');
    const compose = new Map([...overlay, ['services/d/compose.yaml', 'image: flyway/flyway\n'] as const]);
    expect((await discover(['services/d'], { cwd, overlay: compose })).histories[0]?.framework).toBe('flyway');
  });

  test('a link that leads nowhere is a file that cannot be read', async () => {
    const { histories } = await discover(['services/a'], { cwd });
    expect(histories[0]?.migrations[2]?.problems[0]?.message).toBe(
      'services/a/db/migrations/003_c.sql is a link that leads nowhere',
    );
  });
});

test.each([
  ['db/**', 'db/migrations', true],
  ['db/*', 'db/migrations/a', true],
  ['db/*/a', 'db/x/y/a', false],
  ['**/migrations', 'a/b/migrations', true],
  ['**/migrations', 'migrations', true],
  ['{a,b}/c', 'b/c', true],
  ['a.b', 'axb', false],
  ['./a/', 'a/b', true],
  ['[x]', '[x]', true],
])('glob %s on %s', (glob, name, covers) => {
  expect(globTest(glob)(name)).toBe(covers);
});

describe('a file that ends anywhere never makes a reader throw', () => {
  const fixtures = path.resolve(import.meta.dirname, '../fixtures');
  const own = [
    'atlas',
    'dbmate',
    'diesel',
    'drizzle',
    'drizzle-v1',
    'flyway',
    'golang-migrate',
    'goose',
    'graphile-migrate',
  ];
  const more = [
    'hasura',
    'liquibase',
    'pop',
    'prisma',
    'prisma-next',
    'refinery',
    'sqitch',
    'sql',
    'sql-migrate',
    'sqlx',
    'supabase',
  ];

  test.each([...own, ...more])('%s', async (folder) => {
    const root = path.join(fixtures, folder);
    const files = readdirSync(root, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
    let read = 0;
    for (const { parentPath, name } of files) {
      const file = path.join(parentPath, name);
      const text = readFileSync(file, 'utf8');
      const steps = name.endsWith('.sql') ? 2 : 10;
      for (let at = 0; at < steps; at++) {
        const cut = text.slice(0, Math.floor((text.length * at) / steps));
        const overlay = new Map([[path.relative(root, file).split(path.sep).join('/'), cut]]);
        const { histories } = await discover([], { cwd: root, overlay });
        for (const { source, span } of histories.flatMap(({ problems }) => problems)) {
          expect(span.end).toBeLessThanOrEqual(source.text.length);
        }
        read++;
      }
    }
    expect(read).toBeGreaterThan(10);
  });

  test('nor does one that is broken in another way: the files that steer the others', async () => {
    const random = row();
    for (const folder of [...own, ...more]) {
      const root = path.join(fixtures, folder);
      const files = readdirSync(root, { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile() && !entry.name.endsWith('.sql'))
        .map((entry) => path.join(entry.parentPath, entry.name));
      for (const file of files) {
        const text = readFileSync(file, 'utf8');
        for (const mutate of Object.values(mutations)) {
          const overlay = new Map([[path.relative(root, file).split(path.sep).join('/'), mutate(text, random)]]);
          const { histories } = await discover([], { cwd: root, overlay });
          for (const { source, span } of histories.flatMap(({ problems }) => problems))
            expect(span.end).toBeLessThanOrEqual(source.text.length);
        }
      }
    }
  });
});
