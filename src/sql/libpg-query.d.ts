/** The Emscripten module inside libpg-query, which its package does not type. Addresses are byte indexes into HEAPU8. */
declare module 'libpg-query/wasm/libpg-query.js' {
  export interface PgQueryModule {
    /** Replaced when the memory grows: read it anew after every call. */
    readonly HEAPU8: Uint8Array;
    readonly HEAPU32: Uint32Array;
    readonly _malloc: (bytes: number) => number;
    readonly _free: (address: number) => void;
    readonly _wasm_parse_query_raw: (sql: number) => number;
    readonly _wasm_free_parse_result: (result: number) => void;
    readonly _wasm_parse_plpgsql: (sql: number) => number;
    readonly _wasm_free_string: (text: number) => void;
  }
  export default function createModule(options?: {
    readonly printErr?: (line: string) => void;
  }): Promise<PgQueryModule>;
}
