import { asWritten, type Case } from '../case.js';

/** What was predicted wrongly of forms that migrations use: written before anybody looked at what is predicted for them. */

const staffSetup = [
  `create type pair as (amount numeric, currency char(3));
   create domain positive as int check (value > 0);
   create domain label as varchar(40) not null;
   create table dept (id serial primary key, name varchar(60) not null unique, budget numeric(12, 2), opened date);
   insert into dept (name, budget, opened) select 'dept ' || g, g, date '2020-01-01' + g from generate_series(1, 1500) g;
   create table staff (id int primary key, dept_id int not null references dept, mail varchar(120), pay pair, age positive,
     hired timestamp, bio text, tags text[], span daterange, note jsonb);
   insert into staff select g, 1 + g % 1000, 'm' || g, null, g, now(), repeat('b', 120), '{}', null, '{}' from generate_series(1, 1500) g;
   create index staff_hired on staff (date_trunc('day', hired));
   create index staff_note on staff using gin (note);
   create unique index staff_down on staff (id desc);
   create unique index staff_first on staff (id nulls first);
   create view staff_names as select id, mail from staff;
   analyze;`,
];

const staff = [
  // values that a domain does not take
  'alter table dept add column heads positive default -3',
  'alter table dept add column heads positive default 3',
  'alter table dept add column code label default null',
  'insert into staff (id, dept_id, age) values (9001, -1, 0)',
  'insert into staff (id, dept_id, age) values (9001, 1, null)',
  'insert into staff (id, dept_id, age) values (9001, 1, 5), (9002, 1, -5)',
  'update staff set age = -1 where id = 1',
  'update staff set age = -1 where id = -1',
  // foreign keys of computed columns
  'alter table staff add column g int generated always as (dept_id) stored references dept on update cascade',
  'alter table staff add column g int generated always as (dept_id) stored references dept on delete set null',
  'alter table staff add column g int generated always as (dept_id) stored references dept on delete cascade',
  'alter table staff add column g int generated always as (dept_id) references dept',
  // keys of indexes
  'create index on staff (id collate "C")',
  'create index on staff ((id + 1) collate "C")',
  'create index on staff (id text_pattern_ops)',
  'create index on staff (mail text_pattern_ops)',
  'create index on staff (lower(mail) text_pattern_ops)',
  'create index on staff (mail missing_ops)',
  'create index on staff using missing (tags)',
  "create index on staff using gin ((note ->> 'a'))",
  "create index on staff using gin ((note -> 'a') jsonb_path_ops)",
  'create index on staff (mail) tablespace missing',
  'alter table staff add exclude using gist (span text_pattern_ops with &&)',
  'alter table staff add exclude (mail collate "C" with =)',
  'alter table staff add exclude (dept_id with <>)',
  'alter table staff add unique (mail) using index tablespace missing',
  'alter table dept drop constraint dept_pkey cascade, add primary key using index staff_down',
  'alter table staff drop constraint staff_pkey, add primary key using index staff_down',
  'alter table staff add unique using index staff_first',
  // names and fields
  'alter table staff add check (dept.id > 0)',
  'alter table staff add check (staff.age > 0)',
  'alter table staff add check ((pay).amount is null)',
  'alter table staff add check ((pay).missing > 0)',
  'alter table staff add check ((mail).missing is null)',
  "alter table staff add check ((pay).amount <> 'x')",
  'create index on staff (((pay).missing))',
  'alter table staff add foreign key (dept_id) references missing.dept',
  // what a value is turned into
  "alter table staff add column g int generated always as ('x') stored",
  'alter table staff add column g int generated always as (mail) stored',
  'alter table staff add column g text generated always as (dept_id) stored',
  'alter table staff add column g boolean generated always as (dept_id) stored',
  'alter table staff alter bio set default 1 + 1',
  'alter table staff alter age set default true',
  'alter table staff alter hired set default 1 + 1',
  "alter table staff add check (dept_id between 0 and 'x')",
  "alter table staff add check (dept_id + 'x' > 0)",
  "alter table staff add check (hired > '2020-01-01'::timestamp + 'soon')",
  // modifiers of types
  'alter table staff add column z varchar(0)',
  'alter table staff alter bio type varchar(0)',
  'alter table staff alter bio type text(100)',
  'create table z (a int4(11))',
  'create table z (a numeric(1001))',
  'create table z (a numeric(5, 2000))',
  'create table z (a timestamp(9))',
  'create domain z as char(0)',
  // types that there are not, tablespaces, compression
  'alter table staff alter bio type missing',
  'alter table staff alter dept_id type bigserial',
  'create table z (a int) tablespace missing',
  'alter table staff alter bio set compression lz4',
  'alter table staff add column z text compression lz4',
  'alter table staff add column z int compression pglz',
  // what the new type makes of indexes
  'alter table staff alter hired type timestamptz',
  'alter table staff alter note type json',
  'alter table staff alter note type text',
  // nulls alone are looked up nowhere
  'alter table staff add column z int, add constraint z foreign key (z) references dept not valid, validate constraint z',
  'alter table staff add column z int default 1, add constraint z foreign key (z) references dept not valid, validate constraint z',
];

const firmSetup = [
  `create domain mail as text check (value ~ '^[^@ ]+@[^@ ]+$');
   create domain share as numeric(5, 2) default 0 check (value between 0 and 100);
   create domain share_set as share not null;
   create table firm (id int primary key, slug text not null check (length(slug) between 1 and 20), contact mail, code varchar(9) check (code like 'f%'),
     part int4range, active boolean, opened timestamptz, checked boolean check (checked));
   insert into firm select g, 'firm ' || g, 'a@b', 'f' || g, int4range(g, g + 1), true, now(), true from generate_series(1, 1500) g;
   create index firm_active on firm (id) where active;
   create index firm_part on firm using gist (part);
   create index firm_some on firm (slug) where id > 5;
   create index firm_hash on firm using hash (slug);
   alter table firm add constraint firm_apart exclude using gist (part with &&);
   create table other (id int primary key, v int);
   insert into other select g, g from generate_series(1, 1500) g;
   create table holder (f other);
   create materialized view firm_view as select id, slug from firm;
   create table parted (id int not null, day date not null, v int, firm_id int references firm) partition by range (day);
   create table parted_1 partition of parted for values from ('2024-01-01') to ('2024-02-01');
   create table parted_2 partition of parted for values from ('2024-02-01') to ('2024-03-01');
   insert into parted select g, '2024-01-05', g, g from generate_series(1, 1500) g;
   create index parted_v on parted (v);
   analyze;`,
];

const firm = [
  'alter table firm add column z share',
  'alter table firm add column z share_set',
  "alter table firm add column z mail default 'nobody'",
  "alter table firm add column z mail default 'some@body'",
  "insert into firm (id, slug, contact) values (9001, 'x', 'nobody')",
  "insert into firm (id, slug, contact) values (9001, 'x', 'some@body')",
  "insert into firm (id, slug, code) values (9001, 'x', 'g1')",
  "insert into firm (id, slug, code) values (9001, 'x', 'f1')",
  "insert into parted select id, '2024-02-05', 1, null from firm",
  "insert into parted values (1, '2024-02-05', 1, -1)",
  'merge into parted_1 using other on other.id = parted_1.id when matched then update set v = other.v',
  'merge into parted_1 using other on other.id = parted_1.id when matched then delete',
  'alter table firm add column z int generated always as (extract(year from opened)) stored',
  'alter table firm alter active type int using active::int',
  'alter table firm alter checked type int using checked::int',
  'alter table firm cluster on firm_hash',
  'alter table firm cluster on firm_some',
  'alter table firm cluster on firm_part',
  'cluster firm using other_pkey',
  'cluster parted using other_pkey',
  'alter index firm_part set (fastupdate = off)',
  'alter index firm_part set (fillfactor = 50)',
  'alter index firm_hash set (fillfactor = 5)',
  'reindex table concurrently firm',
  'reindex index concurrently firm_apart',
  'alter table other set unlogged',
  'alter table other set access method heap_too',
  'select * from firm_view for update',
  'select * from firm_view v, other for update of other',
  'drop trigger missing on firm_view',
  "copy parted_1 from '/dev/null'",
  'vacuum',
];

const partsSetup = [
  `create table part (id int not null, k int, at date, v text) partition by range (id);
   create table part_1 partition of part for values from (0) to (1000);
   create table part_2 partition of part for values from (1000) to (2000);
   insert into part select g, g, '2020-01-01', repeat('y', 100) from generate_series(0, 1999) g;
   create index part_v on only part (v);
   create index part_1_v on part_1 (v);
   create index part_1_k on part_1 (k);
   create table listed (id int, v text) partition by list (id);
   create table spread (id int not null, v text) partition by hash (id);
   create table spread_0 partition of spread for values with (modulus 2, remainder 0);
   create table spread_1 partition of spread for values with (modulus 2, remainder 1);
   insert into spread select g, repeat('y', 100) from generate_series(1, 2000) g;
   create table hashed (id int) partition by hash (id);
   create table dated (at date not null, v text) partition by range (at);
   create table apart (at date not null, v text);
   create table wo (id int, span text, during daterange);
   analyze;`,
];

const parts = [
  'alter index part_v attach partition part_1_v',
  'alter index part_v attach partition part_1_k',
  "create table part_3 partition of part for values from ('a') to ('b')",
  'create table part_3 partition of part for values from (3000, 1) to (4000, 1)',
  'create table part_3 partition of part for values from (null) to (4000)',
  'create table part_3 partition of part for values from (true) to (4000)',
  'create table part_3 partition of part for values from ((select 3000)) to (4000)',
  'create table part_3 partition of part for values from (k) to (4000)',
  "create table listed_1 partition of listed for values in (1, 'x')",
  'create table listed_1 partition of listed for values in (1, 2.5)',
  'create table listed_1 partition of listed for values in (null)',
  'create table hashed_1 partition of hashed for values with (modulus 0, remainder 0)',
  "alter table dated attach partition apart for values from (1) to ('2020-01-01')",
  "alter table dated attach partition apart for values from ('soon') to ('2020-01-01')",
  "insert into part select g, 1, null, 'x' from generate_series(1, 500) g",
  "insert into part select g + 1000, 1, null, 'x' from generate_series(1, 500) g where g % 2 = 0",
  'alter table wo add unique (id, span without overlaps)',
  'delete from spread where id in (1, 2)',
  'delete from spread where id in (1, 2, 3, 4, 5, 6)',
  'select * from spread where id = any (array[1, 2])',
  "create function missing_within() returns int language sql as 'select missing_function()'",
  "create function calls_itself(int) returns int language sql as 'select calls_itself($1)'",
  'alter event trigger missing disable',
  'import foreign schema s from server missing into public',
];

const publishedSetup = [
  `create table w (id int primary key, x text, y int);
   create table z (id int primary key, a int, b text);
   create table u (id int primary key, a int);
   create table f (a int, b int);
   alter table f replica identity full;
   create table par (a int, q int);
   create table kid () inherits (par);
   create table pt (id int, k int) partition by range (id);
   create table pt1 partition of pt for values from (0) to (10);
   create view wv as select id, y from w;
   insert into w values (1, 'x', 1);
   insert into z values (1, 1, 'x');
   insert into u values (1, 1);
   insert into f values (1, 1);`,
  `create publication pp;
   create publication pv with (publish_via_partition_root);`,
];

const listed = [
  ...publishedSetup,
  `create publication pw for table w (id, x);
   create publication pz for table z where (a > 5);
   create publication pu for table u (a);
   create publication pf for table f (a);
   create publication pk for table kid (a);`,
];

const ofListed = [
  'alter table w alter x type varchar',
  'alter table z alter a type bigint',
  'alter table z alter b type varchar',
  'alter table w drop column x',
  'alter table w drop column y',
  'alter table z drop column a',
  'alter table z drop column a cascade',
  'alter table par drop column a',
  'update z set b = 2',
  'update w set y = 2',
  'delete from z',
  'delete from u',
  'update f set a = 1',
];

const published = [
  'alter publication pp set table pt where (k > 5)',
  'alter publication pp add table pt',
  'alter publication pv add table pt (id)',
  "create table r (a int4range default '[5,1)')",
  "create table r (a int4range default '[5,9)')",
  "create table r (a int4range default '[5)')",
  "create table r (a daterange default '[2020-01-01,2019-01-01)')",
  "create table r (a tstzrange default '[2020-01-01,)')",
  "create table r (a daterange default 'empty')",
  'merge into wv using u on u.id = wv.id when matched then update set y = u.a',
];

export const blindForms: readonly Case[] = [
  ...asWritten(['forms', 'staff'], staffSetup, staff),
  ...asWritten(['forms', 'firm'], firmSetup, firm),
  ...asWritten(['forms', 'parts'], partsSetup, parts),
  ...asWritten(['forms', 'published'], publishedSetup, published),
  ...asWritten(['forms', 'listed'], listed, ofListed),
];
