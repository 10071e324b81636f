import createModule, { type PgQueryModule } from 'libpg-query/wasm/libpg-query.js';
import { noStandIns, type StandIns } from './placeholder.js';
import { codePointRuler } from './source.js';
import type { Node, NodeOf, ParseResult, StatementKind } from './tree.js';
import { unknownValues } from './unknown-value.js';

// The package's own parseSync gives neither the JSON text (which worker threads hand over) nor a way round its encoder, which
// allots too few bytes after a lone surrogate. So the module below it is bound directly; measured, it is not slower.

/** A statement as the grammar sees it. Locations are UTF-8 bytes of the text parsed; a length of 0 reaches to its end. */
export interface RawStatement {
  readonly kind: StatementKind;
  readonly node: NodeOf<StatementKind>;
  readonly location: number;
  readonly length: number;
}

/** Why PostgreSQL's grammar refuses a text: the server's own words, and the UTF-16 index of the offending token. */
export interface ParseFailure {
  readonly message: string;
  readonly cursor: number;
}

export type ParseOutcome = { readonly statements: readonly RawStatement[] } | { readonly failure: ParseFailure };

let parser: PgQueryModule | undefined;
let spare: PgQueryModule | undefined;
let overflows = 0;
let ahead: ((sql: string) => string | undefined) | undefined;
const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** Makes the parser ready; await it once before anything else of this file is called. */
export async function loadParser(): Promise<void> {
  parser ??= await instantiate();
}

function instantiate(): Promise<PgQueryModule> {
  return createModule({ printErr: () => {} });
}

/** libpg-query's JSON for a text, or why there is none. What a worker thread computes: see {@link setAhead}. */
export function parseJson(sql: string): string | ParseFailure {
  const nul = sql.indexOf('\0');
  if (nul !== -1) return { message: 'invalid byte sequence for encoding "UTF8": 0x00', cursor: nul };
  return withText(sql, (module, address) => {
    const result = module._wasm_parse_query_raw(address);
    if (result === 0) return { message: 'out of memory', cursor: 0 };
    try {
      // struct PgQueryParseResult { char *parse_tree; char *stderr_buffer; PgQueryError *error; } of pg_query.h
      const error = word(module, result + 8);
      if (error === 0) return cString(module, word(module, result));
      // struct PgQueryError { char *message, *funcname, *filename; int lineno, cursorpos; char *context; }
      const point = Math.max(0, word(module, error + 16) - 1);
      return { message: cString(module, word(module, error)), cursor: codePointRuler(sql)(point) };
    } finally {
      module._wasm_free_parse_result(result);
    }
  });
}

/** Sets whom {@link parseTree} asks first for the JSON of a text: it may have been parsed in another thread. */
export function setAhead(ask: ((sql: string) => string | undefined) | undefined): void {
  ahead = ask;
}

/**
 * Parses a whole text; placeholders get their names back, and a value that one gives is a parameter. Empty and comment-only text has no
 * statements.
 */
export function parseTree(sql: string, standIns: StandIns = noStandIns): ParseOutcome {
  const json = ahead?.(sql) ?? parseJson(sql);
  if (typeof json !== 'string') return { failure: json };
  const tree: ParseResult = JSON.parse(named(json, standIns));
  unknownValues(tree, sql, standIns);
  const statements = tree.stmts ?? [];
  return { statements: statements.flatMap((raw) => rawStatements(raw.stmt, raw.stmt_location, raw.stmt_len)) };
}

/** The JSON of a tree with the written names in place of stand-ins. Only a text that is a name is touched: bodies keep their length. */
function named(json: string, { names }: StandIns): string {
  let text = json;
  for (const [standIn, name] of names) {
    const shown = JSON.stringify(name).slice(1, -1);
    text = text.replace(new RegExp(`"\\w*${standIn}\\w*"`, 'g'), (word) => word.replaceAll(standIn, () => shown));
  }
  return text;
}

/** A node that stands as a statement, with its kind; none for the empty node that stands for an empty statement. */
export function rawStatements(stmt: Node | undefined, location = 0, length = 0): RawStatement[] {
  return Object.entries(stmt ?? {}).map(([kind, node]) => {
    // the grammar lets only statements stand here, and the wrapper's key is their kind
    return { kind: kind as StatementKind, node: node as NodeOf<StatementKind>, location, length };
  });
}

/** A node of PL/pgSQL's tree, `{ PLpgSQL_stmt_if: { lineno, cond, then_body … } }`. No package types it. */
export interface PlpgsqlNode {
  readonly [field: string]: PlpgsqlValue | undefined;
}
export type PlpgsqlValue = string | number | boolean | PlpgsqlNode | readonly PlpgsqlValue[];

/** PL/pgSQL's trees of the DO blocks and CREATE FUNCTIONs of a text. Line numbers are those of the bodies. */
export function parsePlpgsql(
  sql: string,
): { readonly functions: readonly PlpgsqlNode[] } | { readonly message: string } {
  const answer = withText(sql, (module, address) => {
    const result = module._wasm_parse_plpgsql(address);
    try {
      return cString(module, result);
    } finally {
      module._wasm_free_string(result);
    }
  });
  if (typeof answer !== 'string') return { message: answer.message };
  if (!answer.startsWith('{')) return { message: answer };
  const tree: { plpgsql_funcs?: PlpgsqlNode[] } = JSON.parse(answer);
  return { functions: tree.plpgsql_funcs ?? [] };
}

const tooDeep: ParseFailure = { message: 'stack depth limit exceeded', cursor: 0 };

/** Calls the module with a C string. A statement nested too deeply for the stack is an answer, not a crash. */
function withText<T>(sql: string, call: (module: PgQueryModule, address: number) => T): T | ParseFailure {
  const module = healthy();
  if (module === undefined) throw new Error('loadParser() must be awaited before SQL is parsed');
  // measured: the wasm's own stack stands some 20 overflows; what is short cannot overflow it
  if (overflows > 8 && sql.length > 4000) return tooDeep;
  const bytes = encoder.encode(sql);
  const address = module._malloc(bytes.length + 1);
  module.HEAPU8.set(bytes, address);
  module.HEAPU8[address + bytes.length] = 0;
  try {
    const answer = call(module, address);
    module._free(address);
    return answer;
  } catch (error) {
    if (!(error instanceof Error) || (error.name !== 'RangeError' && error.name !== 'RuntimeError')) throw error;
    overflows++;
    // should that fail, the old one goes on
    instantiate().then(
      (fresh) => {
        spare = fresh;
      },
      () => {},
    );
    return tooDeep;
  }
}

/** The module to use: after an overflow the fresh one as soon as it is ready, since an overflow leaks the wasm's memory. */
function healthy(): PgQueryModule | undefined {
  if (spare !== undefined) {
    parser = spare;
    spare = undefined;
    overflows = 0;
  }
  return parser;
}

function word(module: PgQueryModule, address: number): number {
  return module.HEAPU32[address >>> 2] ?? 0;
}

function cString(module: PgQueryModule, address: number): string {
  if (address === 0) return '';
  return decoder.decode(module.HEAPU8.subarray(address, module.HEAPU8.indexOf(0, address)));
}
