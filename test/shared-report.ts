import type { Diagnostic, Report } from '../src/diagnostic.js';
import type { Effect } from '../src/effects/effect.js';
import type { Rule } from '../src/rule.js';
import { Source, type Span } from '../src/sql/source.js';

/** One report for all reporters: every field in use, and everything in it that a careless reporter lets through. */

const text = [
  '-- migrate:up',
  'create table city (id bigint primary key);',
  'alter table account add column city_id bigint;',
  "update account set city_id = 1 where name <> '::error::@all <img src=x> ]]> `rm` %0A | 50 %';",
  '\tcreate index account_city\r',
  '\t\ton account (city_id); -- 東京\r',
  "select '\u001b[31m\u0007';",
  '',
].join('\n');

export const source = new Source('db/migrations/002_city, no. 2: 100%.sql', text);
export const other = new Source('billing/001.sql', 'drop table invoice;\nalter table bill drop column vat;\n');

/** The place of a text in its source. */
export function spanOf(from: Source, part: string): Span {
  const start = from.text.indexOf(part);
  if (start === -1) throw new Error(`${part} is not in ${from.file}`);
  return { start, end: start + part.length };
}

export const rules: readonly Rule[] = [
  ['index-not-concurrent', 'error', 'An index is built without CONCURRENTLY'],
  ['backfill-under-lock', 'warning', 'Rows are written while a lock is held'],
  ['table-dropped', 'error', 'A table is dropped'],
  ['column-dropped', 'error', 'A column is dropped'],
  ['down-missing', 'note', 'There is no way back'],
  ['never-told', 'note', 'A rule without a finding'],
].map(([id = '', level = '', title = '']) => ({
  id,
  level: level === 'error' || level === 'warning' ? level : 'note',
  title,
  why: `${title}, and everybody waits for it.`,
  instead: 'Do it in another way.',
  links: ['https://www.postgresql.org/docs/current/explicit-locking.html'],
  bad: [],
  good: [],
}));

const effect = (relation: string, lock: Effect['lock'], work: Effect['work'], more: Partial<Effect> = {}): Effect => ({
  relation,
  kind: 'table',
  lock,
  work,
  sure: true,
  why: `it takes ${lock}`,
  ...more,
});

const none: Omit<Diagnostic, 'rule' | 'level' | 'message' | 'source' | 'span' | 'fingerprint'> = {
  instead: '',
  migration: undefined,
  direction: undefined,
  statement: '',
  effects: [],
  fix: undefined,
  related: [],
  suppressed: undefined,
  baselined: false,
};

const index = spanOf(source, 'create index account_city\r\n\t\ton account (city_id)');
const update = spanOf(source, source.line(4).slice(0, -1));
const alter = spanOf(source, 'alter table account add column city_id bigint');

export const buildsIndex: readonly Effect[] = [
  effect('public.account', 'ShareLock', 'scan'),
  effect('public.account', 'ShareLock', 'build', { sure: false }),
  effect('public.account_city', 'AccessExclusiveLock', 'build', { kind: 'index', bornHere: true }),
];

export const diagnostics: readonly Diagnostic[] = [
  {
    ...none,
    rule: 'table-dropped',
    level: 'error',
    message: 'dropping public.invoice loses its rows',
    instead: 'Rename it first.',
    source: other,
    span: spanOf(other, 'drop table invoice'),
    migration: '001',
    direction: 'up',
    statement: 'drop table invoice',
    fingerprint: '00000000000000a1',
    suppressed: 'archived in <2024> & "verified"',
  },
  {
    ...none,
    rule: 'column-dropped',
    level: 'error',
    message: 'dropping vat breaks code that reads it',
    source: other,
    span: spanOf(other, 'alter table bill drop column vat'),
    migration: '001',
    direction: 'up',
    statement: 'alter table bill drop column vat',
    fingerprint: '00000000000000a2',
    baselined: true,
  },
  {
    ...none,
    rule: 'down-missing',
    level: 'note',
    message: 'there is no way back',
    source,
    span: { start: 0, end: 0 },
    migration: '002',
    fingerprint: '00000000000000a3',
  },
  {
    ...none,
    rule: 'backfill-under-lock',
    level: 'warning',
    message: 'updating public.account keeps its ACCESS EXCLUSIVE lock from line 3\n::error::@all #1 <b> | `x` 100%',
    instead: 'Update in a migration of its own.',
    source,
    span: update,
    migration: '002',
    direction: 'up',
    statement: source.slice(update),
    effects: [effect('public.account', 'RowExclusiveLock', 'rows')],
    related: [{ message: 'the lock is taken here', source, span: alter }],
    fingerprint: '00000000000000a4',
  },
  {
    ...none,
    rule: 'index-not-concurrent',
    level: 'error',
    message: 'building account_city blocks writes to public.account until it is done',
    instead: '-- alone, outside a transaction\ncreate index concurrently account_city\n  on account (city_id);',
    source,
    span: index,
    migration: '002',
    direction: 'up',
    statement: source.slice(index),
    effects: buildsIndex,
    fix: {
      title: 'build the index concurrently',
      edits: [{ span: { start: index.start + 12, end: index.start + 12 }, text: ' concurrently' }],
    },
    fingerprint: '00000000000000a5',
  },
];

const step = (span: Span, kind: string, transaction: number, effects: readonly Effect[], from = source) => ({
  sql: from.slice(span),
  source: from,
  span,
  kind,
  understood: true,
  inTransactionBlock: 'allowed' as const,
  effects,
  transaction,
  failure: undefined,
});

export const report: Report = {
  pg: 14,
  diagnostics,
  rules,
  failOn: 'error',
  histories: [
    {
      framework: 'sql',
      root: 'billing',
      assumptions: ['plain SQL files run one by one with psql'],
      migrations: [
        {
          id: '001',
          name: '',
          file: 'billing/001.sql',
          direction: 'up',
          judged: true,
          transaction: 'statement',
          unreadable: 0,
          steps: [
            step(
              spanOf(other, 'drop table invoice'),
              'DropStmt',
              1,
              [effect('public.invoice', 'AccessExclusiveLock', 'none')],
              other,
            ),
            step(
              spanOf(other, 'alter table bill drop column vat'),
              'AlterTableStmt',
              2,
              [effect('public.bill', 'AccessExclusiveLock', 'none')],
              other,
            ),
          ],
        },
      ],
    },
    {
      framework: 'dbmate',
      root: 'db/migrations',
      assumptions: [],
      migrations: [
        {
          id: '001',
          name: 'before',
          file: 'db/migrations/001_before.sql',
          direction: 'up',
          judged: false,
          transaction: 'whole',
          unreadable: 0,
          steps: [],
        },
        {
          id: '002',
          name: 'city',
          file: source.file,
          direction: 'up',
          judged: true,
          transaction: 'whole',
          unreadable: 1,
          steps: [
            step(spanOf(source, 'create table city (id bigint primary key)'), 'CreateStmt', 1, [
              effect('public.city', 'AccessExclusiveLock', 'none', { bornHere: true }),
              effect('public.city_pkey', 'AccessExclusiveLock', 'build', { kind: 'index', bornHere: true }),
            ]),
            step(alter, 'AlterTableStmt', 1, [effect('public.account', 'AccessExclusiveLock', 'none')]),
            step(update, 'UpdateStmt', 1, [effect('public.account', 'RowExclusiveLock', 'rows')]),
            step(index, 'IndexStmt', 1, buildsIndex),
            { ...step(spanOf(source, "select '\u001b[31m\u0007'"), 'SelectStmt', 1, []), understood: false },
          ],
        },
      ],
    },
  ],
};
