import type { Diagnostic } from './diagnostic.js';
import type { Rule } from './rule.js';

/**
 * What a team does all the time it is told once in a history: in the newest migration that does it and that nobody has excused. The
 * older ones, which can be changed no more, are counted.
 */
export function newestOfHabits(told: readonly Diagnostic[], rules: ReadonlyMap<string, Rule>): readonly Diagnostic[] {
  const open = ({ rule, suppressed }: Diagnostic) => rules.get(rule)?.habit === true && suppressed === undefined;
  const newest = new Map<string, string | undefined>();
  const older = new Map<string, number>();
  for (const { rule, migration } of told.filter(open)) newest.set(rule, migration);
  for (const { rule, migration } of told.filter(open)) {
    if (newest.get(rule) !== migration) older.set(rule, (older.get(rule) ?? 0) + 1);
  }
  return told.flatMap((diagnostic) => {
    const { rule, migration, message } = diagnostic;
    if (!open(diagnostic)) return [diagnostic];
    if (newest.get(rule) !== migration) return [];
    const count = older.get(rule) ?? 0;
    older.delete(rule);
    return [
      count === 0 ? diagnostic : { ...diagnostic, message: `${message} (and ${count} more in earlier migrations)` },
    ];
  });
}
