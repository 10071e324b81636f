import { descendants, findRelation, findRoutines, isTable } from '../catalog/lookup.js';
import type { CreateTrigStmt } from '../sql/tree.js';
import { strings } from '../sql/tree.js';
import { visit } from '../sql/walk.js';
import type { Predict, PredictContext, PredictTable } from './context.js';
import { all, type Draft, fail, lock, nothing } from './draft.js';
import { lockEach, lockNamed, lockUnknown, missingColumn, withPartitions, written } from './relations.js';

const made = 'a trigger is made on it: writes wait, reads go on';

const createTrigger: Predict<'CreateTrigStmt'> = (node, context) => {
  const { catalog } = context;
  const range = node.relation ?? {};
  const relation = findRelation(catalog, range);
  const from = lockNamed(catalog, node.constrrel, 'AccessShareLock', 'a constraint trigger names it');
  if (relation === undefined) return all(from, lockUnknown(catalog, range, 'ShareRowExclusiveLock', made));
  if (relation.kind === 'view') return nothing;
  if (!isTable(relation)) return fail(`relation "${written(range)}" cannot have triggers`, '42809');
  const refused = refusedTrigger(node, context);
  if (refused.failure?.sure) return refused;
  // a trigger for each row is made on every partition
  const tables = node.row ? withPartitions(catalog, relation) : [relation];
  return all(refused, from, lockEach(tables, 'ShareRowExclusiveLock', made));
};

function refusedTrigger(node: CreateTrigStmt, { catalog }: PredictContext): Draft {
  const relation = findRelation(catalog, node.relation);
  if (relation === undefined || !isTable(relation)) return nothing;
  if (relation.triggers.some(({ name }) => name === node.trigname) && !node.replace)
    return fail(`trigger "${node.trigname}" for relation "${relation.name}" already exists`, '42710');
  let subquery = false;
  const when = node.whenClause && { List: { items: [node.whenClause] } };
  visit(when, (...[kind]) => {
    if (kind === 'SubLink') subquery = true;
  });
  if (subquery) return fail('cannot use subquery in trigger WHEN condition', '0A000');
  if (relation.kind === 'partitioned' && node.row && node.transitionRels !== undefined)
    return fail(`"${relation.name}" is a partitioned table`, '0A000');
  const missing = strings(node.columns)
    .map((name) => missingColumn(relation, name))
    .find(({ failure }) => failure !== undefined);
  if (missing !== undefined) return missing;
  const name = strings(node.funcname);
  const [routine, ...overloads] = findRoutines(catalog, name);
  if (routine?.returns !== undefined && overloads.length === 0 && routine.returns.name !== 'trigger')
    return fail(`function ${name.join('.')} must return type trigger`, '42P17');
  if (routine !== undefined) return nothing;
  return fail(`function ${name.join('.')}() does not exist`, '42883', false);
}

/** ALTER TRIGGER … RENAME, on the partitions too since 15. */
export function renameTrigger(
  relation: ReturnType<typeof findRelation>,
  name: string,
  { catalog, pg }: PredictContext,
): Draft {
  if (relation === undefined || !isTable(relation)) return nothing;
  const trigger = relation.triggers.find((one) => one.name === name);
  if (trigger === undefined && relation.complete)
    return fail(`trigger "${name}" for table "${relation.name}" does not exist`, '42704');
  if (trigger?.inherited && relation.bound !== undefined && pg >= 15)
    return fail(`cannot rename trigger "${name}" on table "${relation.name}"`, pg < 18 ? 'XX000' : '0A000');
  const why = `its trigger ${name} gets another name`;
  const clones =
    pg < 15
      ? []
      : descendants(catalog, relation).filter(({ triggers }) =>
          triggers.some((one) => one.name === name && one.inherited),
        );
  return all(lock(relation, 'AccessExclusiveLock', why), lockEach(clones, 'AccessExclusiveLock', why));
}

export const triggers: PredictTable = { CreateTrigStmt: createTrigger };
