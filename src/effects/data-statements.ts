import type { Table } from '../catalog/catalog.js';
import { placeIn } from '../catalog/expression-type.js';
import { findRelation, isTable, relationByName, schemaFor } from '../catalog/lookup.js';
import { qualifiedName } from '../sql/names.js';
import type { CopyStmt, ExplainStmt, IntoClause, Node } from '../sql/tree.js';
import { strings } from '../sql/tree.js';
import { procedureRefusal } from './call-refusal.js';
import { askBound, routed } from './change.js';
import type { Predict, PredictContext, PredictTable } from './context.js';
import { all, type Draft, fail, lock, nothing, notUnderstood, rows, scan } from './draft.js';
import { fire, runBody } from './fire.js';
import { checkReferences } from './foreign-key-checks.js';
import { statementOf } from './inner-statement.js';
import { locksOnly } from './locks-only.js';
import { lookUp } from './lookups.js';
import { isOn, optionsOf, textOf } from './options.js';
import { callsIn, predictQuery, refusedQuery } from './queries.js';
import { lockUnknown, missingColumn, written } from './relations.js';

const select: Predict<'SelectStmt'> = (node, context) => {
  const { intoClause, ...query } = node;
  const made = intoClause === undefined ? nothing : refusedInto(intoClause, context);
  return made.failure === undefined ? predictQuery({ SelectStmt: query }, context) : made;
};

/** The table of SELECT INTO and CREATE TABLE AS must not exist. */
export function refusedInto({ rel }: IntoClause, { catalog }: PredictContext): Draft {
  if (rel === undefined) return nothing;
  const name = qualifiedName(schemaFor(catalog, rel), rel.relname ?? '');
  return relationByName(catalog, name) === undefined
    ? nothing
    : fail(`relation "${rel.relname}" already exists`, '42P07');
}

/** Which files there are, the server's disk says. */
function fileOf({ filename, is_program }: CopyStmt): Draft {
  return filename === undefined || filename === '/dev/null' || is_program
    ? nothing
    : fail(`could not open file "${filename}"`, '58P01', false);
}

const copy: Predict<'CopyStmt'> = (node, context) => all(copied(node, context), fileOf(node));

const copied: Predict<'CopyStmt'> = (node, context) => {
  if (!node.is_from && textOf(optionsOf(node.options).get('header'))?.toLowerCase() === 'match')
    return fail('cannot use "match" with HEADER in COPY TO', '0A000');
  if (node.query !== undefined) return predictQuery(node.query, context);
  const { catalog } = context;
  const relation = findRelation(catalog, node.relation);
  const mode = node.is_from ? 'RowExclusiveLock' : 'AccessShareLock';
  if (relation === undefined) {
    const draft = lockUnknown(
      catalog,
      node.relation ?? {},
      mode,
      node.is_from ? 'rows are put in' : 'all its rows are read',
    );
    return all(draft, { effects: draft.effects.map((made) => ({ ...made, work: node.is_from ? 'rows' : 'scan' })) });
  }
  const shown = written(node.relation ?? {});
  if (node.is_from)
    return isTable(relation)
      ? copyFrom(relation, node, context)
      : // a view may have a trigger that takes the rows
        fail(`cannot copy to ${relation.kind} "${shown}"`, '42809', relation.kind !== 'view');
  const missing = strings(node.attlist)
    .map((name) => missingColumn(relation, name))
    .find(({ failure }) => failure !== undefined);
  if (missing !== undefined && relation.kind === 'table') return missing;
  if (relation.kind === 'table') return scan(relation, mode, 'all its rows are read');
  const kind =
    relation.kind === 'partitioned'
      ? 'partitioned table'
      : relation.kind === 'foreign'
        ? 'foreign table'
        : relation.kind;
  if (relation.kind === 'materialized view' && context.pg >= 18) return scan(relation, mode, 'all its rows are read');
  return fail(`cannot copy from ${kind} "${shown}"`, '42809');
};

function copyFrom(table: Table, node: CopyStmt, context: PredictContext): Draft {
  const { catalog } = context;
  const names = node.attlist === undefined ? table.columns.map(({ name }) => name) : strings(node.attlist);
  const missing = names.find((name) => table.complete && !table.columns.some((column) => column.name === name));
  if (missing !== undefined) return fail(`column "${missing}" of relation "${table.name}" does not exist`, '42703');
  const values = new Map(names.map((name): [string, Node | undefined] => [name, undefined]));
  const why = 'rows are put in';
  // that file has no rows on any machine
  if (node.filename === '/dev/null')
    return all(lock(table, 'RowExclusiveLock', why), context.pg < 14 ? askBound(catalog, table) : nothing);
  return all(
    table.kind === 'table' ? rows(table, 'RowExclusiveLock', why) : lock(table, 'RowExclusiveLock', why),
    ...routed(catalog, table, undefined).map(({ relation }) =>
      relation.kind === 'table'
        ? rows(relation, 'RowExclusiveLock', 'rows may go to this partition', false)
        : lock(relation, 'RowExclusiveLock', 'rows may go to this partition', false),
    ),
    checkReferences(catalog, table, { values, many: true, perhapsSame: true }),
    askBound(catalog, table),
    fire(table, { event: 'insert' }, context),
  );
}

const explain: Predict<'ExplainStmt'> = ({ query, options }: ExplainStmt, context) => {
  const inner = query === undefined ? undefined : statementOf(context.statement, query);
  // of REFRESH there is no plan to show
  if (inner === undefined || inner.kind === 'RefreshMatViewStmt') return nothing;
  const draft = context.inner(inner, context.catalog);
  return isOn(options, 'analyze') ? draft : locksOnly(draft);
};

/** PREPARE looks the query's relations up, and plans it later. */
const prepare: Predict<'PrepareStmt'> = ({ query }, context) =>
  query === undefined ? nothing : all(refusedQuery(query, context), lookUp(query, context, true));

/** DECLARE plans the query; its rows are read later. */
const declare: Predict<'DeclareCursorStmt'> = ({ query }, context) =>
  query === undefined ? nothing : locksOnly(predictQuery(query, context));

/** What SELECT, INSERT, UPDATE, DELETE, MERGE and COPY do, and what runs them. */
export const dataStatements: PredictTable = {
  SelectStmt: select,
  InsertStmt: (node, context) => predictQuery({ InsertStmt: node }, context),
  UpdateStmt: (node, context) => predictQuery({ UpdateStmt: node }, context),
  DeleteStmt: (node, context) => predictQuery({ DeleteStmt: node }, context),
  MergeStmt: (node, context) => predictQuery({ MergeStmt: node }, context),
  CopyStmt: copy,
  ExplainStmt: explain,
  PrepareStmt: prepare,
  DeclareCursorStmt: declare,
  // what was prepared is no part of the schema
  ExecuteStmt: ({ name }) => all(notUnderstood, fail(`prepared statement "${name}" does not exist`, '26000', false)),
  FetchStmt: ({ portalname }) => fail(`cursor "${portalname}" does not exist`, '34000', false),
  ClosePortalStmt: ({ portalname }) =>
    portalname === undefined ? nothing : fail(`cursor "${portalname}" does not exist`, '34000', false),
  DeallocateStmt: () => nothing,
  DoStmt: (_, context) => (context.opened ? nothing : runBody(context.statement.body, context)),
  CallStmt: (node, context) => {
    const place = placeIn(undefined, context.catalog);
    const refusal = node.funccall && procedureRefusal(node.funccall, place, context);
    return all(refusal, callsIn({ CallStmt: node }, context));
  },
};
