import type { Snapshot } from '../catalog/snapshot.js';
import { essence } from '../sql/essence.js';
import type { Session } from './session.js';

/** Names as `check` writes them: schema.name without quotes. */
const named = (schema: string, name: string) => `${schema} || '.' || ${name}`;

/** What may be done by whom, in the words of the catalog. The owner goes by that word: another one is told with the object. */
const granted = (acl: string, owner: string) =>
  `(select string_agg(item, ' ' order by item) from unnest(${acl}) as entry, pg_get_userbyid(${owner}) as owner,
     lateral (select regexp_replace(regexp_replace(entry::text, '^' || owner || '=', 'owner='), '/' || owner || '$', '/owner') as item) as words)`;

/** Nothing granted and the default spelled out are the same. */
const privileges = (acl: string, kind: string, owner: string) =>
  granted(`coalesce(${acl}, acldefault('${kind}', ${owner}))`, owner);

/** Whether an object of a catalog belongs to the user, and not to an extension. */
const own = (catalog: string, oid: string, dependence = "'e'") =>
  `${oid} >= 16384 and not exists (select from pg_depend d where d.classid = '${catalog}'::regclass and d.objid = ${oid} and d.deptype in (${dependence}))`;

/** The functions that make the values of a range are parts of its type, as is the cast to its multirange. */
const ownRoutine = own('pg_proc', 'p.oid', "'e', 'i'");

/** A function as it is told from its overloads: by its types, not by the names of its arguments, which CREATE OR REPLACE may not change. */
const routine = (oid: string) => `replace(replace(${oid}::regprocedure::text, '"', ''), ',', ', ')`;

/** The tables and their like of the user, without those of extensions. */
const relations = `
  relations as (
    select c.*, ${named('n.nspname', 'c.relname')} as full_name, pg_get_userbyid(c.relowner) as owner
      from pg_class c join pg_namespace n on n.oid = c.relnamespace
     where n.nspname !~ '^pg_' and n.nspname <> 'information_schema' and ${own('pg_class', 'c.oid')}
  ), tables as (select * from relations where relkind in ('r', 'p', 'f'))`;

/** One query for each kind of object, each giving `object` and `definition`. */
const parts: readonly string[] = [
  `select 'schema ' || nspname, concat_ws(' ', 'owner', pg_get_userbyid(nspowner)) from pg_namespace where nspname !~ '^pg_'`,
  `select 'extension ' || extname, extversion from pg_extension`,
  // tables
  `select 'table ' || full_name, concat_ws(' ', relkind, relpersistence, 'owner ' || owner, array_to_string(reloptions, ','),
     (select string_agg('of ' || inhparent::regclass, ' ' order by inhseqno) from pg_inherits where inhrelid = tables.oid),
     pg_get_partkeydef(oid), pg_get_expr(relpartbound, oid), case when relrowsecurity then 'row level security' end,
     case when relforcerowsecurity then 'forced' end, 'identity ' || relreplident::text,
     (select string_agg(concat_ws(' ', case when indisclustered then 'clustered on' end, case when indisreplident then 'identity' end, indexrelid::regclass), ' ' order by indexrelid::regclass::text)
       from pg_index where indrelid = tables.oid and (indisclustered or indisreplident)),
     (select 'using ' || amname from pg_am where pg_am.oid = relam), (select 'in ' || spcname from pg_tablespace s where s.oid = reltablespace))
   from tables`,
  `select 'column ' || full_name || '.' || attname, concat_ws(' ', format_type(atttypid, atttypmod), case when attnotnull then 'not null' end,
     case attgenerated when 's' then 'stored' when 'v' then 'virtual' else case when adbin is not null then 'default' end end, pg_get_expr(adbin, adrelid),
     'identity ' || nullif(attidentity::text, ''), 'collate ' || nullif(attcollation, typcollation)::regcollation,
     case when attstorage <> typstorage then 'storage ' || attstorage::text end, 'statistics ' || nullif(nullif(attstattarget, -1), 0),
     array_to_string(attoptions, ','))
   from tables join pg_attribute a on a.attrelid = tables.oid join pg_type t on t.oid = atttypid
     left join pg_attrdef on adrelid = attrelid and adnum = attnum
   where attnum > 0 and not attisdropped`,
  // the NOT NULL constraints of 18 show on their columns
  `select 'constraint ' || full_name || '.' || conname, pg_get_constraintdef(c.oid) || case when connoinherit and contype = 'c' then ' no inherit' else '' end
     from pg_constraint c join tables on tables.oid = conrelid where contype in ('p', 'u', 'f', 'c', 'x')`,
  `select 'trigger ' || full_name || '.' || tgname, pg_get_triggerdef(t.oid) || ' ' || tgenabled::text from pg_trigger t join relations r on r.oid = tgrelid where not tgisinternal`,
  `select 'policy ' || full_name || '.' || polname, concat_ws(' ', polcmd, polpermissive::text,
     (select string_agg(case role when 0 then 'public' else pg_get_userbyid(role)::text end, ',' order by role) from unnest(polroles) as role),
     pg_get_expr(polqual, polrelid), 'check ' || pg_get_expr(polwithcheck, polrelid))
   from pg_policy join tables on tables.oid = polrelid`,
  `select 'rule ' || full_name || '.' || rulename, pg_get_ruledef(w.oid) || ' ' || ev_enabled::text from pg_rewrite w join relations r on r.oid = ev_class where rulename <> '_RETURN'`,
  // the index of a constraint shows in the constraint
  `select 'index ' || full_name, concat_ws(' ', pg_get_indexdef(oid), case when not indisvalid then 'invalid' end)
   from relations join pg_index on indexrelid = oid
   where not exists (select from pg_constraint where conindid = indexrelid and contype in ('p', 'u', 'x'))`,
  `select case relkind when 'v' then 'view ' else 'materialized view ' end || full_name, concat_ws(' ', 'owner ' || owner, array_to_string(reloptions, ','), pg_get_viewdef(oid),
     (select string_agg(attname || ' ' || pg_get_expr(adbin, adrelid), ' ' order by attnum) from pg_attrdef join pg_attribute on attrelid = adrelid and attnum = adnum where adrelid = relations.oid))
   from relations where relkind in ('v', 'm')`,
  `select 'sequence ' || full_name, concat_ws(' ', relpersistence, case when not exists (select from pg_depend d where d.objid = relations.oid and d.deptype in ('a', 'i') and d.refobjsubid > 0) then 'owner ' || owner end, seqtypid::regtype, seqstart, seqincrement, seqmin, seqmax, seqcache, case when seqcycle then 'cycle' end,
     (select 'owned by ' || refobjid::regclass || '.' || attname from pg_depend d join pg_attribute on attrelid = refobjid and attnum = refobjsubid
       where d.classid = 'pg_class'::regclass and d.objid = relations.oid and d.refclassid = 'pg_class'::regclass and d.deptype in ('a', 'i')))
   from relations join pg_sequence on seqrelid = oid`,
  // types
  `select case typtype when 'e' then 'enum ' when 'd' then 'domain ' when 'r' then 'range ' when 'c' then 'type ' else 'base type ' end || ${named('nspname', 'typname')},
     concat_ws(' ', 'owner ' || pg_get_userbyid(typowner),
     (select string_agg(quote_literal(enumlabel), ', ' order by enumsortorder) from pg_enum where enumtypid = t.oid),
     case when typtype = 'd' then concat_ws(' ', format_type(typbasetype, typtypmod), case when typnotnull then 'not null' end, 'default ' || typdefault,
       (select string_agg(conname || ' ' || pg_get_constraintdef(oid), ' ' order by conname) from pg_constraint where contypid = t.oid and contype = 'c')) end,
     (select rngsubtype::regtype::text from pg_range where rngtypid = t.oid),
     (select string_agg(attname || ' ' || format_type(atttypid, atttypmod), ', ' order by attnum) from pg_attribute where attrelid = typrelid and attnum > 0 and not attisdropped))
   from pg_type t join pg_namespace n on n.oid = typnamespace
   where nspname !~ '^pg_' and nspname <> 'information_schema' and typtype in ('e', 'd', 'r', 'c') and ${own('pg_type', 't.oid')}
     and (typtype <> 'c' or exists (select from pg_class where pg_class.oid = typrelid and relkind = 'c'))`,
  `select case prokind when 'p' then 'procedure ' when 'a' then 'aggregate ' when 'w' then 'window ' else 'function ' end || ${routine('p.oid')},
     concat_ws(' ', 'owner ' || pg_get_userbyid(proowner), case when prokind = 'a' then (select concat_ws(' ', aggtransfn, aggfinalfn, aggtranstype::regtype, agginitval) from pg_aggregate where aggfnoid = p.oid) else pg_get_functiondef(p.oid) end)
   from pg_proc p join pg_namespace n on n.oid = pronamespace
   where nspname !~ '^pg_' and ${ownRoutine}`,
  // what belongs to no table
  `select 'statistics ' || ${named('nspname', 'stxname')}, pg_get_statisticsobjdef(s.oid) from pg_statistic_ext s join pg_namespace n on n.oid = stxnamespace`,
  `select 'publication ' || pubname, concat_ws(' ', 'owner ' || pg_get_userbyid(pubowner), puballtables::text, pubinsert::text, pubupdate::text, pubdelete::text, pubtruncate::text,
     (select string_agg(prrelid::regclass::text, ', ' order by prrelid::regclass::text) from pg_publication_rel where prpubid = p.oid)) from pg_publication p`,
  `select 'event trigger ' || evtname, concat_ws(' ', evtevent, evtfoid::regprocedure, evtenabled, evttags::text) from pg_event_trigger where ${own('pg_event_trigger', 'oid')}`,
  `select 'foreign data wrapper ' || fdwname, concat_ws(' ', fdwhandler::regproc, fdwoptions::text) from pg_foreign_data_wrapper where ${own('pg_foreign_data_wrapper', 'oid')}`,
  `select 'server ' || srvname, concat_ws(' ', srvtype, srvversion, srvoptions::text) from pg_foreign_server`,
  `select 'cast from ' || castsource::regtype || ' to ' || casttarget::regtype, concat_ws(' ', castfunc::regprocedure, castcontext, castmethod) from pg_cast where ${own('pg_cast', 'oid', "'e', 'i'")}`,
  `select 'collation ' || ${named('nspname', 'collname')}, collprovider::text from pg_collation c join pg_namespace n on n.oid = collnamespace where ${own('pg_collation', 'c.oid')}`,
  `select 'operator ' || oid::regoperator, oprcode::text from pg_operator where ${own('pg_operator', 'oid')}`,
  `select 'text search configuration ' || oid::regconfig, cfgparser::text from pg_ts_config where ${own('pg_ts_config', 'oid')}`,
  `select 'access method ' || amname, amhandler::text from pg_am where ${own('pg_am', 'oid')}`,
  // what is said of all of them
  `select 'comment on ' || case when type ~ 'column$' then 'column' when type ~ 'constraint$' then 'constraint' when type = 'foreign table' then 'table'
         when type = 'statistics object' then 'statistics' else type end || ' ' || case when type ~ '^(?:function|procedure|aggregate)$' then ${routine('objoid')}
         else replace(case when type ~ '(?:constraint|trigger|policy|rule)$' then regexp_replace(identity, '^(.*) on (.*)$', '\\2.\\1') else identity end, '"', '') end,
       description from pg_description, lateral pg_identify_object(classoid, objoid, objsubid) where objoid >= 16384 and classoid <> 'pg_extension'::regclass
       and not exists (select from pg_depend d where d.classid = pg_description.classoid and d.objid = pg_description.objoid and d.deptype = 'e')`,
  `select 'privileges on ' || case relkind when 'v' then 'view ' when 'm' then 'materialized view ' else 'table ' end || full_name, ${privileges('relacl', 'r', 'relowner')} from relations where relkind in ('r', 'p', 'f', 'v', 'm')`,
  `select 'privileges on sequence ' || full_name, ${privileges('relacl', 's', 'relowner')} from relations where relkind = 'S'`,
  `select 'privileges on column ' || full_name || '.' || attname, ${granted('attacl', 'relowner')}
     from tables join pg_attribute on attrelid = tables.oid where attacl is not null and not attisdropped`,
  `select 'privileges on schema ' || nspname, ${privileges('nspacl', 'n', 'nspowner')} from pg_namespace where nspname !~ '^pg_'`,
  `select 'privileges on ' || case prokind when 'p' then 'procedure ' when 'a' then 'aggregate ' when 'w' then 'window ' else 'function ' end || ${routine('p.oid')}, ${privileges('proacl', 'f', 'proowner')}
     from pg_proc p join pg_namespace n on n.oid = pronamespace where nspname !~ '^pg_' and ${ownRoutine}`,
  `select 'privileges on type ' || ${named('nspname', 'typname')}, ${privileges('typacl', 'T', 'typowner')} from pg_type t join pg_namespace n on n.oid = typnamespace where ${own('pg_type', 't.oid')} and nspname !~ '^pg_' and typtype in ('e', 'd', 'r')`,
  `select concat_ws(' ', 'default privileges', 'of ' || nullif(pg_get_userbyid(defaclrole), current_user), 'in schema ' || nullif(defaclnamespace, 0)::regnamespace, 'on',
       case defaclobjtype when 'r' then 'tables' when 'S' then 'sequences' when 'f' then 'functions' when 'T' then 'types' else 'schemas' end),
     (select string_agg(item::text, ' ' order by item::text) from unnest(defaclacl) as item) from pg_default_acl`,
];

const query = `with ${relations} select object, definition from (
${parts.join('\n union all ')}
) as objects (object, definition)`;

/**
 * The schema of a database as the server has it, in the words of {@link Snapshot}: tables, columns with types and defaults, constraints, indexes, views,
 * types, sequences, functions, triggers, policies, comments, privileges. Rows, and the order of columns, which no way back restores, are not in it.
 */
export async function schemaOf(session: Session): Promise<Snapshot> {
  // only then are names written with their schemas
  await session.query('set search_path = pg_catalog');
  const rows = await session.query(query);
  return new Map(rows.map(({ object, definition }) => [object ?? '', withoutLayout(definition ?? '')]));
}

/** The definition of a function in SQL or PL/pgSQL, as pg_get_functiondef writes it, with nothing in its body that means nothing. */
function withoutLayout(definition: string): string {
  if (!/^ LANGUAGE (?:sql|plpgsql)$/m.test(definition)) return definition;
  return definition.replace(
    /(?<=^AS )(\$\w*\$)(.*)\1/ms,
    (_, quote: string, body: string) => quote + essence(body) + quote,
  );
}
