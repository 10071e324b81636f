interface Line {
  readonly sign: ' ' | '-' | '+';
  readonly text: string;
  /** 0-based line numbers before this line in both texts. */
  readonly old: number;
  readonly new: number;
}

const contextLines = 3;

/** A unified diff of a file's two texts, as `patch` and `git apply` take it; '' when they are equal. A file that is new had no text. */
export function unifiedDiff(file: string, before: string, after: string, isNew = false): string {
  const lines = compare(toLines(before), toLines(after));
  const hunks = hunksOf(lines);
  if (hunks.length === 0) return '';
  return `--- ${isNew ? '/dev/null' : `a/${file}`}\n+++ b/${file}\n${hunks.map(print).join('')}`;
}

/** Lines with their line feed; the last one may have none. */
function toLines(text: string): readonly string[] {
  return text.match(/[^\n]*\n|[^\n]+$/g) ?? [];
}

/** The shortest edit script, by Myers' greedy algorithm. */
function compare(a: readonly string[], b: readonly string[]): readonly Line[] {
  const trace: Map<number, number>[] = [];
  let ends = new Map<number, number>([[1, 0]]);
  for (let d = 0; d <= a.length + b.length; d++) {
    trace.push(new Map(ends));
    const next = new Map(ends);
    for (let k = -d; k <= d; k += 2) {
      const right = ends.get(k - 1) ?? -1;
      const down = ends.get(k + 1) ?? -1;
      let x = k === -d || (k !== d && right < down) ? down : right + 1;
      while (x < a.length && x - k < b.length && a[x] === b[x - k]) x++;
      next.set(k, x);
      if (x >= a.length && x - k >= b.length) return walkBack(trace, a, b);
    }
    ends = next;
  }
  return [];
}

function walkBack(trace: readonly Map<number, number>[], a: readonly string[], b: readonly string[]): readonly Line[] {
  const lines: Line[] = [];
  let x = a.length;
  let y = b.length;
  for (let d = trace.length - 1; d >= 0; d--) {
    const ends = trace[d] ?? new Map<number, number>();
    const k = x - y;
    const right = ends.get(k - 1) ?? -1;
    const down = ends.get(k + 1) ?? -1;
    const from = k === -d || (k !== d && right < down) ? k + 1 : k - 1;
    const startX = d === 0 ? 0 : (ends.get(from) ?? 0);
    const startY = d === 0 ? 0 : startX - from;
    while (x > startX && y > startY) lines.push({ sign: ' ', text: a[--x] ?? '', old: x, new: --y });
    if (d === 0) break;
    if (from === k + 1) lines.push({ sign: '+', text: b[--y] ?? '', old: x, new: y });
    else lines.push({ sign: '-', text: a[--x] ?? '', old: x, new: y });
  }
  return lines.reverse();
}

/** The changed lines with their context; changes that are near share a hunk. */
function hunksOf(lines: readonly Line[]): readonly (readonly Line[])[] {
  const changed = lines.flatMap((line, index) => (line.sign === ' ' ? [] : [index]));
  const ranges: { start: number; end: number }[] = [];
  for (const index of changed) {
    const last = ranges.at(-1);
    const start = Math.max(0, index - contextLines);
    const end = Math.min(lines.length, index + contextLines + 1);
    if (last !== undefined && start <= last.end) last.end = end;
    else ranges.push({ start, end });
  }
  return ranges.map(({ start, end }) => lines.slice(start, end));
}

function print(hunk: readonly Line[]): string {
  const olds = hunk.filter((line) => line.sign !== '+').length;
  const news = hunk.filter((line) => line.sign !== '-').length;
  const [first] = hunk;
  const place = (start: number, count: number) => `${count === 0 ? start : start + 1},${count}`;
  const head = `@@ -${place(first?.old ?? 0, olds)} +${place(first?.new ?? 0, news)} @@\n`;
  const body = hunk.map(({ sign, text }) =>
    text.endsWith('\n') ? `${sign}${text}` : `${sign}${text}\n\\ No newline at end of file\n`,
  );
  return head + body.join('');
}
