import type { Catalog, Column, Constraint, Index, Relation, Table, Type, TypeRef } from '../src/catalog/catalog.js';
import { isIndex, isTable, nameOf } from '../src/catalog/lookup.js';
import { qualifiedName } from '../src/sql/names.js';
import type { Session } from '../src/trace/session.js';

// A schema as sorted lines of text: from the replayed catalog, and from a server's pg_catalog. Both must be the same.

/** The lines of a catalog. What the history does not show (stubs) and what it cannot tell is left in as it is. */
export function describeCatalog(catalog: Catalog, pg: number): string[] {
  const relations = [...catalog.relations.values()].flatMap((relation) => ofRelation(catalog, relation, pg));
  const types = [...catalog.types.values()].flatMap((type) => ofType(catalog, type));
  return [...relations, ...types].sort();
}

function ofRelation(catalog: Catalog, relation: Relation, pg: number): string[] {
  const name = qualifiedName(relation.schema, relation.name);
  if (isIndex(relation)) return [ofIndex(catalog, relation, pg)];
  if (relation.kind === 'sequence') return ofSequence(catalog, relation, name);
  const columns = relation.columns.map((column, at) => ofColumn(relation, name, column, at));
  if (!isTable(relation)) return [`relation ${name} ${relation.kind}`, ...columns];
  return [...ofTable(catalog, relation, name), ...columns];
}

function ofTable(catalog: Catalog, table: Table, name: string): string[] {
  const clustered = table.clusteredOn === undefined ? undefined : catalog.relations.get(table.clusteredOn)?.name;
  const options = Object.entries(table.options)
    .filter(([key]) => !key.startsWith('toast.'))
    .map(([key, value]) => `${key}=${value}`)
    .sort()
    .join(',');
  const facts = [
    table.kind,
    table.persistence,
    ...(table.rowSecurity ? ['rls'] : []),
    ...(table.replicaIdentity === 'default' ? [] : [`identity ${table.replicaIdentity}`]),
    ...(clustered === undefined ? [] : [`clustered ${clustered}`]),
    ...(options === '' ? [] : [`options ${options}`]),
    ...(table.ofType === undefined ? [] : [`of ${nameOf(catalog, table.ofType)}`]),
    ...(table.tablespace === undefined ? [] : [`tablespace ${table.tablespace}`]),
    ...(table.partitionBy === undefined ? [] : [`by ${table.partitionBy.strategy} ${table.partitionBy.keys.length}`]),
    ...(table.bound === undefined ? [] : [`bound${table.bound.kind === 'default' ? ' default' : ''}`]),
  ];
  return [
    `relation ${name} ${facts.join(' ')}`,
    ...table.parents.map((parent, at) => `inherits ${name} ${at + 1} ${nameOf(catalog, parent)}`),
    ...table.constraints.map((constraint) => ofConstraint(catalog, name, constraint)),
    ...table.triggers.map(
      (trigger) =>
        `trigger ${name} ${trigger.name}${trigger.inherited ? ' inherited' : ''}${trigger.enabled ? '' : ' disabled'}`,
    ),
    ...table.policies.map((policy) => `policy ${name} ${policy.name}`),
  ];
}

function ofSequence(
  catalog: Catalog,
  { ownedBy, persistence }: Extract<Relation, { kind: 'sequence' }>,
  name: string,
): string[] {
  const owner = ownedBy === undefined ? '' : ` owned by ${nameOf(catalog, ownedBy.table)}.${ownedBy.column}`;
  return [`sequence ${name} ${persistence}${owner}`];
}

function ofColumn({ kind }: Relation, name: string, column: Column, at: number): string {
  const facts = [
    `column ${name} ${String(at + 1).padStart(3, '0')} ${column.name}`,
    ofTypeRef(column.type),
    ...(column.notNull ? ['not null'] : []),
    ...(column.default === undefined ? [] : ['default']),
    ...(column.identity === undefined ? [] : [`identity ${column.identity}`]),
    ...(column.generated === undefined ? [] : [`generated ${column.generated.kind}`]),
    ...(column.inherited ? [column.local ? 'inherited local' : 'inherited'] : []),
    ...(column.collation === undefined || kind === 'view' ? [] : [`collate ${column.collation}`]),
  ];
  return facts.join(' ');
}

function ofTypeRef(type: TypeRef | undefined): string {
  if (type === undefined) return '?';
  const modifiers = type.modifiers.length === 0 ? '' : `(${type.modifiers.join(',')})`;
  return `${qualifiedName(type.schema, type.name)}${modifiers}${type.dimensions > 0 ? '[]' : ''}`;
}

function ofConstraint(catalog: Catalog, table: string, constraint: Constraint): string {
  const { references, kind } = constraint;
  const columns = kind === 'check' ? [...constraint.columns].sort() : constraint.columns;
  return [
    `constraint ${table} ${constraint.name} ${kind} (${columns.join(',')})`,
    ...(constraint.validated ? [] : ['not valid']),
    ...(constraint.enforced ? [] : ['not enforced']),
    ...(constraint.deferrable ? ['deferrable'] : []),
    ...(constraint.noInherit && (kind === 'check' || kind === 'not null') ? ['no inherit'] : []),
    ...(constraint.inherited ? [constraint.local ? 'inherited local' : 'inherited'] : []),
    ...(references === undefined
      ? []
      : [
          `references ${nameOf(catalog, references.table)} (${references.columns.join(',')})`,
          `on delete ${references.onDelete} on update ${references.onUpdate}`,
        ]),
    ...(constraint.index === undefined ? [] : [`index ${catalog.relations.get(constraint.index)?.name}`]),
  ].join(' ');
}

function ofIndex(catalog: Catalog, index: Index, pg: number): string {
  const keys = index.keys.map(({ column, expression }) => (expression === undefined ? column : '*'));
  return [
    `index ${qualifiedName(index.schema, index.name)} on ${nameOf(catalog, index.table)} ${index.kind} ${index.method}`,
    `(${keys.join(',')})`,
    ...(index.include.length === 0 ? [] : [`include (${index.include.join(',')})`]),
    ...(index.unique ? ['unique'] : []),
    ...(index.nullsNotDistinct && pg >= 15 ? ['nulls not distinct'] : []),
    ...(index.predicate === undefined ? [] : ['partial']),
    ...(index.valid ? [] : ['invalid']),
    ...(index.parent === undefined ? [] : [`part of ${nameOf(catalog, index.parent)}`]),
    ...(index.tablespace === undefined ? [] : [`tablespace ${index.tablespace}`]),
  ].join(' ');
}

function ofType(catalog: Catalog, type: Type): string[] {
  const name = qualifiedName(type.schema, type.name);
  if (extensionOwned(catalog, type)) return [];
  if (type.kind === 'enum') return [`type ${name} enum ${type.labels.join(',')}`];
  if (type.kind !== 'domain') return [`type ${name} ${type.kind}`];
  const facts = [
    `type ${name} domain ${ofTypeRef(type.base)}`,
    ...(type.notNull ? ['not null'] : []),
    ...(type.default === undefined ? [] : ['default']),
  ];
  const checks = type.checks.map((check) => `check of ${name} ${check.name}${check.validated ? '' : ' not valid'}`);
  return [facts.join(' '), ...checks];
}

/** The types of an extension are in the catalog as base types in its schema. */
function extensionOwned(catalog: Catalog, { kind, schema }: Type): boolean {
  return kind === 'base' && [...catalog.extensions.values()].some((extension) => extension.schema === schema);
}

/**
 * The lines that are only ours (`-`) or only the server's (`+`). The type of a column that the catalog says it cannot tell is
 * no difference.
 */
export function differences(ours: readonly string[], servers: readonly string[]): string[] {
  const missing = new Set(servers.filter((line) => !ours.includes(line)));
  const extra = ours.filter((line) => {
    if (servers.includes(line)) return false;
    const untyped = line.endsWith(' ?') ? [...missing].find((other) => other.startsWith(line.slice(0, -1))) : undefined;
    return untyped === undefined || !missing.delete(untyped);
  });
  return [...extra.map((line) => `- ${line}`), ...[...missing].map((line) => `+ ${line}`)];
}

/** The lines of the database that a session is in, in the same words. */
export async function describeServer(session: Session, pg: number): Promise<string[]> {
  const rows = await session.query(serverQuery(pg));
  return rows.map(({ line }) => line ?? '').sort();
}

function serverQuery(pg: number): string {
  const from = (major: number, text: string, otherwise: string) => (pg >= major ? text : otherwise);
  return `
with ns as (
  select oid, case when nspname like 'pg\\_temp\\_%' then 'pg_temp' else nspname::text end as schema
  from pg_namespace
  where (nspname not like 'pg\\_%' or nspname like 'pg\\_temp\\_%') and nspname <> 'information_schema'
), ext as (
  select classid, objid from pg_depend where deptype = 'e'
), cls as (
  select c.*, ns.schema || '.' || c.relname as full_name, a.amname,
    case relpersistence when 'p' then 'permanent' when 'u' then 'unlogged' else 'temporary' end as persistence,
    (select spcname from pg_tablespace s where s.oid = c.reltablespace) as spcname
  from pg_class c join ns on ns.oid = c.relnamespace left join pg_am a on a.oid = c.relam
  where not exists (select from ext where classid = 'pg_class'::regclass and objid = c.oid)
), typ as (
  select t.oid, t.typname, t.typtype, case when n.nspname like 'pg\\_temp\\_%' then 'pg_temp' else n.nspname::text end as schema,
    t.typelem, t.typcategory, t.typlen from pg_type t join pg_namespace n on n.oid = t.typnamespace
), ref as (
  select t.oid, e.schema || '.' || e.typname as base, e.typname, t.oid <> e.oid as is_array
  from typ t join typ e on e.oid = case when t.typcategory = 'A' and t.typname like '\\_%' then t.typelem else t.oid end
), lines as (
  select 'relation ' || full_name || ' ' || concat_ws(' ',
    case relkind when 'r' then 'table' when 'p' then 'partitioned' else 'foreign' end,
    persistence,
    case when relrowsecurity then 'rls' end,
    case relreplident when 'f' then 'identity full' when 'n' then 'identity nothing' when 'i' then 'identity index' end,
    'clustered ' || (select i.relname from pg_index x join pg_class i on i.oid = x.indexrelid where x.indrelid = cls.oid and x.indisclustered),
    'options ' || (select string_agg(o, ',' order by o collate "C") from unnest(reloptions) o),
    'of ' || (select schema || '.' || typname from typ where typ.oid = reloftype and reloftype <> 0),
    'tablespace ' || spcname,
    'by ' || (select case partstrat when 'l' then 'list' when 'r' then 'range' else 'hash' end || ' ' || partnatts from pg_partitioned_table p where p.partrelid = cls.oid),
    case when relispartition then 'bound' || case when pg_get_expr(relpartbound, cls.oid) = 'DEFAULT' then ' default' else '' end end
  ) as line from cls where relkind in ('r', 'p', 'f')
  union all
  select 'relation ' || full_name || case relkind when 'v' then ' view' when 'm' then ' materialized view' else ' composite type' end
  from cls where relkind in ('v', 'm', 'c')
  union all
  select 'sequence ' || full_name || ' ' || persistence || coalesce(' owned by ' || (
    select o.full_name || '.' || attname from pg_depend d join cls o on o.oid = d.refobjid
    join pg_attribute a on a.attrelid = d.refobjid and a.attnum = d.refobjsubid
    where d.classid = 'pg_class'::regclass and d.objid = cls.oid and d.refclassid = 'pg_class'::regclass and d.deptype in ('a', 'i')), '')
  from cls where relkind = 'S'
  union all
  select 'inherits ' || cls.full_name || ' ' || row_number() over (partition by cls.oid order by inhseqno) || ' ' || p.full_name
  from pg_inherits join cls on cls.oid = inhrelid join cls p on p.oid = inhparent where cls.relkind in ('r', 'p', 'f')
  union all
  select concat_ws(' ', 'column', full_name, lpad((row_number() over (partition by cls.oid order by attnum))::text, 3, '0'), attname,
    ref.base || coalesce('(' || case
      when atttypmod < 0 then null
      when ref.typname in ('varchar', 'bpchar') then (atttypmod - 4)::text
      when ref.typname = 'numeric' then ((atttypmod - 4) >> 16) & 65535 || ',' || ((atttypmod - 4) & 2047)
      when ref.typname = 'interval' then case when atttypmod & 65535 = 65535 then (atttypmod >> 16)::text
        else (atttypmod >> 16) || ',' || (atttypmod & 65535) end
      else atttypmod::text end || ')', '') || case when is_array then '[]' else '' end,
    case when attnotnull ${from(18, `and not exists (select from pg_constraint where conrelid = cls.oid and contype = 'n' and conkey = array[attnum] and not convalidated)`, '')} then 'not null' end,
    case when atthasdef and attgenerated = '' then 'default' end,
    case attidentity when 'a' then 'identity always' when 'd' then 'identity by default' end,
    case attgenerated when 's' then 'generated stored' when 'v' then 'generated virtual' end,
    case when attinhcount > 0 then case when attislocal then 'inherited local' else 'inherited' end end,
    (select 'collate ' || collname from pg_collation co join pg_type ty on ty.oid = atttypid
      where co.oid = attcollation and attcollation <> ty.typcollation and relkind <> 'v'))
  from cls join pg_attribute on attrelid = cls.oid join ref on ref.oid = atttypid
  where relkind in ('r', 'p', 'f', 'v', 'm', 'c') and attnum > 0 and not attisdropped
  union all
  select concat_ws(' ', 'constraint', cls.full_name, conname,
    case contype when 'p' then 'primary key' when 'u' then 'unique' when 'c' then 'check' when 'f' then 'foreign key' when 'x' then 'exclude' else 'not null' end,
    '(' || coalesce((select string_agg(attname, ',' order by case when contype = 'c' then attname::text else '' end collate "C", at)
      from unnest(conkey) with ordinality k (num, at) join pg_attribute on attrelid = conrelid and attnum = num), '') || ')',
    case when not convalidated then 'not valid' end,
    ${from(18, `case when not conenforced then 'not enforced' end`, 'null')},
    case when condeferrable then 'deferrable' end,
    case when connoinherit and contype in ('c', 'n') then 'no inherit' end,
    case when coninhcount > 0 then case when conislocal then 'inherited local' else 'inherited' end end,
    'references ' || (select full_name from cls r where r.oid = confrelid) || ' (' || (select string_agg(attname, ',' order by at)
      from unnest(confkey) with ordinality k (num, at) join pg_attribute on attrelid = confrelid and attnum = num) || ')',
    case when contype = 'f' then 'on delete ' || fk_action(confdeltype) || ' on update ' || fk_action(confupdtype) end,
    case when contype in ('p', 'u', 'x') then 'index ' || (select relname from pg_class i where i.oid = conindid) end)
  from pg_constraint con join cls on cls.oid = conrelid
  -- a foreign key to a partitioned table has, beside it, one to each partition
  where contype <> 't' and not exists (select from pg_constraint up where up.oid = con.conparentid and up.conrelid = con.conrelid)
  union all
  select concat_ws(' ', 'trigger', full_name, tgname, case when ${from(13, 'tgparentid <> 0', 'false')} then 'inherited' end,
    case when tgenabled = 'D' then 'disabled' end)
  from pg_trigger join cls on cls.oid = tgrelid where (not tgisinternal or tgconstraint = 0 and ${from(13, 'tgparentid <> 0', 'false')}) and relkind <> 'v'
  union all
  select 'policy ' || full_name || ' ' || polname from pg_policy join cls on cls.oid = polrelid
  union all
  select concat_ws(' ', 'index', cls.full_name, 'on', t.full_name,
    case cls.relkind when 'I' then 'partitioned index' else 'index' end, cls.amname,
    '(' || (select string_agg(coalesce(attname::text, '*'), ',' order by at) from unnest(indkey::int2[]) with ordinality k (num, at)
      left join pg_attribute on attrelid = indrelid and attnum = num and num > 0 where at <= indnkeyatts) || ')',
    'include (' || (select string_agg(attname, ',' order by at) from unnest(indkey::int2[]) with ordinality k (num, at)
      join pg_attribute on attrelid = indrelid and attnum = num where at > indnkeyatts) || ')',
    case when indisunique then 'unique' end,
    ${from(15, `case when indnullsnotdistinct then 'nulls not distinct' end`, 'null')},
    case when indpred is not null then 'partial' end,
    case when not indisvalid then 'invalid' end,
    'part of ' || (select p.full_name from pg_inherits join cls p on p.oid = inhparent where inhrelid = cls.oid),
    'tablespace ' || cls.spcname)
  from pg_index join cls on cls.oid = indexrelid join cls t on t.oid = indrelid
  union all
  select 'type ' || ns.schema || '.' || t.typname || ' ' || case typtype
    when 'e' then 'enum ' || coalesce((select string_agg(enumlabel, ',' order by enumsortorder) from pg_enum where enumtypid = t.oid), '')
    when 'd' then concat_ws(' ', 'domain', ref.base || coalesce('(' || case
      when typtypmod < 0 then null when ref.typname in ('varchar', 'bpchar') then (typtypmod - 4)::text
      when ref.typname = 'numeric' then ((typtypmod - 4) >> 16) & 65535 || ',' || ((typtypmod - 4) & 2047)
      else typtypmod::text end || ')', '') || case when is_array then '[]' else '' end,
      case when typnotnull then 'not null' end, case when typdefault is not null then 'default' end)
    when 'r' then 'range' when 'c' then 'composite' else 'base' end
  from pg_type t join ns on ns.oid = typnamespace left join ref on ref.oid = typbasetype
  where (typtype in ('e', 'd', 'r', 'm') or typtype = 'b' and typelem = 0 or typtype = 'c' and exists (select from pg_class where oid = typrelid and relkind = 'c'))
    and not exists (select from ext where classid = 'pg_type'::regclass and objid = t.oid)
  union all
  select 'check of ' || ns.schema || '.' || t.typname || ' ' || conname || case when convalidated then '' else ' not valid' end
  from pg_constraint join pg_type t on t.oid = contypid join ns on ns.oid = typnamespace where contype = 'c'
)
select line from lines`.replaceAll(
    /fk_action\((\w+)\)/g,
    (_, column) =>
      `case ${column} when 'a' then 'no action' when 'r' then 'restrict' when 'c' then 'cascade' when 'n' then 'set null' else 'set default' end`,
  );
}
