import { asWritten, type Case } from '../case.js';

/** Statements written in batches before anybody looked at what is predicted for them: those of each cause that was mended. */

const nowhere = "connection 'host=127.0.0.1 port=1 dbname=nowhere'";

const subscribed = [
  `create subscription apart ${nowhere} publication one with (connect = false, slot_name = none);
   create subscription idle ${nowhere} publication one, two with (connect = false);
   create subscription busy ${nowhere} publication one with (connect = false);
   alter subscription busy enable;
   create publication here;`,
];

const subscriptions = [
  `create subscription apart ${nowhere} publication one with (connect = false)`,
  `create subscription more ${nowhere} publication one, one with (connect = false)`,
  `create subscription more ${nowhere} publication one with (connect = false, enabled = true)`,
  `create subscription more ${nowhere} publication one with (connect = false, create_slot = true)`,
  `create subscription more ${nowhere} publication one with (connect = false, copy_data = true)`,
  `create subscription more ${nowhere} publication one with (slot_name = none)`,
  `create subscription more ${nowhere} publication one with (slot_name = none, enabled = false)`,
  `create subscription more ${nowhere} publication one with (slot_name = none, enabled = false, create_slot = false)`,
  `create subscription more ${nowhere} publication one with (create_slot = false)`,
  `create subscription more ${nowhere} publication one`,
  ...['binary = true', 'streaming = on', 'streaming = parallel', 'two_phase = true', 'disable_on_error = true'],
  ...['origin = none', 'origin = elsewhere', 'password_required = false', 'run_as_owner = true', 'failover = true'],
  ...['synchronous_commit = off', 'synchronous_commit = perhaps', 'nothing = off', 'refresh = off'],
].map((one) =>
  one.startsWith('create') ? one : `create subscription more ${nowhere} publication one with (connect = false, ${one})`,
);

const changes = [
  'apart enable',
  'idle enable',
  'busy disable',
  'busy refresh publication',
  'idle refresh publication',
  'busy set publication three',
  'idle set publication three',
  'busy set publication three with (refresh = false)',
  'busy set publication three, three with (refresh = false)',
  'idle add publication one with (refresh = false)',
  'idle add publication three with (refresh = false)',
  'idle add publication three',
  'busy add publication three',
  'idle drop publication one with (refresh = false)',
  'idle drop publication one',
  'idle drop publication three with (refresh = false)',
  'idle drop publication one, two with (refresh = false)',
  'busy set (slot_name = none)',
  'idle set (slot_name = none)',
  'idle set (two_phase = true)',
  'busy set (two_phase = true)',
  'idle set (failover = true)',
  'busy set (failover = true)',
  'apart set (failover = true)',
  'idle set (binary = true)',
  'idle set (copy_data = true)',
  'idle set (enabled = true)',
  "idle skip (lsn = '0/12345')",
  "idle connection 'nothing'",
  'idle rename to busy',
  'idle rename to calm',
  'nobody enable',
  'nobody rename to calm',
].map((change) => `alter subscription ${change}`);

const others = [
  'drop subscription apart',
  'drop subscription idle',
  'drop subscription busy',
  "comment on subscription nobody is 'x'",
  'alter publication nobody rename to calm',
  'alter publication here rename to here',
  'alter publication nobody owner to clerk',
  'alter statistics nobody rename to calm',
  'alter statistics nobody set schema archive',
  'alter event trigger nobody rename to calm',
  'alter server nobody rename to calm',
  "comment on event trigger nobody is 'x'",
  "comment on statistics nobody is 'x'",
];

const tables = [
  `create table plan (id int primary key, code text not null unique);
   insert into plan select g, 'c' || g from generate_series(1, 1500) g;
   create table account (id int primary key, age int, name text, plan_id int);
   insert into account select g, g, repeat('n', 150), 1 + g % 500 from generate_series(1, 1500) g;
   create type mood as enum ('sad', 'ok');
   create domain positive as int check (value > 0);
   create table felt (id int primary key, mood mood, points positive, word text);
   create policy reading on account for select using (age > 0);
   create policy writing on account for insert with check (age > 0);
   create view aged as select id, age from account;
   create publication changes for table plan;
   create function twice(n int) returns int language sql immutable as 'select n * 2';
   analyze;`,
];

const onTables = [
  'alter table account rename age to ctid',
  'alter table account rename column age to xmin',
  'alter view aged rename column age to ctid',
  'vacuum account (age)',
  'vacuum (analyze) account (age)',
  'grant select on account to public with grant option',
  'revoke grant option for select on account from public',
  'alter policy reading on account with check (age > 0)',
  'alter policy writing on account using (age > 0)',
  'merge into plan using account on plan.id = account.plan_id when matched then update set code = account.name',
  'merge into plan using account on plan.id = account.id when matched then delete',
  "alter publication changes set table felt where (mood = 'ok')",
  'alter publication changes set table felt where (mood is null)',
  'alter publication changes set table felt where (points > 5)',
  'alter publication changes set table felt where (id > 5)',
  'alter publication changes set table felt where (twice(id) > 5)',
];

const parts = [
  `create table sale (kind text, n int, note text) partition by list (kind);
   create table sale_a partition of sale for values in ('a') partition by range (n);
   create table sale_a1 partition of sale_a for values from (minvalue) to (100);
   create table sale_a2 partition of sale_a for values from (100) to (maxvalue);
   create table sale_b partition of sale for values in ('b', 'c');
   insert into sale select case g % 2 when 0 then 'a' else 'b' end, g, repeat('s', 150) from generate_series(1, 1500) g;
   analyze;`,
];

const moved = [
  "update sale set n = 500 where kind = 'a' and n = 4",
  "update sale set n = 50 where kind = 'a' and n = 4",
  "update sale set kind = 'c' where kind = 'a' and n = 4",
  "update sale set kind = 'a' where kind = 'b' and n = 201",
  "update sale set kind = 'a', n = 5 where kind = 'b' and n = 201",
  'update sale_a set n = 500 where n = 4',
  "update sale_a set note = 'x' where n = 4",
  "update sale set kind = 'z' where kind = 'b' and n = 201",
  'truncate sale_a1',
  'truncate sale_a',
];

export const unseen: readonly Case[] = [
  ...asWritten(['unseen', 'subscriptions'], subscribed, [...subscriptions, ...changes, ...others]),
  ...asWritten(['unseen', 'tables'], tables, onTables),
  ...asWritten(['unseen', 'parts'], parts, moved),
];
