import type { Catalog, MaterializedView, View } from '../catalog/catalog.js';
import { findRelation, indexesOf, isTable, relationByName, schemaFor } from '../catalog/lookup.js';
import { describeQuery } from '../catalog/query.js';
import { qualifiedName } from '../sql/names.js';
import { type Node, strings, type ViewStmt } from '../sql/tree.js';
import type { Predict, PredictContext, PredictTable } from './context.js';
import { all, build, type Draft, fail, newHeap, nothing, scan } from './draft.js';
import { lookUp } from './lookups.js';
import { optionsOf } from './options.js';
import { predictQuery, refusedQuery, repeatedColumn, tooManyNames } from './queries.js';
import { builtIndexes, creationRefusal, lockNamed, written } from './relations.js';
import { viewParameterRefusal } from './storage-parameters.js';
import { typeName } from './type-name.js';
import { isSameType } from './types.js';
import { updatableQuery } from './updatable-view.js';

/** CREATE VIEW looks at its query; nobody waits for a view. */
const createView: Predict<'ViewStmt'> = (node, context) => {
  const { catalog } = context;
  const range = node.view ?? {};
  const old = relationByName(catalog, qualifiedName(schemaFor(catalog, range), range.relname ?? ''));
  const misplaced = creationRefusal(range);
  if (misplaced !== undefined) return misplaced;
  if (old !== undefined && !node.replace) return fail(`relation "${range.relname}" already exists`, '42P07');
  if (old !== undefined && old.kind !== 'view') return fail(`"${range.relname}" is not a view`, '42809');
  if (node.query === undefined) return nothing;
  const unfit = unfitQuery(node.query) ?? viewParameterRefusal(node.options) ?? optionRefusal(node, catalog);
  if (unfit !== undefined) return unfit;
  const refused = all(
    refusedQuery(node.query, context),
    tooManyNames(node.query, strings(node.aliases), catalog),
    repeatedColumn(node.query, strings(node.aliases), catalog),
    old === undefined ? nothing : refusedColumns(node, context),
  );
  return refused.failure === undefined ? lookUp({ query: node.query }, context) : refused;
};

/** A query that does more than read. */
function unfitQuery(query: Node): Draft | undefined {
  const { intoClause, withClause } = 'SelectStmt' in query ? query.SelectStmt : {};
  if (intoClause !== undefined) return fail('views must not contain SELECT INTO', '0A000');
  const changing = (withClause?.ctes ?? []).some((one) => {
    const inner = 'CommonTableExpr' in one ? one.CommonTableExpr.ctequery : undefined;
    return inner !== undefined && !('SelectStmt' in inner);
  });
  return changing ? fail('views must not contain data-modifying statements in WITH', '0A000') : undefined;
}

function optionRefusal(node: ViewStmt, catalog: Catalog): Draft | undefined {
  const written = node.withCheckOption !== undefined && node.withCheckOption !== 'NO_CHECK_OPTION';
  const asked = written || optionsOf(node.options).has('check_option');
  return asked && node.query !== undefined && 'SelectStmt' in node.query
    ? checkOptionRefusal(updatableQuery(catalog, node.query.SelectStmt))
    : undefined;
}

/** CHECK OPTION is for a view that stands for what it reads. */
export function checkOptionRefusal(updatable: ReturnType<typeof updatableQuery>): Draft | undefined {
  if (updatable === undefined) return undefined;
  const fits = updatable !== 'never' && updatable.columns.some((name) => name !== undefined);
  return fits ? undefined : fail('WITH CHECK OPTION is supported only on automatically updatable views', '0A000');
}

/** CREATE OR REPLACE VIEW may add columns at the end, and nothing else. */
function refusedColumns(node: ViewStmt, { catalog }: PredictContext): Draft {
  const old = findRelation(catalog, node.view);
  if (old?.kind !== 'view' || !old.complete || node.query === undefined) return nothing;
  const { outputs, open } = describeQuery(catalog, node.query);
  const aliases = strings(node.aliases);
  if (open) return nothing;
  if (outputs.length < old.columns.length) return fail('cannot drop columns from view', '42P16');
  const renamed = old.columns.find(({ name }, at) => (aliases[at] ?? outputs[at]?.name) !== name);
  const now = renamed && (aliases[old.columns.indexOf(renamed)] ?? outputs[old.columns.indexOf(renamed)]?.name);
  if (renamed === undefined) return refusedTypes(old, outputs, catalog);
  return fail(`cannot change name of view column "${renamed.name}" to "${now}"`, '42P16');
}

/** Its columns keep their types and collations. */
function refusedTypes(old: View, outputs: ReturnType<typeof describeQuery>['outputs'], catalog: Catalog): Draft {
  const changed = old.columns.find(({ type }, at) => {
    const now = outputs[at]?.type;
    return type !== undefined && now !== undefined && !isSameType(type, now);
  });
  const now = changed && outputs[old.columns.indexOf(changed)]?.type;
  if (changed?.type === undefined || now === undefined) return nothing;
  const [from, to] = [typeName(catalog, changed.type), typeName(catalog, now)];
  return fail(`cannot change data type of view column "${changed.name}" from ${from} to ${to}`, '42P16');
}

/** REFRESH MATERIALIZED VIEW runs the query into a new file, or CONCURRENTLY compares its result with the old rows. */
const refresh: Predict<'RefreshMatViewStmt'> = (node, context) => {
  const { catalog } = context;
  const { relation: range = {}, concurrent, skipData } = node;
  const view = findRelation(catalog, range);
  const mode = concurrent ? 'ExclusiveLock' : 'AccessExclusiveLock';
  if (view === undefined) {
    const draft = lockNamed(catalog, range, mode, 'its rows are made anew');
    return all(draft, { effects: draft.effects.map((made) => ({ ...made, work: concurrent ? 'scan' : 'rewrite' })) });
  }
  if (view.kind !== 'materialized view')
    return fail(`"${written(range)}" is not a materialized view`, isTable(view) ? '0A000' : '42809');
  if (concurrent && skipData) return fail('CONCURRENTLY and WITH NO DATA options cannot be used together', '42601');
  const refused = concurrent ? refusedConcurrently(view, context) : nothing;
  if (refused.failure !== undefined) return refused;
  const query = skipData || view.query === undefined ? nothing : runQuery(view, context);
  if (concurrent) return all(query, scan(view, mode, 'its rows are compared with the new ones; reads go on'));
  const indexes = builtIndexes(catalog, view);
  return all(
    query,
    newHeap(view, mode, 'its rows are made anew'),
    indexes.length > 0 && !skipData && view.populated
      ? scan(view, mode, 'its indexes are built from the new rows')
      : nothing,
    ...indexes.map((index) => build(index, 'its materialized view is made anew')),
  );
};

/** What the query names was looked up when the view was made. */
function runQuery({ query }: MaterializedView, context: PredictContext): Draft {
  if (query === undefined) return nothing;
  const { failure, ...draft } = predictQuery(query, context);
  return failure?.code === '42703' ? draft : { ...draft, ...(failure && { failure }) };
}

function refusedConcurrently(view: MaterializedView, { catalog }: PredictContext): Draft {
  if (!view.populated) return fail('CONCURRENTLY cannot be used when the materialized view is not populated', '0A000');
  const unique = indexesOf(catalog, view).some(
    ({ unique: isUnique, predicate, keys }) =>
      isUnique && predicate === undefined && keys.every(({ column }) => column !== undefined),
  );
  if (unique) return nothing;
  return fail(`cannot refresh materialized view "${view.schema}.${view.name}" concurrently`, '55000', view.complete);
}

export const views: PredictTable = { ViewStmt: createView, RefreshMatViewStmt: refresh };
