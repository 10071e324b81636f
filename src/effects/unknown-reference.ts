import { findRoutines } from '../catalog/lookup.js';
import type { Place } from '../catalog/query-scope.js';
import { systemColumns } from './relations.js';

/** What of a reference nothing has that it could mean: its column, or the item of FROM in front of it. */
export function unknownReference(parts: readonly string[], place: Place): 'column' | 'item' | undefined {
  const [name = '', item] = parts.toReversed();
  if (systemColumns.has(name)) return undefined;
  const items = place.levels.flat();
  const meant = item === undefined ? items : items.filter((one) => one.name === item);
  if (item !== undefined && meant.length === 0) return 'item';
  if (meant.some(({ outputs, open }) => open || outputs.some((output) => output.name === name))) return undefined;
  // row.name may also be name(row)
  const isRow = items.some((one) => one.name === name) || findRoutines(place.catalog, [name]).length > 0;
  return isRow ? undefined : 'column';
}
