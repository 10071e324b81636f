import { findRelation, findTable, isTable } from '../catalog/lookup.js';
import type { Node, RangeVar } from '../sql/tree.js';
import type { Predict, PredictContext, PredictTable } from './context.js';
import { all, type Draft, fail, lock } from './draft.js';
import { lookUp } from './lookups.js';
import { refusedQuery } from './queries.js';
import { lockNamed, lockUnknown, written } from './relations.js';

/** Policies and rules change what every query on the table means. */

const createPolicy: Predict<'CreatePolicyStmt'> = (node, context) => {
  const table = findTable(context.catalog, node.table);
  if (table?.policies.some(({ name }) => name === node.policy_name))
    return fail(`policy "${node.policy_name}" for table "${table.name}" already exists`, '42710');
  return onTable(node.table, [node.qual, node.with_check], 'a policy is made on it', context);
};

const alterPolicy: Predict<'AlterPolicyStmt'> = (node, context) => {
  const table = findTable(context.catalog, node.table);
  const known = table?.policies.some(({ name }) => name === node.policy_name);
  if (table?.complete && !known)
    return fail(`policy "${node.policy_name}" for table "${table.name}" does not exist`, '42704');
  return onTable(node.table, [node.qual, node.with_check], 'one of its policies changes', context);
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
  const refused = given.map((expression) => refusedQuery(asQuery(range, expression), context));
  const refusal = refused.find(({ failure }) => failure !== undefined);
  if (refusal !== undefined) return refusal;
  return all(
    lockNamed(context.catalog, range, 'AccessExclusiveLock', why),
    ...given.map((expression) => lookUp({ expression }, context)),
  );
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
  if (isTable(relation) && event === 'CMD_SELECT' && pg >= 16)
    return fail(`relation "${relation.name}" cannot have ON SELECT rules`, '42809');
  if (isTable(relation) && relation.rules.some(({ name }) => name === rulename) && !node.replace)
    return fail(`rule "${rulename}" for relation "${relation.name}" already exists`, '42710');
  return all(lock(relation, 'AccessExclusiveLock', why), lookUp({ actions }, context));
};

export const policies: PredictTable = {
  CreatePolicyStmt: createPolicy,
  AlterPolicyStmt: alterPolicy,
  RuleStmt: createRule,
};
