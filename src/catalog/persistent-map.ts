/**
 * A map that is never changed: `set` and `delete` return a new one that shares all but one path with the old.
 * The catalog before a statement, the one after it and the one a ROLLBACK returns to are then all at hand, for
 * O(log n) memory a change. A hash array mapped trie with 32 branches a level; no library of this size is kept up.
 */
export class PersistentMap<K extends string | number, V> {
  readonly size: number;
  readonly #root: Trie<K, V> | undefined;

  private constructor(root: Trie<K, V> | undefined, size: number) {
    this.#root = root;
    this.size = size;
  }

  static empty<K extends string | number, V>(): PersistentMap<K, V> {
    return new PersistentMap<K, V>(undefined, 0);
  }

  /** A map with the content of another one, which may have been copied or kept meanwhile. */
  static of<K extends string | number, V>({ root, size }: MapContent<K, V>): PersistentMap<K, V> {
    return new PersistentMap(root, size);
  }

  /** What is in it, as plain data. */
  content(): MapContent<K, V> {
    return { root: this.#root, size: this.size };
  }

  get(key: K): V | undefined {
    return this.#root === undefined ? undefined : find(this.#root, hash(key), key);
  }

  has(key: K): boolean {
    return this.get(key) !== undefined;
  }

  set(key: K, value: V): PersistentMap<K, V> {
    const h = hash(key);
    const old = this.#root === undefined ? undefined : find(this.#root, h, key);
    if (old === value && old !== undefined) return this;
    const root = insert(this.#root, h, 0, [key, value]);
    return new PersistentMap(root, old === undefined ? this.size + 1 : this.size);
  }

  delete(key: K): PersistentMap<K, V> {
    const h = hash(key);
    if (this.#root === undefined || find(this.#root, h, key) === undefined) return this;
    return new PersistentMap(remove(this.#root, h, key), this.size - 1);
  }

  /** Entries in no particular order, the same for the same content: sort before showing them. */
  *entries(): IterableIterator<readonly [K, V]> {
    if (this.#root !== undefined) yield* walk(this.#root);
  }

  *values(): IterableIterator<V> {
    for (const [, value] of this.entries()) yield value;
  }

  /** The entries that the other map has not, or with another value; what both maps share is not looked at. */
  differing(other: PersistentMap<K, V>): readonly (readonly [K, V])[] {
    const found: Entry<K, V>[] = [];
    // asked for every statement: nested generators took a tenth of a whole run
    if (this.#root !== undefined) collectUnshared(this.#root, other.#root, 0, found);
    return found;
  }
}

/** The inside of a map: plain data that can be copied and kept, and is nobody else's to look into. */
export interface MapContent<K, V> {
  readonly root: Trie<K, V> | undefined;
  readonly size: number;
}

type Entry<K, V> = readonly [K, V];
type Trie<K, V> =
  | { readonly kind: 'leaf'; readonly hash: number; readonly entries: readonly Entry<K, V>[] }
  | { readonly kind: 'branch'; readonly present: number; readonly children: readonly Trie<K, V>[] };

function hash(key: string | number): number {
  let h = 0x811c9dc5;
  const text = typeof key === 'number' ? undefined : key;
  if (text === undefined) h = Math.imul(Number(key) ^ (Number(key) >>> 15), 0x2c1b3c6d);
  else for (let i = 0; i < text.length; i++) h = Math.imul(h ^ text.charCodeAt(i), 0x01000193);
  return (h ^ (h >>> 13)) >>> 0;
}

function position(present: number, bit: number): number {
  let n = present & (bit - 1);
  n -= (n >>> 1) & 0x55555555;
  n = (n & 0x33333333) + ((n >>> 2) & 0x33333333);
  return Math.imul((n + (n >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24;
}

function find<K, V>(root: Trie<K, V>, h: number, key: K): V | undefined {
  let node: Trie<K, V> | undefined = root;
  for (let bits = h; node !== undefined; bits >>>= 5) {
    if (node.kind === 'leaf') {
      for (const entry of node.entries) if (entry[0] === key) return entry[1];
      return undefined;
    }
    const bit = 1 << (bits & 31);
    if ((node.present & bit) === 0) return undefined;
    node = node.children[position(node.present, bit)];
  }
  return undefined;
}

function insert<K, V>(node: Trie<K, V> | undefined, h: number, depth: number, entry: Entry<K, V>): Trie<K, V> {
  if (node === undefined) return { kind: 'leaf', hash: h, entries: [entry] };
  if (node.kind === 'leaf') {
    if (node.hash === h) {
      const others = node.entries.filter(([key]) => key !== entry[0]);
      // sorted, so that the same content comes in the same order whatever came first
      return { kind: 'leaf', hash: h, entries: [...others, entry].sort(([a], [b]) => (a < b ? -1 : 1)) };
    }
    const bit = 1 << ((node.hash >>> depth) & 31);
    return insert({ kind: 'branch', present: bit, children: [node] }, h, depth, entry);
  }
  const bit = 1 << ((h >>> depth) & 31);
  const at = position(node.present, bit);
  if ((node.present & bit) === 0) {
    const leaf: Trie<K, V> = { kind: 'leaf', hash: h, entries: [entry] };
    return { kind: 'branch', present: node.present | bit, children: node.children.toSpliced(at, 0, leaf) };
  }
  return {
    kind: 'branch',
    present: node.present,
    children: node.children.with(at, insert(node.children[at], h, depth + 5, entry)),
  };
}

function remove<K, V>(node: Trie<K, V>, h: number, key: K, depth = 0): Trie<K, V> | undefined {
  if (node.kind === 'leaf') {
    const entries = node.entries.filter((entry) => entry[0] !== key);
    return entries.length === 0 ? undefined : { kind: 'leaf', hash: node.hash, entries };
  }
  const bit = 1 << ((h >>> depth) & 31);
  const at = position(node.present, bit);
  const child = node.children[at];
  if ((node.present & bit) === 0 || child === undefined) return node;
  const rest = remove(child, h, key, depth + 5);
  if (rest !== undefined) return { kind: 'branch', present: node.present, children: node.children.with(at, rest) };
  if (node.children.length === 1) return undefined;
  return { kind: 'branch', present: node.present & ~bit, children: node.children.toSpliced(at, 1) };
}

function* walk<K, V>(node: Trie<K, V>): IterableIterator<Entry<K, V>> {
  if (node.kind === 'leaf') yield* node.entries;
  else for (const child of node.children) yield* walk(child);
}

/** Collects the entries of a node that its twin, which stands in its place or, when it is a leaf, above it, has not. */
function collectUnshared<K, V>(
  node: Trie<K, V>,
  twin: Trie<K, V> | undefined,
  depth: number,
  found: Entry<K, V>[],
): void {
  if (node === twin) return;
  if (node.kind === 'leaf') {
    for (const entry of node.entries) {
      if (twin === undefined || find(twin, node.hash >>> depth, entry[0]) !== entry[1]) found.push(entry);
    }
    return;
  }
  for (let bits = node.present, at = 0; bits !== 0; bits &= bits - 1, at++) {
    const child = node.children[at];
    if (child !== undefined) collectUnshared(child, childOf(twin, bits & -bits), depth + 5, found);
  }
}

function childOf<K, V>(node: Trie<K, V> | undefined, bit: number): Trie<K, V> | undefined {
  if (node?.kind !== 'branch') return node;
  return (node.present & bit) === 0 ? undefined : node.children[position(node.present, bit)];
}
