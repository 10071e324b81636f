import { describe, expect, test } from 'vitest';
import { byteRuler, codePointRuler, Source } from '../src/sql/source.js';

const texts = [
  '',
  'plain',
  'é',
  'aé',
  'éa',
  '😀',
  'a😀b',
  '😀😀é漢a',
  'x漢字\n-- 👩‍👩‍👧 née\nyé',
  '\ud800',
  'a\ud800b',
  '\udc00\ud800',
  '\ufeffa',
];

/** Every index of a text at which a character begins, with what stands before it. */
function characters(text: string): { index: number; before: string }[] {
  const found: { index: number; before: string }[] = [];
  let index = 0;
  for (const character of text) {
    found.push({ index, before: text.slice(0, index) });
    index += character.length;
  }
  return [...found, { index, before: text }];
}

describe('rulers', () => {
  test.each(texts)('bytes of %j', (text) => {
    const ruler = byteRuler(text);
    for (const { index, before } of characters(text)) expect(ruler(Buffer.byteLength(before))).toBe(index);
  });

  test.each(texts)('code points of %j', (text) => {
    const ruler = codePointRuler(text);
    for (const [point, { index }] of characters(text).entries()) expect(ruler(point)).toBe(index);
  });

  test('a byte within a character gives its beginning, one past the end gives the end', () => {
    const ruler = byteRuler('a漢😀b');
    expect([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 100].map(ruler)).toEqual([0, 1, 1, 1, 2, 2, 2, 2, 4, 5, 5]);
    expect(codePointRuler('a😀')(7)).toBe(3);
  });
});

describe('Source', () => {
  const source = new Source('a.sql', 'one\ntwo\r\n😀x\n');

  test.each([
    [-1, 1, 1],
    [0, 1, 1],
    [3, 1, 4],
    [4, 2, 1],
    [9, 3, 1],
    [11, 3, 3],
    [13, 4, 1],
    [99, 4, 1],
  ])('index %i is line %i, column %i', (index, line, column) => {
    expect(source.position(index)).toEqual({ line, column });
  });

  test.each([
    [1, 'one'],
    [2, 'two'],
    [3, '😀x'],
    [4, ''],
    [5, ''],
  ])('line %i is %j', (line, text) => {
    expect(source.line(line)).toBe(text);
  });

  test('slices by span', () => {
    expect(source.slice({ start: 4, end: 7 })).toBe('two');
  });
});
