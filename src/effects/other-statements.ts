import type { Catalog } from '../catalog/catalog.js';
import { requiredExtensions } from '../catalog/extension-types.js';
import { isTable } from '../catalog/lookup.js';
import { findOther } from '../catalog/others.js';
import { type Node, strings } from '../sql/tree.js';
import type { Predict, PredictTable } from './context.js';
import { all, type Draft, fail, forbidden, nothing } from './draft.js';
import { optionsOf, textOf } from './options.js';
import { unavailableExtension, unknownExtension } from './outside.js';
import { unknownSetting } from './setting-names.js';
import { settingRefusal } from './setting-value.js';
import { triggerFunctionRefusal } from './trigger.js';

const createExtension: Predict<'CreateExtensionStmt'> = ({ extname = '', if_not_exists, options }, { catalog, pg }) => {
  const there = catalog.extensions.has(extname) || extname === 'plpgsql';
  if (there) return if_not_exists ? nothing : fail(`extension "${extname}" already exists`, '42710');
  const given = optionsOf(options);
  const unavailable = unavailableExtension(extname, pg);
  const schema = textOf(given.get('schema'));
  if (unavailable.failure === undefined && schema !== undefined && !catalog.schemas.has(schema))
    return fail(`schema "${schema}" does not exist`, '3F000', false);
  if (given.has('new_version') && unavailable.failure === undefined)
    return fail(`extension "${extname}" has no such version`, '22023', false);
  const lacking = given.has('cascade')
    ? undefined
    : requiredExtensions[extname]?.find((name) => !catalog.extensions.has(name));
  if (lacking === undefined || unavailable.failure !== undefined) return unavailable;
  return fail(`required extension "${lacking}" is not installed`, '42704', false);
};

function unknownServer(catalog: Catalog, name: string | undefined): Draft {
  return findOther(catalog, 'server', name) === undefined
    ? fail(`server "${name}" does not exist`, '42704', false)
    : nothing;
}

/** SET CONSTRAINTS names constraints of any table. */
const setConstraints: Predict<'ConstraintsSetStmt'> = ({ constraints, deferred }, { catalog }) => {
  const names = (constraints ?? []).flatMap((one) => ('RangeVar' in one ? (one.RangeVar.relname ?? []) : []));
  if (names.length === 0) return nothing;
  const all = [...catalog.relations.values()].flatMap((one) => (isTable(one) ? one.constraints : []));
  for (const name of names) {
    const found = all.filter((one) => one.name === name);
    if (found.length === 0) return fail(`constraint "${name}" does not exist`, '42704', false);
    if (deferred && found.every(({ deferrable }) => !deferrable))
      return fail(`constraint "${name}" is not deferrable`, '42809');
  }
  return nothing;
};

const createEventTrigger: Predict<'CreateEventTrigStmt'> = (
  { trigname, eventname = '', funcname, whenclause },
  { catalog },
) => {
  if (!events.has(eventname)) return fail(`unrecognized event name "${eventname}"`, '42601');
  const unmeant = eventname === 'table_rewrite' ? tagsIn(whenclause).find((tag) => !rewriting.has(tag)) : undefined;
  if (unmeant !== undefined) return fail(`event triggers are not supported for ${unmeant}`, '0A000');
  if (findOther(catalog, 'event trigger', trigname) !== undefined)
    return fail(`event trigger "${trigname}" already exists`, '42710');
  return triggerFunctionRefusal(strings(funcname), 'event_trigger', catalog) ?? nothing;
};

const events: ReadonlySet<string> = new Set([
  'ddl_command_start',
  'ddl_command_end',
  'sql_drop',
  'table_rewrite',
  'login',
]);

/** What may write a table anew, as the tags of WHEN call it (cmdtaglist.h). */
const rewriting: ReadonlySet<string> = new Set(['ALTER MATERIALIZED VIEW', 'ALTER TABLE', 'ALTER TYPE']);

function tagsIn(clause: readonly Node[] | undefined): readonly string[] {
  const lists = (clause ?? []).flatMap((one) => ('DefElem' in one ? (one.DefElem.arg ?? []) : []));
  return lists.flatMap((one) => ('List' in one ? strings(one.List.items) : [])).map((tag) => tag.toUpperCase());
}

/** Forms of SET that name one parameter. */
const named: ReadonlySet<string> = new Set(['VAR_SET_VALUE', 'VAR_SET_DEFAULT', 'VAR_SET_CURRENT', 'VAR_RESET']);

const roleSettings: ReadonlySet<string> = new Set(['role', 'session_authorization']);

const toSavepoint: ReadonlySet<string> = new Set(['TRANS_STMT_RELEASE', 'TRANS_STMT_ROLLBACK_TO']);

const prepared: ReadonlySet<string> = new Set(['TRANS_STMT_COMMIT_PREPARED', 'TRANS_STMT_ROLLBACK_PREPARED']);

/** What locks no table: transactions and the session, and objects that tables do not depend on when they are made. */
export const otherStatements: PredictTable = {
  TransactionStmt: ({ kind = '', savepoint_name }) =>
    prepared.has(kind)
      ? forbidden
      : kind === 'TRANS_STMT_PREPARE'
        ? fail('prepared transactions are disabled', '55000', false)
        : toSavepoint.has(kind)
          ? fail(`savepoint "${savepoint_name}" does not exist`, '3B001', false)
          : nothing,
  ConstraintsSetStmt: setConstraints,
  VariableSetStmt: (node, { pg }) => {
    // which roles there are, the server knows
    if (roleSettings.has(node.name ?? '') && node.kind === 'VAR_SET_VALUE')
      return fail('role does not exist', '22023', false);
    return named.has(node.kind ?? '') ? settingRefusal(node, 'session', pg) : nothing;
  },
  VariableShowStmt: ({ name }, { pg }) => unknownSetting(name, pg),
  DiscardStmt: ({ target }) => (target === 'DISCARD_ALL' ? forbidden : nothing),
  ListenStmt: () => nothing,
  NotifyStmt: () => nothing,
  UnlistenStmt: () => nothing,
  LoadStmt: ({ filename }) => fail(`could not access file "${filename}"`, '58P01', false),
  CreateExtensionStmt: createExtension,
  // the scripts of an extension are not known; those that come with PostgreSQL lock no table of the user's
  AlterExtensionStmt: ({ extname, options }, { catalog }) =>
    all(
      unknownExtension(catalog, extname),
      // which versions there are, the server's disk says
      optionsOf(options).has('new_version')
        ? fail(`extension "${extname}" has no update path`, '22023', false)
        : nothing,
    ),
  CreateEventTrigStmt: createEventTrigger,
  AlterEventTrigStmt: ({ trigname }, { catalog }) =>
    findOther(catalog, 'event trigger', trigname) === undefined
      ? fail(`event trigger "${trigname}" does not exist`, '42704', false)
      : nothing,
  CreateFdwStmt: () => nothing,
  AlterFdwStmt: () => nothing,
  CreateForeignServerStmt: ({ servername, fdwname, if_not_exists }, { catalog }) => {
    if (findOther(catalog, 'server', servername) !== undefined)
      return if_not_exists ? nothing : fail(`server "${servername}" already exists`, '42710');
    return fail(`foreign-data wrapper "${fdwname}" does not exist`, '42704', false);
  },
  AlterForeignServerStmt: ({ servername }, { catalog }) => unknownServer(catalog, servername),
  CreateUserMappingStmt: ({ servername }, { catalog }) => unknownServer(catalog, servername),
  AlterUserMappingStmt: ({ servername }, { catalog }) => unknownServer(catalog, servername),
  DropUserMappingStmt: ({ servername, missing_ok }, { catalog }) =>
    missing_ok
      ? nothing
      : all(unknownServer(catalog, servername), fail('user mapping does not exist for the server', '42704', false)),
  ImportForeignSchemaStmt: ({ server_name }, { catalog }) =>
    findOther(catalog, 'server', server_name) === undefined
      ? fail(`server "${server_name}" does not exist`, '42704', false)
      : nothing,
  AlterCollationStmt: () => nothing,
  AlterOperatorStmt: () => nothing,
  AlterOpFamilyStmt: () => nothing,
  CreateOpClassStmt: () => nothing,
  CreateOpFamilyStmt: () => nothing,
  CreateConversionStmt: () => nothing,
  CreateTransformStmt: () => nothing,
  CreatePLangStmt: () => nothing,
  AlterTSConfigurationStmt: () => nothing,
  AlterTSDictionaryStmt: () => nothing,
};
