import type { Diagnostic } from './diagnostic.js';
import { didYouMean } from './did-you-mean.js';
import { fingerprint } from './fingerprint.js';
import type { Level, Rule } from './rule.js';
import type { Source, Span } from './sql/source.js';

/** What decides which ignores apply and which are at fault. */
export interface SuppressOptions {
  /** Every judged statement, the commands of an ALTER TABLE and the statements of a body included, in any order. */
  readonly statements: ReadonlyMap<Source, readonly Span[]>;
  /** The SQL of migrations that are context alone: nothing is said of it, so an ignore there cannot be called unused. */
  readonly context?: ReadonlyMap<Source, readonly Span[]>;
  /** Diagnostics of which one is told of all with the same words: the first that is not ignored. */
  readonly once?: ReadonlyMap<Diagnostic, string>;
  /** All rules, the ones switched off included. */
  readonly rules: readonly Rule[];
  readonly levels: Readonly<Record<string, Level | 'off'>>;
}

/** The rules that a suppression comment itself can break. */
export const ignoreRules = ['ignore-without-reason', 'ignore-unknown-rule', 'ignore-unused'] as const;

/** What an ignore can cover. */
interface Ignorable {
  readonly span: Span;
  readonly judged: boolean;
}

interface Problem {
  readonly rule: (typeof ignoreRules)[number];
  readonly message: string;
  readonly instead: string;
  readonly ignore: Ignore;
}

/** A comment `lockkeeper:ignore RULE[, RULE]: reason` or `lockkeeper:ignore-file RULE[, RULE]: reason`. */
export interface Ignore {
  readonly source: Source;
  readonly span: Span;
  readonly scope: 'file' | 'statement';
  readonly rules: readonly string[];
  /** '' when none is given. */
  readonly reason: string;
}

// every comment of the languages in which migrations are written: SQL, JavaScript, Python, YAML, XML, and the lines of a block
const marker = /(?:--|\/\/|#|\/\*+|<!--|^[ \t]*\*)[ \t]*lockkeeper:(ignore-file|ignore)\b[ \t]*([^\r\n]*)/gm;
const commentEnd = /\s*(?:\*\/|-->).*$/;

/** The suppression comments of a source, in order. Read from the text itself, so that the code around SQL counts too. */
export function ignoresIn(source: Source): readonly Ignore[] {
  if (!source.text.includes('lockkeeper:ignore')) return [];
  return [...source.text.matchAll(marker)].map((match) => {
    const words = (match[2] ?? '').replace(commentEnd, '').trim();
    const colon = words.indexOf(':');
    const indent = match[0].length - match[0].trimStart().length;
    const unread = (match[2] ?? '').length - (match[2] ?? '').replace(commentEnd, '').trimEnd().length;
    return {
      source,
      span: { start: match.index + indent, end: match.index + match[0].length - unread },
      scope: match[1] === 'ignore-file' ? 'file' : 'statement',
      rules: (colon === -1 ? words : words.slice(0, colon)).split(/[\s,]+/).filter((word) => word !== ''),
      reason: colon === -1 ? '' : words.slice(colon + 1).trim(),
    };
  });
}

const contains = (outer: Span, inner: Span) => outer.start <= inner.start && inner.end <= outer.end;

/** What an ignore covers: the statement that stands before it on its line, else the next one; undefined when there is none. */
function target(ignore: Ignore, statements: readonly Ignorable[]): Ignorable | undefined {
  const { text } = ignore.source;
  const { start, end } = ignore.span;
  const lineStart = text.lastIndexOf('\n', start - 1) + 1;
  const enclosing = innermost(statements.filter(({ span }) => span.start < start && end < span.end));
  if (text.slice(lineStart, start).trim() !== '') {
    const onLine = statements.filter(({ span }) => span.start < start && span.end > lineStart);
    const last = onLine.reduce<Ignorable | undefined>(
      (best, each) => (best === undefined || each.span.start > best.span.start ? each : best),
      undefined,
    );
    if (last !== undefined) return withOnlyParent(last, statements);
  }
  const next = statements
    .filter(({ span }) => span.start >= end && (enclosing === undefined || contains(enclosing.span, span)))
    .sort((a, b) => a.span.start - b.span.start || b.span.end - a.span.end)[0];
  return next ?? enclosing;
}

function innermost(statements: readonly Ignorable[]): Ignorable | undefined {
  return [...statements].sort((a, b) => a.span.end - a.span.start - (b.span.end - b.span.start))[0];
}

/** An ALTER TABLE of one command is meant with its command: the statement around `one` when nothing else stands in it. */
function withOnlyParent(one: Ignorable, statements: readonly Ignorable[]): Ignorable {
  const parent = innermost(statements.filter((each) => each !== one && contains(each.span, one.span)));
  if (parent === undefined) return one;
  const inside = statements.filter((each) => each !== parent && contains(parent.span, each.span));
  return inside.length === 1 ? parent : one;
}

function covers(ignore: Ignore, at: Ignorable | undefined, diagnostic: Diagnostic): boolean {
  return ignore.scope === 'file' || (at !== undefined && contains(at.span, diagnostic.span));
}

const syntax = (ignore: Ignore) => (ignore.scope === 'file' ? 'lockkeeper:ignore-file' : 'lockkeeper:ignore');

/**
 * Marks the diagnostics that a suppression comment covers, and adds what is wrong with the comments themselves: an ignore
 * without a reason (which is not applied), of a rule that does not exist, or that suppresses nothing.
 */
export function suppress(diagnostics: readonly Diagnostic[], options: SuppressOptions): readonly Diagnostic[] {
  const reasons = new Map<Diagnostic, string>();
  const faults: Diagnostic[] = [];
  const sources = new Set([...options.statements.keys(), ...diagnostics.map((diagnostic) => diagnostic.source)]);
  for (const source of sources) {
    const ignores = ignoresIn(source);
    if (ignores.length === 0) continue;
    const here = diagnostics.filter((diagnostic) => diagnostic.source === source);
    const places = ignorable(source, options);
    for (const ignore of ignores) {
      for (const problem of apply(ignore, places, here, reasons, options)) {
        const level = levelOf(problem.rule, options);
        if (level !== 'off') faults.push(asDiagnostic(problem, level, here, faults.length));
      }
    }
  }
  const marked = toldOnce(diagnostics, reasons, options).map((diagnostic) => {
    const reason = reasons.get(diagnostic);
    return reason === undefined ? diagnostic : { ...diagnostic, suppressed: reason };
  });
  return [...marked, ...faults];
}

/** Without those that say again what is told before; what is ignored counts as told only for the one reason given there. */
function toldOnce(
  diagnostics: readonly Diagnostic[],
  reasons: ReadonlyMap<Diagnostic, string>,
  { once }: SuppressOptions,
): readonly Diagnostic[] {
  if (once === undefined || once.size === 0) return diagnostics;
  const told = new Map<string, Set<string | undefined>>();
  return diagnostics.filter((diagnostic) => {
    const words = once.get(diagnostic);
    if (words === undefined) return true;
    const known = told.get(words) ?? new Set();
    told.set(words, known);
    const reason = reasons.get(diagnostic);
    if (known.has(undefined) || known.has(reason)) return false;
    known.add(reason);
    return true;
  });
}

function ignorable(source: Source, { statements, context }: SuppressOptions): readonly Ignorable[] {
  const judged = (statements.get(source) ?? []).map((span) => ({ span, judged: true }));
  return [...judged, ...(context?.get(source) ?? []).map((span) => ({ span, judged: false }))];
}

function levelOf(id: string, { rules, levels }: SuppressOptions): Level | 'off' {
  const rule = rules.find((each) => each.id === id);
  return levels[id] ?? (rule?.off ? 'off' : (rule?.level ?? 'warning'));
}

/** Notes in `reasons` what one ignore covers, and gives its faults. */
function apply(
  ignore: Ignore,
  places: readonly Ignorable[],
  diagnostics: readonly Diagnostic[],
  reasons: Map<Diagnostic, string>,
  options: SuppressOptions,
): readonly Problem[] {
  const word = syntax(ignore);
  const example = (rules: string) => `-- ${word} ${rules}: why this is right here`;
  const known = options.rules.map((rule) => rule.id);
  const unknown = ignore.rules.filter((id) => !known.includes(id));
  const problems: Problem[] = unknown.map((id) => ({
    rule: 'ignore-unknown-rule',
    message: `${word} names the rule ${id}, which does not exist${didYouMean(id, known)}`,
    instead: 'Name a rule that `lockkeeper rules` lists.',
    ignore,
  }));
  if (ignore.rules.length === 0) {
    return [{ rule: 'ignore-unknown-rule', message: `${word} names no rule`, instead: example('RULE'), ignore }];
  }
  const named = ignore.rules.filter((id) => known.includes(id));
  if (ignore.reason === '') {
    if (named.length === 0) return problems;
    const message = `${word} ${named.join(', ')} gives no reason and is not applied`;
    return [...problems, { rule: 'ignore-without-reason', message, instead: example(named.join(', ')), ignore }];
  }
  const at = ignore.scope === 'file' ? undefined : target(ignore, places);
  const judged = ignore.scope === 'file' ? places.every((each) => each.judged) : (at?.judged ?? true);
  for (const id of named) {
    const covered = diagnostics.filter((each) => each.rule === id && covers(ignore, at, each));
    for (const diagnostic of covered) if (!reasons.has(diagnostic)) reasons.set(diagnostic, ignore.reason);
    if (covered.length > 0 || !judged || levelOf(id, options) === 'off') continue;
    problems.push({
      rule: 'ignore-unused',
      message: `${word} ${id} suppresses nothing`,
      instead: 'Remove it: what it was for is gone, or it stands elsewhere.',
      ignore,
    });
  }
  return problems;
}

/** The comment belongs to no statement; its migration is that of the next finding of its file, if the file has but one. */
function asDiagnostic(problem: Problem, level: Level, here: readonly Diagnostic[], occurrence: number): Diagnostic {
  const { rule, message, instead, ignore } = problem;
  const migrations = new Set(here.map((each) => each.migration));
  const text = ignore.source.slice(ignore.span);
  return {
    rule,
    level,
    message,
    instead,
    source: ignore.source,
    span: ignore.span,
    migration: migrations.size === 1 ? here[0]?.migration : undefined,
    direction: undefined,
    statement: '',
    effects: [],
    fix: undefined,
    related: [],
    fingerprint: fingerprint(rule, message, text, occurrence),
    suppressed: undefined,
    baselined: false,
  };
}
