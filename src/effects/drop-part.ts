import type { Catalog, Table, View } from '../catalog/catalog.js';
import { descendants, findRelationNamed, isFollowed, isGone, isTable } from '../catalog/lookup.js';
import { type DropStmt, strings } from '../sql/tree.js';
import type { Predict } from './context.js';
import { all, type Draft, fail, lock, nothing } from './draft.js';
import { lockEach, notShown, shownName } from './relations.js';

/** DROP TRIGGER, POLICY and RULE: the name of the table comes before the object's own. */
export const dropPart: Predict<'DropStmt'> = (node, { catalog }) =>
  all(
    ...(node.objects ?? []).map((object) => dropOne(catalog, node, 'List' in object ? strings(object.List.items) : [])),
  );

function dropOne(catalog: Catalog, node: DropStmt, parts: readonly string[]): Draft {
  const name = parts.at(-1) ?? '';
  const range = parts.slice(0, -1);
  const relation = findRelationNamed(catalog, range);
  const [word, list] = words[node.removeType ?? ''] ?? words.OBJECT_TRIGGER ?? ['', 'triggers'];
  if (relation === undefined) {
    const table = range.length === 1 ? `public.${range[0]}` : range.join('.');
    const effect = lock(table, 'AccessExclusiveLock', `its ${word} ${name} is dropped (${notShown(table)})`, false);
    return all(
      effect,
      node.missing_ok ? nothing : fail(`relation "${range.join('.')}" does not exist`, '42P01', isGone(catalog, range)),
    );
  }
  if (relation.kind === 'view') return dropOfView(catalog, relation, list, name, node);
  if (relation.kind === 'materialized view' && list === 'triggers' && !node.missing_ok)
    return fail(`trigger "${name}" for table "${relation.name}" does not exist`, '42704');
  if (!isTable(relation)) return nothing;
  const parents = list === 'triggers' ? ownerOfClone(catalog, relation, name) : undefined;
  if (parents !== undefined) return parents;
  const why = `its ${word} ${name} is dropped`;
  if (!has(relation, list, name)) {
    if (relation.complete && isFollowed(catalog, relation))
      return node.missing_ok ? nothing : fail(`${word} "${name}" for table "${relation.name}" does not exist`, '42704');
    return lock(relation, 'AccessExclusiveLock', `${why} (the history does not show it)`, false);
  }
  const clones = list === 'triggers' ? descendants(catalog, relation).filter((child) => isClone(child, name)) : [];
  return lockEach([relation, ...clones], 'AccessExclusiveLock', why);
}

/** No lock on a view is told. The rule that makes it a view goes with it only. */
function dropOfView(catalog: Catalog, view: View, list: List, name: string, { missing_ok }: DropStmt): Draft {
  if (list === 'rules' && name === '_RETURN')
    return fail(`cannot drop rule _RETURN on view ${view.name} because view ${view.name} requires it`, '2BP01');
  if (list === 'policies') return fail(`"${view.name}" is not a table`, '42809');
  const known = view[list].some((part) => part.name === name) || !isFollowed(catalog, view) || missing_ok;
  const [word] = Object.values(words).find(([, one]) => one === list) ?? [''];
  return known ? nothing : fail(`${word} "${name}" for relation "${view.name}" does not exist`, '42704');
}

type List = 'triggers' | 'policies' | 'rules';

const words: Readonly<Record<string, readonly [string, List]>> = {
  OBJECT_TRIGGER: ['trigger', 'triggers'],
  OBJECT_POLICY: ['policy', 'policies'],
  OBJECT_RULE: ['rule', 'rules'],
};

function has(table: Table, list: List, name: string): boolean {
  return table[list].some((part) => part.name === name);
}

function isClone(table: Table, name: string): boolean {
  return table.triggers.some((trigger) => trigger.name === name && trigger.inherited);
}

/** The trigger of a partition that comes from the partitioned table stays as long as that one. */
function ownerOfClone(catalog: Catalog, table: Table, name: string): Draft | undefined {
  const [parent] = table.parents.map((oid) => catalog.relations.get(oid));
  if (parent === undefined || !isClone(table, name)) return undefined;
  const shown = `trigger ${name} on table`;
  const message = `cannot drop ${shown} ${shownName(catalog, table)} because ${shown} ${shownName(catalog, parent)} requires it`;
  return fail(message, '2BP01');
}

/** DROP STATISTICS locks the table that they are about. */
export const dropStatistics: Predict<'DropStmt'> = (node, { catalog }) => {
  const names = (node.objects ?? []).map((object) =>
    'List' in object ? (strings(object.List.items).at(-1) ?? '') : '',
  );
  const known = [...catalog.others.values()].filter((other) => other.kind === 'statistics');
  const tables = names.flatMap((name) => known.find((other) => other.name.split('.').at(-1) === name)?.relations ?? []);
  const unknown = names.find((name) => !known.some((other) => other.name.split('.').at(-1) === name));
  return all(
    unknown === undefined || node.missing_ok
      ? nothing
      : fail(`statistics object "${unknown}" does not exist`, '42704', false),
    ...tables.map((oid) => {
      const relation = catalog.relations.get(oid);
      return relation === undefined
        ? nothing
        : lock(relation, 'ShareUpdateExclusiveLock', 'its statistics object is dropped');
    }),
  );
};
