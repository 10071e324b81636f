import type { NodeMap } from './tree.js';

/**
 * libpg-query wraps a node in its kind, `{ RangeVar: … }`, only where several kinds may stand. These are the fields whose
 * kind the grammar fixes, so that they come bare (from the types of @pgsql/types 18).
 */
const fields: { readonly [field: string]: keyof NodeMap } = {
  action: 'GrantStmt',
  alias: 'Alias',
  argType: 'TypeName',
  authrole: 'RoleSpec',
  base: 'CreateStmt',
  bound: 'PartitionBoundSpec',
  collClause: 'CollateClause',
  constrrel: 'RangeVar',
  context_item: 'JsonValueExpr',
  cycle_clause: 'CTECycleClause',
  datatype: 'TypeName',
  expr: 'JsonValueExpr',
  format: 'JsonFormat',
  func: 'ObjectWithArgs',
  funccall: 'FuncCall',
  grantor: 'RoleSpec',
  infer: 'InferClause',
  into: 'IntoClause',
  intoClause: 'IntoClause',
  join_using_alias: 'Alias',
  larg: 'SelectStmt',
  newowner: 'RoleSpec',
  newrole: 'RoleSpec',
  ofTypename: 'TypeName',
  onConflictClause: 'OnConflictClause',
  on_empty: 'JsonBehavior',
  on_error: 'JsonBehavior',
  opername: 'ObjectWithArgs',
  output: 'JsonOutput',
  over: 'WindowDef',
  owner: 'RoleSpec',
  partbound: 'PartitionBoundSpec',
  partspec: 'PartitionSpec',
  pathspec: 'JsonTablePathSpec',
  pktable: 'RangeVar',
  pubtable: 'PublicationTable',
  rarg: 'SelectStmt',
  rel: 'RangeVar',
  relation: 'RangeVar',
  returnType: 'TypeName',
  returning: 'JsonReturning',
  returningClause: 'ReturningClause',
  role: 'RoleSpec',
  search_clause: 'CTESearchClause',
  sequence: 'RangeVar',
  setstmt: 'VariableSetStmt',
  sourcetype: 'TypeName',
  storedtype: 'TypeName',
  table: 'RangeVar',
  targettype: 'TypeName',
  tosql: 'ObjectWithArgs',
  fromsql: 'ObjectWithArgs',
  typeName: 'TypeName',
  type_name: 'TypeName',
  typevar: 'RangeVar',
  user: 'RoleSpec',
  value: 'JsonValueExpr',
  view: 'RangeVar',
  withClause: 'WithClause',
  'PartitionCmd.name': 'RangeVar',
  'CreateOpClassItem.name': 'ObjectWithArgs',
  'JsonObjectAgg.arg': 'JsonKeyValue',
  'JsonArrayAgg.arg': 'JsonValueExpr',
  'JsonArgument.val': 'JsonValueExpr',
  'PLAssignStmt.val': 'SelectStmt',
};

/** The kind of a bare node by the kind of its parent and its field; by '' and its field where the parent makes no difference. */
export const bareFields: ReadonlyMap<string, ReadonlyMap<string, keyof NodeMap>> = byParent();

function byParent(): ReadonlyMap<string, ReadonlyMap<string, keyof NodeMap>> {
  const parents = new Map<string, Map<string, keyof NodeMap>>();
  for (const [path, kind] of Object.entries(fields)) {
    const [field = path, parent = ''] = path.split('.').reverse();
    const known = parents.get(parent);
    if (known === undefined) parents.set(parent, new Map([[field, kind]]));
    else known.set(field, kind);
  }
  return parents;
}
