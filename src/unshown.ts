import { relationByName } from './catalog/lookup.js';
import type { Step } from './rule.js';
import { isKind } from './sql/statement.js';
import { list } from './wording.js';

/** The tables (schema.name) that migrations alter, index or refer to: those that the history shows, and those that it does not. */
export interface Mentioned {
  readonly shown: Set<string>;
  readonly unshown: Set<string>;
}

export function nothingMentioned(): Mentioned {
  return { shown: new Set(), unshown: new Set() };
}

/** Adds what some steps mention. What cannot be followed may make any table, and IF EXISTS asks for none. */
export function mention({ shown, unshown }: Mentioned, steps: readonly Step[]): void {
  for (const step of steps) {
    if (!isAboutTable(step) || step.conditional || step.before.followedFrom !== 0 || mayBeMissing(step)) continue;
    if (step.kind === 'CreateStmt' && step.relation !== undefined) shown.add(step.relation);
    for (const { relation, kind } of step.allEffects) {
      if (kind !== 'table' || unshown.has(relation)) continue;
      if (relationByName(step.before, relation) !== undefined) shown.add(relation);
      else if (!shown.has(relation)) unshown.add(relation);
    }
  }
}

/** More names than a reader takes in at once are counted. */
const most = 5;

/**
 * That tables are there which the history does not show, for people: a typing error looks the same. Nothing is said of a history that
 * does not begin with its tables, of which it shows the lesser part.
 */
export function assumedTables({ shown, unshown }: Mentioned): readonly string[] {
  if (unshown.size === 0 || unshown.size > shown.size) return [];
  const names = [...unshown];
  const more = names.length > most ? [`${names.length - most} more`] : [];
  const told = list([...names.slice(0, most), ...more]);
  return [`${told}, which the history does not show, ${names.length > 1 ? 'are' : 'is'} there`];
}

function isAboutTable({ kind }: Step): boolean {
  return kind.startsWith('AT_') || kind === 'IndexStmt' || kind === 'CreateStmt' || kind === 'CreateTrigStmt';
}

function mayBeMissing({ statement }: Step): boolean {
  const { parent } = statement;
  return parent !== undefined && isKind(parent, 'AlterTableStmt') && parent.node.missing_ok === true;
}
