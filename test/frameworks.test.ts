import path from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { rules } from '../rules/index.js';
import { type Discovered, discover } from '../src/frameworks/discover.js';
import type { History, Migration, Script } from '../src/frameworks/framework.js';
import { frameworks } from '../src/frameworks/index.js';
import { lint } from '../src/lint.js';
import { loadParser } from '../src/sql/parse.js';

const fixtures = path.resolve(import.meta.dirname, '../fixtures');
const found = async (folder: string, ...paths: string[]): Promise<Discovered> =>
  discover(paths, { cwd: path.join(fixtures, folder) });

beforeAll(loadParser);

/** T: the runner's transaction; R: one for the whole run; M: a message of several statements; S: each statement by itself; `!` opted out. */
function plan({ transaction }: Script): string {
  const { scope, batch, optedOut } = transaction;
  const letter = scope === 'run' ? 'R' : scope === 'migration' ? 'T' : batch === 'script' ? 'M' : 'S';
  return optedOut ? `${letter}!` : letter;
}

const down = (migration: Migration): string =>
  'none' in migration.down
    ? { missing: '-', framework: '.', irreversible: 'x' }[migration.down.none]
    : plan(migration.down);

interface Expected {
  readonly folder: string;
  readonly framework: string;
  readonly root: string;
  readonly ids: string;
  readonly up: string;
  readonly down: string;
}

const timestamps = '20250110083000 20250113093000 20250116103000 20250119113000 20250122123000 20250125133000';
const six = 'create_member create_loan index_loan_member add_loan_due validate_loan_due create_fee';
const stamped = timestamps.split(' ').map((stamp, at) => `${stamp}_${six.split(' ')[at]}`);

const expected: readonly Expected[] = [
  {
    folder: 'dbmate',
    framework: 'dbmate',
    root: 'db/migrations',
    ids: '20250110093000 20250112101500 20250120080000 20250203140000 20250210140000 20250212140000 20250301120000',
    up: 'T T M! T T M! M!',
    down: 'T T M! T T M! T',
  },
  {
    folder: 'goose',
    framework: 'goose',
    root: 'migrations',
    ids: '00001 00002 00003 00004 00005 00006',
    up: 'T T M! T T T',
    down: 'T T M! T T T',
  },
  {
    folder: 'sql-migrate',
    framework: 'sql-migrate',
    root: 'db',
    ids: timestamps,
    up: 'T T M! T T T',
    down: 'T T M! T T T',
  },
  {
    folder: 'golang-migrate',
    framework: 'golang-migrate',
    root: 'db/migrations',
    ids: '000001 000002 000003 000004 000005 000006',
    up: 'M M M M M M',
    down: 'M M M M M M',
  },
  { folder: 'sqlx', framework: 'sqlx', root: 'migrations', ids: timestamps, up: 'T T M! T T T', down: 'T T M! T T T' },
  {
    folder: 'refinery',
    framework: 'refinery',
    root: 'migrations',
    ids: '1 2 3 4 5 6',
    up: 'T T T T T T',
    down: '. . . . . .',
  },
  {
    folder: 'diesel',
    framework: 'diesel',
    root: 'migrations',
    ids: timestamps,
    up: 'T T M! T T T',
    down: 'T T M! T T T',
  },
  {
    folder: 'flyway',
    framework: 'flyway',
    root: 'src/main/resources/db/migration',
    ids: '1.1 1.2 1.3 1.4 1.5 1.6 1.10 R__open_loans',
    up: 'T T S! T T T S! T',
    down: '- - - - - T - .',
  },
  {
    folder: 'liquibase',
    framework: 'liquibase',
    root: 'src/main/resources/db/changelog',
    ids: 'ada:create_member ada:create_loan ada:index_loan_member ada:add_loan_due ada:validate_loan_due ada:fee-table ada:fee-fill bob:fee-paid bob:shelf-table bob:shelf-fill bob:loan-shelf',
    up: 'T T S! T T T T S! T T T',
    down: 'T T S! T T T T S! T T T',
  },
  { folder: 'sqitch', framework: 'sqitch', root: '', ids: six, up: 'S S S S S S', down: 'S S S S S S' },
  {
    folder: 'prisma',
    framework: 'prisma',
    root: 'prisma/migrations',
    ids: stamped.join(' '),
    up: 'M M M M M M',
    down: '. . . . . .',
  },
  {
    folder: 'prisma-next',
    framework: 'prisma-next',
    root: 'migrations/app',
    ids: '20250110T0830_create_member 20250113T0830_create_loan 20250116T0830_index_loan_member 20250119T0830_add_loan_due',
    up: 'T T T T',
    down: '. . . .',
  },
  {
    folder: 'drizzle',
    framework: 'drizzle',
    root: 'drizzle',
    ids: six
      .split(' ')
      .map((name, at) => `000${at}_${name}`)
      .join(' '),
    up: 'R R R R R R',
    down: '. . . . . .',
  },
  {
    folder: 'drizzle-v1',
    framework: 'drizzle',
    root: 'drizzle',
    ids: stamped.slice(0, 3).join(' '),
    up: 'R R R',
    down: '. . .',
  },
  {
    folder: 'supabase',
    framework: 'supabase',
    root: 'supabase/migrations',
    ids: timestamps,
    up: 'M M M! M M M',
    down: '. . . . . .',
  },
  {
    folder: 'graphile-migrate',
    framework: 'graphile-migrate',
    root: 'migrations',
    ids: '000001 000002 000003 000004 000005 current',
    up: 'T T M! T T T',
    down: '. . . . . .',
  },
  {
    folder: 'hasura',
    framework: 'hasura',
    root: 'migrations/default',
    ids: '1736500000000 1736759200000 1737018400000 1737277600000 1737536800000 1737796000000',
    up: 'T T T T T T',
    down: 'T T T T T T',
  },
  { folder: 'atlas', framework: 'atlas', root: 'migrations', ids: timestamps, up: 'T T S! T T T', down: '. . . . . .' },
  {
    folder: 'pop',
    framework: 'pop',
    root: 'migrations/sql',
    ids: timestamps
      .split(' ')
      .map((stamp) => `${stamp}000000`)
      .join(' '),
    up: 'T T M! T T T',
    down: 'T T M! T T T',
  },
  {
    folder: 'sql/numbered',
    framework: 'sql',
    root: '',
    ids: '001 002 003 004 005 006',
    up: 'S S S S S S',
    down: '- - - - - -',
  },
  {
    folder: 'sql/pairs',
    framework: 'sql',
    root: '',
    ids: '0001 0002 0003 0004 0005 0006',
    up: 'S S S S S S',
    down: 'S S S S S S',
  },
  { folder: 'sql/folders', framework: 'sql', root: '', ids: '1 2 3 4 5 6', up: 'S S S S S S', down: 'S S S S S S' },
  {
    folder: 'sql/delta',
    framework: 'sql',
    root: '',
    ids: '54/01 54/02 55/01 55/02 55/03',
    up: 'S S S S S',
    down: '- - - - -',
  },
  { folder: 'sql/versions', framework: 'sql', root: '', ids: '1 2 3', up: 'S S S', down: 'S S S' },
  { folder: 'sql/halves', framework: 'sql', root: '', ids: '01 02 03', up: 'S S S', down: 'S S S' },
];

describe('each framework is recognised without a flag, in its order, split and with its transactions', () => {
  test.each(expected)('$folder', async (want) => {
    const { histories } = await found(want.folder);
    const [history] = histories;
    if (history === undefined) throw new Error('no history');
    expect(histories).toHaveLength(1);
    expect({
      folder: want.folder,
      framework: history.framework,
      root: history.root,
      ids: history.migrations.map(({ id }) => id).join(' '),
      up: history.migrations.map(({ up }) => plan(up)).join(' '),
      down: history.migrations.map(down).join(' '),
    }).toEqual(want);
  });

  test('every framework of the list has a fixture, and every script a reason', async () => {
    expect(new Set(expected.map(({ framework }) => framework))).toEqual(new Set(frameworks.map(({ id }) => id)));
    for (const { folder } of expected) {
      for (const { up } of (await found(folder)).histories.flatMap((history) => history.migrations)) {
        expect(up.transaction.why).toMatch(/^.{15,200}[^.]$/);
      }
    }
  });
});

describe('what is read stands where it is said to stand', () => {
  test.each(expected)('$folder', async ({ folder }) => {
    const { histories } = await found(folder);
    const scripts = histories.flatMap(({ migrations }) =>
      migrations.flatMap(({ up, down }) => ('none' in down ? [up] : [up, down])),
    );
    const pieces = scripts.flatMap((script) => script.pieces);
    expect(pieces.length).toBeGreaterThan(2);
    for (const { source, span, rendered } of pieces) {
      expect(span.start).toBeGreaterThanOrEqual(0);
      expect(span.end).toBeLessThanOrEqual(source.text.length);
      if (rendered === undefined)
        expect(source.slice(span)).not.toMatch(/^--\s*(?:migrate:|\+goose (?:Up|Down)|\+migrate (?:Up|Down))/m);
    }
  });

  test('a section of a file begins after its marker and ends before the next', async () => {
    const { histories } = await found('dbmate');
    const [first] = histories[0]?.migrations ?? [];
    const piece = first?.up.pieces[0];
    expect(piece?.source.slice(piece.span)).toMatch(/^create table customer[\s\S]*lower\(email\)\);\s*$/);
  });

  test('text of a YAML block stands at its own lines', async () => {
    const { histories } = await found('liquibase');
    const fill = histories[0]?.migrations.find(({ id }) => id === 'bob:shelf-fill');
    const lines = fill?.up.pieces.map(({ source, span }) => source.position(span.start).line);
    expect(lines).toEqual([28, 29]);
    expect(fill?.up.pieces[1]?.rendered).toBe("insert into shelf (id, label) values (2, 'travel')");
  });
});

/** The migrations of which the server would refuse a statement because it runs in a transaction. */
function refused(history: History): readonly string[] {
  const report = lint([history], { pg: 15, rules: rules.filter(({ id }) => id === 'concurrently-in-transaction') });
  return report.diagnostics
    .filter(({ rule }) => rule === 'concurrently-in-transaction')
    .map(({ migration, direction }) => `${direction} ${migration}`);
}

describe('CREATE INDEX CONCURRENTLY fails where the runner has a transaction, and only there', () => {
  test.each([
    { folder: 'dbmate', fails: ['up 20250301120000', 'up 20250301120000'] },
    { folder: 'goose', fails: [] },
    { folder: 'sql-migrate', fails: [] },
    { folder: 'golang-migrate', fails: [] },
    { folder: 'sqlx', fails: [] },
    { folder: 'refinery', fails: ['up 3'] },
    { folder: 'diesel', fails: [] },
    { folder: 'flyway', fails: [] },
    { folder: 'liquibase', fails: [] },
    { folder: 'sqitch', fails: [] },
    { folder: 'prisma', fails: [] },
    { folder: 'drizzle', fails: ['up 0002_index_loan_member'] },
    { folder: 'supabase', fails: [] },
    { folder: 'graphile-migrate', fails: [] },
    { folder: 'hasura', fails: ['down 1737018400000', 'up 1737018400000'] },
    { folder: 'atlas', fails: [] },
    { folder: 'pop', fails: [] },
    { folder: 'sql/numbered', fails: [] },
  ])('$folder', async ({ folder, fails }) => {
    const { histories } = await found(folder);
    expect(histories.flatMap(refused).toSorted()).toEqual(fails);
  });
});
