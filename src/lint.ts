import { blaming } from './bug.js';
import type { Diagnostic, HistoryReport, MigrationReport, Report } from './diagnostic.js';
import { fingerprint } from './fingerprint.js';
import type { History, Migration, MigrationProblem } from './frameworks/framework.js';
import { next } from './recipes.js';
import type { Memory } from './replay/memory.js';
import { type ReplayedMigration, replay } from './replay/replay.js';
import { timeline } from './replay/timeline.js';
import type { Direction, Finding, Level, PlacedFinding, Rule, Step } from './rule.js';
import type { Source, Span } from './sql/source.js';
import type { SqlProblem, Statement } from './sql/statement.js';
import type { Kind } from './sql/tree.js';
import { suppress } from './suppress.js';
import { assumedTables, mention, nothingMentioned } from './unshown.js';

/** What a lint run is asked. */
export interface LintOptions {
  /** The oldest server major the migrations run on, 13 to 18. */
  readonly pg: number;
  readonly rules: readonly Rule[];
  /** Levels that the configuration or --rule sets, by rule id. */
  readonly levels?: Readonly<Record<string, Level | 'off'>>;
  /** Which migrations are judged; all if absent. The others are context. */
  readonly judged?: (history: History, migration: Migration, index: number) => boolean;
  /** The judged migrations go out together (--since, --changed): what one creates is new for all. */
  readonly oneDeploy?: boolean;
  /** Settings that the role or database gives every session (lock_timeout, timezone …), by lower-case name. */
  readonly settings?: Readonly<Record<string, string>>;
  /** What the caller takes for granted, for people. */
  readonly assumptions?: readonly string[];
  readonly failOn?: Level | 'never';
  /** Fingerprints of known findings: they are marked, not counted. */
  readonly baseline?: ReadonlySet<string>;
  /** What is remembered of a history's context from one run to the next. */
  readonly memory?: (history: History) => Memory | undefined;
  /** Called after each migration, for a progress line. */
  readonly onProgress?: (done: number) => void;
}

/**
 * Replays histories and judges their migrations by the rules. Pure: the parser must have been loaded (`loadParser`), the histories
 * read. Never throws on what the migrations contain.
 */
export function lint(histories: readonly History[], options: LintOptions): Report {
  const rules = active(options.rules, options.levels ?? {});
  const all = [...rules.values()];
  const silenced = options.rules.filter((rule) => !rule.off && !rule.fallback && options.levels?.[rule.id] === 'off');
  const judges: Judges = {
    rules,
    all,
    specific: fitting(all.filter((rule) => !rule.fallback)),
    silenced: fitting(silenced),
    fallback: fitting(all.filter((rule) => rule.fallback)),
  };
  const diagnostics: Diagnostic[] = [];
  const reports: HistoryReport[] = [];
  let done = 0;
  for (const history of histories) {
    const found: Found[] = history.problems.map((problem) => fromProblem(problem, rules, undefined, undefined));
    const statements = new Map<Source, Span[]>();
    const context = new Map<Source, Span[]>();
    const migrations: MigrationReport[] = [];
    const judged = new Set<string>();
    const mentioned = nothingMentioned();
    const wanted = options.judged;
    const memory = options.memory?.(history);
    const replayed = replay(history, {
      pg: options.pg,
      settings: options.settings ?? {},
      judged: (migration, index) => wanted?.(history, migration, index) ?? true,
      oneDeploy: options.oneDeploy ?? false,
      ...(memory && { memory }),
    });
    for (const migration of replayed) {
      judged.add(migration.migration.id);
      found.push(...judge(migration, judges));
      mention(mentioned, migration.up);
      for (const script of migration.scripts) {
        migrations.push(timeline(migration.migration, script));
        for (const step of script.steps) {
          for (let at: Statement | undefined = step.statement; at !== undefined; at = at.parent) {
            put(statements, at.source, at.span);
          }
        }
        for (const problem of script.problems) put(statements, problem.source, problem.span);
      }
      options.onProgress?.(++done);
    }
    for (const rule of rules.values()) {
      for (const finding of rule.checkHistory?.(history, judged) ?? []) {
        found.push(placed(rule, finding, finding.migration, undefined));
      }
    }
    for (const [index, migration] of history.migrations.entries()) {
      if (wanted?.(history, migration, index) ?? true) continue;
      const scripts = 'none' in migration.down ? [migration.up] : [migration.up, migration.down];
      for (const { source, span } of scripts.flatMap((script) => script.pieces)) put(context, source, span);
    }
    const { identified, once } = identify(found);
    const levels = options.levels ?? {};
    diagnostics.push(...suppress(identified, { statements, context, once, rules: options.rules, levels }));
    const assumptions = [...history.assumptions, ...(options.assumptions ?? []), ...assumedTables(mentioned)];
    reports.push({ framework: history.framework, root: history.root, assumptions, migrations });
  }
  const known = options.baseline;
  return {
    pg: options.pg,
    diagnostics: diagnostics
      .map((one) => (known?.has(one.fingerprint) ? { ...one, baselined: true } : one))
      .sort(byPlace),
    rules: options.rules,
    histories: reports,
    failOn: options.failOn ?? 'error',
  };
}

function put(spans: Map<Source, Span[]>, source: Source, span: Span): void {
  const known = spans.get(source);
  if (known === undefined) spans.set(source, [span]);
  else known.push(span);
}

/** A diagnostic before it has its fingerprint. */
type Found = Omit<Diagnostic, 'fingerprint' | 'suppressed' | 'baselined'> & {
  readonly relation: string;
  /** Of those with the same words one is told in the history. */
  readonly once?: string;
};

/** The rules that are on, with the level the user gives them, by id. */
function active(rules: readonly Rule[], levels: Readonly<Record<string, Level | 'off'>>): ReadonlyMap<string, Rule> {
  const on = new Map<string, Rule>();
  for (const rule of rules) {
    const level = levels[rule.id] ?? (rule.off ? 'off' : rule.level);
    if (level !== 'off') on.set(rule.id, level === rule.level ? rule : { ...rule, level });
  }
  return on;
}

/** Those of some rules that look at a step. */
type Fitting = (step: Step) => readonly Rule[];

interface Judges {
  readonly rules: ReadonlyMap<string, Rule>;
  readonly all: readonly Rule[];
  readonly specific: Fitting;
  /** The rules that the user switched off: what they would tell, no fallback tells in their place. */
  readonly silenced: Fitting;
  readonly fallback: Fitting;
}

/** Picks the rules by kind and direction, once for each. */
function fitting(rules: readonly Rule[]): Fitting {
  const picked = { up: new Map<Kind, readonly Rule[]>(), down: new Map<Kind, readonly Rule[]>() };
  return ({ kind, direction }) => {
    const known = picked[direction].get(kind);
    if (known !== undefined) return known;
    const fit = rules.filter(
      ({ check, on, directions = upOnly }) =>
        check !== undefined && (on === undefined || on.includes(kind)) && directions.includes(direction),
    );
    picked[direction].set(kind, fit);
    return fit;
  };
}

function judge(judged: ReplayedMigration, { rules, all, specific, silenced, fallback }: Judges): readonly Found[] {
  const { migration, scripts } = judged;
  const found: Found[] = migration.problems.map((problem) => fromProblem(problem, rules, migration.id, undefined));
  for (const script of scripts) {
    const { direction } = script;
    for (const problem of toldOnce(script.problems)) found.push(fromProblem(problem, rules, migration.id, direction));
  }
  for (const step of [...judged.up, ...judged.down]) {
    const before = found.length;
    for (const rule of specific(step)) {
      for (const finding of findings(rule, step)) found.push(ofStep(rule, step, finding));
    }
    if (found.length > before || silenced(step).some((rule) => findings(rule, step).length > 0)) continue;
    for (const rule of fallback(step)) {
      for (const finding of findings(rule, step)) found.push(ofStep(rule, step, finding));
      if (found.length > before) break;
    }
  }
  for (const rule of all) {
    for (const finding of rule.checkMigration?.(judged) ?? []) {
      if ('step' in finding) found.push(ofStep(rule, finding.step, finding));
      else found.push(placed(rule, finding, migration.id, undefined));
    }
  }
  return found;
}

const upOnly: readonly Direction[] = ['up'];

function findings(rule: Rule, step: Step): readonly Finding[] {
  const told = blaming(`${rule.id} judges`, step.statement, () => rule.check?.(step));
  return told === undefined ? [] : 'message' in told ? [told] : told;
}

function ofStep(rule: Rule, step: Step, finding: Finding): Found {
  const { source, span, text } = step.statement;
  const instead = finding.instead ?? rule.instead;
  return {
    rule: rule.id,
    level: milder(rule.level, finding.level),
    message: finding.message,
    instead: step.script.transaction.scope === 'run' ? instead.replaceAll(next, laterDeploy) : instead,
    fix: finding.fix,
    related: finding.related ?? [],
    source,
    span: finding.span ?? span,
    migration: step.migration.id,
    direction: step.direction,
    statement: text,
    effects: step.effects,
    relation: step.relation ?? '',
    ...(finding.once !== undefined && { once: `${rule.id}\n${step.migration.id}\n${finding.once}` }),
  };
}

/** Where one transaction holds all pending migrations, what must not share one has to be deployed apart. */
const laterDeploy = `${next}, to be deployed after what stands above`;

function placed(
  rule: Rule,
  finding: PlacedFinding,
  migration: string | undefined,
  direction: Direction | undefined,
): Found {
  const { source, span } = finding;
  return {
    rule: rule.id,
    level: milder(rule.level, finding.level),
    message: finding.message,
    instead: finding.instead ?? rule.instead,
    fix: finding.fix,
    related: finding.related ?? [],
    source,
    span,
    migration,
    direction,
    statement: '',
    effects: [],
    relation: finding.message,
  };
}

const severity: Readonly<Record<Level, number>> = { note: 0, warning: 1, error: 2 };

/** A finding may be milder than its rule, never graver: the user's own level for the rule is a ceiling. */
function milder(rule: Level, finding: Level | undefined): Level {
  return finding !== undefined && severity[finding] < severity[rule] ? finding : rule;
}

/** What a function runs unread is told once in a script, however often the function is called. */
function toldOnce(problems: readonly SqlProblem[]): readonly SqlProblem[] {
  const told = new Set<string>();
  return problems.filter(({ rule, source, span, routine = `${source.file}:${span.start}` }) => {
    if (rule !== 'not-understood') return true;
    return told.size < told.add(routine).size;
  });
}

function fromProblem(
  problem: MigrationProblem,
  rules: ReadonlyMap<string, Rule>,
  migration: string | undefined,
  direction: Direction | undefined,
): Found {
  const rule = rules.get(problem.rule);
  const { message, source, span } = problem;
  return {
    rule: problem.rule,
    level: rule?.level ?? 'note',
    message,
    instead: problem.instead ?? rule?.instead ?? '',
    source,
    span,
    migration,
    direction,
    statement: source.slice(span),
    effects: [],
    fix: undefined,
    related: [],
    // what stands at no text is told apart by what is said of it
    relation: span.end > span.start ? '' : message,
    // a placeholder without a value is told once in a history
    ...(problem.rule === 'unknown-placeholder' && { once: `${problem.rule}\n${message}` }),
  };
}

function identify(found: readonly Found[]) {
  const times = new Map<string, number>();
  const once = new Map<Diagnostic, string>();
  const identified = found.map(({ relation, once: words, ...diagnostic }): Diagnostic => {
    const what = `${diagnostic.rule}\n${relation}\n${diagnostic.statement}`;
    const occurrence = times.get(what) ?? 0;
    times.set(what, occurrence + 1);
    const print = fingerprint(diagnostic.rule, relation, diagnostic.statement, occurrence);
    const one = { ...diagnostic, fingerprint: print, suppressed: undefined, baselined: false };
    if (words !== undefined) once.set(one, words);
    return one;
  });
  return { identified, once };
}

function byPlace(a: Diagnostic, b: Diagnostic): number {
  return (
    compare(a.source.file, b.source.file) ||
    a.span.start - b.span.start ||
    a.span.end - b.span.end ||
    compare(a.rule, b.rule) ||
    compare(a.message, b.message)
  );
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
