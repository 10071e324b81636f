import { sameArgument } from '../catalog/apply-routine.js';
import type { Catalog, Routine, TypeRef } from '../catalog/catalog.js';
import { findRoutines } from '../catalog/lookup.js';
import { typeRef } from '../catalog/type-ref.js';
import { type Node, type ObjectType, type ObjectWithArgs, strings } from '../sql/tree.js';
import { type Draft, fail } from './draft.js';
import type { TypeContext } from './types.js';

/** The functions that a name with argument types means; every overload when none are written. */
export function routinesWithArguments(catalog: Catalog, object: ObjectWithArgs): readonly Routine[] {
  const overloads = findRoutines(catalog, strings(object.objname));
  if (object.args_unspecified) return overloads;
  const given = object.objargs ?? [];
  return overloads.filter((routine) => {
    const inputs = routine.arguments.filter(({ output }) => !output);
    return inputs.length === given.length && given.every((node, at) => mayBeSame(catalog, node, inputs[at]?.type));
  });
}

function mayBeSame(catalog: Catalog, node: Node, input: TypeRef | undefined): boolean {
  const type = 'TypeName' in node ? typeRef(catalog, node.TypeName) : undefined;
  return type === undefined || input === undefined || sameArgument(type, input);
}

/** What a statement calls the routine that it means. */
export type RoutineWord = 'function' | 'procedure' | 'aggregate' | 'routine';

/** Only DROP and ALTER FUNCTION mind that a function is an aggregate. */
const meant: { readonly [W in RoutineWord]: readonly Routine['kind'][] } = {
  function: ['function', 'window', 'aggregate'],
  procedure: ['procedure'],
  aggregate: ['aggregate'],
  routine: ['function', 'window', 'procedure', 'aggregate'],
};

const routineWords: Readonly<Record<string, RoutineWord>> = {
  OBJECT_FUNCTION: 'function',
  OBJECT_PROCEDURE: 'procedure',
  OBJECT_AGGREGATE: 'aggregate',
  OBJECT_ROUTINE: 'routine',
};

/** The refusal of a name that means no routine, one of another kind, or several (LookupFuncWithArgs). */
export function routineRefusal(
  object: ObjectWithArgs,
  word: RoutineWord,
  { catalog, pg }: TypeContext,
): Draft | undefined {
  const found = routinesWithArguments(catalog, object);
  const shown = strings(object.objname).join('.');
  const fitting = found.filter(({ kind }) => meant[word].includes(kind));
  const byName = object.args_unspecified === true;
  // of a name alone only routines of the kind are looked for, since 14
  const considered = byName && pg >= 14 ? fitting : found;
  // what the history does not show may be there
  if (considered.length === 0) return fail(`${word} ${shown}() does not exist`, '42883', false);
  if (byName && considered.length > 1) return fail(`${word} name "${shown}" is not unique`, '42725');
  return fitting.length === 0 ? fail(`${shown}() is not a ${word}`, '42809') : undefined;
}

/** The same of whatever COMMENT, ALTER … OWNER TO, GRANT and the like name; nothing where it is no routine. */
export function namedRoutineRefusal(
  type: ObjectType | undefined,
  object: Node | undefined,
  context: TypeContext,
): Draft | undefined {
  const word = routineWords[type ?? ''];
  return word !== undefined && object !== undefined && 'ObjectWithArgs' in object
    ? routineRefusal(object.ObjectWithArgs, word, context)
    : undefined;
}

/** A routine that moves to a name, or a schema, where one with the same arguments is. */
export function takenRoutine(
  object: Node | undefined,
  to: { readonly schema?: string; readonly name?: string },
  catalog: Catalog,
): Draft | undefined {
  const [only, ...more] =
    object !== undefined && 'ObjectWithArgs' in object ? routinesWithArguments(catalog, object.ObjectWithArgs) : [];
  if (only === undefined || more.length > 0 || (to.name === undefined && to.schema === only.schema)) return undefined;
  const { schema, name } = { ...only, ...to };
  const types = (routine: Routine) =>
    JSON.stringify(routine.arguments.filter(({ output }) => !output).map(({ type }) => [type?.name, type?.dimensions]));
  const taken = findRoutines(catalog, [schema, name]).some((other) => types(other) === types(only));
  return taken ? fail(`function ${name} already exists in schema "${schema}"`, '42723') : undefined;
}
