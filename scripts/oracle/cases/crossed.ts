import { type Case, inContext, type Statements } from '../case.js';

/** What many contexts times many statements (scripts/oracle/crosswise.ts) found to be predicted wrongly. */

const setup = [
  `create table item (id int primary key, a int, n int not null, b varchar(50) default null::varchar, w varchar(50));
   insert into item select g, g, g, 'b' || g, 'w' || g from generate_series(1, 1500) g;
   create table kid () inherits (item);
   create table grandkid () inherits (kid);
   create table other (id int primary key, note text);
   create type pair as (x int, y text);
   create type row_of_other as (id int, note text);
   create index item_a on item (a);
   create index item_w on item (w varchar_pattern_ops);
   create index item_n on item (n);
   create function twice(int) returns int language sql immutable as 'select $1 * 2';
   create table checked (id int, a int check (twice(a) > 0));
   create table spelled (id int, w text);
   create index spelled_w on spelled (w collate "C");
   create table ruled (id int, a int not null check (a > 0), b int, c int);
   create table ruled_kid () inherits (ruled);
   create table ruled_grandkid () inherits (ruled_kid);
   create table guarded (id int);
   create rule noted as on update to ruled where old.b > 5 do also insert into guarded values (new.id);
   create policy seen on guarded using (exists (select from other where other.id = guarded.id));
   create table owned (id int, other_id int);
   create policy mine on owned using (other_id in (select id from other));
   create table told (id int);
   create publication news for table told;
   create table root (id int not null, k int not null) partition by range (id);
   create table low partition of root for values from (0) to (1000);
   create table high partition of root for values from (5000) to (9000) partition by list (k);
   create table high_few partition of high for values in (1, 2, 3);
   insert into root select g, 1 from generate_series(1, 900) g;
   create index root_k on root (k);
   analyze;`,
];

const statements: Statements = {
  'add column of its own row type': 'alter table item add z item',
  'add column, arrays of its own row type': 'alter table item add z item[]',
  'add column, a default that is too long': "alter table other add z varchar(5) default 'toolong'",
  'add column, a default with blanks at its end': "alter table other add z varchar(5) default 'short  '",
  'create table, a default that is too long': "create table fresh (z varchar(5) default 'toolong')",
  'detach finalize, not partitioned': 'alter table item detach partition kid finalize',
  'attach what is not there, not partitioned': 'alter table item attach partition nope default',
  'inherit what is not there, partitioned': 'alter table root inherit nope',
  'rename a row type': 'alter type item rename to thing',
  'owner of a row type': 'alter type item owner to clerk',
  'schema of a row type': 'alter type item set schema archive',
  'drop a row type': 'drop type item cascade',
  'primary key by an index that is not there': 'alter table item add primary key using index nope',
  'primary key by an index that is not there, partitioned': 'alter table root add primary key using index nope',
  'unique by an index that is not unique, partitioned': 'alter table root add unique using index root_k',
  'view with a column twice': 'create view v as select * from item join other on other.id = item.a',
  'view with a column twice, renamed':
    'create view v (p, q, r, s, t, u) as select * from item join other on other.id = item.a',
  'materialized view with a column twice, no data':
    'create materialized view v as select id, a as id from item with no data',
  'drop not null, only, children of children': 'alter table only item alter n drop not null',
  'of a type with other columns': 'alter table other of pair',
  'of a type with its columns': 'alter table other of row_of_other',
  'of a type with too few columns': 'alter table item of row_of_other',
  'toast parameter of a partitioned table': 'alter table root set (toast.autovacuum_enabled = false)',
  'cluster through partitions of partitions': 'cluster root using root_k',
  'type, key of a partition': 'alter table root alter k type bigint',
  'type, key of the table and no such cast': 'alter table root alter id type uuid using id::uuid',
  'drop column, key of a partition': 'alter table root drop column k',
  'unique index without the key of a partition': 'create unique index on root (id)',
  'primary key without the key of a partition': 'alter table root add primary key (id)',
  'type, operator class of another type': 'alter table item alter w type int using length(w)',
  'type, collation of an index': 'alter table spelled alter w type int using length(w)',
  'type, default of a type without such a cast': 'alter table item alter b type inet using null::inet',
  'drop column, in a rule': 'alter table ruled drop column b',
  'drop column, only, in the action of a rule': 'alter table only ruled drop column id',
  'drop column, in no rule': 'alter table ruled drop column c',
  'type, in a rule': 'alter table ruled alter b type bigint',
  'drop check, only, children of children': 'alter table only ruled drop constraint ruled_a_check',
  'drop not null by name, only, children of children': 'alter table only ruled drop constraint ruled_a_not_null',
  'constraint no inherit, children of children': 'alter table ruled alter constraint ruled_a_not_null no inherit',
  "drop column, in another table's policy": 'alter table other drop column id',
  "drop column, cascade, in another table's policy": 'alter table other drop column id cascade',
  "drop column, not in another table's policy": 'alter table other drop column note',
  "type, in another table's policy": 'alter table other alter id type bigint',
  'type, of the name of a column that a policy reads elsewhere': 'alter table owned alter id type bigint',
  'type, in a policy': 'alter table owned alter other_id type bigint',
  'drop column, of the name of a column that a policy reads elsewhere': 'alter table owned drop column id',
  'set unlogged, published': 'alter table told set unlogged',
  'type, no such function in a CHECK': 'alter table checked alter a type bigint',
};

const referencesSetup = [
  `create table p (id int primary key) partition by range (id);
   create table p1 partition of p for values from (0) to (500);
   create table p2 partition of p for values from (500) to (1000) partition by range (id);
   create table p2a partition of p2 for values from (500) to (700);
   create table t (id int primary key, p_id int) partition by range (id);
   create table t1 partition of t for values from (0) to (1000);
   create table t2 partition of t for values from (1000) to (5000) partition by range (id);
   create table t2a partition of t2 for values from (1000) to (2000);
   alter table t add constraint t_p foreign key (p_id) references p;
   create table q (id int primary key, p_id int constraint q_p references p);
   create table late (id int not null);
   insert into late select g from generate_series(60000, 60900) g;
   analyze late;`,
];

/** A foreign key from a partitioned table to a partitioned one. */
const references: Statements = {
  'not deferrable, as it was': 'alter table t alter constraint t_p not deferrable',
  'not deferrable, as it was, no partitions': 'alter table q alter constraint q_p not deferrable',
  deferrable: 'alter table t alter constraint t_p deferrable',
  'initially deferred': 'alter table t alter constraint t_p deferrable initially deferred',
  attach: 'alter table p attach partition late for values from (60000) to (70000)',
  'create a partition': 'create table x partition of p for values from (60000) to (70000)',
  'create a partition of a partition': 'create table x partition of p2 for values from (700) to (750)',
  'attach to the referencing table': 'alter table t attach partition late for values from (60000) to (70000)',
  'create a partition of the referencing table': 'create table x partition of t for values from (60000) to (70000)',
  detach: 'alter table p detach partition p1',
  'detach of the referencing table': 'alter table t detach partition t1',
  'drop a partition': 'drop table p1',
  'drop a partition, cascade': 'drop table p1 cascade',
  'drop a partition of the referencing table': 'drop table t1',
  'drop the foreign key': 'alter table t drop constraint t_p',
  'drop the key': 'alter table p drop constraint p_pkey cascade',
  'truncate a partition': 'truncate p1',
  'truncate a partition of the referencing table': 'truncate t1',
  'set constraints, not deferrable': 'set constraints t_p deferred',
  'set constraints, not deferrable, immediate': 'set constraints t_p immediate',
  'add another': 'alter table t add constraint t_p2 foreign key (id) references p',
  'add another, to a partition': 'alter table t add constraint t_p2 foreign key (id) references p1',
  'add another, from a partition': 'alter table t1 add constraint t_p2 foreign key (id) references p',
  'add a self reference': 'alter table t add constraint t_t foreign key (p_id) references t',
  'rename the foreign key': 'alter table t rename constraint t_p to other',
  'rename it in a partition': 'alter table t1 rename constraint t_p to other',
  'drop it from a partition': 'alter table t1 drop constraint t_p',
};

export const crossed: readonly Case[] = [
  ...inContext('crossed', 'all', setup, statements),
  ...inContext('crossed', 'references', referencesSetup, references),
];
