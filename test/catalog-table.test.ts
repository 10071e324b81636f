import { beforeAll, describe, expect, test } from 'vitest';
import type { Catalog, Table } from '../src/catalog/catalog.js';
import {
  ancestors,
  descendants,
  emptyCatalog,
  isTable,
  nameOf,
  referencingTables,
  relationByName,
  resolveRelationName,
} from '../src/catalog/lookup.js';
import { endTransaction, startSession } from '../src/catalog/transaction.js';
import { usesOf } from '../src/catalog/uses.js';
import { qualifiedName } from '../src/sql/names.js';
import { loadParser } from '../src/sql/parse.js';
import { describeCatalog, differences } from './catalog-description.js';
import { catalogScripts, readRecording, replaySql } from './catalog-scripts.js';

beforeAll(loadParser);

function replay(sql: string, pg = 15): Catalog {
  return replaySql(emptyCatalog(), sql, pg);
}

function table(catalog: Catalog, name: string): Table | undefined {
  const relation = relationByName(catalog, `public.${name}`);
  return relation !== undefined && isTable(relation) ? relation : undefined;
}

/** What putRelation and its kin keep in step, worked out anew from the objects. */
function inconsistencies(catalog: Catalog): string[] {
  const objects = [...catalog.relations.values(), ...catalog.types.values(), ...catalog.routines.values()];
  const names = [...catalog.relations.values()].flatMap(({ schema, name, oid }) =>
    catalog.relationNames.get(qualifiedName(schema, name)) === oid ? [] : [`name ${schema}.${name}`],
  );
  const dangling = objects.flatMap((object) =>
    [...usesOf(catalog, object)].flatMap((used) => {
      const gone = nameOf(catalog, used) === undefined;
      return gone ? [`${object.schema}.${object.name} uses ${used}, which is gone`] : [];
    }),
  );
  const links = [...catalog.relations.values()].flatMap((relation) =>
    'indexes' in relation
      ? relation.indexes.flatMap((index) =>
          catalog.relations.has(index) ? [] : [`index ${index} of ${relation.name}`],
        )
      : [],
  );
  const children = [...catalog.relations.values()].flatMap((relation) =>
    'children' in relation
      ? relation.children.flatMap((child) =>
          catalog.relations.has(child) ? [] : [`child ${child} of ${relation.name}`],
        )
      : [],
  );
  const tooMany = catalog.relationNames.size === catalog.relations.size ? [] : ['more names than relations'];
  return [...names, ...dangling, ...links, ...children, ...tooMany];
}

describe.each([15, 18])('as recorded from PostgreSQL %i', (major) => {
  test.each(catalogScripts.filter(({ from }) => from <= major))('$file: $name', ({ file, name, steps }) => {
    const recording = readRecording(file, major);
    let catalog = emptyCatalog();
    for (const [at, step] of steps.entries()) {
      catalog = replaySql(catalog, step, major);
      const shown = recording.get(`${name}, ${at + 1}`);
      expect(shown, 'recorded').toBeDefined();
      expect(differences(describeCatalog(catalog, major), shown ?? [])).toEqual([]);
      expect(inconsistencies(catalog)).toEqual([]);
    }
  });
});

describe('rows', () => {
  test.each([
    ['create table t (a int)', false],
    ['create table t (a int); insert into t values (1)', true],
    ['create table t (a int); copy t from stdin', true],
    ['create table t (a int); copy t to stdout', false],
    ['create table t (a int); with x as (insert into t values (1) returning a) select * from x', true],
    [
      'create table t (a int); merge into t using (select 1 as x) s on true when not matched then insert values (1)',
      true,
    ],
    ['create table t (a int); insert into t values (1); truncate t', false],
    [
      'create table t (a int primary key); create table u (a int references t); insert into t values (1); truncate u',
      true,
    ],
    [
      'create table u (a int primary key); create table t (a int references u); insert into t values (1); truncate u cascade',
      false,
    ],
    ['create table t as select 1 as a', true],
    ['create table t as select 1 as a with no data', false],
    ['select 1 as a into t', true],
    [
      'create table t (a int) partition by list (a); create table p partition of t default; insert into p values (1)',
      true,
    ],
    [
      'create table p (a int) partition by list (a); create table t partition of p default; insert into p values (1)',
      true,
    ],
    ['alter table t add b int', true],
  ])('%s: %s', (sql, filled) => {
    expect(table(replay(sql), 't')?.filled).toBe(filled);
  });
});

describe('what the history does not show', () => {
  test.each([
    ['alter table t add b int', ['b int4']],
    ['alter table t alter a type bigint, alter b set not null', ['a int8', 'b ? not null']],
    ['alter table t rename a to b; alter table t alter b type text', ['b text']],
    ['create index on t (a, lower(b))', ['a ?']],
    ['alter table t add b int; alter table t drop b', []],
    ['create table u (a int references t)', []],
    ['create table u (a int) inherits (t)', []],
    ['create table u partition of t default', []],
  ])('%s proves that the table is there', (sql, columns) => {
    const stub = table(replay(sql), 't');
    expect(stub).toMatchObject({ complete: false, born: -1, filled: true });
    const told = stub?.columns.map(
      ({ name, type, notNull }) => `${name} ${type?.name ?? '?'}${notNull ? ' not null' : ''}`,
    );
    expect(told).toEqual(columns);
  });

  test.each([
    'alter table if exists t add b int',
    'drop table t',
    'alter index t rename to u',
    'truncate t',
    'create view t as select 1 as a; alter table t add b int',
    'insert into t values (1)',
  ])('%s does not', (sql) => {
    expect(table(replay(sql), 't')).toBeUndefined();
  });

  test('a foreign key to a table that is created later points to it', () => {
    const catalog = replay('create table u (a int references t); create table t (id int primary key)');
    const target = table(catalog, 't');
    expect(target).toMatchObject({ complete: true, born: 0 });
    expect(table(catalog, 'u')?.constraints[0]?.references?.table).toBe(target?.oid);
  });

  test('a table of which a copy is made is not all known', () => {
    expect(table(replay('create table t (a int, like unknown)'), 't')?.complete).toBe(false);
    expect(table(replay('create table t as select * from unknown'), 't')?.complete).toBe(false);
    expect(table(replay('create table t (a int) inherits (unknown)'), 't')?.complete).toBe(false);
  });

  test('a table that is created twice is the later one', () => {
    const catalog = replay(
      'create table t (a int primary key); create table u (x int references t); create table t (b int)',
    );
    expect(table(catalog, 't')?.columns.map(({ name }) => name)).toEqual(['b']);
    expect(inconsistencies(catalog)).toEqual([]);
  });
});

describe('lookups', () => {
  const catalog = (): Catalog =>
    replay(`create table p (a int primary key) partition by list (a);
      create table q partition of p default partition by list (a);
      create table r partition of q default;
      create table s (x int references p, y int references s (x));
      set search_path to elsewhere, public`);
  const names = (tables: readonly Table[]) => tables.map(({ name }) => name);

  test('descendants, ancestors and referencing tables', () => {
    const now = catalog();
    const [p, r, s] = ['p', 'r', 's'].map((name) => table(now, name));
    expect(p && names(descendants(now, p))).toEqual(['q', 'r']);
    expect(r && names(ancestors(now, r))).toEqual(['q', 'p']);
    expect(p && names(referencingTables(now, p))).toEqual(['s']);
    expect(s && names(referencingTables(now, s))).toEqual(['s']);
  });

  test('names, known and unknown', () => {
    const now = catalog();
    expect(resolveRelationName(now, { relname: 'p' })).toBe('public.p');
    expect(resolveRelationName(now, { relname: 'nope' })).toBe('elsewhere.nope');
    expect(resolveRelationName(now, { relname: 'p', schemaname: 'other' })).toBe('other.p');
    expect(resolveRelationName(now, { relname: 'p', relpersistence: 't' })).toBe('public.p');
  });
});

describe('the end of a transaction and of a session', () => {
  test('ON COMMIT DROP, SET LOCAL and temporary tables', () => {
    const open =
      replay(`create temp table a (x int) on commit drop; create temp table b (x serial); create table c (x int);
      set local lock_timeout = '1s'; set statement_timeout = '2s'`);
    expect(open.settings).toEqual({ session: { statement_timeout: '2s' }, local: { lock_timeout: '1s' } });
    const committed = endTransaction(open, 'commit');
    expect(describeCatalog(committed, 15).filter((line) => line.includes(' pg_temp.a'))).toEqual([]);
    expect(committed.settings).toEqual({ session: { statement_timeout: '2s' }, local: {} });
    const next = startSession(committed);
    expect([...next.relations.values()].map(({ name }) => name)).toEqual(['c']);
    expect(next.settings).toEqual({ session: {}, local: {} });
    expect(inconsistencies(next)).toEqual([]);
  });
});

test('the commands of an ALTER TABLE can be applied one by one', () => {
  const whole = replay('create table t (a int); alter table t add b int unique, alter a set not null');
  const steps = replay('create table t (a int); alter table t add b int unique; alter table t alter a set not null');
  expect(describeCatalog(whole, 15)).toEqual(describeCatalog(steps, 15));
});

test('statements in any order leave a catalog that hangs together', () => {
  const texts = catalogScripts.flatMap(({ steps }) => steps.flatMap((step) => step.split(/;\n/)));
  const statements = texts.filter((text) => text.trim() !== '' && !text.includes('$$') && !text.includes("'begin"));
  // a fixed sequence that looks like chance: Numerical Recipes' generator
  let state = 1;
  const next = (below: number) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state % below;
  };
  for (const major of [13, 15, 18]) {
    let catalog = emptyCatalog();
    for (let i = 0; i < 400; i++) {
      const text = statements[next(statements.length)] ?? '';
      catalog = replaySql(catalog, text, major);
      if (i % 4 === 0) expect(inconsistencies(catalog), text).toEqual([]);
      if (next(20) === 0) catalog = endTransaction(catalog, 'commit');
      if (next(60) === 0) catalog = startSession(catalog);
    }
  }
});

test('an older catalog stays as it was', () => {
  const before = replay('create table t (a int check (a > 0))');
  const lines = describeCatalog(before, 15);
  replaySql(before, 'alter table t rename a to b; alter table t add c serial; drop table t', 15);
  expect(describeCatalog(before, 15)).toEqual(lines);
});

test('the time for a statement does not grow with the history', { timeout: 120_000 }, () => {
  const millisecondsFor = (tables: number): number => {
    const made = replay(
      Array.from(
        { length: tables },
        (_, i) => `create table t${i} (id serial primary key, a int references t${i >> 4})`,
      ).join(';'),
    );
    const alter = Array.from({ length: 200 }, (_, i) => `alter table t${(i * 7) % tables} add b${i} int unique`).join(
      ';',
    );
    const start = performance.now();
    replaySql(made, alter, 15);
    return performance.now() - start;
  };
  millisecondsFor(50);
  const small = Math.min(millisecondsFor(100), millisecondsFor(100));
  const large = Math.min(millisecondsFor(1500), millisecondsFor(1500));
  expect(large).toBeLessThan(small * 6 + 50);
});
