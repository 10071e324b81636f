import type { Diagnostic } from './diagnostic.js';
import type { Edit } from './rule.js';
import type { Source } from './sql/source.js';

/** A file with the fixes that could be applied together. */
export interface FixedSource {
  readonly source: Source;
  readonly text: string;
  /** Those whose edits are in `text`; of fixes that overlap the first one is. */
  readonly applied: readonly Diagnostic[];
}

/** Applies the fixes of the diagnostics that count, a file at a time. A fix is applied whole or not at all. */
export function applyFixes(diagnostics: readonly Diagnostic[]): readonly FixedSource[] {
  const bySource = new Map<Source, Diagnostic[]>();
  for (const diagnostic of diagnostics) {
    if (diagnostic.fix === undefined || diagnostic.suppressed !== undefined || diagnostic.baselined) continue;
    const together = bySource.get(diagnostic.source);
    if (together === undefined) bySource.set(diagnostic.source, [diagnostic]);
    else together.push(diagnostic);
  }
  return [...bySource].map(([source, fixable]) => {
    const taken: Edit[] = [];
    const applied: Diagnostic[] = [];
    for (const diagnostic of fixable) {
      const edits = diagnostic.fix?.edits ?? [];
      if (edits.some((edit) => taken.some((other) => overlap(edit, other)))) continue;
      taken.push(...edits);
      applied.push(diagnostic);
    }
    return { source, text: applyEdits(source.text, taken), applied };
  });
}

function overlap(a: Edit, b: Edit): boolean {
  // two insertions at one place would come out in an order that nobody chose
  return a.span.start === b.span.start || (a.span.start < b.span.end && b.span.start < a.span.end);
}

/** The text after its edits; they must not overlap. */
export function applyEdits(text: string, edits: readonly Edit[]): string {
  let result = '';
  let at = 0;
  for (const { span, text: inserted } of edits.toSorted((a, b) => a.span.start - b.span.start)) {
    result += text.slice(at, span.start) + inserted;
    at = span.end;
  }
  return result + text.slice(at);
}
