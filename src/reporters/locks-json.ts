import type { Report } from '../diagnostic.js';
import { effectJson, print } from './json.js';

/** `locks --format json`: the contract of the README, version 1. */
export default function writeLocksJson(report: Report): string {
  return print({
    version: 1,
    pg: report.pg,
    migrations: report.histories
      .flatMap((history) => history.migrations)
      .filter((migration) => migration.judged)
      .map(({ id, file, direction, transaction, steps }) => ({
        id,
        file,
        direction,
        transaction,
        steps: steps.map((step) => ({
          sql: step.sql,
          line: step.source.position(step.span.start).line,
          kind: step.kind,
          understood: step.understood,
          inTransactionBlock: step.inTransactionBlock,
          effects: step.effects.map(effectJson),
        })),
      })),
  });
}
