import { defineRule } from '../src/rule.js';
import { isKind } from '../src/sql/statement.js';

export default defineRule({
  id: 'catalog-written',
  level: 'error',
  title: 'A system catalog is written by hand',
  why: 'ALTER does more than write the catalog row: it takes the lock, checks the rows, tells other sessions and changes what depends on it. None of that happens here, and a mistake can make a table unreadable. Managed servers refuse it.',
  instead: 'Use the ALTER statement for the purpose.',
  links: ['https://www.postgresql.org/docs/current/catalogs-overview.html'],
  bad: [
    {
      sql: `create table account (email varchar(50));
-- next migration
update pg_attribute set atttypmod = 104 where attrelid = 'account'::regclass and attname = 'email';`,
    },
  ],
  good: [
    {
      sql: `create table account (email varchar(50));
-- next migration
alter table account alter column email type varchar(100);`,
    },
    {
      title: 'a table of one’s own with such a name',
      sql: `create table pg_backup (id int);
-- next migration
insert into pg_backup values (1);`,
    },
  ],
  on: ['UpdateStmt', 'DeleteStmt', 'InsertStmt'],
  check({ statement, before, relation }) {
    for (const kind of ['UpdateStmt', 'DeleteStmt', 'InsertStmt'] as const) {
      if (!isKind(statement, kind)) continue;
      const { schemaname, relname = '' } = statement.node.relation ?? {};
      const isCatalog = schemaname === 'pg_catalog' || (schemaname === undefined && catalogs.has(relname));
      if (!isCatalog || (relation !== undefined && before.relationNames.has(relation))) return;
      return { message: `${relname} is written past the server: no lock, no check, and no other session is told` };
    }
    return;
  },
});

/** Those that hold the schema (pg_class and what depends on it); as of 18. */
const catalogs = new Set(
  `pg_aggregate pg_am pg_amop pg_amproc pg_attrdef pg_attribute pg_auth_members pg_authid pg_cast pg_class pg_collation pg_constraint
  pg_conversion pg_database pg_default_acl pg_depend pg_description pg_enum pg_event_trigger pg_extension pg_foreign_server
  pg_foreign_table pg_index pg_inherits pg_init_privs pg_language pg_namespace pg_opclass pg_operator pg_opfamily
  pg_partitioned_table pg_policy pg_proc pg_publication pg_range pg_rewrite pg_sequence pg_shdepend pg_statistic
  pg_statistic_ext pg_subscription pg_tablespace pg_trigger pg_ts_config pg_ts_dict pg_type pg_user_mapping`.split(
    /\s+/,
  ),
);
