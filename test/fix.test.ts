import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { Diagnostic } from '../src/diagnostic.js';
import { unifiedDiff } from '../src/diff.js';
import { applyEdits, applyFixes } from '../src/fix.js';
import { Source } from '../src/sql/source.js';
import { diagnostics } from './shared-report.js';

const fixable = diagnostics.filter((one) => one.fix !== undefined);
const [one] = fixable;
if (one === undefined) throw new Error('the shared report has no fix');

const source = new Source('a.sql', '0123456789');
const fixing = (...edits: readonly [number, number, string][]): Diagnostic => ({
  ...one,
  source,
  fix: { title: '', edits: edits.map(([start, end, text]) => ({ span: { start, end }, text })) },
});

test('edits are applied where they stand, in whatever order they are given', () => {
  expect(
    applyEdits('0123456789', [
      { span: { start: 8, end: 10 }, text: '' },
      { span: { start: 0, end: 0 }, text: '<' },
      { span: { start: 2, end: 4 }, text: 'twothree' },
    ]),
  ).toBe('<01twothree4567');
});

test.each<[string, readonly Diagnostic[], string, number]>([
  ['apart', [fixing([0, 1, 'a']), fixing([5, 6, 'b'])], 'a1234b6789', 2],
  ['overlapping: the first', [fixing([0, 5, 'a']), fixing([4, 6, 'b'])], 'a56789', 1],
  ['two insertions at one place: the first', [fixing([3, 3, 'a']), fixing([3, 3, 'b'])], '012a3456789', 1],
  ['one of its edits overlapping: not at all', [fixing([0, 5, 'a']), fixing([4, 6, 'b'], [8, 9, 'c'])], 'a56789', 1],
  ['side by side', [fixing([0, 5, 'a']), fixing([5, 6, 'b'])], 'ab6789', 2],
])('fixes %s', (_, given, text, applied) => {
  const [fixed] = applyFixes(given);
  expect([fixed?.text, fixed?.applied.length]).toEqual([text, applied]);
});

test('what is suppressed or known is left alone', () => {
  expect(
    applyFixes([
      { ...one, suppressed: 'x' },
      { ...one, baselined: true },
      { ...one, fix: undefined },
    ]),
  ).toEqual([]);
  expect(applyFixes(diagnostics).map((each) => each.text)).toEqual([
    expect.stringContaining('create index concurrently account_city'),
  ]);
});

describe('a diff', () => {
  const lines = (...numbers: readonly number[]) => numbers.map((number) => `line ${number}\n`).join('');
  const twenty = Array.from({ length: 20 }, (_, index) => index);
  test.each<[string, string, string]>([
    ['one line', lines(1, 2, 3), lines(1, 9, 3)],
    ['the first and the last line', lines(...twenty), lines(99, ...twenty.slice(1, -1), 98)],
    ['lines that are far apart', lines(...twenty), lines(...twenty.filter((n) => n !== 2 && n !== 17))],
    ['added lines', lines(1, 2), lines(0, 1, 7, 8, 2, 3)],
    ['a text that had nothing', '', lines(1, 2)],
    ['a text that has nothing now', lines(1, 2), ''],
    ['a last line without line feed', `${lines(1)}end`, `${lines(1, 2)}end`],
    ['a line feed at the end', `${lines(1)}end`, `${lines(1)}end\n`],
    ['Windows lines', 'a\r\nb\r\nc\r\n', 'a\r\nB\r\nc\r\n'],
    ['repeated lines', 'a\nb\na\nb\na\n', 'b\na\nb\nb\na\n'],
  ])('of %s is what git apply makes the new text of', (_, before, after) => {
    const folder = mkdtempSync(join(tmpdir(), 'lockkeeper-diff-'));
    const file = join(folder, 'a.sql');
    writeFileSync(file, before);
    const diff = unifiedDiff('a.sql', before, after);
    execFileSync('git', ['apply', '--unidiff-zero', '--whitespace=nowarn', '-'], { cwd: folder, input: diff });
    expect(readFileSync(file, 'utf8')).toBe(after);
    rmSync(folder, { recursive: true });
  });

  test('of equal texts is nothing', () => {
    expect(unifiedDiff('a.sql', 'x\n', 'x\n')).toBe('');
  });
});
