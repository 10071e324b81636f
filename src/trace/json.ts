import type { Failure } from '../effects/effect.js';
import { effectJson, print } from '../reporters/json.js';
import { type MigrationTrace, type StepTrace, summarizeTrace, type TraceReport } from './report.js';

/** `trace --format json`, version 1. */
export default function writeTraceJson(report: TraceReport): string {
  return print({
    version: 1,
    server: report.server,
    pg: report.major,
    seedRows: report.seedRows,
    roundtrip: report.roundtrip,
    summary: summarizeTrace(report),
    problems: report.histories.flatMap(({ problems }) => problems),
    migrations: report.histories.flatMap(({ migrations }) => migrations).map(migrationJson),
  });
}

function migrationJson(migration: MigrationTrace) {
  const { id, file, direction, transaction, outcome, context, notes, notSeeded, findings, steps } = migration;
  return {
    id,
    file,
    direction,
    transaction,
    outcome,
    context,
    notes,
    notSeeded,
    findings: findings.map(({ rule, message, differences }) => ({
      rule,
      message,
      differences: differences.map(({ object, how, before, after }) => ({
        object,
        how,
        before: before ?? null,
        after: after ?? null,
      })),
    })),
    steps: steps.map(stepJson),
  };
}

function stepJson({
  sql,
  source,
  span,
  kind,
  outcome,
  predicted,
  observed,
  differences,
  unforeseen,
  cause,
}: StepTrace) {
  return {
    sql,
    line: source.position(span.start).line,
    kind,
    outcome,
    predicted:
      predicted === undefined
        ? null
        : {
            understood: predicted.understood,
            inTransactionBlock: predicted.transactionBlock,
            failure: failureJson(predicted.failure),
            effects: predicted.effects.map(effectJson),
          },
    observed:
      observed === undefined
        ? null
        : {
            inTransactionBlock: observed.transactionBlock,
            failure: observed.error ?? null,
            locks: observed.locks,
            heldBefore: observed.held,
            rewrites: observed.rewrites,
            scans: observed.scans,
            indexBuilds: observed.indexBuilds,
            withoutRows: observed.empty,
            plan: observed.plan?.reads ?? null,
            notSeen: observed.unseen ?? [],
          },
    differences,
    unforeseen,
    cause: cause ?? null,
  };
}

function failureJson(failure: Failure | undefined) {
  if (failure === undefined) return null;
  const { message, code, sure } = failure;
  return { message, code, sure };
}
