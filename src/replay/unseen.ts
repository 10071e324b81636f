import type { ApplyOptions } from '../catalog/applies.js';
import { apply } from '../catalog/apply.js';
import type { Born, Catalog, Table } from '../catalog/catalog.js';
import { isTable, relationByName } from '../catalog/lookup.js';
import { lacksPartitions, withUnseenPartition } from '../catalog/unseen-partition.js';
import type { Effect, Prediction, PredictOptions } from '../effects/effect.js';
import { predict } from '../effects/predict.js';
import type { Statement } from '../sql/statement.js';

/** What makes or moves partitions meets no other row than those it names. */
const aboutPartitions: ReadonlySet<string> = new Set(['CreateStmt', 'AT_AttachPartition', 'AT_DetachPartition']);

/**
 * A partitioned table that is older than the deploy holds rows, and where the history shows no partition a program makes them
 * (pg_partman, the application): what a statement would do to a partition it does, not surely, to the table.
 */
export function withUnseen(
  told: Prediction,
  statement: Statement,
  before: Catalog,
  since: Born,
  how: { readonly predict: PredictOptions; readonly apply: ApplyOptions },
): Prediction {
  const kinds = [statement.kind, ...statement.commands.map(({ kind }) => kind)];
  const parents = kinds.some((kind) => aboutPartitions.has(kind)) ? [] : emptied(told.effects, before, since);
  if (parents.length === 0) return told;
  let catalog = before;
  const standsFor = new Map<string, string>();
  for (const parent of parents) {
    const [added, name] = withUnseenPartition(catalog, parent, how.apply);
    catalog = added;
    standsFor.set(name, `${parent.schema}.${parent.name}`);
  }
  const after = apply(statement, catalog, how.apply);
  const worse = predict(statement, catalog, { ...how.predict, after });
  const commands = told.commands?.map((command, at) => withMore(command, worse.commands?.[at], standsFor));
  return { ...withMore(told, worse, standsFor), ...(commands && { commands }) };
}

function emptied(effects: readonly Effect[], catalog: Catalog, since: Born): readonly Table[] {
  const names = new Set(effects.filter(({ kind }) => kind === 'table').map(({ relation }) => relation));
  return [...names].flatMap((name) => {
    const table = relationByName(catalog, name);
    return table !== undefined && isTable(table) && lacksPartitions(table) && table.born < since ? [table] : [];
  });
}

/** The work on the partitions as work on their tables; the locks are the same, and are told already. */
function withMore(told: Prediction, worse: Prediction | undefined, standsFor: ReadonlyMap<string, string>): Prediction {
  const more = (worse?.effects ?? []).flatMap((effect): Effect[] => {
    const relation = standsFor.get(effect.relation);
    if (relation === undefined || effect.kind !== 'table' || effect.work === 'none') return [];
    const why = `${effect.why} (of the partitions, which the history does not show)`;
    return [{ ...effect, relation, sure: false, why }];
  });
  if (more.length === 0) return told;
  return {
    ...told,
    effects: [...told.effects, ...more].sort((a, b) =>
      a.relation < b.relation ? -1 : a.relation > b.relation ? 1 : 0,
    ),
  };
}
