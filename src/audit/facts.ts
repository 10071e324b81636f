import type { Diagnostic, MigrationReport, Report, StepReport } from '../diagnostic.js';
import type { LockMode, Work } from '../effects/effect.js';
import { blocks, strength, strongest } from '../effects/locks.js';
import { type Lane, lanes, longestStretch, type Stretch } from '../reporters/lock-chart.js';
import { isOpen } from '../reporters/words.js';
import type { Level, Rule } from '../rule.js';
import { levels } from '../rule.js';

/** How many findings of each level. */
export type Counts = Readonly<Record<Level, number>>;

/** A finding and the number by which others point at it. */
export interface Item {
  readonly number: number;
  readonly diagnostic: Diagnostic;
}

/** Findings of one kind, of one time, or about one table. */
export interface Group {
  readonly name: string;
  readonly counts: Counts;
  readonly items: readonly Item[];
}

export interface Hazard extends Group {
  readonly rule: Rule;
}

/** A table that running code uses, and what the history has done to it. */
export interface Table extends Group {
  readonly strongest: LockMode;
  /** How often it was read in full, rewritten, indexed or written under a lock for which reads or writes wait. */
  readonly workUnderLock: number;
}

/** A stretch of statements through which an ACCESS EXCLUSIVE lock is held while there is work. */
export interface Window {
  readonly migration: MigrationReport;
  readonly lanes: readonly Lane[];
  readonly stretch: Stretch;
  /** The findings about its statements, which hold the remedy. */
  readonly items: readonly Item[];
}

export interface Period extends Group {
  readonly migrations: number;
}

/** What an audit tells: everything in order, the worst first. */
export interface Audit {
  readonly report: Report;
  /** Of the hazards. */
  readonly counts: Counts;
  readonly items: readonly Item[];
  readonly hazards: readonly Hazard[];
  /** What could not be followed: no hazard, but a gap in what is known. */
  readonly blind: Hazard | undefined;
  readonly periods: readonly Period[];
  readonly tables: readonly Table[];
  /** The longest ones. */
  readonly windows: readonly Window[];
  /** How many migrations have such a window. */
  readonly blocking: number;
  readonly oneWay: readonly MigrationReport[];
  /** True where some migrations have a way back: only then is one without it a fault. */
  readonly goesBack: boolean;
  readonly notUnderstood: readonly StepReport[];
  /** The folder that all migrations lie in, '' or with a final slash. */
  readonly folder: string;
}

/** Sums a report up for the lead of an old repository. */
export function auditOf(report: Report): Audit {
  const items = report.diagnostics.filter(isOpen).map((diagnostic, at): Item => ({ number: at + 1, diagnostic }));
  const judged = report.histories.flatMap(({ migrations }) => migrations).filter((migration) => migration.judged);
  const ups = judged.filter(({ direction }) => direction === 'up');
  const kinds = hazardsOf(items, report.rules);
  const hazards = kinds.filter(({ name }) => name !== gap);
  const known = items.filter(({ diagnostic }) => diagnostic.rule !== gap);
  const windows = windowsOf(ups, known);
  return {
    report,
    counts: countsOf(known),
    items,
    hazards,
    blind: kinds.find(({ name }) => name === gap),
    periods: periodsOf(known, ups),
    tables: tablesOf(known, ups),
    windows: windows.slice(0, mostWindows),
    blocking: windows.length,
    oneWay: oneWayOf(report),
    goesBack: judged.some(({ direction }) => direction === 'down'),
    notUnderstood: judged.flatMap(({ steps }) => steps).filter((step) => !step.understood),
    folder: commonFolder(judged.map(({ file }) => file)),
  };
}

/** The rule that tells of what could not be followed. */
const gap = 'not-understood';

function commonFolder(files: readonly string[]): string {
  const [first = '', ...rest] = files;
  let folder = first.slice(0, first.lastIndexOf('/') + 1);
  for (const file of rest) {
    while (!file.startsWith(folder)) folder = folder.slice(0, folder.lastIndexOf('/', folder.length - 2) + 1);
  }
  return folder;
}

function countsOf(items: readonly Item[]): Counts {
  const of = (level: Level) => items.filter(({ diagnostic }) => diagnostic.level === level).length;
  return { error: of('error'), warning: of('warning'), note: of('note') };
}

function group(name: string, items: readonly Item[]): Group {
  return { name, counts: countsOf(items), items };
}

function byWeight(a: Group, b: Group): number {
  for (const level of levels) if (a.counts[level] !== b.counts[level]) return b.counts[level] - a.counts[level];
  return a.name < b.name ? -1 : 1;
}

function hazardsOf(items: readonly Item[], rules: readonly Rule[]): readonly Hazard[] {
  return rules
    .map(
      (rule): Hazard => ({
        ...group(
          rule.id,
          items.filter(({ diagnostic }) => diagnostic.rule === rule.id),
        ),
        rule,
      }),
    )
    .filter((hazard) => hazard.items.length > 0)
    .sort(byWeight);
}

/** More bars than this are not read. */
const mostPeriods = 24;

const dated = /^[A-Za-z]?((?:19|20)\d\d)[-_]?(0[1-9]|1[0-2])/;

/** Years or quarters where most ids begin with a date, else as many migrations to each bar. */
function periodsOf(items: readonly Item[], migrations: readonly MigrationReport[]): readonly Period[] {
  const nameOf = naming(migrations);
  const names = new Map(migrations.map((migration, at) => [keyOf(migration), nameOf(migration, at)]));
  const byId = new Map(migrations.map((migration) => [migration.id, names.get(keyOf(migration))]));
  const found = new Map<string, { migrations: number; items: Item[] }>();
  for (const name of names.values()) {
    const period = found.get(name);
    if (period === undefined) found.set(name, { migrations: 1, items: [] });
    else period.migrations++;
  }
  for (const item of items) {
    const { source, migration } = item.diagnostic;
    // a way back may stand in a file of its own
    const name = names.get(`${source.file}\n${migration}`) ?? byId.get(migration ?? '');
    if (name !== undefined) found.get(name)?.items.push(item);
  }
  return [...found].map(([name, period]) => ({ ...group(name, period.items), migrations: period.migrations }));
}

function keyOf({ file, id }: MigrationReport): string {
  return `${file}\n${id}`;
}

function naming(migrations: readonly MigrationReport[]): (migration: MigrationReport, at: number) => string {
  const dates = migrations.map((migration) => dated.exec(migration.id) ?? dated.exec(nameOf(migration.file)));
  const known = dates.filter((date) => date !== null).length;
  if (known * 5 < migrations.length * 4) {
    const size = Math.max(1, Math.ceil(migrations.length / mostPeriods));
    return (_, at) => {
      const first = at - (at % size) + 1;
      const last = Math.min(first + size - 1, migrations.length);
      return last === first ? `no. ${first}` : `no. ${first} to ${last}`;
    };
  }
  const quarterOf = (date: RegExpExecArray | null | undefined) =>
    date ? `${date[1]} Q${Math.ceil(Number(date[2]) / 3)}` : 'undated';
  const fine = new Set(dates.map(quarterOf)).size <= mostPeriods;
  return (_, at) => (fine ? quarterOf(dates[at]) : (dates[at]?.[1] ?? 'undated'));
}

function nameOf(file: string): string {
  return /^(?:up|down|migration)\.\w+$/.test(file.split('/').at(-1) ?? '')
    ? (file.split('/').at(-2) ?? '')
    : (file.split('/').at(-1) ?? '');
}

interface Touched {
  items: Item[];
  strongest: LockMode;
  workUnderLock: number;
}

function tablesOf(items: readonly Item[], migrations: readonly MigrationReport[]): readonly Table[] {
  const tables = new Map<string, Touched>();
  const touch = (relation: string, lock: LockMode): Touched => {
    const known = tables.get(relation) ?? { items: [], strongest: lock, workUnderLock: 0 };
    known.strongest = strongest(known.strongest, lock);
    tables.set(relation, known);
    return known;
  };
  for (const step of migrations.flatMap(({ steps }) => steps)) {
    for (const { relation, kind, lock, work, bornHere } of step.effects) {
      if (kind !== 'table' || bornHere === true || !delays(lock)) continue;
      const table = touch(relation, lock);
      if (work !== 'none') table.workUnderLock++;
    }
  }
  for (const item of items) {
    const named = new Set<string>();
    for (const { relation, kind, lock, bornHere } of item.diagnostic.effects) {
      if (kind !== 'table' || bornHere === true || !delays(lock) || named.has(relation)) continue;
      named.add(relation);
      touch(relation, lock).items.push(item);
    }
  }
  return [...tables]
    .map(([name, { items: own, ...rest }]): Table => ({ ...group(name, own), ...rest }))
    .filter((table) => table.items.length > 0 || table.workUnderLock > 0)
    .sort((a, b) => b.workUnderLock - a.workUnderLock || byWeight(a, b));
}

function delays(lock: LockMode): boolean {
  return blocks(lock).some((user) => user === 'reads' || user === 'writes');
}

/** Longer lists are not read. */
const mostWindows = 12;

/** How much longer than its scan some work takes. */
const weights: Readonly<Record<Work, number>> = { none: 0, rows: 1, scan: 1, build: 2, rewrite: 3 };

function windowsOf(migrations: readonly MigrationReport[], items: readonly Item[]): readonly Window[] {
  const byFile = new Map<string, Item[]>();
  for (const item of items) {
    const { file } = item.diagnostic.source;
    byFile.set(file, [...(byFile.get(file) ?? []), item]);
  }
  return migrations
    .flatMap((migration): readonly Window[] => {
      const all = lanes(migration);
      const stretch = longestStretch(migration, all);
      if (stretch === undefined) return [];
      const own = migration.steps.slice(stretch.from, stretch.to + 1).flatMap(({ source, span }) =>
        (byFile.get(source.file) ?? []).filter(({ diagnostic }) => {
          const { start } = diagnostic.span;
          return diagnostic.source === source && span.start <= start && start < span.end;
        }),
      );
      return [{ migration, lanes: all.filter(({ isNew }) => !isNew), stretch, items: [...new Set(own)] }];
    })
    .map((window) => ({ window, ...sizeOf(window) }))
    .sort(
      (a, b) =>
        b.working - a.working ||
        b.work - a.work ||
        b.length - a.length ||
        strength(b.window.stretch.lane.strongest) - strength(a.window.stretch.lane.strongest) ||
        (a.window.migration.file < b.window.migration.file ? -1 : 1),
    )
    .map(({ window }) => window);
}

/** How many statements of the stretch work, how hard, and how many there are. */
function sizeOf({ migration, stretch: { from, to } }: Window) {
  const steps = migration.steps.slice(from, to + 1);
  const works = steps.map(({ effects }) => effects.reduce((sum, { work }) => sum + weights[work], 0));
  return {
    working: works.filter((work) => work > 0).length,
    work: works.reduce((sum, work) => sum + work, 0),
    length: to - from,
  };
}

/** Of each history in which any migration can be undone, those that cannot. */
function oneWayOf(report: Report): readonly MigrationReport[] {
  return report.histories.flatMap(({ migrations }) => {
    const judged = migrations.filter((migration) => migration.judged);
    const back = new Set(judged.filter(({ direction }) => direction === 'down').map(({ id }) => id));
    return back.size === 0 ? [] : judged.filter(({ id, direction }) => direction === 'up' && !back.has(id));
  });
}
