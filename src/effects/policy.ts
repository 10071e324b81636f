import type { Relation, Table } from '../catalog/catalog.js';
import { placeIn, typeInTable } from '../catalog/expression-type.js';
import { findRelation, findTable, isTable } from '../catalog/lookup.js';
import { describeQuery } from '../catalog/query.js';
import type { CreatePolicyStmt, Node, RangeVar, RuleStmt } from '../sql/tree.js';
import { columnRefs } from '../sql/walk.js';
import type { Predict, PredictContext, PredictTable } from './context.js';
import { all, type Draft, fail, lock } from './draft.js';
import { clause, expressionKinds } from './expression-refusal.js';
import { lookUp } from './lookups.js';
import { unknownRoles } from './outside.js';
import { refusedQuery } from './queries.js';
import { lockNamed, lockUnknown, missingColumn, written } from './relations.js';
import { storedRefusal } from './stored-expression.js';
import { typeName } from './type-name.js';
import { baseType, isRecorded } from './types.js';

/** Policies and rules change what every query on the table means. */

const createPolicy: Predict<'CreatePolicyStmt'> = (node, context) => {
  const table = findTable(context.catalog, node.table);
  if (table?.policies.some(({ name }) => name === node.policy_name))
    return fail(`policy "${node.policy_name}" for table "${table.name}" already exists`, '42710');
  const idle = idleExpression(node.cmd_name, node);
  if (idle !== undefined) return idle;
  return all(
    onTable(node.table, [node.qual, node.with_check], 'a policy is made on it', context),
    ...unknownRoles(node.roles),
  );
};

/** Rows that are written are checked, and rows that are read are chosen. */
function idleExpression(
  command: string | undefined,
  { qual, with_check }: Pick<CreatePolicyStmt, 'qual' | 'with_check'>,
): Draft | undefined {
  if (command === 'insert' && qual !== undefined) return fail('only WITH CHECK expression allowed for INSERT', '42601');
  return (command === 'select' || command === 'delete') && with_check !== undefined
    ? fail('only USING expression allowed for SELECT, DELETE', '42601')
    : undefined;
}

const alterPolicy: Predict<'AlterPolicyStmt'> = (node, context) => {
  const table = findTable(context.catalog, node.table);
  const known = table?.policies.find(({ name }) => name === node.policy_name);
  if (table?.complete && known === undefined)
    return fail(`policy "${node.policy_name}" for table "${table.name}" does not exist`, '42704');
  const idle = idleExpression(known?.command, node);
  if (idle !== undefined) return idle;
  return all(
    onTable(node.table, [node.qual, node.with_check], 'one of its policies changes', context),
    ...unknownRoles(node.roles),
  );
};

function onTable(
  range: RangeVar | undefined,
  expressions: readonly (Node | undefined)[],
  why: string,
  context: PredictContext,
): Draft {
  const relation = findRelation(context.catalog, range);
  if (relation !== undefined && !isTable(relation)) return fail(`"${written(range ?? {})}" is not a table`, '42809');
  const given = expressions.flatMap((expression) => expression ?? []);
  const wrong = given
    .map((expression) => notBoolean(expression, relation, context))
    .find((draft) => draft !== undefined);
  if (wrong !== undefined) return wrong;
  const place = placeIn(relation, context.catalog);
  const stored = given.map((expression) => storedRefusal(expression, expressionKinds.policy, place, context));
  const early = relation === undefined ? undefined : stored.find((draft) => draft?.failure?.sure);
  if (early !== undefined) return early;
  const refused = given.map((expression) => refusedQuery(asQuery(range, expression), context));
  const refusal = refused.find(({ failure }) => failure !== undefined);
  if (refusal !== undefined) return refusal;
  return all(
    lockNamed(context.catalog, range, 'AccessExclusiveLock', why),
    ...given.map((expression) => lookUp({ expression }, context)),
    ...(relation === undefined ? [] : stored),
  );
}

/** A condition that is no condition. */
function notBoolean(expression: Node, table: Table | undefined, { catalog, pg }: PredictContext): Draft | undefined {
  const type = typeInTable(expression, table, catalog);
  if (type === undefined || 'A_Const' in expression) return undefined;
  const base = baseType(catalog, type);
  if (!isRecorded({ catalog, pg }, base) || (base.name === 'bool' && base.dimensions === 0)) return undefined;
  return fail(`argument of POLICY must be type boolean, not type ${typeName(catalog, type)}`, '42804');
}

/** An expression over a table as the query that it is a condition of. */
function asQuery(range: RangeVar | undefined, whereClause: Node): Node {
  return { SelectStmt: { fromClause: range === undefined ? [] : [{ RangeVar: range }], whereClause } };
}

const createRule: Predict<'RuleStmt'> = (node, context) => {
  const { catalog, pg } = context;
  const { relation: range = {}, rulename = '', actions = [], event } = node;
  const relation = findRelation(catalog, range);
  const why = 'a rule is made on it';
  if (relation === undefined)
    return all(lockUnknown(catalog, range, 'AccessExclusiveLock', why), lookUp({ actions }, context));
  if (relation.kind === 'materialized view') return fail('rules on materialized views are not supported', '0A000');
  if (isTable(relation) && event === 'CMD_SELECT' && pg >= 16)
    return fail(`relation "${relation.name}" cannot have ON SELECT rules`, '42809');
  const rows = placeIn(relation, catalog, ['old', 'new']);
  const misfit =
    ruleRefusal(node, relation, context) ?? storedRefusal(node.whereClause, clause('WHERE'), rows, context);
  if (misfit?.failure?.sure) return misfit;
  if (
    (isTable(relation) || relation.kind === 'view') &&
    relation.rules.some(({ name }) => name === rulename) &&
    !node.replace
  )
    return fail(`rule "${rulename}" for relation "${relation.name}" already exists`, '42710');
  const read = { actions, whereClause: node.whereClause };
  return all(lock(relation, 'AccessExclusiveLock', why), lookUp(read, context), misfit);
};

/** The rows that there are on an event: of an INSERT no old one, of a DELETE no new one (transformRuleStmt). */
const rowsThere: Readonly<Record<string, readonly string[]>> = {
  CMD_SELECT: [],
  CMD_INSERT: ['new'],
  CMD_DELETE: ['old'],
  CMD_UPDATE: ['old', 'new'],
};

function ruleRefusal(node: RuleStmt, relation: Relation, { catalog }: PredictContext): Draft | undefined {
  const { event = '', actions = [], whereClause, rulename, replace } = node;
  const there = rowsThere[event] ?? [];
  for (const { parts } of columnRefs({ actions, whereClause })) {
    const [row = '', column = ''] = parts;
    if (parts.length !== 2 || (row !== 'old' && row !== 'new')) continue;
    if (!there.includes(row)) return fail(`ON ${event.slice(4)} rule cannot use ${row.toUpperCase()}`, '42P17');
    if (missingColumn(relation, column).failure !== undefined)
      return fail(`column ${row}.${column} does not exist`, '42703');
  }
  if (event !== 'CMD_SELECT' || !(isTable(relation) || relation.kind === 'view')) return undefined;
  const [action, ...more] = actions;
  if (action === undefined || more.length > 0 || !('SelectStmt' in action) || !node.instead)
    return fail('rules on SELECT must have action INSTEAD SELECT', '0A000');
  const { outputs, open } = describeQuery(catalog, action);
  const complete = !open && relation.complete;
  if (complete && outputs.length !== relation.columns.length)
    return fail("SELECT rule's target list has too few or too many entries", '42P17');
  if (relation.kind === 'view' && !replace) return fail(`"${relation.name}" is already a view`, '55000');
  return rulename === '_RETURN' ? undefined : fail(`view rule for "${relation.name}" must be named "_RETURN"`, '42P17');
}

export const policies: PredictTable = {
  CreatePolicyStmt: createPolicy,
  AlterPolicyStmt: alterPolicy,
  RuleStmt: createRule,
};
