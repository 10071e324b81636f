import type { Catalog, Relation } from '../catalog/catalog.js';
import { placeIn } from '../catalog/expression-type.js';
import { descendants, findRelation, findRoutines, isTable } from '../catalog/lookup.js';
import { type CreateTrigStmt, type Node, strings } from '../sql/tree.js';
import { columnRefs, visit } from '../sql/walk.js';
import type { Predict, PredictContext, PredictTable } from './context.js';
import { all, type Draft, fail, lock, nothing } from './draft.js';
import { expressionKinds } from './expression-refusal.js';
import { lockEach, lockNamed, lockUnknown, missingColumn, systemColumns, withPartitions } from './relations.js';
import { functionSignatures } from './signatures.js';
import { storedRefusal } from './stored-expression.js';

const made = 'a trigger is made on it: writes wait, reads go on';

const createTrigger: Predict<'CreateTrigStmt'> = (node, context) => {
  const { catalog } = context;
  const range = node.relation ?? {};
  const relation = findRelation(catalog, range);
  const from = lockNamed(catalog, node.constrrel, 'AccessShareLock', 'a constraint trigger names it');
  if (relation === undefined) return all(from, lockUnknown(catalog, range, 'ShareRowExclusiveLock', made));
  const misfit = misfitOf(node, relation);
  if (misfit !== undefined) return misfit;
  if (relation.kind === 'view') return refusedTrigger(node, context);
  if (!isTable(relation)) return nothing;
  const refused = refusedTrigger(node, context);
  if (refused.failure?.sure) return refused;
  // a trigger for each row is made on every partition
  const tables = node.row ? withPartitions(catalog, relation) : [relation];
  return all(refused, from, lockEach(tables, 'ShareRowExclusiveLock', made));
};

const truncating = 1 << 5;
const inserting = 1 << 2;
const deleting = 1 << 3;
const before = 1 << 1;
const insteadOf = 1 << 6;

/** What triggers a relation of this kind cannot have: CreateTriggerFiringOn. */
function misfitOf({ timing = 0, events = 0, row, whenClause, isconstraint }: CreateTrigStmt, relation: Relation) {
  const { name } = relation;
  const instead = (timing & insteadOf) !== 0;
  if (relation.kind === 'view') {
    if (row && !instead) return fail(`"${name}" is a view`, '42809');
    if ((events & truncating) !== 0) return fail(`"${name}" is a view`, '42809');
  } else if (!isTable(relation)) return fail(`relation "${name}" cannot have triggers`, '42809');
  else if (instead) return fail(`"${name}" is a ${relation.kind === 'foreign' ? 'foreign ' : ''}table`, '42809');
  else if (isconstraint && relation.kind === 'foreign') return fail(`"${name}" is a foreign table`, '42809');
  if (row && (events & truncating) !== 0) return fail('TRUNCATE FOR EACH ROW triggers are not supported', '0A000');
  if (instead && !row) return fail('INSTEAD OF triggers must be FOR EACH ROW', '0A000');
  if (instead && whenClause !== undefined) return fail('INSTEAD OF triggers cannot have WHEN conditions', '0A000');
  return whenClause === undefined ? undefined : whenRefusal(whenClause, { row, timing, events });
}

/** A condition sees the rows that there are: of a statement none, of an INSERT no old one, of a DELETE no new one. */
function whenRefusal(
  when: Node,
  { row, timing, events }: { readonly row: boolean | undefined; readonly timing: number; readonly events: number },
): Draft | undefined {
  const named = columnRefs({ when }).flatMap(({ parts }) => (parts.length > 1 ? [parts] : []));
  const sees = (name: string) => named.some(([first]) => first === name);
  if (!row && (sees('old') || sees('new')))
    return fail("statement trigger's WHEN condition cannot reference column values", '42P17');
  if ((events & inserting) !== 0 && sees('old'))
    return fail("INSERT trigger's WHEN condition cannot reference OLD values", '42P17');
  if ((events & deleting) !== 0 && sees('new'))
    return fail("DELETE trigger's WHEN condition cannot reference NEW values", '42P17');
  const system = named.find(([first, column = '']) => first === 'new' && systemColumns.has(column));
  return (timing & before) !== 0 && system !== undefined && system[1] !== 'tableoid'
    ? fail("BEFORE trigger's WHEN condition cannot reference NEW system columns", '0A000')
    : undefined;
}

function refusedTrigger(node: CreateTrigStmt, { catalog, pg }: PredictContext): Draft {
  const relation = findRelation(catalog, node.relation);
  if (relation === undefined || !(isTable(relation) || relation.kind === 'view')) return nothing;
  if (relation.triggers.some(({ name }) => name === node.trigname) && !node.replace)
    return fail(`trigger "${node.trigname}" for relation "${relation.name}" already exists`, '42710');
  let subquery = false;
  const when = node.whenClause && { List: { items: [node.whenClause] } };
  visit(when, (...[kind]) => {
    if (kind === 'SubLink') subquery = true;
  });
  if (subquery) return fail('cannot use subquery in trigger WHEN condition', '0A000');
  const rows = placeIn(relation, catalog, ['old', 'new']);
  const condition = storedRefusal(node.whenClause, expressionKinds.triggerWhen, rows, { catalog, pg });
  if (condition !== undefined) return condition;
  if (relation.kind === 'partitioned' && node.row && node.transitionRels !== undefined)
    return fail(`"${relation.name}" is a partitioned table`, '0A000');
  const missing = strings(node.columns)
    .map((name) => missingColumn(relation, name))
    .find(({ failure }) => failure !== undefined);
  if (missing !== undefined) return missing;
  return triggerFunctionRefusal(strings(node.funcname), 'trigger', catalog) ?? nothing;
}

/** The function of a trigger has no parameters: what the trigger gives it comes another way. */
export function triggerFunctionRefusal(
  name: readonly string[],
  result: 'trigger' | 'event_trigger',
  catalog: Catalog,
): Draft | undefined {
  const overloads = findRoutines(catalog, name);
  const shown = name.join('.');
  const routine = overloads.find(
    ({ arguments: all, kind }) => kind === 'function' && all.every(({ output }) => output),
  );
  const builtIn = overloads.length === 0 ? functionSignatures(name.at(-1) ?? '', 18) : [];
  if (builtIn.some((one) => one.arguments.length === 0))
    return fail(`function ${shown} must return type ${result}`, '42P17');
  if (routine === undefined) return fail(`function ${shown}() does not exist`, '42883', overloads.length > 0);
  return routine.returns !== undefined && routine.returns.name !== result
    ? fail(`function ${shown} must return type ${result}`, '42P17')
    : undefined;
}

/** ALTER TRIGGER … RENAME, on the partitions too since 15. */
export function renameTrigger(
  relation: ReturnType<typeof findRelation>,
  name: string,
  { catalog, pg }: PredictContext,
): Draft {
  if (relation === undefined || !(isTable(relation) || relation.kind === 'view')) return nothing;
  const trigger = relation.triggers.find((one) => one.name === name);
  if (relation.kind === 'view' && trigger !== undefined) return nothing;
  if (trigger === undefined && relation.complete)
    return fail(`trigger "${name}" for table "${relation.name}" does not exist`, '42704');
  if (!isTable(relation)) return nothing;
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
