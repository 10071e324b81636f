import type { Diagnostic, Report, Summary } from '../diagnostic.js';
import type { Effect, LockMode, Work } from '../effects/effect.js';
import { blocks, strength, strongest } from '../effects/locks.js';
import type { Level } from '../rule.js';
import { list } from '../wording.js';

/** What the server does to one relation in one statement, its effects summed up. */
export interface LockedRelation {
  readonly relation: string;
  readonly kind: Effect['kind'];
  readonly lock: LockMode;
  readonly works: readonly Work[];
  readonly sure: boolean;
  /** Nobody waits for it: it is new here. */
  readonly isNew: boolean;
}

/** One entry a relation: the strongest lock and every kind of work; what blocks most first, what is new last. */
export function lockedRelations(effects: readonly Effect[]): readonly LockedRelation[] {
  const byRelation = new Map<string, LockedRelation>();
  for (const { relation, kind, lock, work, sure, bornHere, createdHere } of effects) {
    const known = byRelation.get(relation);
    const works = [...(known?.works ?? []), ...(work === 'none' ? [] : [work])];
    byRelation.set(relation, {
      relation,
      kind,
      lock: known === undefined ? lock : strongest(known.lock, lock),
      works: [...new Set(works)],
      sure: (known?.sure ?? true) && sure,
      isNew: (known?.isNew ?? false) || bornHere === true || createdHere === true,
    });
  }
  return [...byRelation.values()].sort(
    (a, b) =>
      Number(a.isNew) - Number(b.isNew) ||
      strength(b.lock) - strength(a.lock) ||
      Number(a.kind === 'index') - Number(b.kind === 'index') ||
      (a.relation < b.relation ? -1 : 1),
  );
}

/** A lock mode as the manual and LOCK TABLE write it: ACCESS EXCLUSIVE. */
export function lockName(mode: LockMode): string {
  return mode
    .replace(/Lock$/, '')
    .replace(/(?<=[a-z])(?=[A-Z])/g, ' ')
    .toUpperCase();
}

/** Whom a lock keeps waiting: "reads, writes, autovacuum and DDL wait". */
export function whoWaits(mode: LockMode): string {
  // what stops row locks stops writes too: nobody misses the word
  const waiting = blocks(mode).filter((user) => user !== 'row locks');
  return `${list(waiting)} ${waiting.length === 1 ? 'waits' : 'wait'}`;
}

const doing: Readonly<Record<Work, string>> = {
  none: '',
  scan: 'reads all of it',
  build: 'builds it',
  rewrite: 'rewrites it',
  rows: 'writes its rows',
};

/** What is done to a relation, in words: "reads all of it and rewrites it"; '' when nothing is. */
export function workWords(works: readonly Work[]): string {
  return list(works.filter((work) => work !== 'none').map((work) => doing[work]));
}

/** `1 error`, `2 errors`. */
export function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`;
}

/** "2 errors, 1 warning"; "no findings" when there are none. */
export function levelCounts(summary: Summary): string {
  const parts = [
    summary.errors > 0 ? count(summary.errors, 'error') : '',
    summary.warnings > 0 ? count(summary.warnings, 'warning') : '',
    summary.notes > 0 ? count(summary.notes, 'note') : '',
  ].filter((part) => part !== '');
  return parts.length === 0 ? 'no findings' : parts.join(', ');
}

/** "12 migrations, 40 statements, 39 of them understood": what the findings rest on. */
export function coverage(summary: Summary): string {
  const { statements, notUnderstood } = summary;
  const read = `${count(summary.migrations, 'migration')}, ${count(statements, 'statement')}`;
  if (notUnderstood === 0) return statements === 0 ? read : `${read}, all understood`;
  const share = (((statements - notUnderstood) / statements) * 100).toFixed(1);
  return `${read}, ${notUnderstood} not understood (coverage ${share} %)`;
}

/** "1 suppressed, 2 in the baseline", or ''. */
export function setAside(summary: Summary): string {
  return [
    summary.suppressed > 0 ? `${summary.suppressed} suppressed` : '',
    summary.baselined > 0 ? `${summary.baselined} in the baseline` : '',
  ]
    .filter((part) => part !== '')
    .join(', ');
}

/** What the frameworks' readers took for granted, each once. */
export function assumptions(report: Report): readonly string[] {
  return [...new Set(report.histories.flatMap((history) => history.assumptions))];
}

/** True when a diagnostic counts: neither suppressed nor in the baseline. */
export function isOpen(diagnostic: Diagnostic): boolean {
  return diagnostic.suppressed === undefined && !diagnostic.baselined;
}

const severity: Readonly<Record<Level | 'never', number>> = { note: 0, warning: 1, error: 2, never: 3 };

/** True when a diagnostic makes the run fail. */
export function fails(diagnostic: Diagnostic, failOn: Level | 'never'): boolean {
  return isOpen(diagnostic) && severity[diagnostic.level] >= severity[failOn];
}
