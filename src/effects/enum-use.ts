import type { Catalog, EnumType } from '../catalog/catalog.js';
import { findRelation, findType } from '../catalog/lookup.js';
import { strings } from '../sql/tree.js';
import { visit } from '../sql/walk.js';
import { type Draft, fail, nothing } from './draft.js';

/** A label that the open transaction added may not be used before it is committed, wherever the statement names it. */
export function uncommittedLabel(root: object, catalog: Catalog): Draft {
  if (catalog.transient.enums.length === 0) return nothing;
  const open = catalog.transient.enums.flatMap((oid) => {
    const type = catalog.types.get(oid);
    return type?.kind === 'enum' && type.uncommitted.length > 0 ? [type] : [];
  });
  if (open.length === 0) return nothing;
  let refusal: Draft = nothing;
  const texts = new Set<string>();
  const mentioned = new Set<number>();
  visit(root, (kind, node) => {
    if (kind === 'A_Const' && node.sval?.sval !== undefined) texts.add(node.sval.sval);
    const typeName = kind === 'TypeCast' || kind === 'ColumnDef' ? node.typeName : undefined;
    const type = typeName && findType(catalog, strings(typeName.names));
    if (type !== undefined) mentioned.add(type.oid);
    if (kind === 'RangeVar') {
      const relation = findRelation(catalog, node);
      if (relation !== undefined && 'columns' in relation)
        for (const { type } of relation.columns) if (type?.oid !== undefined) mentioned.add(type.oid);
    }
    return true;
  });
  for (const type of open) {
    const label = type.uncommitted.find((one) => texts.has(one));
    if (label !== undefined && mentioned.has(type.oid)) refusal = unsafe(type, label);
  }
  return refusal;
}

function unsafe({ name }: EnumType, label: string): Draft {
  return fail(`unsafe use of new value "${label}" of enum type ${name}`, '55P04');
}
