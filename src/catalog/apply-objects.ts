import { type DefineStmt, type ObjectType, strings } from '../sql/tree.js';
import type { Applies, Apply } from './applies.js';
import { domainApplies } from './apply-domain.js';
import { extensionApplies } from './apply-extension.js';
import { grantApplies } from './apply-grant.js';
import { defineOther, otherApplies } from './apply-other.js';
import { ownerApplies } from './apply-owner.js';
import { policyApplies } from './apply-policy.js';
import { createAggregate, routineApplies } from './apply-routine.js';
import { schemaApplies } from './apply-schema.js';
import { sequenceApplies } from './apply-sequence.js';
import { settingApplies } from './apply-settings.js';
import { subscriptionApplies } from './apply-subscription.js';
import { triggerApplies } from './apply-trigger.js';
import { created, createdName, typeApplies } from './apply-type.js';
import { viewApplies } from './apply-view.js';

const other: Apply<'DefineStmt'> = (node, _statement, catalog) =>
  defineOther(catalog, node.kind, strings(node.defnames));

/** CREATE AGGREGATE, CREATE TYPE of a base type, CREATE COLLATION, CREATE OPERATOR … are one statement of the grammar. */
const defines: { readonly [T in ObjectType]?: Apply<'DefineStmt'> } = {
  OBJECT_AGGREGATE: createAggregate,
  OBJECT_TYPE: (node, _statement, catalog, { born }) =>
    created(catalog, { ...createdName(catalog, strings(node.defnames)), kind: 'base', oid: catalog.nextOid, born }),
  OBJECT_COLLATION: other,
  OBJECT_OPERATOR: other,
  OBJECT_TSCONFIGURATION: other,
  OBJECT_TSDICTIONARY: other,
  OBJECT_TSPARSER: other,
  OBJECT_TSTEMPLATE: other,
};

/** All that is not about tables and indexes. */
export const objectApplies: Applies = {
  ...typeApplies,
  ...domainApplies,
  ...viewApplies,
  ...routineApplies,
  ...triggerApplies,
  ...policyApplies,
  ...sequenceApplies,
  ...schemaApplies,
  ...extensionApplies,
  ...settingApplies,
  ...otherApplies,
  ...subscriptionApplies,
  ...grantApplies,
  ...ownerApplies,
  DefineStmt: (node, statement, catalog, options) => define(node.kind)?.(node, statement, catalog, options) ?? catalog,
};

function define(kind: DefineStmt['kind']): Apply<'DefineStmt'> | undefined {
  return kind && defines[kind];
}
