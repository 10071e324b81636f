import type { Migration } from './framework.js';

/** Tells the migrations before which the runner comes to others that are not read, by their versions and its order. */
export function afterUnread(
  migrations: readonly Migration[],
  unread: readonly string[],
  compare: (a: string, b: string) => number,
): readonly Migration[] {
  const left = unread.toSorted(compare);
  return migrations.map((migration) => {
    const passed = left.length;
    while (left[0] !== undefined && compare(left[0], migration.id) < 0) left.shift();
    return left.length < passed ? { ...migration, afterUnread: true } : migration;
  });
}
