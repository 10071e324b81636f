import { type Diagnostic, type Report, summarize } from '../diagnostic.js';
import type { Effect } from '../effects/effect.js';
import type { Edit } from '../rule.js';
import type { Source } from '../sql/source.js';
import { place } from './place.js';

/** `check --format json`: the contract of the README, version 1. */
export default function writeJson(report: Report): string {
  return print({
    version: 1,
    pg: report.pg,
    summary: summarize(report),
    diagnostics: report.diagnostics.map(diagnosticJson),
  });
}

/** JSON for people too: two spaces, one final newline. */
export function print(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}

function diagnosticJson(diagnostic: Diagnostic) {
  const { source, fix } = diagnostic;
  return {
    rule: diagnostic.rule,
    level: diagnostic.level,
    message: diagnostic.message,
    instead: diagnostic.instead,
    file: source.file,
    ...place(source, diagnostic.span),
    migration: diagnostic.migration ?? null,
    direction: diagnostic.direction ?? null,
    statement: diagnostic.statement,
    effects: diagnostic.effects.map(effectJson),
    fix: fix === undefined ? null : { title: fix.title, edits: fix.edits.map((edit) => editJson(source, edit)) },
    fingerprint: diagnostic.fingerprint,
    suppressed: diagnostic.suppressed !== undefined,
    baselined: diagnostic.baselined,
  };
}

/** An edit of the finding's own file, or of the one that it names. */
function editJson(source: Source, { source: other, span, text }: Edit) {
  const elsewhere = other === undefined || other === source ? {} : { file: other.file };
  return { ...elsewhere, ...place(other ?? source, span), text };
}

/** An effect as the contract has it. */
export function effectJson({ relation, lock, work, sure, why, bornHere }: Effect) {
  return { relation, lock, work, sure, why, ...(bornHere === true && { bornHere }) };
}
