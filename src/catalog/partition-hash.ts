import type { KnownType } from './known-type.js';
import type { Value } from './value.js';

// Which hash partition a row belongs to is the same on every server: hash functions with a fixed seed (hashfn.c, partbounds.c).

const seed = 0x7a5b22367996dcfdn;

/** The hash of a row's key by which its hash partition is found; undefined where a type's own hash is not known here. */
export function partitionHash(
  values: readonly { readonly value: Value; readonly type: KnownType | undefined }[],
): bigint | undefined {
  let row = 0n;
  for (const { value, type } of values) {
    if (value.kind === 'null') continue;
    const hash = type === undefined || type.dimensions > 0 ? undefined : hashers[type.name]?.(value);
    if (hash === undefined) return undefined;
    row = combine(row, hash);
  }
  return row;
}

const wide = (value: bigint) => BigInt.asUintN(64, value);

/** hash_combine64 */
function combine(a: bigint, b: bigint): bigint {
  return a ^ wide(b + 0x49a0f4dd15e5a8e3n + wide(a << 54n) + (a >> 7n));
}

type Hasher = (value: Value) => bigint | undefined;

const integer: Hasher = (value) =>
  value.kind === 'number' && value.scale === 0 ? hashWord(Number(BigInt.asIntN(32, value.digits))) : undefined;

/** Equal numbers of different width have the same hash. */
const long: Hasher = (value) => {
  if (value.kind !== 'number' || value.scale !== 0) return undefined;
  const low = BigInt.asUintN(32, value.digits);
  const high = BigInt.asUintN(32, value.digits >> 32n);
  return hashWord(Number(BigInt.asIntN(32, low ^ (value.digits >= 0n ? high : BigInt.asUintN(32, ~high)))));
};

const text: Hasher = (value) =>
  value.kind === 'text' ? hashBytes([...new TextEncoder().encode(value.text)]) : undefined;

const bytes: Hasher = (value) =>
  value.kind === 'bytes'
    ? hashBytes((value.hex.match(/../g) ?? []).map((pair) => Number.parseInt(pair, 16)))
    : undefined;

const hashers: { readonly [type: string]: Hasher } = {
  int2: integer,
  int4: integer,
  int8: long,
  text,
  varchar: text,
  uuid: bytes,
};

/** Bob Jenkins' lookup3, as it begins with the seed. */
class State {
  a: number;
  b: number;
  c: number;

  constructor(length: number) {
    this.a = (0x9e3779b9 + length + 3923095) | 0;
    this.b = this.a;
    this.c = this.a;
    this.a = (this.a + Number(seed >> 32n)) | 0;
    this.b = (this.b + Number(seed & 0xffffffffn)) | 0;
    this.mix();
  }

  mix(): void {
    let { a, b, c } = this;
    a = (a - c) ^ turn(c, 4);
    c = (c + b) | 0;
    b = (b - a) ^ turn(a, 6);
    a = (a + c) | 0;
    c = (c - b) ^ turn(b, 8);
    b = (b + a) | 0;
    a = (a - c) ^ turn(c, 16);
    c = (c + b) | 0;
    b = (b - a) ^ turn(a, 19);
    a = (a + c) | 0;
    c = (c - b) ^ turn(b, 4);
    b = (b + a) | 0;
    Object.assign(this, { a, b, c });
  }

  /** The upper word is b, the lower c. */
  finish(): bigint {
    let { a, b, c } = this;
    c = ((c ^ b) - turn(b, 14)) | 0;
    a = ((a ^ c) - turn(c, 11)) | 0;
    b = ((b ^ a) - turn(a, 25)) | 0;
    c = ((c ^ b) - turn(b, 16)) | 0;
    a = ((a ^ c) - turn(c, 4)) | 0;
    b = ((b ^ a) - turn(a, 14)) | 0;
    c = ((c ^ b) - turn(b, 24)) | 0;
    return (BigInt(b >>> 0) << 32n) | BigInt(c >>> 0);
  }
}

function turn(word: number, bits: number): number {
  return (word << bits) | (word >>> (32 - bits));
}

function hashWord(word: number): bigint {
  const state = new State(4);
  state.a = (state.a + word) | 0;
  return state.finish();
}

function hashBytes(all: readonly number[]): bigint {
  const state = new State(all.length);
  const word = (at: number, skip = 0) => {
    let value = 0;
    for (let byte = 0; byte < 4 - skip; byte++) value |= (all[at + byte] ?? 0) << (8 * (byte + skip));
    return value;
  };
  let at = 0;
  for (; all.length - at >= 12; at += 12) {
    state.a = (state.a + word(at)) | 0;
    state.b = (state.b + word(at + 4)) | 0;
    state.c = (state.c + word(at + 8)) | 0;
    state.mix();
  }
  state.a = (state.a + word(at)) | 0;
  state.b = (state.b + word(at + 4)) | 0;
  // the lowest byte of c holds the length
  state.c = (state.c + word(at + 8, 1)) | 0;
  return state.finish();
}
