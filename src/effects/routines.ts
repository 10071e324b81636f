import type { Catalog, Routine } from '../catalog/catalog.js';
import { findRoutines } from '../catalog/lookup.js';
import { typeRef } from '../catalog/type-ref.js';
import { type Node, type ObjectWithArgs, strings } from '../sql/tree.js';

/** The functions that a name with argument types means; every overload when none are written. */
export function routinesWithArguments(catalog: Catalog, object: ObjectWithArgs): readonly Routine[] {
  const overloads = findRoutines(catalog, strings(object.objname));
  if (object.args_unspecified) return overloads;
  const given = object.objargs ?? [];
  return overloads.filter((routine) => {
    const inputs = routine.arguments.filter(({ output }) => !output);
    return inputs.length === given.length && given.every((type, at) => sameType(catalog, type, inputs[at]?.type?.name));
  });
}

function sameType(catalog: Catalog, node: Node, name: string | undefined): boolean {
  if (name === undefined || !('TypeName' in node)) return true;
  const type = typeRef(catalog, node.TypeName);
  return type === undefined || type.name === name;
}
