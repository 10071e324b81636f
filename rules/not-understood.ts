import { defineRule } from '../src/rule.js';

export default defineRule({
  id: 'not-understood',
  level: 'warning',
  title: 'What a statement does cannot be followed',
  why: 'Its SQL is put together while it runs, or is in a language that is not read. It was not judged: coverage counts it.',
  instead: 'Write the statement out, or review it by hand and suppress this with the reason.',
  links: [],
  bad: [
    {
      sql: `create table account (id int);
-- next migration
do $$ declare name text := current_setting('app.table'); begin execute 'drop table ' || name; end $$;`,
    },
    {
      title: 'a function is told once in a migration, however often it is called',
      sql: `create function forget(name text) returns void language plpgsql as $$ begin
  execute 'drop table if exists ' || quote_ident(name || current_date);
  execute 'drop sequence if exists ' || quote_ident(name || current_date || '_id');
end $$;
-- next migration
select forget('account');
select forget('visit');`,
    },
  ],
  good: [
    {
      title: 'what a function is called with, and what a loop goes through, is followed',
      sql: `create function note(name text) returns void language plpgsql as $$ begin
  execute format('comment on table %I is %L', name, 'of ' || name);
end $$;
create table account (id int);
create table visit (id int);
-- next migration
select note('account');
do $$ declare name text; begin
  foreach name in array array['account', 'visit'] loop perform note(name); end loop;
end $$;`,
    },
    {
      title: 'a literal can be read',
      sql: "create table account (id int); do $$ begin execute 'comment on table account is ''x'''; end $$;",
    },
  ],
});
