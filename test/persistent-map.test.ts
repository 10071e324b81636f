import { describe, expect, test } from 'vitest';
import { PersistentMap } from '../src/catalog/persistent-map.js';

/** A generator of numbers below `limit`, the same for the same seed. */
function random(seed: number): (limit: number) => number {
  let state = seed;
  return (limit) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * limit);
  };
}

/** Pairs of words whose 32-bit FNV-1a hash is the same: leaves with two entries. */
const collisions = ['costarring', 'liquid', 'declinate', 'macallums', 'altarage', 'zinke'];

function check<K extends string | number>(keyOf: (n: number) => K, keys: number, seed: number): void {
  const next = random(seed);
  const expected = new Map<K, number>();
  let map = PersistentMap.empty<K, number>();
  const history: [PersistentMap<K, number>, Map<K, number>][] = [];
  for (let i = 0; i < 4000; i++) {
    const key = keyOf(next(keys));
    if (next(3) === 0) {
      map = map.delete(key);
      expected.delete(key);
    } else {
      map = map.set(key, i);
      expected.set(key, i);
    }
    expect(map.size).toBe(expected.size);
    expect(map.get(key)).toBe(expected.get(key));
    expect(map.has(key)).toBe(expected.has(key));
    if (i % 500 === 0) history.push([map, new Map(expected)]);
  }
  history.push([map, expected]);
  for (const [then, content] of history) {
    const changed = [...content].filter(([key, value]) => expected.get(key) !== value);
    expect(new Map(then.differing(map))).toEqual(new Map(changed));
    expect([...map.differing(map)]).toEqual([]);
  }
  for (const [then, content] of history) {
    expect(new Map(then.entries())).toEqual(content);
    expect([...then.values()].sort()).toEqual([...content.values()].sort());
    for (let n = 0; n < keys; n++) expect(then.get(keyOf(n))).toBe(content.get(keyOf(n)));
  }
}

describe('PersistentMap does what a Map does, and its old values stay', () => {
  test('numbers, close together', () => check((n) => n, 200, 1));
  test('numbers, far apart', () => check((n) => Math.imul(n, 0x9e3779b1) >>> 0, 3000, 2));
  test('strings', () => check((n) => `public.table_${n}`, 500, 3));
  test('few keys, often', () => check((n) => `k${n}`, 3, 4));
  test('strings whose FNV-1a hash is the same', () => check((n) => collisions[n] ?? `other${n}`, 12, 5));
});

test('the same content comes in the same order, whatever came first', () => {
  const next = random(6);
  const keys = [...collisions, ...Array.from({ length: 300 }, (_, i) => `key ${i}`)];
  const build = (order: readonly string[]) => {
    let map = PersistentMap.empty<string, number>();
    for (const key of order) map = map.set(key, 0).set(`${key}!`, 1);
    for (const key of order) map = map.delete(`${key}!`).set(key, key.length);
    return [...map.entries()];
  };
  const shuffled = keys.map((key) => ({ key, at: next(1000) })).sort((a, b) => a.at - b.at);
  expect(build(shuffled.map(({ key }) => key))).toEqual(build(keys));
});

test('what changes nothing returns the same map', () => {
  const map = PersistentMap.empty<string, number>().set('a', 1);
  expect(map.set('a', 1)).toBe(map);
  expect(map.delete('b')).toBe(map);
  expect(PersistentMap.empty<string, number>().size).toBe(0);
});
