import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { rules } from '../rules/index.js';
import { discover } from '../src/frameworks/discover.js';
import type { History } from '../src/frameworks/framework.js';
import { runnerTables } from '../src/frameworks/runner-tables.js';
import { lint } from '../src/lint.js';
import { loadParser } from '../src/sql/parse.js';
import { parseScript } from '../src/sql/script.js';
import { type Server, startServer } from '../src/trace/server.js';
import {
  copyOf,
  environment,
  execute,
  liquibaseProgram,
  type Outcome,
  program,
  recorder,
  type Tool,
  throughTcp,
} from './tools.js';

/** The tools themselves, on the fixtures, against a real server: what they apply, in which order, in which transactions, and where they fail. */
const tools: readonly Tool[] = [
  {
    name: 'dbmate',
    fixture: 'fixtures/dbmate',
    program: program('dbmate'),
    up: ['--no-dump-schema', 'migrate'],
    down: ['--no-dump-schema', 'rollback'],
    applied: 'select version from schema_migrations order by version',
    own: /schema_migrations/,
  },
  {
    name: 'sql-migrate',
    fixture: 'fixtures/sql-migrate',
    program: program('sql-migrate'),
    up: ['up'],
    down: ['down', '-limit=1'],
    applied: "select regexp_replace(id, '_.*', '') as version from gorp_migrations order by applied_at",
    own: /gorp_migrations/,
  },
  {
    name: 'sqitch',
    fixture: 'fixtures/sqitch',
    program: program('sqitch'),
    up: ['deploy'],
    down: ['revert', '-y'],
    downAtOnce: true,
    applied: 'select change as version from sqitch.changes order by committed_at',
    own: /\bsqitch\b/,
  },
  {
    name: 'graphile-migrate',
    fixture: 'fixtures/graphile-migrate',
    program: program('graphile-migrate'),
    up: ['migrate'],
    applied: "select replace(filename, '.sql', '') as version from graphile_migrate.migrations order by filename",
    own: /graphile_migrate/,
  },
  {
    name: 'supabase',
    fixture: 'fixtures/supabase',
    program: program('supabase'),
    up: ['migration', 'up', '--yes'],
    target: (port, database) => ['--remote', `postgres://postgres:x@127.0.0.1:${port}/${database}?sslmode=disable`],
    applied: 'select version from supabase_migrations.schema_migrations order by version',
    own: /supabase_migrations/,
  },
];

const modules = path.resolve(import.meta.dirname, '../.tools/node_modules');
const prismaModules = path.resolve(import.meta.dirname, '../.tools/prisma/node_modules');
const runner = `import pg from '${modules}/pg/lib/index.js';
import { drizzle } from '${modules}/drizzle-orm/node-postgres/index.js';
import { migrate } from '${modules}/drizzle-orm/node-postgres/migrator.js';
const pool = new pg.Pool({ host: process.env.PGHOST, user: process.env.PGUSER, database: process.env.PGDATABASE });
await migrate(drizzle(pool), { migrationsFolder: 'drizzle' }).finally(() => pool.end());
`;

/** Drizzle's migrator is a function; what it applied is known by the journal's times. */
const drizzle = (name: string, change: (folder: string) => void): Tool => ({
  name,
  fixture: 'fixtures/drizzle',
  program: existsSync(`${modules}/drizzle-orm/package.json`) ? process.execPath : undefined,
  up: ['migrate.mjs'],
  applied: `select lpad(((created_at - 1736500000000) / 259200000)::text, 4, '0') as version
    from drizzle.__drizzle_migrations order by created_at`,
  own: /drizzle/,
  versionOf: (id) => id.slice(0, 4),
  change: (folder) => {
    writeFileSync(path.join(folder, 'migrate.mjs'), runner);
    change(folder);
  },
});

const index = 'drizzle/0002_index_loan_member.sql';
const edit = (folder: string, file: string, from: string | RegExp, to: string) =>
  writeFileSync(path.join(folder, file), readFileSync(path.join(folder, file), 'utf8').replace(from, to));

/**
 * Prisma with the engine that its package brings in WebAssembly: the native one is fetched from a host of Prisma's own. It hands the script of a
 * migration to its adapter; that of Prisma cuts it up, and `whole` sends it in one message, as the native engine does (flavour/postgres,
 * apply_migration_script). Both answer `name` as `text`, which that engine cannot read.
 */
const configured = (whole: boolean) => (folder: string) => {
  const own =
    'adapter.executeScript = async (script) => { try { await query(script); } catch (e) { adapter.onError(e); } };';
  writeFileSync(
    path.join(folder, 'prisma.config.ts'),
    `import { PrismaPg } from '${prismaModules}/@prisma/adapter-pg/dist/index.mjs';
for (const name of ['PRISMA_SCHEMA_ENGINE_BINARY', 'PRISMA_QUERY_ENGINE_LIBRARY']) process.env[name] = '${process.execPath}';
// the engine gives up waiting for the advisory lock after ten seconds, by a timer that outlives the work
const { setTimeout } = globalThis;
globalThis.setTimeout = (...args) => setTimeout(...args).unref();
class Factory extends PrismaPg {
  async connect() {
    const adapter = await super.connect();
    const query = adapter.client.query.bind(adapter.client);
    adapter.client.query = async (...args) => {
      const result = await query(...args);
      for (const field of result.fields ?? []) if (field.dataTypeID === 19) field.dataTypeID = 25;
      return result;
    };
    ${whole ? own : ''}
    return adapter;
  }
}
const { PGHOST: host, PGUSER: user, PGDATABASE: database } = process.env;
export default {
  experimental: { adapter: true },
  engine: 'js',
  schema: 'prisma/schema.prisma',
  adapter: async () => new Factory({ host, user, database, allowExitOnIdle: true }),
};
`,
  );
  writeFileSync(
    path.join(folder, 'prisma/schema.prisma'),
    'datasource db {\n  provider = "postgresql"\n  url = "x"\n}\n',
  );
};

const prisma: Tool = {
  name: 'prisma',
  fixture: 'fixtures/prisma',
  program: existsSync(`${prismaModules}/.bin/prisma`) ? `${prismaModules}/.bin/prisma` : undefined,
  up: ['migrate', 'deploy'],
  applied: 'select migration_name as version from _prisma_migrations where finished_at is not null order by started_at',
  own: /_prisma_migrations/,
  equip: configured(true),
};

const migration = (name: string) => `prisma/migrations/${name}/migration.sql`;
const withBody = migration('20250113093000_create_loan');
const withIndex = migration('20250116103000_index_loan_member');

const withPrisma: readonly Tool[] = [
  prisma,
  {
    ...prisma,
    name: 'prisma with a second statement beside CONCURRENTLY',
    change: (folder) => edit(folder, withIndex, 'create', 'select 1;\ncreate'),
  },
  {
    ...prisma,
    name: 'prisma with an adapter',
    change: (folder) => {
      edit(folder, withBody, /create function[\s\S]*/, '');
      edit(folder, withIndex, 'create', 'select 1;\ncreate');
      configured(false)(folder);
    },
    equip: undefined,
  },
];

/** What scripts/install-rust-tools.sh has built. */
const built = (name: string) => {
  const file = path.resolve(import.meta.dirname, '../.tools/rust/bin', name);
  return existsSync(file) ? file : undefined;
};
const sqlx: Tool = {
  name: 'sqlx',
  fixture: 'fixtures/sqlx',
  program: built('sqlx'),
  up: ['up'],
  down: ['down', '0'],
  downAtOnce: true,
  applied: 'select version::text from _sqlx_migrations where success order by installed_on',
  own: /_sqlx_migrations/,
};
const diesel: Tool = {
  name: 'diesel',
  fixture: 'fixtures/diesel',
  program: built('diesel'),
  up: ['up'],
  down: ['down'],
  applied: 'select version from __diesel_schema_migrations order by run_on',
  own: /__diesel_schema_migrations/,
};
const optedOut = {
  sqlx: 'migrations/20250116103000_index_loan_member.up.sql',
  diesel: 'migrations/2025-01-16-103000_index_loan_member',
};

const inRust: readonly Tool[] = [
  sqlx,
  {
    ...sqlx,
    name: 'sqlx with a second statement beside CONCURRENTLY',
    change: (folder) => edit(folder, optedOut.sqlx, 'create', 'select 1;\ncreate'),
  },
  diesel,
  {
    ...diesel,
    name: 'diesel with a second statement beside CONCURRENTLY',
    change: (folder) => edit(folder, `${optedOut.diesel}/up.sql`, 'create', 'select 1;\ncreate'),
  },
];

const changelog = 'src/main/resources/db/changelog';
const liquibase = (command: readonly string[]) => [
  ...(liquibaseProgram?.args ?? []),
  '--search-path=src/main/resources',
  ...command,
  '--changelog-file=db/changelog/db.changelog-master.xml',
];
const withLiquibase: Tool = {
  name: 'liquibase',
  fixture: 'fixtures/liquibase',
  program: liquibaseProgram?.java,
  up: liquibase(['update']),
  down: liquibase(['rollback-count', '--count=100']),
  downAtOnce: true,
  target: (port, database) => [
    `--url=jdbc:postgresql://127.0.0.1:${port}/${database}`,
    '--username=postgres',
    '--password=x',
  ],
  applied: "select author || ':' || id as version from databasechangelog order by orderexecuted",
  own: /databasechangelog/,
};

const withCode: readonly Tool[] = [
  ...tools,
  withLiquibase,
  {
    ...withLiquibase,
    name: 'liquibase with CONCURRENTLY in a transaction',
    change: (folder) => edit(folder, `${changelog}/2025/001-members.sql`, ' runInTransaction:false', ''),
  },
  ...inRust,
  ...withPrisma,
  drizzle('drizzle', () => {}),
  drizzle('drizzle without CONCURRENTLY', (folder) => edit(folder, index, ' concurrently', '')),
  drizzle('drizzle after COMMIT', (folder) => edit(folder, index, 'create', 'commit;--> statement-breakpoint\ncreate')),
  drizzle('drizzle between COMMIT and BEGIN', (folder) => {
    edit(folder, index, 'create', 'commit;--> statement-breakpoint\ncreate');
    edit(folder, index, /;\s*$/, ';--> statement-breakpoint\nbegin;\n');
  }),
];

let server: Server;
beforeAll(async () => {
  await loadParser();
  server = await startServer(15);
}, 240_000);
afterAll(() => server?.stop());

let databases = 0;

interface Run {
  readonly outcome: Outcome;
  readonly applied: readonly string[];
  /** The numbers of the transactions in which objects were made, in order, starting at 0. */
  readonly transactions: readonly number[];
  readonly again: (args: readonly string[]) => Promise<Outcome>;
  readonly query: (sql: string) => Promise<readonly Readonly<Record<string, string | null>>[]>;
  readonly end: () => Promise<void>;
}

async function run(tool: Tool, change: (folder: string) => void = tool.change ?? (() => {})): Promise<Run> {
  const database = `tool_${++databases}`;
  const env = await environment(server, database);
  const { folder, remove } = copyOf(tool.fixture);
  change(folder);
  tool.equip?.(folder);
  const session = await server.connect(database);
  await session.query(recorder);
  const settings = {
    ...env,
    ...(tool.name === 'sql-migrate' && { DATABASE_URL: env.DATASOURCE }),
    DBMATE_MIGRATIONS_DIR: './db/migrations',
    DO_NOT_TRACK: '1',
    CHECKPOINT_DISABLE: '1',
  };
  const port = tool.target && (await throughTcp(env.PGHOST ?? ''));
  const target = tool.name === 'sqitch' ? [`db:pg:${database}`] : port ? tool.target?.(port.port, database) : [];
  const again = (args: readonly string[]) =>
    execute(tool.program ?? '', [...args, ...(target ?? [])], folder, settings);
  const outcome = await again(tool.up);
  const applied = await session.query(tool.applied).catch(() => []);
  const seen = await session.query('select tx, objects from recorder.seen order by at');
  const own = seen.filter(({ objects }) => !tool.own.test(objects ?? '') && objects !== '');
  const order = [...new Set(own.map(({ tx }) => tx))];
  return {
    outcome,
    applied: applied.map(({ version }) => version ?? ''),
    transactions: own.map(({ tx }) => order.indexOf(tx)),
    again,
    query: (sql) => session.query(sql),
    end: async () => {
      await session.close();
      port?.close();
      remove();
    },
  };
}

async function read(tool: Tool): Promise<History> {
  const copy = copyOf(tool.fixture);
  tool.change?.(copy.folder);
  const { histories } = await discover([], { cwd: copy.folder });
  copy.remove();
  const [history] = histories;
  if (history === undefined) throw new Error('no history');
  return { ...history, migrations: history.migrations.filter(({ id }) => id !== 'current') };
}

/** Ids of the migrations up to the first one that the server refuses according to the rules. */
function expectedToApply(history: History): readonly string[] {
  const { diagnostics } = lint([history], {
    pg: 15,
    rules: rules.filter(({ id }) => id === 'concurrently-in-transaction'),
  });
  const refused = new Set(diagnostics.filter(({ direction }) => direction === 'up').map(({ migration }) => migration));
  const ids = history.migrations.map(({ id }) => id);
  const first = ids.findIndex((id) => refused.has(id));
  if (first === -1) return ids;
  // one transaction for all: what fails takes back the rest
  return history.migrations[0]?.up.transaction.scope === 'run' ? [] : ids.slice(0, first);
}

const makesNothing = new Set(['SelectStmt', 'InsertStmt', 'VariableSetStmt', 'TransactionStmt', 'VacuumStmt']);

/** The numbers of the transactions in which our plan has the statements that make, change or drop objects. */
function expectedTransactions(history: History, ids: readonly string[]): readonly number[] {
  let number = history.migrations[0]?.up.transaction.scope === 'run' ? 0 : -1;
  const numbers: number[] = [];
  let left = false;
  for (const { id, up } of history.migrations) {
    if (!ids.includes(id)) continue;
    const { scope, batch } = up.transaction;
    for (const piece of up.pieces) {
      let open = false;
      const { statements } = parseScript([piece], { psql: up.psql ?? false });
      if (scope === 'migration' && piece === up.pieces[0]) number++;
      if (scope === 'none' && batch === 'script') number++;
      for (const { kind, node } of statements) {
        if (kind === 'TransactionStmt' && 'kind' in node) {
          open = node.kind === 'TRANS_STMT_BEGIN';
          if (open || scope === 'run') number++;
          if (scope === 'run') left = !open;
        } else if (!makesNothing.has(kind) && kind !== 'DropStmt') {
          if ((left || (scope === 'none' && batch === 'statement')) && !open) number++;
          numbers.push(number);
        }
      }
    }
  }
  const order = [...new Set(numbers)];
  return numbers.map((one) => order.indexOf(one));
}

describe.each(withCode)('$name', (tool) => {
  test('applies what we say, in our order, in our transactions, and stops where we say', async (context) => {
    if (tool.program === undefined) return context.skip(`${tool.name} is not installed: scripts/install-test-tools.sh`);
    const history = await read(tool);
    const result = await run(tool);
    const expected = expectedToApply(history);
    const complete = expected.length === history.migrations.length;
    expect(result.applied, result.outcome.output).toEqual(expected.map(tool.versionOf ?? ((id) => id)));
    expect(result.outcome.code === 0, result.outcome.output).toBe(complete);
    if (!complete) expect(result.outcome.output).toMatch(/cannot (?:run|be executed) inside a transaction block/);
    expect(result.transactions).toEqual(expectedTransactions(history, expected));
    await result.end();
  });

  test('makes the table of what has been run as we say', async (context) => {
    if (tool.program === undefined) return context.skip(`${tool.name} is not installed: scripts/install-test-tools.sh`);
    const table = runnerTables[(await read(tool)).framework];
    if (table === undefined) return;
    const result = await run(tool);
    const ours = await environment(server, `table_${++databases}`);
    const session = await server.connect(ours.PGDATABASE);
    await session.query(table.sql);
    const columns = `select table_schema, table_name, column_name, data_type, character_maximum_length, is_nullable, column_default
      from information_schema.columns where table_schema ~ 'graphile_migrate|drizzle|supabase|sqitch' or table_name ~ 'schema_migrations|gorp|prisma|sqlx|diesel|databasechangelog'
      order by table_name, ordinal_position`;
    const keys = `select conrelid::regclass::text, pg_get_constraintdef(oid) as def from pg_constraint
      where conrelid::regclass::text ~ 'graphile_migrate|drizzle|schema_migrations|gorp|prisma|sqlx|diesel|sqitch|databasechangelog' and contype <> 'n' order by 1, 2`;
    for (const query of [columns, keys]) expect(await session.query(query)).toEqual(await result.query(query));
    await session.close();
    await result.end();
  });

  test('goes back by what we take for the way back', async (context) => {
    if (tool.program === undefined) return context.skip(`${tool.name} is not installed: scripts/install-test-tools.sh`);
    const { down } = tool;
    if (down === undefined) return;
    const result = await run(tool);
    for (const _ of tool.downAtOnce ? ['all'] : result.applied) {
      const { code, output } = await result.again(down);
      expect(code, output).toBe(0);
    }
    const left = await result.query(
      "select relname from pg_class where relnamespace = 'public'::regnamespace and relkind in ('r', 'v') order by 1",
    );
    expect(left.map(({ relname }) => relname).filter((name) => !tool.own.test(name ?? ''))).toEqual([]);
    await result.end();
  });
});

interface Refusal {
  readonly tool: string;
  readonly file: string;
  readonly text: string;
  /** The rule that says it. */
  readonly rule: string;
  readonly says: RegExp;
}

const refusals: readonly Refusal[] = [
  {
    tool: 'dbmate',
    file: 'db/migrations/20250121000000_x.sql',
    text: '-- migrate:up\nselect 1;\n',
    rule: 'section-missing',
    says: /migrate:down/,
  },
  {
    tool: 'dbmate',
    file: 'db/migrations/20250121000000_x.sql',
    text: 'select 1;\n-- migrate:up\nselect 1;\n-- migrate:down\n',
    rule: 'statement-outside-section',
    says: /preceding/,
  },
  {
    tool: 'dbmate',
    file: 'db/migrations/20250120090000_x.sql',
    text: '-- migrate:up transaction: false\ncreate index concurrently c on customer (email);\n-- migrate:down\n',
    rule: 'opt-out-ignored',
    says: /transaction block/,
  },
  {
    tool: 'dbmate',
    file: 'db/migrations/20250220000000_x.sql',
    text: '-- migrate:up\nbegin;\ncreate table x (id int);\ncommit;\n-- migrate:down\ndrop table x;\n',
    rule: 'runner-transaction-ended',
    says: /unexpected transaction status idle/,
  },
  {
    tool: 'sql-migrate',
    file: 'db/20250401000000_x.sql',
    text: '-- +migrate Up\ncreate table x (id int);\ncommit;\n-- +migrate Down\ndrop table x;\n',
    rule: 'runner-transaction-ended',
    says: /unexpected transaction status idle/,
  },
  {
    tool: 'sql-migrate',
    file: 'db/20250401000000_x.sql',
    text: '-- +migrate Up\ncreate function f() returns int language plpgsql as $$\nbegin\n  return 1;\nend\n$$;\n',
    rule: 'statement-cut',
    says: /unterminated dollar-quoted/,
  },
  {
    tool: 'sql-migrate',
    file: 'db/20250401000000_x.sql',
    text: '-- +migrate Up\nselect 1\n',
    rule: 'statement-unfinished',
    says: /semicolon/,
  },
  {
    tool: 'sql-migrate',
    file: 'db/20250401000000_x.sql',
    text: 'select 1;\n',
    rule: 'section-missing',
    says: /no Up\/Down annotations/,
  },
  {
    tool: 'graphile-migrate',
    file: 'migrations/committed/000001-create-member.sql',
    text: '--! Previous: -\n--! Hash: sha1:0000000000000000000000000000000000000000\n\nselect 1;\n',
    rule: 'checksum-mismatch',
    says: /Hash for|hash/,
  },
  {
    tool: 'graphile-migrate',
    file: 'migrations/committed/000009.sql',
    text: '--! Hash: sha1:0\n\nselect 1;\n',
    rule: 'section-missing',
    says: /Previous/,
  },
  {
    tool: 'sqitch',
    file: 'sqitch.plan',
    text: '%syntax-version=1.0.0\n%project=library\n\ncreate_member [create_loan] 2025-01-10T08:30:00Z Ada <a@example.com> # x\n',
    rule: 'dependency-missing',
    says: /create_loan/,
  },
  {
    tool: 'sqlx',
    file: optedOut.sqlx,
    text: '\n-- no-transaction\ncreate index concurrently loan_member on loan (member_id);\n',
    rule: 'opt-out-ignored',
    says: /transaction block/,
  },
  {
    tool: 'sqlx',
    file: 'migrations/first_x.sql',
    text: 'select 1;\n',
    rule: 'unreadable-migration',
    says: /integer version prefix/,
  },
  {
    tool: 'prisma',
    file: 'prisma/migrations/20250118000000_lost/notes.txt',
    text: 'x\n',
    rule: 'migration-file-missing',
    says: /P3015/,
  },
  {
    tool: 'prisma with an adapter',
    file: withBody,
    text: 'create function f() returns int language plpgsql as $$\nbegin\n  return 1;\nend\n$$;\n',
    rule: 'statement-cut',
    says: /unterminated dollar-quoted/,
  },
];

describe('what we say a tool refuses, it refuses', () => {
  test.for(refusals)('$tool: $rule', async (refusal, context) => {
    const tool = withCode.find(({ name }) => name === refusal.tool);
    if (tool?.program === undefined)
      return context.skip(`${refusal.tool} is not installed: scripts/install-test-tools.sh`);
    const write = (folder: string) => {
      tool.change?.(folder);
      const file = path.join(folder, refusal.file);
      mkdirSync(path.dirname(file), { recursive: true });
      writeFileSync(file, refusal.text);
    };
    const copy = copyOf(tool.fixture);
    write(copy.folder);
    const { histories } = await discover([], { cwd: copy.folder });
    await loadParser();
    const said = lint(histories, { pg: 16, rules }).diagnostics;
    copy.remove();
    expect(said.map(({ rule }) => rule)).toContain(refusal.rule);
    const { outcome, end } = await run(tool, write);
    await end();
    expect(outcome.code, outcome.output).not.toBe(0);
    expect(outcome.output).toMatch(refusal.says);
  });
});

describe('a second runner', () => {
  const index = 'create index concurrently waited_id on waited (id)';
  const lock = 'select pg_advisory_lock(4)';
  const tryLock = 'select pg_try_advisory_lock(4)';

  /** What becomes of the CONCURRENTLY of the first and of the wait of the second, which has asked for the lock just before. */
  async function together(asking: string): Promise<readonly string[]> {
    const [first, second] = [await server.connect(), await server.connect()];
    await first.query('create table if not exists waited (id int)');
    await first.query('drop index if exists waited_id');
    await first.query(lock);
    const saying = (query: Promise<unknown>) => query.then(() => 'done').catch((error: Error) => error.message);
    const waiting = saying(second.query(asking));
    await first.query('select pg_sleep(0.3)');
    const built = await saying(first.query(index));
    await first.query('select pg_advisory_unlock_all()');
    const waited = await waiting;
    await first.close();
    await second.close();
    return [built, waited];
  }

  test('deadlocks with CREATE INDEX CONCURRENTLY when it waits in pg_advisory_lock, and does not when it tries', async () => {
    expect(await together(lock)).toContain('deadlock detected');
    expect(await together(tryLock)).toEqual(['done', 'done']);
  });
});
