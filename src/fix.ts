import type { Diagnostic } from './diagnostic.js';
import type { Edit } from './rule.js';
import type { Source } from './sql/source.js';

/** Files with the fixes that could be applied together. */
export interface FixedSources {
  /** The new text of each file that has edits; the source of a file that is made is empty. */
  readonly texts: ReadonlyMap<Source, string>;
  /** Those whose edits are in `texts`; of fixes that overlap the first one is. */
  readonly applied: readonly Diagnostic[];
}

/** Applies the fixes of the diagnostics that count. A fix is applied whole or not at all. */
export function applyFixes(diagnostics: readonly Diagnostic[]): FixedSources {
  const taken = new Map<Source, Edit[]>();
  const applied: Diagnostic[] = [];
  for (const diagnostic of diagnostics) {
    if (diagnostic.fix === undefined || diagnostic.suppressed !== undefined || diagnostic.baselined) continue;
    const wanted = editsBySource(diagnostic.source, diagnostic.fix.edits);
    const isFree = ([source, edits]: readonly [Source, readonly Edit[]]) =>
      !edits.some((edit) => taken.get(source)?.some((other) => overlap(edit, other)));
    if (![...wanted].every(isFree)) continue;
    for (const [source, edits] of wanted) taken.set(source, [...(taken.get(source) ?? []), ...edits]);
    applied.push(diagnostic);
  }
  return { texts: new Map([...taken].map(([source, edits]) => [source, applyEdits(source.text, edits)])), applied };
}

/** The edits of a fix by the file that they are in; `own` is that of its finding. */
export function editsBySource(own: Source, edits: readonly Edit[]): ReadonlyMap<Source, readonly Edit[]> {
  const found = new Map<Source, Edit[]>();
  for (const edit of edits) {
    const source = edit.source ?? own;
    found.set(source, [...(found.get(source) ?? []), edit]);
  }
  return found;
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
