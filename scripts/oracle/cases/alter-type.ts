import { type Case, inContext, type Statements } from '../case.js';

/** A column type, a value of it in terms of the row number `g`, and the changes to try: a target type, with USING where there is one. */
interface From {
  readonly type: string;
  readonly value: string;
  readonly to: readonly string[];
}

/** Types that migrations change most; tried in every context. */
const common: readonly From[] = [
  {
    type: 'varchar(20)',
    value: "'v' || g",
    to: [
      'varchar(40)',
      'varchar(10)',
      'varchar',
      'text',
      'char(20)',
      'text using lower(x)',
      'text collate "C"',
      'ext.citext',
    ],
  },
  { type: 'varchar', value: "'v' || g", to: ['varchar(40)', 'text'] },
  {
    type: 'text',
    value: "'v' || g",
    to: [
      'varchar(40)',
      'varchar',
      'text',
      'text collate "C"',
      'text using x',
      'text using trim(x)',
      'ext.citext',
      'bytea using x::bytea',
    ],
  },
  { type: 'char(10)', value: "'v' || g", to: ['char(20)', 'text', 'varchar(10)'] },
  { type: 'smallint', value: 'g', to: ['int', 'bigint'] },
  {
    type: 'int',
    value: 'g',
    to: ['bigint', 'smallint', 'numeric', 'text', 'int', 'int using x', 'int using x + 1', 'oid'],
  },
  { type: 'bigint', value: 'g', to: ['int', 'numeric(20)'] },
  { type: 'numeric(10,2)', value: 'g', to: ['numeric(12,2)', 'numeric(8,2)', 'numeric(12,3)', 'numeric', 'int'] },
  { type: 'numeric', value: 'g', to: ['numeric(10,2)', 'double precision'] },
  {
    type: 'timestamp',
    value: "timestamp '2020-01-01' + g * interval '1 min'",
    to: ['timestamptz', "timestamptz using x at time zone 'UTC'", 'timestamp(3)', 'timestamp(6)', 'date'],
  },
  {
    type: 'timestamptz',
    value: "timestamptz '2020-01-01' + g * interval '1 min'",
    to: ['timestamp', 'timestamptz(3)', "timestamp using x at time zone 'UTC'"],
  },
  {
    type: 'timestamp(3)',
    value: "timestamp '2020-01-01' + g * interval '1 min'",
    to: ['timestamp(6)', 'timestamp', 'timestamp(0)', 'timestamptz(3)'],
  },
  { type: 'boolean', value: 'g % 2 = 0', to: ['int using x::int', 'text'] },
  { type: 'mood', value: "'ok'", to: ['text', 'other_mood using x::text::other_mood'] },
  { type: 'short_text', value: "'v' || g", to: ['text', 'varchar(20)', 'checked_text', 'long_text'] },
  { type: 'checked_int', value: 'g', to: ['int', 'bigint', 'bare_int'] },
];

/** The rest; tried bare and with an index. */
const rare: readonly From[] = [
  { type: 'varchar(10)[]', value: "array['v' || g]", to: ['varchar(20)[]', 'text[]'] },
  {
    type: 'int',
    value: 'g',
    to: [
      'bare_int',
      'checked_int',
      'real',
      'money using x::money',
      'boolean using x > 0',
      'regclass using x::oid::regclass',
      'smallint using x % 100',
      'int4',
      'bigint using x::bigint',
      'int using x::int',
      'int using (x)',
    ],
  },
  { type: 'bigint', value: 'g', to: ['oid', 'bigint using x', 'timestamptz using to_timestamp(x)'] },
  { type: 'real', value: 'g', to: ['double precision', 'numeric'] },
  { type: 'double precision', value: 'g', to: ['real', 'int'] },
  { type: 'oid', value: 'g', to: ['regclass', 'int', 'bigint', 'regtype'] },
  { type: 'bare_int', value: 'g', to: ['int', 'checked_int', 'bigint', 'bare_int'] },
  {
    type: 'varchar(20)',
    value: "'v' || g",
    to: [
      'varchar(20)',
      'varchar(21)',
      'text using x::text',
      'text using x::varchar(20)',
      'varchar(20) using x::varchar(20)',
      'short_text',
      'long_text',
      'bare_text',
      'name',
      'varchar(30) collate "C"',
      'varchar(30) collate "POSIX"',
      'varchar(40) using x::varchar(40)',
      'int using length(x)',
      'char(1) using left(x, 1)',
    ],
  },
  {
    type: 'varchar(20) collate "C"',
    value: "'v' || g",
    to: ['varchar(30)', 'varchar(30) collate "C"', 'text', 'text collate "default"'],
  },
  {
    type: 'text',
    value: "'v' || g",
    to: [
      'bare_text',
      'checked_text',
      'required_text',
      'short_text',
      'name',
      'char(10)',
      '"char"',
      'text using x::text',
      'text using (x)',
      "text using coalesce(x, '')",
      'varchar(200) using x::varchar(200)',
      'varchar using substr(x, 1, 5)',
      'text collate "POSIX"',
      'text collate "default"',
      'varchar collate "C"',
    ],
  },
  { type: 'bare_text', value: "'v' || g", to: ['text', 'varchar', 'checked_text'] },
  { type: 'checked_text', value: "'v' || g", to: ['text', 'bare_text', 'varchar(200)'] },
  { type: 'required_text', value: "'v' || g", to: ['text'] },
  { type: 'long_text', value: "'v' || g", to: ['varchar(50)', 'varchar(60)', 'short_text', 'text'] },
  { type: 'name', value: "'v' || g", to: ['text', 'varchar'] },
  { type: 'ext.citext', value: "'v' || g", to: ['text', 'varchar', 'varchar(20)', 'ext.citext'] },
  { type: 'char(10)', value: "'v' || g", to: ['char(5)', 'varchar', 'varchar(20)', 'bpchar', 'char(10)'] },
  { type: 'json', value: `'{"a":1}'`, to: ['jsonb', 'text', 'json'] },
  { type: 'jsonb', value: `jsonb_build_object('a', g)`, to: ['json', 'text', 'jsonb using x || \'{"b":2}\''] },
  { type: 'xml', value: "xmlparse(content 'a')", to: ['text', 'xml'] },
  { type: 'uuid', value: 'md5(g::text)::uuid', to: ['text', 'varchar(36)', 'bytea using uuid_send(x)'] },
  { type: 'text', value: 'md5(g::text)', to: ['uuid using x::uuid', 'uuid'] },
  {
    type: 'text',
    value: "'5'",
    to: ['int using x::int', 'jsonb using x::jsonb', 'json using x::json', "date using to_date(x, 'DD')"],
  },
  { type: 'bytea', value: "'abc'", to: ["text using encode(x, 'hex')", 'bytea'] },
  { type: 'inet', value: "'10.0.0.1'", to: ['cidr', 'text', 'inet'] },
  { type: 'cidr', value: "'10.0.0.0/8'", to: ['inet', 'text'] },
  { type: 'macaddr', value: "'08:00:2b:01:02:03'", to: ['macaddr8', 'text'] },
  { type: 'bit(8)', value: "B'10101010'", to: ['bit(16)', 'bit(8)', 'varbit', 'varbit(16)', 'bit varying(8)'] },
  { type: 'varbit(8)', value: "B'1010'", to: ['varbit(16)', 'varbit', 'varbit(4)', 'bit(8)'] },
  { type: 'varbit', value: "B'1010'", to: ['varbit(16)'] },
  { type: 'date', value: "date '2020-01-01' + g", to: ['timestamp', 'timestamptz', 'text'] },
  { type: 'time', value: "time '10:00'", to: ['time(3)', 'time(6)', 'timetz', 'interval'] },
  { type: 'time(3)', value: "time '10:00'", to: ['time(6)', 'time', 'time(0)'] },
  { type: 'timetz(3)', value: "timetz '10:00+00'", to: ['timetz(6)', 'timetz', 'time'] },
  {
    type: 'timestamptz(3)',
    value: 'now()',
    to: ['timestamptz(6)', 'timestamptz', 'timestamptz(0)', 'timestamp', 'timestamp(3)'],
  },
  { type: 'timestamptz', value: 'now()', to: ['timestamptz using x', 'date', 'timestamp(6)', 'timestamptz(6)'] },
  {
    type: 'interval',
    value: "interval '1 day'",
    to: ['interval(3)', 'interval(6)', 'interval day', 'interval day to second', 'interval year to month', 'text'],
  },
  { type: 'interval(3)', value: "interval '1 day'", to: ['interval(6)', 'interval', 'interval(0)'] },
  {
    type: 'interval day to second(3)',
    value: "interval '1 day'",
    to: ['interval day to second(6)', 'interval', 'interval day to second'],
  },
  { type: 'interval day', value: "interval '1 day'", to: ['interval', 'interval hour'] },
  { type: 'int[]', value: 'array[g]', to: ['bigint[]', 'int[]', 'text[]', 'int using x[1]'] },
  { type: 'text[]', value: "array['v']", to: ['varchar[]', 'varchar(10)[]', 'jsonb using to_jsonb(x)'] },
  { type: 'varchar[]', value: "array['v']", to: ['text[]', 'varchar(10)[]'] },
  { type: 'numeric(10,2)[]', value: 'array[g]', to: ['numeric(12,2)[]'] },
  {
    type: 'numeric(10,2)',
    value: 'g',
    to: [
      'numeric(10,2)',
      'numeric(11,2)',
      'numeric(10)',
      'numeric(10,0)',
      'money',
      'decimal(12,2)',
      'bigint',
      'text',
      'numeric(12,2) using x',
      'numeric using x * 100',
    ],
  },
  { type: 'numeric(10)', value: 'g', to: ['numeric(12)', 'int', 'bigint'] },
  { type: 'money', value: 'g::money', to: ['numeric', 'text'] },
  {
    type: 'int4range',
    value: 'int4range(g, g + 5)',
    to: ['int4range', 'int8range using int8range(lower(x), upper(x))', 'text'],
  },
  { type: 'pair', value: "row(g, 'a')", to: ['pair', 'text'] },
  { type: 'mood', value: "'ok'", to: ['mood', 'varchar(20)', 'other_mood', 'int using 1'] },
  { type: 'varchar(20)', value: "'ok'", to: ['mood using x::mood', 'mood', "boolean using x = 'ok'"] },
  { type: 'regclass', value: "'pg_class'::regclass", to: ['oid', 'text'] },
  { type: 'tsvector', value: "to_tsvector('simple', 'a')", to: ['text'] },
  { type: 'point', value: 'point(g, g)', to: ['text using x::text', 'box using box(x, x)'] },
];

/** No btree index can be made on these. */
const unordered: readonly string[] = ['json', 'xml', 'point'];

const types = `create extension citext schema ext;
  create type mood as enum ('sad', 'ok', 'glad');
  create type other_mood as enum ('ok', 'glad', 'sad');
  create type pair as (a int, b text);
  create domain bare_int as int;
  create domain checked_int as int check (value >= 0);
  create domain bare_text as text;
  create domain checked_text as text check (length(value) < 100);
  create domain required_text as text not null;
  create domain short_text as varchar(20);
  create domain long_text as varchar(50);`;

function table({ type, value }: From): string {
  return `create table sample (id int primary key, x ${type}, note text);
    insert into sample select g, (${value})::${type.replace(/ collate .*/, '')}, repeat('s', 150) from generate_series(1, 1500) g;`;
}

const partitionedTable = ({ type, value }: From): string =>
  `create table sample (id int primary key, x ${type}, note text) partition by range (id);
    create table sample_low partition of sample for values from (0) to (750);
    create table sample_high partition of sample for values from (750) to (2000);
    insert into sample select g, (${value})::${type.replace(/ collate .*/, '')}, repeat('s', 150) from generate_series(1, 1500) g;`;

const index = 'create index sample_x on sample (x);';

/** By name: the set-up for a column of this type. */
const contexts: Readonly<Record<string, (from: From) => string>> = {
  bare: table,
  index: (from) => `${table(from)} ${index}`,
  'unique constraint': (from) => `${table(from)} alter table sample add constraint sample_x_key unique (x, id);`,
  'hash index': (from) => `${table(from)} create index sample_x on sample using hash (x);`,
  'expression index': (from) => `${table(from)} create index sample_x on sample ((coalesce(x, x)));`,
  'partial index': (from) => `${table(from)} create index sample_id on sample (id) where x is not null;`,
  'index on another column': (from) => `${table(from)} create index sample_note on sample (note) include (x);`,
  check: (from) => `${table(from)} alter table sample add constraint sample_x_check check (x is not null or id > 0);`,
  'check not valid': (from) =>
    `${table(from)} alter table sample add constraint sample_x_check check (x is not null) not valid;`,
  default: (from) => `${table(from)} alter table sample alter x set default null, alter x set not null;`,
  partitioned: (from) => partitionedTable(from),
  'partitioned with index': (from) => `${partitionedTable(from)} ${index}`,
  inherited: (from) =>
    `${table(from)} create table sample_child () inherits (sample); insert into sample_child select * from only sample; ${index} create index sample_child_x on sample_child (x);`,
  'foreign key': (from) =>
    `create table target (x ${from.type} primary key); insert into target select distinct (${from.value})::${from.type} from generate_series(1, 1500) g;
     analyze target; ${table(from)} alter table sample add constraint sample_x_fk foreign key (x) references target (x);`,
  'foreign key target': (from) =>
    `${table(from).replace('create table sample', 'create table target').replace('into sample', 'into target')}
     create table sample (id int, x ${from.type} primary key, note text); insert into sample select distinct on (x) id, x, note from target;
     alter table target add constraint target_x_fk foreign key (x) references sample (x); analyze target;`,
  view: (from) => `${table(from)} create view sample_view as select id, x from sample;`,
  'view of another column': (from) => `${table(from)} create view sample_view as select id, note from sample;`,
  'generated column': (from) =>
    `${table(from)} alter table sample add same boolean generated always as (x is null) stored;`,
  'trigger on the column': (from) =>
    `${table(from)} create function touch() returns trigger language plpgsql as 'begin return new; end';
     create trigger sample_touch before update of x on sample for each row execute function touch();`,
  policy: (from) => `${table(from)} create policy sample_policy on sample using (x is not null);`,
  statistics: (from) => `${table(from)} create statistics sample_statistics on x, id from sample;`,
};

function casesOf(from: From, names: readonly string[]): Case[] {
  const statements: Statements = Object.fromEntries(
    from.to.map((to) => [to, `alter table sample alter column x type ${to}`]),
  );
  return names.flatMap((name) => {
    const setup = [types, `${contexts[name]?.(from) ?? ''} analyze sample;`];
    return inContext(`alter-type ${name}`, from.type, setup, statements);
  });
}

/** What the session's time zone decides. */
const zones = ['UTC', 'Etc/GMT', 'Europe/London', 'America/New_York', 'Etc/GMT+5', 'Asia/Kolkata'].flatMap((zone) =>
  ['timestamp', 'timestamptz'].map((type): Case => {
    const value = "timestamp '2020-01-01' + g * interval '1 min'";
    const to = type === 'timestamp' ? 'timestamptz' : 'timestamp';
    return {
      id: `alter-type zone/${zone}/${type} to ${to}`,
      setup: [types, `${contexts.index?.({ type, value, to: [] })} analyze sample;`],
      settings: `set timezone = '${zone}'`,
      sql: `alter table sample alter column x type ${to}`,
    };
  }),
);

export const alterType: readonly Case[] = [
  ...common.flatMap((from) => casesOf(from, Object.keys(contexts))),
  ...rare.flatMap((from) => casesOf(from, unordered.includes(from.type) ? ['bare'] : ['bare', 'index'])),
  ...zones,
];
