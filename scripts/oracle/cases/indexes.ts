import { type Case, inContext, type Statements } from '../case.js';
import { contexts, parts } from './contexts.js';

const statements: Statements = {
  create: 'create index fresh on account (nick)',
  'create, unnamed': 'create index on account (nick)',
  'create, two columns': 'create index fresh on account (nick, age desc nulls last)',
  'create unique': 'create unique index fresh on account (id)',
  'create unique, not on the key': 'create unique index fresh on account (email)',
  'create unique, nulls not distinct': 'create unique index fresh on account (id) nulls not distinct',
  'create unique, violated': 'create unique index fresh on account (id, age) where false',
  'create unique, duplicates': 'create unique index fresh on account (age)',
  'create, hash': 'create index fresh on account using hash (nick)',
  'create, gin': "create index fresh on account using gin (to_tsvector('simple', email))",
  'create, gist': 'create index fresh on account using gist (point(age, age))',
  'create, brin': 'create index fresh on account using brin (seen)',
  'create, spgist': 'create index fresh on account using spgist (email)',
  'create, partial': 'create index fresh on account (nick) where age > 30',
  'create, expression': 'create index fresh on account ((age + 1))',
  'create, expression not immutable': 'create index fresh on account ((now()))',
  'create, include': 'create index fresh on account (nick) include (email)',
  'create, options': 'create index fresh on account (nick) with (fillfactor = 70)',
  'create, operator class': 'create index fresh on account (nick varchar_pattern_ops)',
  'create, collation': 'create index fresh on account (nick collate "C")',
  'create, only': 'create index fresh on only account (nick)',
  'create, column not there': 'create index fresh on account (nothing)',
  'create, table not there': 'create index fresh on nothing (nick)',
  'create, name taken': 'create index account_age on account (nick)',
  'create if not exists, new': 'create index if not exists fresh on account (nick)',
  'create if not exists, there already': 'create index if not exists account_age on account (nick)',
  'create concurrently': 'create index concurrently fresh on account (nick)',
  'create concurrently, unnamed': 'create index concurrently on account (nick)',
  'create unique concurrently': 'create unique index concurrently fresh on account (id, nick)',
  'create unique concurrently, duplicates': 'create unique index concurrently fresh on account (age)',
  'create concurrently, expression': 'create index concurrently fresh on account ((age + 1))',
  'create concurrently, if not exists, there already':
    'create index concurrently if not exists account_age on account (nick)',
  drop: 'drop index account_age',
  'drop, two': 'drop index account_age, account_lower',
  'drop, if exists': 'drop index if exists account_age',
  'drop, if exists, not there': 'drop index if exists nothing',
  'drop, not there': 'drop index nothing',
  'drop, cascade': 'drop index account_age cascade',
  'drop, of a constraint': 'drop index account_pkey',
  'drop concurrently': 'drop index concurrently account_age',
  'drop concurrently, if exists, not there': 'drop index concurrently if exists nothing',
  'drop concurrently, cascade': 'drop index concurrently account_age cascade',
  'drop concurrently, of a constraint': 'drop index concurrently account_pkey',
  reindex: 'reindex index account_age',
  'reindex table': 'reindex table account',
  'reindex table, other tablespace': 'reindex (tablespace spare) table account',
  'reindex verbose': 'reindex (verbose) index account_lower',
  'reindex concurrently': 'reindex index concurrently account_age',
  'reindex concurrently, option': 'reindex (concurrently) index account_age',
  'reindex table concurrently': 'reindex table concurrently account',
  'reindex, not there': 'reindex index nothing',
  rename: 'alter index account_age rename to account_years',
  'rename as table': 'alter table account_age rename to account_years',
  'rename, if exists, not there': 'alter index if exists nothing rename to something',
  'set options': 'alter index account_age set (fillfactor = 60)',
  'reset options': 'alter index account_age reset (fillfactor)',
  'set tablespace': 'alter index account_age set tablespace spare',
  'set tablespace, the same': 'alter index account_age set tablespace pg_default',
  'set statistics': 'alter index account_lower alter column 1 set statistics 100',
  'depends on extension': 'alter index account_age depends on extension plpgsql',
  'attach partition': 'alter index account_age attach partition account_lower',
  cluster: 'cluster account using account_age',
  'comment on': "comment on index account_age is 'years'",
};

const partitionedIndexes: Statements = {
  'attach, matching': 'alter index account_balance attach partition low_balance',
  'attach, last one': 'alter index account_nick attach partition high_nick',
  'attach, already': 'alter index account_age attach partition account_low_age_idx',
  'create, partition has one': 'create index fresh on account (balance)',
  'create, all partitions have one': 'create index fresh on account (seen)',
  'drop, on only': 'drop index account_balance',
  'drop, of a partition': 'drop index account_low_age_idx',
  'drop, of a partition, free': 'drop index low_balance',
  'reindex, of a partition': 'reindex index account_low_age_idx',
  'reindex table, a partition': 'reindex table account_low',
  'create on a partition': 'create index fresh on account_low (balance)',
  'create concurrently on a partition': 'create index concurrently fresh on account_low (balance)',
  'rename, of a partition': 'alter index account_low_age_idx rename to other',
};

const partitionedSetup = [
  parts.plan,
  parts.partitioned,
  `create index account_balance on only account (balance);
   create index low_balance on account_low (balance);
   create index low_seen on account_low (seen);
   create index high_seen on account_high (seen);
   create index account_nick on only account (nick);
   create index low_nick on account_low (nick);
   create index high_nick on account_high (nick);
   alter index account_nick attach partition low_nick;`,
];

const chosen = [
  'plain',
  'references another',
  'referenced',
  'temporary',
  'parent',
  'partition',
  'partitioned',
  'partitioned and referenced',
  'partitioned with default',
];

export const indexes: readonly Case[] = [
  ...chosen.flatMap((context) => inContext('indexes', context, contexts[context] ?? [], statements)),
  ...inContext('indexes', 'partitions with and without', partitionedSetup, partitionedIndexes),
  ...inContext('indexes', 'materialized view', [parts.plan, parts.table, parts.views], {
    create: 'create index fresh on tally (n)',
    'create concurrently': 'create index concurrently fresh on tally (n)',
    drop: 'drop index tally_age',
    'drop concurrently': 'drop index concurrently tally_age',
    'reindex table': 'reindex table tally',
    'reindex index': 'reindex index tally_age',
    'create on a view': 'create index fresh on grown (age)',
  }),
];
