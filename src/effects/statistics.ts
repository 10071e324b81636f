import { placeIn } from '../catalog/expression-type.js';
import { columnOf, findRelation } from '../catalog/lookup.js';
import { columnsIn } from '../catalog/mentions.js';
import { strings } from '../sql/tree.js';
import type { Predict, PredictTable } from './context.js';
import { all, fail, lock, nothing } from './draft.js';
import { expressionKinds } from './expression-refusal.js';
import { unknownOther } from './named-other.js';
import { isStored, lockUnknown, written } from './relations.js';
import { storedRefusal } from './stored-expression.js';

/** CREATE STATISTICS names a table; ANALYZE gathers them later. */
const createStatistics: Predict<'CreateStatsStmt'> = (node, { catalog, pg }) => {
  const [from] = node.relations ?? [];
  const range = from !== undefined && 'RangeVar' in from ? from.RangeVar : {};
  const why = 'a statistics object is made on it: other changes of the table wait, reads and writes go on';
  const relation = findRelation(catalog, range);
  if (relation === undefined) return lockUnknown(catalog, range, 'ShareUpdateExclusiveLock', why);
  if (!isStored(relation)) return fail(`cannot define statistics for relation "${written(range)}"`, '42809');
  const strange = strings(node.stat_types).find((kind) => !statisticsKinds.has(kind));
  if (strange !== undefined) return fail(`unrecognized statistics kind "${strange}"`, '42601');
  const elements = (node.exprs ?? []).flatMap((element) => ('StatsElem' in element ? [element.StatsElem] : []));
  // a column in parentheses is a column there
  if (pg < 14 && elements.some(({ expr }) => expr !== undefined && !('ColumnRef' in expr)))
    return fail('only simple column references are allowed in CREATE STATISTICS', '0A000');
  const [only, ...more] = elements;
  if (more.length === 0 && only?.name !== undefined)
    return fail('extended statistics require at least 2 columns', '42P17');
  const names = elements.flatMap(({ name: column }) => column ?? []);
  if (new Set(names).size < names.length) return fail('duplicate column name in statistics definition', '42701');
  const missing = elements.find(({ name }) => name !== undefined && columnOf(relation, name) === undefined);
  if (missing !== undefined && relation.complete) return fail(`column "${missing.name}" does not exist`, '42703');
  const used = [...names, ...elements.flatMap(({ expr }) => [...columnsIn(expr)])];
  if (used.some((column) => columnOf(relation, column)?.generated?.kind === 'virtual'))
    return fail('statistics creation on virtual generated columns is not supported', '0A000');
  const place = placeIn(relation, catalog);
  const wrong = elements
    .map(({ expr }) => storedRefusal(expr, expressionKinds.statistics, place, { catalog, pg }))
    .find(Boolean);
  if (wrong?.failure?.sure) return wrong;
  const name = strings(node.defnames).at(-1);
  const taken = [...catalog.others.values()].some(
    (other) => other.kind === 'statistics' && other.name.split('.').at(-1) === name,
  );
  if (taken && !node.if_not_exists) return fail(`statistics object "${name}" already exists`, '42710');
  return all(lock(relation, 'ShareUpdateExclusiveLock', why), wrong);
};

const statisticsKinds: ReadonlySet<string> = new Set(['ndistinct', 'dependencies', 'mcv']);

export const statistics: PredictTable = {
  CreateStatsStmt: createStatistics,
  AlterStatsStmt: ({ defnames, missing_ok }, { catalog }) =>
    missing_ok ? nothing : unknownOther(catalog, 'OBJECT_STATISTIC_EXT', { List: { items: defnames ?? [] } }),
};
