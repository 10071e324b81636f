import type { Diagnostic } from './diagnostic.js';
import type { Rule } from './rule.js';

/** In this many migrations of a history it is a habit. */
const often = 5;

/**
 * What a team does all the time it is told once in a history: in the newest migration that does it and that nobody has excused. The
 * older ones, which can be changed no more, are counted.
 */
export function newestOfHabits(told: readonly Diagnostic[], rules: ReadonlyMap<string, Rule>): readonly Diagnostic[] {
  const isOpen = ({ rule, suppressed }: Diagnostic) => rules.get(rule)?.habit === true && suppressed === undefined;
  const where = new Map<string, (string | undefined)[]>();
  for (const { rule, migration } of told.filter(isOpen)) where.set(rule, [...(where.get(rule) ?? []), migration]);
  const newest = new Map<string, string | undefined>();
  for (const [rule, migrations] of where) {
    if (new Set(migrations).size >= often) newest.set(rule, migrations.at(-1));
  }
  const counted = new Set<string>();
  return told.flatMap((diagnostic) => {
    const { rule, migration, message } = diagnostic;
    if (!isOpen(diagnostic) || !newest.has(rule)) return [diagnostic];
    if (newest.get(rule) !== migration) return [];
    if (counted.size === counted.add(rule).size) return [diagnostic];
    const older = where.get(rule)?.filter((other) => other !== migration).length;
    return [{ ...diagnostic, message: `${message} (and ${older} more in earlier migrations)` }];
  });
}
