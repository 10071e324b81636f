import { readFileSync } from 'node:fs';
import { beforeAll, expect, test } from 'vitest';
import { apply } from '../src/catalog/apply.js';
import type { Catalog } from '../src/catalog/catalog.js';
import { emptyCatalog } from '../src/catalog/lookup.js';
import type { Prediction } from '../src/effects/effect.js';
import { predict } from '../src/effects/predict.js';
import { loadParser } from '../src/sql/parse.js';
import { parseScript } from '../src/sql/script.js';
import { Source } from '../src/sql/source.js';
import type { Statement } from '../src/sql/statement.js';

interface Measured {
  readonly setup: string;
  readonly types: readonly string[];
  readonly withoutIndex: readonly string[];
  readonly changes: Readonly<Record<string, readonly string[]>>;
}

const measured: Measured = JSON.parse(readFileSync('fixtures/types/changes.json', 'utf8'));

beforeAll(loadParser);

function parse(sql: string): readonly Statement[] {
  return parseScript([{ source: new Source('types.sql', sql), span: { start: 0, end: sql.length } }]).statements;
}

function run(catalog: Catalog, sql: string, pg: number): Catalog {
  return parse(sql).reduce((now, statement) => apply(statement, now, { born: 0, pg }), catalog);
}

/** The letter of the recording for a prediction. */
function letter({ effects, failure }: Prediction): string {
  if (failure?.code === '42804') return 'x';
  if (failure?.code === '42704') return 'o';
  if (failure?.sure) return failure.code;
  const does = (relation: string, work: string) =>
    effects.some((effect) => effect.relation === relation && effect.work === work && effect.sure);
  if (does('public.tt', 'rewrite')) return 'R';
  return does('public.tt_x', 'build') ? 'I' : '-';
}

test.each(Object.keys(measured.changes).map(Number))('every change of type does what PostgreSQL %i did', (pg) => {
  const types = run(emptyCatalog(), measured.setup, pg);
  const changes = measured.types.map((from) => {
    const index = measured.withoutIndex.includes(from) ? '' : 'create index tt_x on tt (x);';
    const table = `create table tt (id int primary key, x ${from}); insert into tt select g from generate_series(1, 400) g;`;
    const catalog = run(types, table + index, pg);
    return measured.types
      .flatMap((to) => parse(`alter table tt alter column x type ${to}`))
      .map((statement) => letter(predict(statement, catalog, { pg, timeZone: 'UTC' })))
      .join('');
  });
  const named = (rows: readonly string[]) => Object.fromEntries(rows.map((row, at) => [measured.types[at], row]));
  expect(named(changes)).toEqual(named(measured.changes[pg] ?? []));
});

const zones: readonly (readonly [zone: string | undefined, works: readonly string[], sure: boolean])[] = [
  ['UTC', ['none'], true],
  ['Etc/GMT+0', ['none'], true],
  ['+00:00', ['none'], true],
  ['Europe/London', ['rewrite', 'scan'], true],
  ['Africa/Abidjan', ['rewrite', 'scan'], true],
  [undefined, ['rewrite', 'scan'], false],
];

test.each(zones)('timestamp to timestamptz in the time zone %s', (timeZone, works, sure) => {
  const catalog = run(emptyCatalog(), 'create table event (at timestamp);', 18);
  const [statement] = parse('alter table event alter column at type timestamptz');
  const { effects } = statement
    ? predict(statement, catalog, { pg: 18, ...(timeZone && { timeZone }) })
    : { effects: [] };
  expect(effects.map(({ work }) => work)).toEqual(works);
  expect(effects.every((effect) => effect.sure)).toBe(sure);
});
