import type { Diagnostic } from './diagnostic.js';
import { didYouMean } from './did-you-mean.js';
import type { Source, Span } from './sql/source.js';

/** A statement (a command of an ALTER TABLE, a statement of a body and an unreadable stretch too) that an ignore can cover. */
export interface Ignorable {
  readonly span: Span;
  /** False for context: nothing is said of it, so an ignore that covers it cannot be called unused. */
  readonly judged: boolean;
}

/** A source file and everything in it that an ignore can cover, in any order. */
export interface IgnorableSource {
  readonly source: Source;
  readonly statements: readonly Ignorable[];
}

/** The rules that a suppression comment itself can break. */
export type IgnoreRule = 'ignore-without-reason' | 'ignore-unknown-rule' | 'ignore-unused';

/** A fault of a suppression comment, at the comment. */
export interface IgnoreProblem {
  readonly rule: IgnoreRule;
  readonly message: string;
  readonly instead: string;
  readonly source: Source;
  readonly span: Span;
}

export interface SuppressionResult {
  /** The diagnostics in their order; those that an ignore covers have its reason as `suppressed`. */
  readonly diagnostics: readonly Diagnostic[];
  readonly problems: readonly IgnoreProblem[];
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
  if (diagnostic.source !== ignore.source) return false;
  return ignore.scope === 'file' || (at !== undefined && contains(at.span, diagnostic.span));
}

const syntax = (ignore: Ignore) => (ignore.scope === 'file' ? 'lockkeeper:ignore-file' : 'lockkeeper:ignore');

/**
 * Marks the diagnostics that a suppression comment covers, and says what is wrong with the comments themselves.
 * An ignore without a reason is not applied. `known` holds every rule's id; `off` those that are switched off, of which an
 * ignore cannot be called unused.
 */
export function suppress(
  diagnostics: readonly Diagnostic[],
  sources: readonly IgnorableSource[],
  known: ReadonlySet<string>,
  off: ReadonlySet<string> = new Set(),
): SuppressionResult {
  const reasons = new Map<Diagnostic, string>();
  const problems: IgnoreProblem[] = [];
  for (const { source, statements } of sources) {
    for (const ignore of ignoresIn(source)) {
      const say = (rule: IgnoreRule, message: string, instead: string) =>
        problems.push({ rule, message: `${syntax(ignore)} ${message}`, instead, source, span: ignore.span });
      const at = ignore.scope === 'file' ? undefined : target(ignore, statements);
      const judged = ignore.scope === 'file' ? statements.every((each) => each.judged) : (at?.judged ?? true);
      if (ignore.rules.length === 0) {
        say('ignore-unknown-rule', 'names no rule', `-- ${syntax(ignore)} RULE: why this is right here`);
        continue;
      }
      for (const rule of ignore.rules) {
        if (!known.has(rule)) {
          say(
            'ignore-unknown-rule',
            `names the rule ${rule}, which does not exist${didYouMean(rule, known)}`,
            'Name a rule that `lockkeeper rules` lists.',
          );
          continue;
        }
        if (ignore.reason === '') {
          say(
            'ignore-without-reason',
            `${rule} gives no reason and is not applied`,
            `-- ${syntax(ignore)} ${ignore.rules.join(', ')}: why this is right here`,
          );
          continue;
        }
        const covered = diagnostics.filter((each) => each.rule === rule && covers(ignore, at, each));
        for (const diagnostic of covered) if (!reasons.has(diagnostic)) reasons.set(diagnostic, ignore.reason);
        if (covered.length === 0 && judged && !off.has(rule)) {
          say(
            'ignore-unused',
            `${rule} suppresses nothing`,
            'Remove it: what it was for is gone, or it stands elsewhere.',
          );
        }
      }
    }
  }
  return {
    diagnostics: diagnostics.map((diagnostic) => {
      const reason = reasons.get(diagnostic);
      return reason === undefined ? diagnostic : { ...diagnostic, suppressed: reason };
    }),
    problems,
  };
}
