import type { Report } from './diagnostic.js';
import { UserError } from './user-error.js';

/** A known finding: it is recognised by its fingerprint; the rest tells people what it was. */
export interface BaselineEntry {
  readonly fingerprint: string;
  readonly rule: string;
  readonly file: string;
}

/**
 * The text of a baseline: every finding of a report that is not suppressed, and the entries that are kept. Sorted, and one line a
 * finding, so that it merges well.
 */
export function writeBaseline(report: Report, kept: readonly BaselineEntry[]): string {
  const found = report.diagnostics
    .filter((diagnostic) => diagnostic.suppressed === undefined)
    .map(({ fingerprint, rule, source }) => ({ file: source.file, rule, fingerprint }));
  const lines = [...kept, ...found].map(({ file, rule, fingerprint }) => JSON.stringify({ file, rule, fingerprint }));
  return `{ "version": 1, "findings": [\n${[...new Set(lines)].sort().join(',\n')}\n] }\n`;
}

/** Reads a baseline; a UserError when it is none. */
export function readBaseline(text: string, file: string): readonly BaselineEntry[] {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new UserError(`${file} is not JSON: write it anew with --write-baseline`);
  }
  const findings = property(value, 'findings');
  if (property(value, 'version') !== 1 || !Array.isArray(findings)) {
    throw new UserError(`${file} is not a baseline of version 1: write it anew with --write-baseline`);
  }
  return findings.map((each: unknown, at) => {
    const [fingerprint, rule, name] = ['fingerprint', 'rule', 'file'].map((key) => property(each, key));
    if (typeof fingerprint !== 'string' || typeof rule !== 'string' || typeof name !== 'string') {
      throw new UserError(
        `${file}: finding ${at + 1} has no rule, file or fingerprint: write it anew with --write-baseline`,
      );
    }
    return { fingerprint, rule, file: name };
  });
}

function property(value: unknown, key: string): unknown {
  return typeof value === 'object' && value !== null ? new Map(Object.entries(value)).get(key) : undefined;
}

/** The entries that no finding matches any more: what they were for is fixed, or gone. */
export function staleEntries(entries: readonly BaselineEntry[], report: Report): readonly BaselineEntry[] {
  const found = new Set(report.diagnostics.map((diagnostic) => diagnostic.fingerprint));
  return entries.filter((entry) => !found.has(entry.fingerprint));
}
