/**
 * Records what PostgreSQL's catalogs say of functions, types, casts and operator classes, on real servers of every major:
 *
 *     node scripts/run.mjs scripts/facts.ts
 *
 * writes src/effects/data/functions.data.json, types.data.json, signatures.data.json and settings.data.json. Servers are installed on first use. The extensions are those that
 * come with PostgreSQL; what an extension adds to a name is recorded under the name alone, like a built-in.
 */
import { writeFile } from 'node:fs/promises';
import { serverMajors } from '../src/trace/binaries.js';
import { startServer } from '../src/trace/server.js';
import type { Session } from '../src/trace/session.js';

/** A row that the majors 'since' to 'until' share. */
interface Dated {
  readonly since: number;
  readonly until: number;
}

interface FunctionRow {
  readonly name: string;
  readonly arguments: string;
  readonly volatility: string;
  readonly returns: string;
  readonly set: string;
}

/** Extensions that need a language of the operating system, or are no part of a schema. */
const leftOut = /plperl|plpython|pltcl|^pg_(buffercache|stat|visibility|walinspect|logicalinspect|surgery|prewarm)/;

const queries = {
  functions: `
    select p.proname as name, r.typname as returns, p.proretset::text as set,
      coalesce((select string_agg(t.typname, ',' order by a.place) from unnest(p.proargtypes) with ordinality as a (type, place)
        join pg_type t on t.oid = a.type), '') as arguments,
      case p.provolatile when 'i' then 'immutable' when 's' then 'stable' else 'volatile' end as volatility
    from pg_proc p join pg_type r on r.oid = p.prorettype
    where p.prokind = 'f' and r.typname not in ('trigger', 'event_trigger', 'internal', 'index_am_handler', 'table_am_handler', 'fdw_handler', 'language_handler', 'cstring')
      and not 'internal'::regtype = any (p.proargtypes) and not 'cstring'::regtype = any (p.proargtypes)`,
  aggregates: `select distinct proname as name from pg_proc where prokind in ('a', 'w')`,
  types: `
    select typname || ' ' || typcategory::text || case when typispreferred then 'p' else '' end
      || case when typcollation <> 0 then 'c' else '' end || case when typstorage <> 'p' then 't' else '' end || case when typtype = 'p' then 'x' else '' end as line
    from pg_type where typtype in ('b', 'p', 'r', 'm') and (typcategory <> 'A' or typname in ('int2vector', 'oidvector'))`,
  casts: `
    select s.typname || ' ' || t.typname || ' ' || castcontext::text || castmethod::text || coalesce(' ' || p.proname, '') as line
    from pg_cast join pg_type s on s.oid = castsource join pg_type t on t.oid = casttarget left join pg_proc p on p.oid = castfunc
    where castsource <> casttarget`,
  lengths: `
    select t.typname || case when p.prosupport::oid <> 0 then ' support' else '' end as line
    from pg_cast join pg_type t on t.oid = castsource join pg_proc p on p.oid = castfunc where castsource = casttarget`,
  classes: `
    select a.amname || ' ' || o.opcname || ' ' || t.typname || ' ' || f.opfname || case when o.opcdefault then ' default' else '' end as line
    from pg_opclass o join pg_am a on a.oid = o.opcmethod join pg_type t on t.oid = o.opcintype join pg_opfamily f on f.oid = o.opcfamily`,
  mutableCasts: `
    select s.typname || ' ' || t.typname as line
    from pg_cast join pg_type s on s.oid = castsource join pg_type t on t.oid = casttarget join pg_proc p on p.oid = castfunc
    where castsource <> casttarget and p.provolatile <> 'i'`,
  mutableTexts: `
    select typname || ' ' || case when i.provolatile <> 'i' then 'i' else '' end || case when o.provolatile <> 'i' then 'o' else '' end as line
    from pg_type t join pg_proc i on i.oid = t.typinput join pg_proc o on o.oid = t.typoutput
    where typtype in ('b', 'r') and typcategory <> 'A' and (i.provolatile <> 'i' or o.provolatile <> 'i')`,
  // what stands behind an operator, and nobody calls, is described as that
  signatures: `
    select p.proname || ' ' || case when p.pronargs = 0 then '-' else
        (select string_agg(t.typname, ',' order by a.place) from unnest(p.proargtypes) with ordinality as a (type, place) join pg_type t on t.oid = a.type) end
      || ' ' || r.typname || case when p.pronargdefaults > 0 then ' ' || p.pronargdefaults else '' end || case when p.provariadic <> 0 then ' variadic' else '' end
      || case p.provolatile when 's' then ' stable' when 'v' then ' volatile' else '' end as line
    from pg_proc p join pg_type r on r.oid = p.prorettype
    where p.pronamespace = 'pg_catalog'::regnamespace and r.typname not in ('trigger', 'event_trigger', 'internal', 'cstring')
      and r.typname !~ '_handler$' and not 'internal'::regtype = any (p.proargtypes) and not 'cstring'::regtype = any (p.proargtypes)
      and coalesce(obj_description(p.oid, 'pg_proc'), '') !~ '^implementation of .* operator$'`,
  operators: `
    select o.oprname || ' ' || coalesce(l.typname, '-') || ' ' || t.typname || ' ' || r.typname as line
    from pg_operator o left join pg_type l on l.oid = oprleft join pg_type t on t.oid = oprright join pg_type r on r.oid = oprresult
    where oprnamespace = 'pg_catalog'::regnamespace`,
  extensions: `
    select name || coalesce(' ' || array_to_string(requires, ','), '') as line
    from pg_available_extension_versions v join pg_available_extensions a using (name) where version = default_version`,
  settings: `select name as line from pg_settings where name not like '%.%'`,
  // what SET cannot change is told by its context alone
  values: `
    select name || ' ' || case when context not in ('user', 'superuser') then context else
        vartype || ' ' || coalesce(nullif(unit, ''), '-') || ' ' || coalesce(min_val, '-') || ' ' || coalesce(max_val, '-')
          || coalesce(' ' || array_to_string(enumvals, ','), '') end as line
    from pg_settings where name not like '%.%' and not (vartype = 'string' and context in ('user', 'superuser'))`,
} as const;

/**
 * Time zones in which timestamp and timestamptz are the same bytes: found by asking the server to change the type of a column and
 * looking whether the table has a new file.
 */
const zonesQuery = `
  create or replace function pg_temp.keeps(zone text) returns boolean language plpgsql as $$
  declare old oid; kept boolean; begin
    perform set_config('timezone', zone, true);
    create temporary table z (at timestamp); old := pg_relation_filenode('z');
    alter table z alter at type timestamptz; kept := old = pg_relation_filenode('z');
    drop table z; return kept;
  end $$;
  select name from pg_timezone_names where utc_offset = interval '0' and pg_temp.keeps(name) order by 1`;

const functions = new Map<string, FunctionRow & Dated>();
const parts = [
  'types',
  'casts',
  'lengths',
  'classes',
  'mutableCasts',
  'mutableTexts',
  'signatures',
  'operators',
  'extensions',
  'settings',
  'values',
] as const;
const lines = {
  types: dated(),
  casts: dated(),
  lengths: dated(),
  classes: dated(),
  mutableCasts: dated(),
  mutableTexts: dated(),
  signatures: dated(),
  operators: dated(),
  extensions: dated(),
  settings: dated(),
  values: dated(),
};
const aggregates = new Map<string, number>();
const versions: string[] = [];
let zones: readonly string[] = [];

for (const major of serverMajors) {
  const server = await startServer(major);
  try {
    const session = await server.connect();
    await installExtensions(session);
    versions.push(server.version);
    await readFunctions(session, major);
    for (const { name } of await session.query(queries.aggregates)) {
      if (name !== null && name !== undefined && !aggregates.has(name)) aggregates.set(name, major);
    }
    for (const part of parts) {
      for (const { line } of await session.query(queries[part])) add(lines[part], line ?? '', major);
    }
    zones = (await session.query(zonesQuery)).map(({ name }) => name ?? '');
    await session.close();
  } finally {
    await server.stop();
  }
}

await write('functions', {
  servers: versions,
  ...volatilities(),
  returns: returnTypes(),
  sets: setNames(),
  aggregates: [...aggregates.keys()].sort().join(' '),
  since: newNames(),
});
await write('types', {
  servers: versions,
  types: written(lines.types),
  casts: written(lines.casts),
  lengths: written(lines.lengths),
  classes: written(lines.classes),
  mutableCasts: written(lines.mutableCasts),
  mutableTexts: written(lines.mutableTexts),
  zones,
});

await write('signatures', {
  servers: versions,
  functions: written(lines.signatures),
  operators: written(lines.operators),
});

await write('settings', {
  servers: versions,
  settings: written(lines.settings),
  values: written(lines.values),
  extensions: written(lines.extensions),
});

async function installExtensions(session: Session): Promise<void> {
  const rows = await session.query('select name from pg_available_extensions order by name');
  for (const { name } of rows) {
    if (name === null || name === undefined || leftOut.test(name)) continue;
    await session.query(`create extension if not exists "${name}" cascade`);
  }
}

async function readFunctions(session: Session, major: number): Promise<void> {
  for (const { name, arguments: given, volatility, returns, set } of await session.query(queries.functions)) {
    const row = {
      name: name ?? '',
      arguments: given ?? '',
      volatility: volatility ?? '',
      returns: returns ?? '',
      set: set ?? '',
    };
    const key = Object.values(row).join(' ');
    const known = functions.get(key);
    functions.set(key, { ...row, since: known?.since ?? major, until: major });
  }
}

/**
 * Names by the volatility of all their overloads in all majors. One that is immutable for some arguments and stable for others is
 * with the stable ones, and told by its number of arguments where that decides; of one that is volatile for some only, each overload is listed.
 */
function volatilities() {
  const byName = groups([...functions.values()], ({ name }) => name);
  const names: Record<string, string[]> = { immutable: [], stable: [], volatile: [] };
  const overloads: string[] = [];
  const arities: string[] = [];
  for (const [name, rows] of [...byName].sort(([a], [b]) => (a < b ? -1 : 1))) {
    const found = new Set(rows.map(({ volatility }) => volatility));
    if (found.size === 2 && !found.has('volatile')) arities.push(...byArity(name, rows));
    if (found.size === 1 || !found.has('volatile'))
      names[found.has('stable') ? 'stable' : [...found].join()]?.push(name);
    else
      for (const row of rows)
        overloads.push(`${name} ${row.arguments || '-'} ${row.volatility} ${row.since}-${row.until}`);
  }
  return {
    ...Object.fromEntries(Object.entries(names).map(([volatility, all]) => [volatility, all.join(' ')])),
    overloads: overloads.sort(),
    arities,
  };
}

/** Where the number of arguments decides between immutable and stable: `to_tsvector 1 stable`. */
function byArity(name: string, rows: readonly FunctionRow[]): readonly string[] {
  const byNumber = groups(rows, (row) => `${row.arguments === '' ? 0 : row.arguments.split(',').length}`);
  return [...byNumber].flatMap(([number, all]) => {
    const [volatility, ...more] = new Set(all.map((row) => row.volatility));
    return volatility === undefined || more.length > 0 ? [] : [`${name} ${number} ${volatility}`];
  });
}

/** What functions without arguments return: the types that expressions in defaults begin with. */
function returnTypes() {
  const plain = [...functions.values()].filter((row) => row.arguments === '' && row.until === serverMajors.at(-1));
  const byType = groups(plain, ({ returns }) => returns);
  const sorted = [...byType].filter(([type]) => !/^(_|void|record)/.test(type)).sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(
    sorted.map(([type, rows]) => [type, [...new Set(rows.map(({ name }) => name))].sort().join(' ')]),
  );
}

/** Names that return sets, whatever the arguments. */
function setNames() {
  const byName = groups([...functions.values()], ({ name }) => name);
  const names = [...byName].filter(([, rows]) => rows.every(({ set }) => set === 'true')).map(([name]) => name);
  return names.sort().join(' ');
}

/** Names that the oldest major does not have, by the first that does. */
function newNames() {
  const first = new Map<string, number>();
  for (const [name, since] of aggregates) first.set(name, since);
  for (const { name, since } of functions.values()) first.set(name, Math.min(since, first.get(name) ?? since));
  const later = [...first].filter(([, since]) => since > (serverMajors[0] ?? 0));
  const byMajor = groups(later, ([, since]) => String(since));
  return Object.fromEntries(
    [...byMajor].sort().map(([major, rows]) => [
      major,
      rows
        .map(([name]) => name)
        .sort()
        .join(' '),
    ]),
  );
}

function groups<T>(items: readonly T[], keyOf: (item: T) => string): Map<string, T[]> {
  const result = new Map<string, T[]>();
  for (const item of items) result.set(keyOf(item), [...(result.get(keyOf(item)) ?? []), item]);
  return result;
}

function dated(): Map<string, Dated> {
  return new Map();
}

function add(rows: Map<string, Dated>, line: string, major: number): void {
  rows.set(line, { since: rows.get(line)?.since ?? major, until: major });
}

/** `line` where all majors have it, `line 14-18` where only some do. */
function written(rows: Map<string, Dated>): string[] {
  const first = serverMajors[0];
  const last = serverMajors.at(-1);
  return [...rows]
    .map(([line, { since, until }]) => (since === first && until === last ? line : `${line} ${since}-${until}`))
    .sort();
}

async function write(name: string, content: unknown): Promise<void> {
  await writeFile(
    new URL(`../src/effects/data/${name}.data.json`, `file://${process.cwd()}/scripts/`),
    `${JSON.stringify(content, undefined, 1)}\n`,
  );
}
