import { expect, test } from 'vitest';
import { partsOfName } from '../src/sql/names.js';

// what `select '…'::regclass` of PostgreSQL 17 says of each: the relation that does not exist, or "invalid name syntax"
test.for([
  ['"A".b', ['A', 'b']],
  [' a . "b c" ', ['a', 'b c']],
  ['A-b.c', ['a-b', 'c']],
  ['"a""b"', ['a"b']],
  ['a"b', ['a"b']],
  ['a.b.c', ['a', 'b', 'c']],
  ['a b', undefined],
  ['', undefined],
  ['"a', undefined],
  ['a.', undefined],
  ['.a', undefined],
  ['a..b', undefined],
  ['"x"y', undefined],
] as const)('the name in %j', ([text, parts]) => {
  expect(partsOfName(text)).toEqual(parts);
});
