import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Difference, differences } from '../src/catalog/snapshot.js';
import { unrestored } from '../src/restored.js';
import { loadParser } from '../src/sql/parse.js';
import { findServer } from '../src/trace/binaries.js';
import { schemaOf } from '../src/trace/schema.js';
import { type Server, startServer } from '../src/trace/server.js';
import { lastOf } from './examples.js';

// The round trip without a server against the one on a server, object by object.

const base = `
create role app; create role reader; create role keeper;
create schema shop;
create table account (id int primary key, email text default 'none', age int check (age > 0), note text not null);
create table shop.item (id bigserial primary key, owner int references account (id), at timestamptz default now());
create index account_email on account (email);
create index item_at on shop.item (at desc, owner);
create view adult as select id, email from account where age in (18, 19);
create materialized view sold as select count(*) as n from shop.item;
create type mood as enum ('sad', 'glad');
create table fee (amount numeric, how mood default 'glad');
create domain positive as int constraint above check (value > 0);
create sequence numbers;
create type pair as (a int, b text);
create type span as range (subtype = int);
create function twice(n int) returns int language sql immutable as 'select 2 * n';
create procedure tidy() language plpgsql as 'begin delete from account; end';
create function noticed() returns trigger language plpgsql as 'begin return new; end';
create trigger seen before insert on account for each row execute function noticed();
alter table account enable row level security;
create policy own on account using (email = current_user);
create rule keep as on delete to shop.item do instead nothing;
comment on table account is 'people';
comment on column account.email is 'where';
comment on constraint account_age_check on account is 'no children';
comment on index account_email is 'by mail';
comment on function twice(int) is 'doubles';
comment on type mood is 'how one feels';
comment on view adult is 'the grown';
comment on trigger seen on account is 'sees';
comment on policy own on account is 'mine';
comment on schema shop is 'sells';
grant select, insert on account to app;
grant select (email), update (note) on account to reader;
grant usage on schema shop to app;
grant select on adult to reader with grant option;
grant execute on function twice(int) to app;
revoke execute on function twice(int) from public;
grant usage on sequence numbers to app;
grant usage on type mood to app;
`;

/** Up and down; the server's word decides what is wrong with them. */
const pairs: readonly (readonly [up: string, down: string])[] = [
  // comments
  [`comment on table account is 'users'`, `comment on table account is 'people'`],
  [`comment on table account is 'users'`, `comment on table account is null`],
  [`comment on table shop.item is 'things'`, `comment on table shop.item is null`],
  [`comment on table shop.item is 'things'`, `select 1`],
  [`comment on column shop.item.at is 'when'`, `select 1`],
  [`comment on column account.email is null`, `comment on column account.email is 'where'`],
  [`comment on column account.email is null`, `select 1`],
  [`alter table account drop column email cascade`, `alter table account add email text default 'none'`],
  [`alter table account rename email to mail`, `alter table account rename mail to email`],
  [`alter table account rename to person`, `alter table person rename to account`],
  [`alter table account rename to person; comment on table person is 'folk'`, `alter table person rename to account`],
  [
    `alter table account drop constraint account_age_check`,
    `alter table account add constraint account_age_check check (age > 0)`,
  ],
  [`drop index account_email`, `create index account_email on account (email)`],
  [
    `drop index account_email`,
    `create index account_email on account (email); comment on index account_email is 'by mail'`,
  ],
  [`drop function twice(int)`, `create function twice(n int) returns int language sql immutable as 'select 2 * n'`],
  [
    `create or replace function twice(n int) returns int language sql immutable as 'select n + n'`,
    `create or replace function twice(n int) returns int language sql immutable as $$ SELECT 2 * n $$`,
  ],
  [`create or replace function twice(n int) returns int language sql immutable as 'select n + n'`, `select 1`],
  [`create or replace function twice(n int) returns int language sql stable as 'select 2 * n'`, `select 1`],
  [`alter function twice(int) strict security definer set work_mem = '1MB'`, `alter function twice(int) reset all`],
  [
    `alter function twice(int) strict`,
    `create or replace function twice(n int) returns int language sql immutable as 'select 2 * n'`,
  ],
  [`comment on procedure tidy() is 'all'`, `select 1`],
  [`comment on domain positive is 'more than nothing'`, `select 1`],
  [`comment on constraint above on domain positive is 'above'`, `select 1`],
  [`comment on sequence numbers is 'one by one'`, `select 1`],
  [`comment on materialized view sold is 'sum'; comment on column sold.n is 'number'`, `select 1`],
  [`comment on rule keep on shop.item is 'keeps'`, `select 1`],
  [`comment on trigger seen on account is 'looks'; comment on policy own on account is null`, `select 1`],
  [`comment on schema shop is null; comment on type mood is null`, `select 1`],
  [`create or replace view adult as select id, email from account where age > 17`, `select 1`],
  [
    `create or replace view adult as select id, email from account where age > 17`,
    `create or replace view adult as select account.id, account.email from public.account where account.age = any (array[18, 19])`,
  ],
  [`drop view adult`, `create view adult as select id, email from account where age in (18, 19)`],
  [`alter type mood rename to feeling`, `alter type feeling rename to mood`],
  // privileges
  [`grant delete on account to app`, `revoke delete on account from app`],
  [`grant delete on account to app`, `select 1`],
  [`revoke insert on account from app`, `grant insert on account to app`],
  [`revoke insert on account from app`, `select 1`],
  [`revoke all on account from app`, `grant select on account to app`],
  [`revoke all on account from app`, `grant insert, select on table account to app`],
  [`grant select on account to public`, `revoke all on account from public`],
  [`grant select on account to reader with grant option`, `revoke grant option for select on account from reader`],
  [`grant all on all tables in schema shop to app`, `revoke all on all tables in schema shop from app`],
  [`grant select on all tables in schema public to app`, `select 1`],
  [`grant usage on all sequences in schema public to reader`, `select 1`],
  [`revoke all on all functions in schema public from public`, `select 1`],
  [`revoke all on all functions in schema public from app`, `select 1`],
  [`revoke select on account from reader`, `grant select (email) on account to reader`],
  [`revoke select on account from reader`, `select 1`],
  [`revoke all (note) on account from reader`, `select 1`],
  [`grant execute on function twice to public`, `select 1`],
  [`revoke execute on procedure tidy from public`, `grant execute on procedure tidy to public`],
  [`grant usage on type mood to reader`, `select 1`],
  [`revoke usage on domain positive from public`, `select 1`],
  [`grant create on schema shop to reader`, `revoke create on schema shop from reader`],
  [`grant create on schema shop to reader`, `select 1`],
  [`drop owned by reader`, `select 1`],
  [
    `drop table shop.item cascade`,
    `create table shop.item (id bigserial primary key, owner int references account (id), at timestamptz default now())`,
  ],
  [`alter default privileges in schema shop grant select on tables to app`, `select 1`],
  [
    `alter default privileges in schema shop grant select on tables to app`,
    `alter default privileges in schema shop revoke select on tables from app`,
  ],
  [`create table extra (id int); grant select on extra to app; comment on table extra is 'more'`, `drop table extra`],
  [`create table extra (id int); grant select on extra to app; comment on table extra is 'more'`, `select 1`],
  // owners
  [`alter table account owner to keeper`, `select 1`],
  [`alter table account owner to keeper`, `alter table account owner to current_user`],
  [`alter table shop.item owner to keeper`, `select 1`],
  [`alter sequence numbers owner to keeper`, `select 1`],
  [`alter view adult owner to keeper`, `select 1`],
  [`alter function twice(int) owner to keeper`, `select 1`],
  [`alter type mood owner to keeper; alter domain positive owner to keeper`, `select 1`],
  [`alter schema shop owner to keeper`, `select 1`],
  [`alter type pair owner to keeper; alter type span owner to keeper`, `select 1`],
  [`create type extent as range (subtype = int)`, `select 1`],
  [
    `alter type mood rename value 'glad' to 'merry'; alter table fee alter how set default 'merry'`,
    `alter type mood rename value 'merry' to 'glad'`,
  ],
  [`alter type mood rename value 'glad' to 'merry'`, `alter table fee alter how set default 'merry'`],
  // views
  [`alter view adult set (security_barrier = true)`, `select 1`],
  [`alter view adult set (security_barrier = true)`, `alter view adult reset (security_barrier)`],
  [
    `create or replace view adult with (security_invoker = true) as select id, email from account where age in (18, 19)`,
    `create or replace view adult as select id, email from account where age in (18, 19)`,
  ],
  [`create or replace view adult as select id, email from account where id in (18, 19)`, `select 1`],
  [
    `alter table account rename age to years; create or replace view adult as select id, email from account where years in (18, 19)`,
    `alter table account rename years to age`,
  ],
  [
    `create view counted as select count(*) as n, a.note from account a join shop.item i on i.owner = a.id group by a.note order by n`,
    `create or replace view counted as select count(*) as n, a.note from account a join shop.item i on i.owner = a.id group by 2 order by 1`,
  ],
  [
    `create or replace view adult as select id, email from account a where a.age in (18, 19) and exists (select from shop.item i where i.owner = a.id)`,
    `alter table shop.item rename owner to whose; alter table account rename id to number; create or replace view adult as select number as id, email from account a where a.age in (18, 19) and exists (select from shop.item i where i.whose = a.number); alter table account rename number to id; alter table shop.item rename whose to owner`,
  ],
  // how values are kept
  [`alter table account alter note set storage external`, `select 1`],
  [`alter table account alter note set storage external`, `alter table account alter note set storage extended`],
  [`alter table account alter note set storage main`, `alter table account alter note type varchar`],
  [`alter table fee alter amount set storage main`, `select 1`],
  [`alter table fee alter amount set storage extended`, `select 1`],
  [`create table extra (a text storage external)`, `drop table extra`],
  [`alter table account alter age set statistics 500`, `alter table account alter age set statistics -1`],
  [`alter table account alter age set statistics 500`, `select 1`],
  [`alter table account alter age set (n_distinct = -0.5)`, `alter table account alter age reset (n_distinct)`],
  [`alter table account alter age set (n_distinct = -0.5)`, `select 1`],
  [`alter table account cluster on account_email`, `alter table account set without cluster`],
  [`alter table account cluster on account_email`, `select 1`],
  [`alter table account cluster on account_pkey`, `select 1`],
  [`create table extra (like account including all); drop table extra`, `select 1`],
  // sequences
  [`alter sequence numbers increment by 5 start 3 cache 10 cycle`, `select 1`],
  [`alter sequence numbers increment by 5`, `alter sequence numbers increment by 1`],
  [`alter sequence numbers maxvalue 1000`, `alter sequence numbers no maxvalue`],
  [`alter sequence numbers restart with 50`, `select 1`],
  [`alter sequence numbers as int`, `alter sequence numbers as bigint`],
  [`alter table account add number int generated always as identity (increment by 5)`, `select 1`],
  // the rest
  [`create trigger grown instead of insert on adult for each row execute function noticed()`, `select 1`],
  [
    `create trigger grown instead of insert on adult for each row execute function noticed()`,
    `drop trigger grown on adult`,
  ],
  [`create rule none as on delete to adult do instead nothing`, `select 1`],
  [`alter table account force row level security`, `alter table account no force row level security`],
  [`alter table account force row level security`, `select 1`],
  [`alter table account set (fillfactor = 70)`, `alter table account reset (fillfactor)`],
  [`alter table account set (fillfactor = 70)`, `select 1`],
  [`alter table account replica identity full`, `select 1`],
  [`create statistics together on email, age from account`, `select 1`],
  [`create publication all_of_it for table account`, `drop publication all_of_it`],
  [`create publication all_of_it for table account`, `select 1`],
  [`create collation plain (locale = 'C')`, `select 1`],
  [`alter table account alter email set default ''`, `alter table account alter email set default 'none'::text`],
  [`alter table account alter email drop default`, `alter table account alter email set default null`],
  [`drop index shop.item_at`, `create index item_at on shop.item (at, owner)`],
  [`alter index shop.item_at set (fillfactor = 70)`, `alter index shop.item_at reset (fillfactor)`],
  [`alter index shop.item_at set (fillfactor = 70)`, `select 1`],
  [`create index on shop.item (at) with (fillfactor = 70)`, `drop index shop.item_at_idx`],
  [`drop index shop.item_at`, `create index item_at on shop.item (at desc nulls first, owner asc)`],
  [`drop rule keep on shop.item`, `create rule keep as on delete to shop.item do instead nothing`],
  [`drop rule keep on shop.item`, `select 1`],
  [`alter table account alter note type varchar(20)`, `alter table account alter note type text`],
  [
    `alter table account drop constraint account_age_check`,
    `alter table account add constraint account_age_check check (age > 0) not valid; comment on constraint account_age_check on account is 'no children'`,
  ],
];

const major = 16;

let server: Server | undefined;

beforeAll(async () => {
  await loadParser();
  if ((await findServer(major)) === undefined && !process.env.CI) return;
  server = await startServer(major);
  const session = await server.connect();
  await session.query('create database base');
  await session.close();
  const inside = await server.connect('base');
  await inside.query(base);
  await inside.close();
}, 180_000);

afterAll(async () => server?.stop());

function told(up: string, down: string): readonly string[] {
  const found = unrestored(lastOf({ pg: major, sql: `${base}-- next migration\n${up};`, down: `${down};` }));
  return found === undefined ? ['unsure'] : lines(found);
}

function lines(found: readonly Difference[]): readonly string[] {
  return found.map(({ object, how }) => `${object} ${how}`).sort();
}

describe('what up and down leave otherwise', () => {
  test.for(pairs)('%s | %s', ([up, down]) => {
    expect(told(up, down)).toMatchSnapshot();
  });

  test.for(pairs)('as on a server: %s | %s', { timeout: 30_000 }, async ([up, down], context) => {
    if (server === undefined) return context.skip(`no PostgreSQL ${major} is installed here`);
    const administrator = await server.connect();
    await administrator.query('drop database if exists pair with (force)');
    await administrator.query('create database pair template base');
    const session = await server.connect('pair');
    const before = await schemaOf(session);
    await session.query(`reset search_path; ${up}`);
    await session.query(down);
    const after = await schemaOf(session);
    await session.close();
    await administrator.query('drop database pair with (force)');
    await administrator.close();
    expect(told(up, down)).toEqual(lines(differences(before, after)));
  });
});
