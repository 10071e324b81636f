import type { ReporterOptions } from '../reporters/reporter.js';
import { columns, pad, wrap } from '../reporters/terminal.js';

/** A relation, or the failure: what was predicted, what was observed. */
export interface Row {
  readonly name: string;
  readonly predicted: string;
  readonly observed: string;
}

const gap = 2;

/** Text in a column narrower than this is no joy to read. */
const narrowest = 24;

/** Both answers side by side where the terminal is wide enough to leave every word whole, else one below the other. */
export function beside(
  rows: readonly Row[],
  indent: number,
  { style, width }: Pick<ReporterOptions, 'style' | 'width'>,
): readonly string[] {
  if (rows.length === 0) return [];
  const head: Row = { name: '', predicted: 'predicted', observed: 'observed' };
  const widths = columnsOf([head, ...rows], width - indent - 2 * gap);
  if (widths === undefined) return rows.flatMap((row) => stacked(row, width));
  const before = ' '.repeat(indent);
  const line = ({ name, predicted, observed }: Row) =>
    abreast([name, predicted, observed], widths).map((text) => before + text);
  return [...line(head).map(style.dim), ...rows.flatMap(line)];
}

/** How wide the three columns are in this room; undefined when they would be too narrow to read, or cut a word. */
function columnsOf(rows: readonly Row[], room: number): readonly number[] | undefined {
  const cells = (['name', 'predicted', 'observed'] as const).map((part) => rows.map((row) => row[part]));
  const [name = 0, ...needs] = cells.map((texts) => Math.max(...texts.map(columns)));
  const [, ...words] = cells.map((texts) => Math.max(...texts.flatMap((text) => text.split(' ')).map(columns)));
  const half = Math.floor((room - name) / 2);
  // what one of them does not need is the other's
  const answers = needs.map((need, at) => Math.min(need, Math.max(half, room - name - (needs[1 - at] ?? 0))));
  const isReadable = (width: number, at: number) =>
    width >= Math.max(words[at] ?? 0, Math.min(needs[at] ?? 0, narrowest));
  return answers.every(isReadable) ? [name, ...answers] : undefined;
}

/** Cells next to each other, in as many lines as the longest has. */
function abreast(cells: readonly string[], widths: readonly number[]): readonly string[] {
  const wrapped = cells.map((cell, at) => wrap(cell, widths[at] ?? 0));
  const height = Math.max(...wrapped.map((lines) => lines.length));
  return Array.from({ length: height }, (_, at) =>
    wrapped
      .map((lines, column) => pad(lines[at] ?? '', widths[column] ?? 0))
      .join(' '.repeat(gap))
      .trimEnd(),
  );
}

function stacked({ name, predicted, observed }: Row, width: number): readonly string[] {
  const answer = (label: string, text: string) =>
    wrap(text, width - 16).map((line, at) => `      ${pad(at === 0 ? label : '', 9)} ${line}`);
  return [`    ${name}`, ...answer('predicted', predicted), ...answer('observed', observed)];
}
