import { type Case, inContext, type Statements } from '../case.js';
import { contexts, parts } from './contexts.js';

const columns = `(id int not null, email text not null, nick varchar(20), age int, seen timestamp, balance numeric(10,2), plan_id int,
  number int not null, active boolean not null default true, doubled int generated always as (plan_id * 2) stored, filler text)`;

const fresh = `create table fresh ${columns};
  insert into fresh (id, email, age, seen, plan_id, number, filler) select g, 'f' || g, 5, now(), 1 + g % 600, g, repeat('f', 150) from generate_series(4001, 5000) g;
  analyze fresh;`;

/** The new partition may prove by its own CHECK that its rows fit, which saves the scan. */
const freshVariants: Readonly<Record<string, string>> = {
  bare: fresh,
  empty: `create table fresh ${columns};`,
  'with check': `${fresh} alter table fresh add constraint fits check (id >= 4000 and id < 6000);`,
  'with narrower check': `${fresh} alter table fresh add constraint fits check (id >= 4500 - 500 and id <= 5000);`,
  'with check not valid': `${fresh} alter table fresh add constraint fits check (id >= 4000 and id < 6000) not valid;`,
  'with check too wide': `${fresh} alter table fresh add constraint fits check (id >= 0 and id < 6000);`,
  'with two checks': `${fresh} alter table fresh add check (id >= 4000), add check (id < 6000);`,
  'with indexes': `${fresh} alter table fresh add primary key (id); create index fresh_age on fresh (age);`,
  'with foreign key': `${fresh} alter table fresh add foreign key (plan_id) references plan (id);`,
  'with foreign key not valid': `${fresh} alter table fresh add foreign key (plan_id) references plan (id) not valid;`,
  'with extra column': `${fresh} alter table fresh add extra int;`,
  'without a column': `${fresh} alter table fresh drop filler;`,
};

const attach: Statements = {
  attach: 'alter table account attach partition fresh for values from (4000) to (6000)',
  'attach as default': 'alter table account attach partition fresh default',
  'attach, rows do not fit': 'alter table account attach partition fresh for values from (9000) to (9001)',
  'attach, overlaps': 'alter table account attach partition fresh for values from (0) to (6000)',
};

const attaching = [
  'partitioned',
  'partitioned with default',
  'partitioned and references another',
  'partitioned and referenced',
].flatMap((context) =>
  Object.entries(freshVariants).flatMap(([variant, sql]) =>
    inContext('partitions', `${context}, new one ${variant}`, [...(contexts[context] ?? []), sql], attach),
  ),
);

const onPartitioned: Statements = {
  'create partition': 'create table fresh partition of account for values from (4000) to (6000)',
  'create partition, if not exists':
    'create table if not exists account_low partition of account for values from (0) to (800)',
  'create partition, overlaps': 'create table fresh partition of account for values from (0) to (6000)',
  'create partition, further partitioned':
    'create table fresh partition of account for values from (4000) to (6000) partition by list (age)',
  'create partition, own constraints':
    'create table fresh partition of account (age default 3, check (age > 1)) for values from (4000) to (6000)',
  'create default partition': 'create table fresh partition of account default',
  'create like, then nothing': 'create table fresh (like account including all)',
  detach: 'alter table account detach partition account_low',
  'detach concurrently': 'alter table account detach partition account_low concurrently',
  'detach finalize': 'alter table account detach partition account_low finalize',
  'detach, not a partition': 'alter table account detach partition plan',
  'drop partition': 'drop table account_low',
  'drop partition, cascade': 'drop table account_low cascade',
  'drop all': 'drop table account',
  'drop all, cascade': 'drop table account cascade',
  'truncate partition': 'truncate account_low',
  'truncate all': 'truncate account',
  'truncate only': 'truncate only account',
  'rename partition': 'alter table account_low rename to lowest',
  'set schema of partition': 'alter table account_low set schema archive',
  'partition: add column': 'alter table account_low add column extra int',
  'partition: drop column': 'alter table account_low drop column age',
  'partition: set not null': 'alter table account_low alter column age set not null',
  'partition: drop not null': 'alter table account_low alter column email drop not null',
  'partition: type': 'alter table account_low alter column age type bigint',
  'partition: add check': 'alter table account_low add constraint extra check (age < 200)',
  'partition: add check no inherit': 'alter table account_low add constraint extra check (age < 200) no inherit',
  'partition: add unique': 'alter table account_low add constraint extra unique (email)',
  'partition: add foreign key':
    'alter table account_low add constraint extra foreign key (plan_id) references plan (id)',
  'partition: drop inherited check': 'alter table account_low drop constraint account_age_check',
  'partition: validate': 'alter table account_low validate constraint account_nick_check',
  'partition: set default': 'alter table account_low alter column age set default 5',
  'partition: set options': 'alter table account_low set (fillfactor = 50)',
  'partition: set tablespace': 'alter table account_low set tablespace spare',
  'partition: set unlogged': 'alter table account_low set unlogged',
  'partition: trigger': 'create trigger extra after insert on account_low for each row execute function touch()',
  'partition: disable trigger': 'alter table account_low disable trigger account_touch',
  'partition: drop trigger': 'drop trigger account_touch on account_low',
  'partition: no inherit': 'alter table account_low no inherit account',
  'partition: rename column': 'alter table account_low rename column age to years',
  'trigger on all': 'create trigger extra after insert on account for each row execute function touch()',
  'statement trigger on all':
    'create trigger extra after insert on account for each statement execute function touch()',
  'drop trigger on all': 'drop trigger account_touch on account',
  'rename trigger on all': 'alter trigger account_touch on account rename to other',
  'policy on all': 'create policy extra on account using (true)',
  'comment on all': "comment on table account is 'all'",
  'grant on all': 'grant select on account to clerk',
  'vacuum partition': 'vacuum account_low',
  'vacuum all': 'vacuum account',
  'vacuum only': 'vacuum only account',
  'vacuum full all': 'vacuum full account',
  'analyze all': 'analyze account',
  'analyze only': 'analyze only account',
  'analyze partition': 'analyze account_low',
  'cluster partition': 'cluster account_low using account_low_age_idx',
  'reindex all': 'reindex table account',
  'lock all': 'lock table account in share mode',
  'lock only': 'lock table only account in share mode',
};

const deeper = [
  parts.plan,
  `create table region (id int, country text, note text) partition by list (country);
   create table region_eu partition of region for values in ('de', 'fr');
   create table region_us partition of region for values in ('us') partition by range (id);
   create table region_us_1 partition of region_us for values from (0) to (1000);
   create table region_us_2 partition of region_us for values from (1000) to (9000);
   create table region_rest partition of region default partition by hash (id);
   create table region_rest_0 partition of region_rest for values with (modulus 2, remainder 0);
   create table region_rest_1 partition of region_rest for values with (modulus 2, remainder 1);
   insert into region select g, c, repeat('n', 150) from generate_series(1, 1500) g, unnest(array['de', 'us', 'xx']) c;
   create table other (id int, country text, note text);
   insert into other select g, 'it', repeat('o', 150) from generate_series(1, 1000) g;
   create table nulls (id int, country text, note text);
   insert into nulls select g, null, repeat('o', 150) from generate_series(1, 1000) g;
   create table checked (id int, country text not null, note text, check (country in ('it', 'es')));
   insert into checked select g, 'it', repeat('o', 150) from generate_series(1, 1000) g;
   create table checked_nullable (id int, country text, note text, check (country in ('it')));
   insert into checked_nullable select g, 'it', repeat('o', 150) from generate_series(1, 1000) g;
   analyze region, other, nulls, checked, checked_nullable;`,
];

const onDeeper: Statements = {
  'attach list': "alter table region attach partition other for values in ('it')",
  'attach list, proven': "alter table region attach partition checked for values in ('it', 'es')",
  'attach list, proven narrower': "alter table region attach partition checked for values in ('it', 'es', 'pt')",
  'attach list, nullable': "alter table region attach partition checked_nullable for values in ('it')",
  'attach list, null': 'alter table region attach partition nulls for values in (null)',
  'attach to sub-partitioned': 'alter table region_us attach partition other for values from (9000) to (10000)',
  'attach hash': 'alter table region_rest attach partition other for values with (modulus 2, remainder 0)',
  'create list partition': "create table fresh partition of region for values in ('pt')",
  'create sub-partition': 'create table fresh partition of region_us for values from (9000) to (10000)',
  'detach sub-partitioned': 'alter table region detach partition region_us',
  'detach leaf': 'alter table region_us detach partition region_us_1',
  'detach default': 'alter table region detach partition region_rest',
  'detach leaf concurrently': 'alter table region_us detach partition region_us_1 concurrently',
  'detach concurrently with default': 'alter table region detach partition region_eu concurrently',
  'drop sub-partitioned': 'drop table region_us',
  'drop leaf': 'drop table region_us_1',
  'add column': 'alter table region add column extra int',
  'add column on sub-partitioned': 'alter table region_us add column extra int',
  'set not null': 'alter table region alter column note set not null',
  'add check': 'alter table region add check (id > 0)',
  'add check to sub-partitioned': 'alter table region_us add check (id > 0)',
  type: 'alter table region alter column note type varchar(400)',
  index: 'create index on region (note)',
  'index on sub-partitioned': 'create index on region_us (note)',
  'primary key': 'alter table region add primary key (id, country)',
  'foreign key': 'alter table region add foreign key (id) references plan (id)',
  truncate: 'truncate region',
  'truncate sub-partitioned': 'truncate region_us',
  insert: "insert into region values (1, 'de', 'x')",
  'insert routed deep': "insert into region values (5, 'us', 'x')",
  update: "update region set note = 'x'",
  'update pruned': "update region set note = 'x' where country = 'de'",
  'delete pruned deep': "delete from region where country = 'us' and id < 500",
  select: 'select count(*) from region',
  'move rows': "update region set country = 'fr' where country = 'us'",
};

export const partitions: readonly Case[] = [
  ...attaching,
  ...[
    'partitioned',
    'partitioned with default',
    'partitioned and references another',
    'partitioned and referenced',
  ].flatMap((context) => inContext('partitions', context, contexts[context] ?? [], onPartitioned)),
  ...inContext('partitions', 'deeper', deeper, onDeeper),
];
