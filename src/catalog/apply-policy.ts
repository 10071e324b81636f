import type { Statement } from '../sql/statement.js';
import { type Node, type RuleStmt, strings } from '../sql/tree.js';
import { visit } from '../sql/walk.js';
import type { Applies } from './applies.js';
import type { Renames } from './apply-by-object.js';
import type { DropKinds } from './apply-drop.js';
import { mergedReads } from './apply-routine.js';
import { nameOnRelation } from './apply-trigger.js';
import { columnsOfView } from './apply-view.js';
import type { Catalog, Oid, Policy, Relation, Rule, Table, View } from './catalog.js';
import { changeTable, putRelation } from './change.js';
import { findRelation, findRelationNamed, findTable, isTable } from './lookup.js';
import { columnsIn } from './mentions.js';
import { describeQuery, readsOfExpression } from './query.js';
import { shapeOfRelation } from './query-from.js';
import { readsOfActions } from './rule-reads.js';
import { saidOf } from './said.js';
import { tableOrStub } from './stub.js';

const commands = ['select', 'insert', 'update', 'delete'] as const;

export const policyApplies: Applies = {
  CreatePolicyStmt: (node, _statement, catalog) => {
    if (node.table === undefined) return catalog;
    const [known, table] = tableOrStub(catalog, node.table);
    if (table === undefined) return catalog;
    const name = node.policy_name ?? '';
    const command = commands.find((one) => one === node.cmd_name) ?? 'all';
    const policy = policyOf(
      known,
      table,
      { name, command, permissive: node.permissive === true },
      node.qual,
      node.with_check,
    );
    return changeTable(known, table.oid, (one) => ({
      ...one,
      policies: [...one.policies.filter(({ name }) => name !== policy.name), policy],
    }));
  },
  AlterPolicyStmt: (node, _statement, catalog) => {
    const table = findTable(catalog, node.table);
    if (table === undefined) return catalog;
    const altered = (policy: Policy) =>
      policy.name === node.policy_name
        ? {
            ...policyOf(catalog, table, policy, node.qual ?? policy.using, node.with_check ?? policy.withCheck),
            ...saidOf(policy),
          }
        : policy;
    return changeTable(catalog, table.oid, (one) => ({ ...one, policies: one.policies.map(altered) }));
  },
  RuleStmt: (node, statement, catalog, { pg, born }) => {
    if (node.relation === undefined || node.rulename === undefined) return catalog;
    const view = findRelation(catalog, node.relation);
    if (view?.kind === 'view')
      return node.event === 'CMD_SELECT'
        ? catalog
        : putRelation(catalog, withRule(view, ruleOf(catalog, view, node, statement)));
    const [known, table] = tableOrStub(catalog, node.relation);
    if (table === undefined) return catalog;
    const [action] = node.actions ?? [];
    if (node.event === 'CMD_SELECT' && action !== undefined) {
      // until 15 a table with a rule ON SELECT is a view from then on; pg_dump writes views that refer to each other in this way
      return pg >= 16 ? known : viewOf(known, table, action, born);
    }
    return changeTable(known, table.oid, (one) => withRule(one, ruleOf(known, one, node, statement)));
  },
};

function ruleOf(catalog: Catalog, { oid }: Ruled, node: RuleStmt, definition: Statement<'RuleStmt'>): Rule {
  return {
    name: node.rulename ?? '',
    definition,
    relations: relationsIn(catalog, node, oid),
    columns: columnsOfRows(node),
    reads: readsOfActions(catalog, node.actions, oid),
  };
}

/** In the place of the rule of that name, whose comment it keeps. */
function withRule<R extends Ruled>(relation: R, rule: Rule): R {
  const old = relation.rules.find(({ name }) => name === rule.name);
  return {
    ...relation,
    rules: [...relation.rules.filter(({ name }) => name !== rule.name), { ...rule, ...saidOf(old) }],
  };
}

/** What can have rules. */
type Ruled = Table | View;

function isRuled(relation: Relation | undefined): relation is Ruled {
  return relation !== undefined && (isTable(relation) || relation.kind === 'view');
}

/** The relations that the actions of a rule name, without its own. */
function relationsIn(catalog: Catalog, { actions }: RuleStmt, own: Oid): readonly Oid[] {
  const found = new Set<Oid>();
  visit({ actions }, (kind, node) => {
    const oid = kind === 'RangeVar' ? findRelation(catalog, node)?.oid : undefined;
    if (oid !== undefined && oid !== own) found.add(oid);
  });
  return [...found];
}

/** The columns of the rows that a rule is about. */
function columnsOfRows({ actions, whereClause }: RuleStmt): readonly string[] {
  const found = new Set<string>();
  visit({ actions, whereClause }, (kind, node) => {
    const [row, column] = kind === 'ColumnRef' ? strings(node.fields) : [];
    if ((row === 'old' || row === 'new') && column !== undefined) found.add(column);
  });
  return [...found];
}

function policyOf(
  catalog: Catalog,
  table: Table,
  { name, command, permissive }: Pick<Policy, 'name' | 'command' | 'permissive'>,
  using: Node | undefined,
  withCheck: Node | undefined,
): Policy {
  const own = { ...shapeOfRelation(table), name: table.name };
  const reads = mergedReads([using, withCheck].map((expression) => readsOfExpression(catalog, expression, own)));
  const ofOwn = reads.find(({ relation }) => relation === table.oid)?.columns ?? [];
  const mentioned = [...columnsIn(using), ...columnsIn(withCheck)];
  return {
    name,
    command,
    permissive,
    reads: reads.filter(({ relation }) => relation !== table.oid),
    columns: !table.complete ? mentioned : ofOwn === '*' ? [] : ofOwn,
    ...(using !== undefined && { using }),
    ...(withCheck !== undefined && { withCheck }),
  };
}

function viewOf(catalog: Catalog, table: Table, query: Node, born: number): Catalog {
  const { oid, schema, name } = table;
  const { reads, outputs, open } = describeQuery(catalog, query);
  const columns = columnsOfView(outputs, [], born);
  return putRelation(catalog, {
    kind: 'view',
    oid,
    schema,
    name,
    born: table.born,
    complete: !open,
    columns,
    reads,
    query,
    triggers: [],
    rules: [],
    options: {},
  });
}

export const policyDrops: DropKinds = {
  OBJECT_POLICY: (catalog, object) => {
    const { relation, name } = nameOnRelation(object);
    return onTable(catalog, relation, (table) => ({
      ...table,
      policies: table.policies.filter((policy) => policy.name !== name),
    }));
  },
  OBJECT_RULE: (catalog, object) => {
    const { relation: parts, name } = nameOnRelation(object);
    const relation = findRelationNamed(catalog, parts);
    if (!isRuled(relation)) return catalog;
    return putRelation(catalog, { ...relation, rules: relation.rules.filter((rule) => rule.name !== name) });
  },
};

function onTable(catalog: Catalog, parts: readonly string[], change: (table: Table) => Table): Catalog {
  const table = findRelationNamed(catalog, parts);
  return table !== undefined && isTable(table) ? changeTable(catalog, table.oid, change) : catalog;
}

export const policyRenames: Renames = {
  OBJECT_POLICY: (catalog, { relation, subname, newname = '' }) => {
    const table = findTable(catalog, relation);
    if (table === undefined) return catalog;
    const renamed = (policy: Policy) => (policy.name === subname ? { ...policy, name: newname } : policy);
    return changeTable(catalog, table.oid, (one) => ({ ...one, policies: one.policies.map(renamed) }));
  },
  OBJECT_RULE: (catalog, { relation, subname, newname = '' }) => {
    const ruled = findRelation(catalog, relation);
    if (!isRuled(ruled)) return catalog;
    const rules = ruled.rules.map((rule) => (rule.name === subname ? { ...rule, name: newname } : rule));
    return putRelation(catalog, { ...ruled, rules });
  },
};
