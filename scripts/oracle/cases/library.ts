import { type Case, inContext, type Statements } from '../case.js';

/** A library: partitions of two levels, domains over domains, composite types, generated columns, chains of views. */

const types = `create domain word as text collate "C" check (value <> '');
  create domain short_word as word check (length(value) < 40);
  create domain amount as numeric(12,2) default 0;
  create type dimensions as (height int, width int);
  create type state as enum ('new', 'lent', 'lost');
  create domain good_state as state check (value <> 'lost');`;

const loans = `create table member (id bigint generated always as identity primary key, name short_word not null, born date, card uuid default gen_random_uuid() unique, state state default 'new', filler text);
  insert into member (name, born, filler) select 'm' || g, date '1980-01-01' + g, repeat('m', 160) from generate_series(1, 1200) g;
  create table loan (member_id bigint not null references member on delete cascade, book_id int not null, day date not null, fee amount, note text, primary key (book_id, day)) partition by range (day);
  create table loan_old partition of loan for values from (minvalue) to ('2024-01-01');
  create table loan_2024 partition of loan for values from ('2024-01-01') to ('2025-01-01') partition by hash (book_id);
  create table loan_2024_0 partition of loan_2024 for values with (modulus 2, remainder 0);
  create table loan_2024_1 partition of loan_2024 for values with (modulus 2, remainder 1);
  create table loan_rest partition of loan default;
  insert into loan select 1 + g % 1200, g, date '2023-01-01' + g % 1000, g % 7, repeat('l', 120) from generate_series(1, 4000) g;
  create index loan_member on loan (member_id);
  create index loan_note on loan (lower(note)) where fee > 3;`;

const books = `create table medium (id int primary key, title short_word not null, size dimensions, price amount not null, filler text, check (price >= 0));
  create table book (isbn text unique, pages int) inherits (medium);
  create table rare_book (since date) inherits (book);
  alter table book add primary key (id);
  insert into medium select g, 't' || g, (g, g)::dimensions, g, repeat('x', 150) from generate_series(1, 900) g;
  insert into book select g, 't' || g, (g, g)::dimensions, g, repeat('x', 150), 'i' || g, g from generate_series(1001, 1900) g;
  insert into rare_book select g, 't' || g, (g, g)::dimensions, g, repeat('x', 150), 'i' || g, g, date '1900-01-01' + g from generate_series(2001, 2900) g;`;

const views = `create view titles as select id, title from only medium;
  create view long_titles as select id, upper(title) as title from titles where length(title) > 3;
  create materialized view fees as select member_id, sum(fee) as total, repeat('f', 100) as filler from loan group by member_id;
  create unique index fees_member on fees (member_id);
  analyze;`;

const late = `create table late (like loan including all);
  create function noted() returns trigger language plpgsql as 'begin return new; end';`;

const plain = [types, loans, views.replace(/create view[^;]*;/g, ''), late];

const partitions: Statements = {
  'add column to the top': 'alter table loan add column place text',
  'add column with volatile default to the top':
    'alter table loan add column seen timestamptz default clock_timestamp()',
  'add column of a constrained domain': 'alter table loan add column label short_word',
  'add check': 'alter table loan add constraint fee_positive check (fee >= 0)',
  'add check, of one level': 'alter table loan_2024 add constraint fee_positive check (fee >= 0)',
  'add check, of a leaf': 'alter table loan_2024_0 add constraint fee_positive check (fee >= 0) not valid',
  'set not null': 'alter table loan alter note set not null',
  'drop not null of the key': 'alter table loan alter day drop not null',
  'drop not null': 'alter table loan alter member_id drop not null',
  'drop not null of a partition': 'alter table loan_old alter member_id drop not null',
  'type of a foreign key': 'alter table loan alter member_id type int',
  'type of the partition key': 'alter table loan alter day type timestamp',
  'type of an indexed expression': 'alter table loan alter note type varchar',
  'type of a domain column': 'alter table loan alter fee type numeric(14,2)',
  'rename column': 'alter table loan rename note to remark',
  'rename column of a partition': 'alter table loan_old rename note to remark',
  'drop foreign key': 'alter table loan drop constraint loan_member_id_fkey',
  'drop foreign key of a partition': 'alter table loan_old drop constraint loan_member_id_fkey',
  'drop primary key': 'alter table loan drop constraint loan_pkey',
  'unique without the partition key': 'alter table loan add unique (book_id)',
  'unique with the partition key': 'alter table loan add constraint loan_once unique (book_id, day, member_id)',
  'index on the top': 'create index loan_fee on loan (fee)',
  'index on only the top': 'create index loan_fee on only loan (fee)',
  'index on the middle': 'create index loan_fee on loan_2024 (fee) include (note)',
  'index concurrently on the middle': 'create index concurrently loan_fee on loan_2024 (fee)',
  'index concurrently on a leaf': 'create index concurrently loan_fee on loan_2024_0 (fee)',
  'drop index of a partition': 'drop index loan_2024_0_member_id_idx',
  'drop index of the top': 'drop index loan_note',
  'reindex the middle': 'reindex table loan_2024',
  'reindex an index of the top': 'reindex index loan_member',
  'reindex concurrently an index of a leaf': 'reindex index concurrently loan_2024_0_member_id_idx',
  'attach, overlaps': "alter table loan attach partition late for values from ('2023-06-01') to ('2023-07-01')",
  attach: "alter table loan attach partition late for values from ('2027-06-01') to ('2027-07-01')",
  trigger: 'create trigger noted after insert on loan for each row execute function noted()',
  'select from the middle': 'select * from loan_2024 where fee = 1',
  'delete from the middle': 'delete from loan_2024 where book_id = 1',
  'update of the middle': "update loan_2024 set note = 'x'",
  'insert into the middle': "insert into loan_2024 values (5, 9001, '2024-07-07', 1, 'x')",
  'create partition': "create table loan_2025 partition of loan for values from ('2025-01-01') to ('2026-01-01')",
  'create partition of the middle':
    'create table loan_2024_2 partition of loan_2024 for values with (modulus 4, remainder 3)',
  'create partition with parts':
    "create table loan_2026 partition of loan for values from ('2026-01-01') to ('2027-01-01') partition by list (book_id)",
  'detach the middle': 'alter table loan detach partition loan_2024',
  'detach a leaf from the middle': 'alter table loan_2024 detach partition loan_2024_0',
  'detach the default': 'alter table loan detach partition loan_rest',
  'detach concurrently, with default': 'alter table loan detach partition loan_old concurrently',
  'detach a leaf from the top': 'alter table loan detach partition loan_2024_0',
  'detach concurrently from the middle': 'alter table loan_2024 detach partition loan_2024_1 concurrently',
  'detach finalize, nothing pending': 'alter table loan_2024 detach partition loan_2024_1 finalize',
  'drop the middle': 'drop table loan_2024',
  'drop a leaf': 'drop table loan_2024_1',
  'drop the default': 'drop table loan_rest',
  'drop the top': 'drop table loan',
  'drop the referenced': 'drop table member',
  'drop the referenced, cascade': 'drop table member cascade',
  'truncate the top': 'truncate loan',
  'truncate the middle': 'truncate loan_2024',
  'truncate only the middle': 'truncate only loan_2024',
  'truncate the referenced': 'truncate member',
  'truncate the referenced, cascade': 'truncate member cascade',
  'truncate, restart identity': 'truncate member restart identity cascade',
  'lock the middle': 'lock table loan_2024 in share mode',
  'vacuum the middle': 'vacuum loan_2024',
  'analyze the top': 'analyze loan',
  'analyze columns of the middle': 'analyze loan_2024 (fee, note)',
  'cluster the middle': 'alter table loan_2024 cluster on loan_2024_member_id_idx',
  'cluster a leaf': 'cluster loan_2024_0 using loan_2024_0_member_id_idx',
  'owner of the top': 'alter table loan owner to clerk',
  'schema of the top': 'alter table loan set schema archive',
  'tablespace of the top': 'alter table loan set tablespace spare',
  'tablespace of a leaf': 'alter table loan_2024_0 set tablespace spare',
  'unlogged leaf': 'alter table loan_2024_0 set unlogged',
  'statistics of the top': 'alter table loan alter fee set statistics 500',
  'storage of the top': 'alter table loan alter note set storage main',
  'replica identity of the middle': 'alter table loan_2024 replica identity full',
  'fillfactor of the top': 'alter table loan set (fillfactor = 80)',
  'fillfactor of a leaf': 'alter table loan_old set (fillfactor = 80)',
  'row security of the middle': 'alter table loan_2024 enable row level security',
  'disable triggers of the top': 'alter table loan disable trigger all',
  'disable triggers of only the top': 'alter table only loan disable trigger all',
  'inherit a partition': 'alter table loan_old inherit member',
  'add identity': 'alter table loan alter book_id add generated by default as identity',
  'add identity to a partition': 'alter table loan_old alter book_id add generated by default as identity',
  'set default of the middle': 'alter table loan_2024 alter fee set default 3',
  'set default of the top': 'alter table loan alter fee set default 3',
  'validate nothing': 'alter table loan validate constraint loan_member_id_fkey',
  'alter constraint': 'alter table loan alter constraint loan_member_id_fkey deferrable initially deferred',
  'alter constraint of a partition': 'alter table loan_old alter constraint loan_member_id_fkey deferrable',
  'foreign key to the top':
    'alter table member add column last_book int, add column last_day date, add foreign key (last_book, last_day) references loan',
  'second foreign key': 'alter table loan add foreign key (member_id) references member not valid',
  exclusion: 'alter table loan add exclude (book_id with =, day with =)',
  comment: "comment on table loan_2024 is 'last year'",
  grant: 'grant select on loan to clerk',
  publication: 'create publication feed for table loan, member',
  rule: 'create rule quiet as on delete to loan do instead nothing',
  policy: 'create policy own on loan using (fee > 0)',
  'statistics object': 'create statistics loan_fees (dependencies) on fee, book_id from loan',
};

const rows: Statements = {
  'select pruned to a leaf': "select * from loan where day = '2024-05-05' and book_id = 7",
  'select pruned to the middle': "select count(*) from loan where day >= '2024-02-01' and day < '2024-03-01'",
  'select all': 'select count(*) from loan',
  'insert routed': "insert into loan values (5, 9001, '2024-07-07', 1, 'x')",
  'insert into the default': "insert into loan values (5, 9001, '2099-07-07', 1, 'x')",
  'update across partitions': "update loan set day = '2025-02-02' where book_id = 77",
  'update by member': 'update loan set fee = 9 where member_id = 5',
  'delete referenced': 'delete from member where id = 3',
  'delete all loans': 'delete from loan',
  'merge into the top':
    "merge into loan using member on member.id = loan.member_id and loan.day = '2024-01-05' when matched then update set note = 'm'",
  'copy to': 'copy (select * from loan_2024) to stdout',
  'copy from the top': 'copy loan to stdout',
  refresh: 'refresh materialized view fees',
  'refresh concurrently': 'refresh materialized view concurrently fees',
};

const family: Statements = {
  'add column to the root': 'alter table medium add column shelf text',
  'add column with default to the middle': "alter table book add column shelf text not null default 'a'",
  'add column, only the root': 'alter table only medium add column shelf text',
  'drop column of the root': 'alter table medium drop column price',
  'drop column of the root, viewed': 'alter table medium drop column title',
  'drop column of the root, cascade': 'alter table medium drop column title cascade',
  'drop column, only the middle': 'alter table only book drop column pages',
  'type in the root': 'alter table medium alter price type numeric(20,2)',
  'type in the root to float': 'alter table medium alter price type float8',
  'type in a child': 'alter table book alter price type numeric(20,2)',
  'type of a viewed column': 'alter table medium alter title type text',
  'set not null in the root': 'alter table medium alter filler set not null',
  'set not null in the middle': 'alter table book alter pages set not null',
  'check in the root': 'alter table medium add constraint cheap check (price < 100000)',
  'check in the root, no inherit': 'alter table medium add constraint cheap check (price < 100000) no inherit',
  'check in only the root': 'alter table only medium add constraint cheap check (price < 100000)',
  'drop check': 'alter table medium drop constraint medium_price_check',
  'drop inherited check': 'alter table book drop constraint medium_price_check',
  'rename check': 'alter table medium rename constraint medium_price_check to cheap',
  'no inherit': 'alter table rare_book no inherit book',
  'inherit again': 'alter table rare_book inherit book',
  'inherit in a circle': 'alter table medium inherit rare_book',
  'drop the root': 'drop table medium',
  'drop the middle, cascade': 'drop table book cascade',
  'truncate the root': 'truncate medium',
  'truncate only the root': 'truncate only medium',
  'vacuum the root': 'vacuum medium',
  'analyze the root': 'analyze medium',
  'vacuum full the middle': 'vacuum full book',
  'rename the attribute': 'alter type dimensions rename attribute height to tall',
  'add attribute': 'alter type dimensions add attribute depth int',
  'drop attribute': 'alter type dimensions drop attribute width',
  'type of attribute': 'alter type dimensions alter attribute width type bigint',
  'type of attribute, cascade': 'alter type dimensions alter attribute width type bigint cascade',
  'domain check': 'alter domain amount add constraint small check (value < 1000000)',
  'domain check below another': "alter domain word add constraint tidy check (value not like '% %')",
  'domain check not valid': "alter domain word add constraint tidy check (value not like '% %') not valid",
  'domain not null': 'alter domain amount set not null',
  'domain drop default': 'alter domain amount drop default',
  'drop domain': 'drop domain word',
  'drop domain, cascade': 'drop domain short_word cascade',
  'drop type, cascade': 'drop type dimensions cascade',
  'rename label': "alter type state rename value 'lost' to 'gone'",
  'update root': 'update medium set price = price + 1',
  'update only root': 'update only medium set price = price + 1 where id = 4',
  'delete middle': 'delete from book where id = 1500',
  'create view over a chain': 'create view loud as select * from long_titles',
  'replace view, column dropped': 'create or replace view titles as select id from only medium',
  'replace view, column added': 'create or replace view titles as select id, title, price from only medium',
  'drop view': 'drop view titles',
  'drop view, cascade': 'drop view titles cascade',
  'rename column of a view': 'alter view titles rename column title to name',
  'select through the chain': 'select * from long_titles where id = 7',
  'index on a materialized view': 'create index fees_total on fees (total)',
  'index on a view': 'create index on titles (id)',
  'add foreign key to a child': 'alter table loan add foreign key (book_id) references book not valid',
  'foreign key from a child': 'alter table rare_book add column owner bigint references member',
  'primary key of the root': 'alter table medium drop constraint medium_pkey cascade',
};

export const library: readonly Case[] = [
  ...inContext('library', 'partitions', plain, partitions),
  ...inContext('library', 'rows', plain, rows),
  ...inContext('library', 'family', [types, loans, books, views], family),
];
