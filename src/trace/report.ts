import type { Prediction } from '../effects/effect.js';
import type { Direction } from '../rule.js';
import type { Source, Span } from '../sql/source.js';
import type { Difference } from './compare.js';
import type { Observation } from './observe.js';
import type { Finding } from './roundtrip.js';
import type { NotSeeded } from './seed/seed.js';

/** What a run of `trace` found. */
export interface TraceReport {
  /** The server for people, without user or password. */
  readonly server: string;
  readonly major: number;
  /** The server has one session: locks outside a transaction block were not seen. */
  readonly single: boolean;
  readonly seedRows: number;
  readonly roundtrip: boolean;
  readonly histories: readonly HistoryTrace[];
}

/** A folder of migrations. */
export interface HistoryTrace {
  readonly framework: string;
  readonly root: string;
  readonly assumptions: readonly string[];
  /** What is wrong with the folder as a whole, for people. */
  readonly problems: readonly string[];
  /** Why it was not run to its end. */
  readonly stopped: string | undefined;
  readonly migrations: readonly MigrationTrace[];
}

/** One direction of a migration that ran. One that failed on synthetic rows is there twice: with them, and without. */
export interface MigrationTrace {
  readonly id: string;
  readonly name: string;
  readonly file: string;
  readonly direction: Direction;
  readonly transaction: 'whole' | 'statement' | 'none';
  /** Why the runner does so, for people. */
  readonly why: string;
  readonly outcome: 'applied' | 'failed' | 'not run';
  /** An earlier migration that is context: it was run, and not looked at. */
  readonly context: boolean;
  /** What happened between this run and the one before it, for people. */
  readonly notes: readonly string[];
  readonly steps: readonly StepTrace[];
  readonly notSeeded: readonly NotSeeded[];
  readonly findings: readonly Finding[];
}

/** One statement: what was predicted beside what was observed. */
export interface StepTrace {
  readonly sql: string;
  readonly source: Source;
  readonly span: Span;
  readonly kind: string;
  /** Numbers the transaction within the migration. */
  readonly transaction: number;
  readonly outcome: 'done' | 'failed' | 'not run';
  /** Undefined for what was not reached or cannot be read: the state that decides is not known. */
  readonly predicted: Prediction | undefined;
  readonly observed: Observation | undefined;
  /** Predicted relations that were not there before: nobody can wait for them, and the server is not asked about them. */
  readonly newborn: readonly string[];
  readonly differences: readonly Difference[];
  /** The server did more than predicted, and what ran without being seen may be why: SQL that was put together when it ran. No fault of the prediction. */
  readonly unforeseen: readonly Difference[];
  /** What may explain a difference, or why nothing was observed; for people. */
  readonly cause: string | undefined;
}

/** Counts for the last line and the JSON summary. */
export interface TraceSummary {
  readonly migrations: number;
  readonly statements: number;
  readonly run: number;
  readonly differing: number;
  /** Statements that did more than predicted after or in something that cannot be followed. */
  readonly unforeseen: number;
  readonly failed: number;
  readonly notRun: number;
  readonly notUnderstood: number;
  /** Migrations that were taken back. */
  readonly roundtrips: number;
  /** Migrations without a way back, which no round trip can be made of. */
  readonly oneWay: number;
  readonly findings: number;
}

/** Counts what a trace contains; context is left out. */
export function summarizeTrace(report: TraceReport): TraceSummary {
  const traced = report.histories.flatMap(({ migrations }) => migrations).filter(({ context }) => !context);
  const steps = traced.flatMap((migration) => migration.steps);
  const count = (holds: (step: StepTrace) => boolean) => steps.filter(holds).length;
  const keys = (of: readonly MigrationTrace[]) => new Set(of.map(({ file, id }) => `${file}\n${id}`));
  const [all, back] = [keys(traced), keys(traced.filter(({ direction }) => direction === 'down'))];
  return {
    migrations: all.size,
    statements: steps.length,
    run: count(({ outcome }) => outcome !== 'not run'),
    differing: count(({ differences }) => differences.length > 0),
    unforeseen: count(({ unforeseen }) => unforeseen.length > 0),
    failed: count(({ outcome }) => outcome === 'failed'),
    notRun: count(({ outcome }) => outcome === 'not run'),
    notUnderstood: count(({ predicted }) => predicted?.understood === false),
    roundtrips: back.size,
    oneWay: report.roundtrip
      ? [...keys(traced.filter(({ outcome }) => outcome === 'applied'))].filter((key) => !back.has(key)).length
      : 0,
    findings: traced.reduce((sum, { findings }) => sum + findings.length, 0),
  };
}

/** Whether all is as predicted: no difference, no finding, and every history was run to its end. */
export function isClean(report: TraceReport): boolean {
  const { differing, findings } = summarizeTrace(report);
  return differing === 0 && findings === 0 && report.histories.every(({ stopped }) => stopped === undefined);
}
