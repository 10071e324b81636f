import type { Effect } from './effects/effect.js';
import type { Direction, Fix, Level, Related, Rule } from './rule.js';
import type { Source, Span } from './sql/source.js';

/** A finding at its place, ready to be reported. Lines and columns are born in the reporters. */
export interface Diagnostic {
  readonly rule: string;
  readonly level: Level;
  readonly message: string;
  /** The remedy: SQL to paste, or a sentence. */
  readonly instead: string;
  readonly source: Source;
  readonly span: Span;
  /** The id of the migration; undefined for what belongs to the history as a whole. */
  readonly migration: string | undefined;
  readonly direction: Direction | undefined;
  /** The text of the statement; '' when it is about none. */
  readonly statement: string;
  readonly effects: readonly Effect[];
  readonly fix: Fix | undefined;
  readonly related: readonly Related[];
  /** 16 hex digits; the same as long as rule, relation and statement text are, wherever the statement moves. */
  readonly fingerprint: string;
  /** The reason given in a suppression comment; undefined when not suppressed. */
  readonly suppressed: string | undefined;
  readonly baselined: boolean;
}

/** What a reporter receives: everything, in order; it only formats. */
export interface Report {
  readonly pg: number;
  /** By file, then place, then rule; the suppressed and baselined ones included, marked. */
  readonly diagnostics: readonly Diagnostic[];
  readonly rules: readonly Rule[];
  readonly histories: readonly HistoryReport[];
  /** The lowest level that makes the exit code 1. */
  readonly failOn: Level | 'never';
}

export interface HistoryReport {
  readonly framework: string;
  readonly root: string;
  readonly assumptions: readonly string[];
  readonly migrations: readonly MigrationReport[];
}

/** Coverage and timeline of one direction of one migration. */
export interface MigrationReport {
  readonly id: string;
  readonly name: string;
  readonly file: string;
  readonly direction: Direction;
  readonly judged: boolean;
  readonly transaction: 'whole' | 'statement' | 'none';
  readonly steps: readonly StepReport[];
  /** Statements that the grammar refuses, commands of psql whose SQL is not here, and changes that are no SQL. */
  readonly unreadable: number;
}

/** One top-level statement of the timeline: commands of an ALTER TABLE and statements of a body are summed up in it. */
export interface StepReport {
  readonly sql: string;
  readonly source: Source;
  readonly span: Span;
  readonly kind: string;
  readonly understood: boolean;
  readonly inTransactionBlock: 'allowed' | 'forbidden';
  readonly effects: readonly Effect[];
  /** Numbers the transaction within the migration; steps of one transaction keep each other's locks. */
  readonly transaction: number;
  readonly failure: string | undefined;
}

/** Counts for the summary line and the JSON summary. */
export interface Summary {
  readonly migrations: number;
  readonly statements: number;
  readonly notUnderstood: number;
  readonly errors: number;
  readonly warnings: number;
  readonly notes: number;
  readonly suppressed: number;
  readonly baselined: number;
}

/** Counts what a report contains; suppressed and baselined diagnostics count only as such. */
export function summarize(report: Report): Summary {
  const judged = report.histories.flatMap((history) => history.migrations).filter((migration) => migration.judged);
  const steps = judged.flatMap((migration) => migration.steps);
  const open = report.diagnostics.filter((diagnostic) => diagnostic.suppressed === undefined && !diagnostic.baselined);
  const unreadable = judged.reduce((sum, migration) => sum + migration.unreadable, 0);
  const count = (level: Level) => open.filter((diagnostic) => diagnostic.level === level).length;
  return {
    // its way back, which may have a file of its own, is a part of a migration
    migrations: judged.filter(({ direction }) => direction === 'up').length,
    statements: steps.length + unreadable,
    notUnderstood: steps.filter((step) => !step.understood).length + unreadable,
    errors: count('error'),
    warnings: count('warning'),
    notes: count('note'),
    suppressed: report.diagnostics.filter((diagnostic) => diagnostic.suppressed !== undefined).length,
    baselined: report.diagnostics.filter((diagnostic) => diagnostic.baselined).length,
  };
}
