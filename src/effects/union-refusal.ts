import type { TypeRef } from '../catalog/catalog.js';
import { literalOf } from '../catalog/literal.js';
import { outputsWithin } from '../catalog/query.js';
import type { Output, Place } from '../catalog/query-scope.js';
import { builtInType } from '../catalog/type-ref.js';
import type { Node, SelectStmt } from '../sql/tree.js';
import { columnRefs } from '../sql/walk.js';
import { commonTypeRefusal } from './common-type.js';
import type { PredictContext } from './context.js';
import { type Draft, fail } from './draft.js';
import { literalRefusal } from './literal-refusal.js';
import type { Given } from './overload.js';
import { isSameType } from './types.js';

/** A column that an arm gives, and the bare strings that would have to become of its type. */
interface ArmColumn {
  readonly type: Given;
  readonly strings: readonly Node[];
}

/** The arms of a UNION have as many columns, of types that have one in common (transformSetOperationTree). */
export function unionRefusal(
  { larg, rarg, op = 'SETOP_NONE' }: SelectStmt,
  place: Place,
  context: PredictContext,
): Draft | undefined {
  const left = larg && armColumns(larg, place);
  const right = rarg && armColumns(rarg, place);
  if (left === undefined || right === undefined) return undefined;
  const word = op.replace('SETOP_', '');
  if (left.length !== right.length) return fail(`each ${word} query must have the same number of columns`, '42601');
  for (const [at, one] of left.entries()) {
    const other = right[at] ?? unknownColumn;
    const clash = commonTypeRefusal([one.type, other.type], word, context);
    if (clash !== undefined) return clash;
    const { type, strings } = merged(one, other);
    if (typeof type !== 'object') continue;
    for (const node of strings) {
      const unread = literalRefusal(node, type, context);
      if (unread !== undefined) return unread;
    }
  }
  return undefined;
}

const unknownColumn: ArmColumn = { type: undefined, strings: [] };

/** Undefined where it is not known how many columns there are. */
function armColumns(arm: SelectStmt, place: Place): readonly ArmColumn[] | undefined {
  if (arm.larg !== undefined && arm.rarg !== undefined) {
    const [left, right] = [armColumns(arm.larg, place), armColumns(arm.rarg, place)];
    if (left === undefined || right?.length !== left.length) return undefined;
    return left.map((one, at) => settled(merged(one, right[at] ?? unknownColumn)));
  }
  if (arm.valuesLists !== undefined) return outputsOf(arm, place)?.map(() => unknownColumn);
  const targets = arm.targetList ?? [];
  if (!targets.some(isStar)) return outputsOf(arm, place)?.map(({ type }, at) => columnOf(targets[at], type));
  // a star gives columns that shift what stands behind it
  const columns = targets.map((target) =>
    outputsOf({ ...arm, targetList: [target] }, place)?.map(({ type }) =>
      isStar(target) ? { type, strings: [] } : columnOf(target, type),
    ),
  );
  return columns.includes(undefined) ? undefined : columns.flatMap((given) => given ?? []);
}

function outputsOf(arm: SelectStmt, place: Place): readonly Output[] | undefined {
  return outputsWithin({ SelectStmt: arm }, place);
}

function isStar(target: Node): boolean {
  return columnRefs({ target }).some(({ star }) => star);
}

/** A string without a type, and NULL, are of the type of the other arms. */
function columnOf(target: Node | undefined, type: TypeRef | undefined): ArmColumn {
  const value = target !== undefined && 'ResTarget' in target ? target.ResTarget.val : undefined;
  const literal = literalOf(value);
  const bare = literal !== undefined && literal.type === undefined ? value : undefined;
  return bare === undefined ? { type, strings: [] } : { type: 'string', strings: [bare] };
}

function merged(one: ArmColumn, other: ArmColumn): ArmColumn {
  const strings = [...one.strings, ...other.strings];
  if (one.type === 'string' || other.type === 'string')
    return { type: one.type === 'string' ? other.type : one.type, strings };
  const same = one.type !== undefined && other.type !== undefined && isSameType(one.type, other.type);
  return { type: same ? one.type : undefined, strings };
}

/** Once two arms are one, bare strings in them are texts, or what they were taken for. */
function settled({ type }: ArmColumn): ArmColumn {
  return { type: type === 'string' ? builtInType('text') : type, strings: [] };
}
