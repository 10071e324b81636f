import { type Case, inContext, type Statements } from '../case.js';
import { contexts } from './contexts.js';

/** Statements that read and change rows: which relations they lock follows from foreign keys, partitions, views and subqueries. */
const statements: Statements = {
  insert: "insert into account (id, email, seen) values (1999, 'x', now())",
  'insert, with the other': "insert into account (id, email, seen, plan_id) values (1999, 'x', now(), 5)",
  'insert, null key': "insert into account (id, email, seen, plan_id) values (1999, 'x', now(), null)",
  'insert select': 'insert into account (id, email, seen) select 1500 + id, label, now() from plan where id < 100',
  'insert select all': 'insert into plan select id + 5000, email || id, 1 from account',
  'insert on conflict': "insert into account (id, email, seen) values (5, 'x', now()) on conflict do nothing",
  'insert on conflict update':
    "insert into account (id, email, seen) values (5, 'x', now()) on conflict (id) do update set age = 1",
  'insert returning':
    "insert into account (id, email, seen) values (1998, 'x', now()) returning (select max(id) from plan)",
  'insert, violated': 'insert into account (id, email) values (1, null)',
  'insert in with':
    "with x as (insert into account (id, email, seen) values (1997, 'x', now()) returning id) select * from x",
  'update all': 'update account set age = 3',
  'update by key': 'update account set age = 3 where id = 5',
  'update foreign key column': 'update account set plan_id = 5 where id = 5',
  'update all, foreign key column': 'update account set plan_id = 7',
  'update referenced key': 'update account set id = id where id = 5',
  'update by range': 'update account set age = 3 where id < 100',
  'update by filler': "update account set age = 3 where filler like 'x%'",
  'update from': 'update account set age = p.price from plan p where p.id = account.plan_id',
  'update by subquery': 'update account set age = 3 where plan_id in (select id from plan where price > 5)',
  'update set subquery': 'update account set age = (select max(price) from plan) where id = 5',
  'update with': 'with x as (select id from plan) update account set age = 3 from x where x.id = account.id',
  'update only': 'update only account set age = 3',
  'update, false': 'update account set age = 3 where false',
  'delete all': 'delete from account',
  'delete by key': 'delete from account where id = 5',
  'delete none': 'delete from account where id = -1',
  'delete using': 'delete from account using plan where plan.id = account.plan_id and plan.price < 5',
  'delete the other': 'delete from plan',
  'delete only': 'delete from only account where id = 5',
  select: 'select count(*) from account',
  'select by key': 'select * from account where id = 5',
  'select for update': 'select * from account where id = 5 for update',
  'select for share join': 'select * from account a join plan p on p.id = a.plan_id where a.id = 5 for share of a',
  'select for key share': 'select 1 from only account x where id = 5 for key share of x',
  'select join': 'select count(*) from account a join plan p on p.id = a.plan_id',
  'select limit': 'select * from account limit 1',
  'select exists': 'select exists (select from account)',
  'select nothing': 'select 1',
  'select max by index': 'select max(id) from account',
  merge: 'merge into account a using plan p on a.id = p.id when matched then update set age = 5',
  'merge insert':
    'merge into account a using plan p on a.id = p.id when not matched then insert (id, email, seen) values (p.id, p.label, now())',
  'merge nothing': 'merge into account a using plan p on a.id = p.id when matched then do nothing',
  'copy to': 'copy account (id, email) to stdout',
  'copy query': 'copy (select id from plan) to stdout',
  values: 'values (1)',
  table: 'table plan',
};

export const rows: readonly Case[] = Object.entries(contexts).flatMap(([context, setup]) =>
  inContext('rows', context, setup, statements),
);
