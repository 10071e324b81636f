import type { FileEntry, MigrationProblem } from './framework.js';
import { problem } from './sql-files.js';

/** Readers of TOML, YAML and JSON. Each parser is loaded when the first such file is met, because start-up time counts. */

/** The data of a file, or what is wrong with it. An unreadable part costs the file, never the run. */
export interface Data {
  readonly value: unknown;
  readonly problems: readonly MigrationProblem[];
}

/** Reads a TOML file; broken TOML is the problem `broken-manifest` at its line. */
export async function readToml(entry: FileEntry): Promise<Data> {
  const { parse, TomlError } = await import('smol-toml');
  try {
    return { value: parse(entry.read() ?? ''), problems: unread(entry) };
  } catch (error) {
    const at = error instanceof TomlError ? offset(entry, error.line, error.column) : 0;
    return broken(entry, whyNot(error).replace(/^Invalid TOML document: /, ''), at);
  }
}

/** Reads a YAML file, of several documents the first; broken YAML is the problem `broken-manifest` at its line. */
export async function readYaml(entry: FileEntry): Promise<Data> {
  const { parseAllDocuments } = await import('yaml');
  try {
    const documents = parseAllDocuments(entry.read() ?? '', { logLevel: 'silent', prettyErrors: false });
    const [first] = Array.isArray(documents) ? documents : [];
    const [fault] = first?.errors ?? [];
    if (fault !== undefined) return broken(entry, whyNot(fault), fault.pos[0]);
    return { value: first?.toJS({ maxAliasCount: 100 }), problems: unread(entry) };
  } catch (error) {
    return broken(entry, whyNot(error), 0);
  }
}

/** Reads a JSON file, comments and trailing commas allowed; broken JSON is the problem `broken-manifest` at its line. */
export async function readJson(entry: FileEntry): Promise<Data> {
  const { parse, printParseErrorCode } = await import('jsonc-parser');
  const errors: import('jsonc-parser').ParseError[] = [];
  try {
    const value: unknown = parse(entry.read() ?? '', errors, { allowTrailingComma: true });
    const [fault] = errors;
    if (fault === undefined) return { value, problems: unread(entry) };
    return { ...broken(entry, words(printParseErrorCode(fault.error)), fault.offset), value };
  } catch (error) {
    return broken(entry, whyNot(error), 0);
  }
}

/** The tree of a JSON text with the places of its parts, and where it is broken. */
export async function jsonTree(text: string): Promise<{ readonly tree?: JsonNode; readonly brokenAt?: number }> {
  const { parseTree } = await import('jsonc-parser');
  const errors: import('jsonc-parser').ParseError[] = [];
  try {
    const tree = parseTree(text, errors);
    const [fault] = errors;
    return { ...(tree !== undefined && { tree }), ...(fault !== undefined && { brokenAt: fault.offset }) };
  } catch {
    // nested too deeply
    return { brokenAt: 0 };
  }
}

export type JsonNode = import('jsonc-parser').Node;

/** The first line of what a parser says; of one that ran out of stack, what that means. */
export function whyNot(error: unknown): string {
  const [line = ''] = (error instanceof Error ? error.message : String(error)).split('\n');
  return /call stack/.test(line) ? 'it is nested too deeply' : line;
}

/** InvalidCommentToken → invalid comment token. */
function words(code: string): string {
  return code.replace(/(?<=[a-z])[A-Z]/g, (letter) => ` ${letter}`).toLowerCase();
}

/** The problem of a manifest that gives no text. */
export function unread(entry: FileEntry): readonly MigrationProblem[] {
  const fault = entry.fault();
  return fault === undefined ? [] : [problem('broken-manifest', `${entry.path} ${fault}`, entry.source())];
}

/** The problem of a manifest that is broken at an index of its text. */
export function broken(entry: FileEntry, why: string, at: number): Data {
  const source = entry.source();
  const start = Math.min(at, source.text.length);
  const span = {
    start,
    end: source.text.indexOf('\n', start) === -1 ? source.text.length : source.text.indexOf('\n', start),
  };
  return {
    value: undefined,
    problems: [problem('broken-manifest', `${entry.path} cannot be read: ${why}`, source, span)],
  };
}

function offset(entry: FileEntry, line: number, column: number): number {
  const lines = (entry.read() ?? '').split('\n').slice(0, line - 1);
  return lines.reduce((sum, text) => sum + text.length + 1, 0) + column - 1;
}

/** A value by its path of keys in nested data, keys in any mix of nesting and dots: spring.flyway.mixed. */
export function valueAt(data: unknown, path: string): unknown {
  if (path === '') return data;
  if (typeof data !== 'object' || data === null || Array.isArray(data)) return undefined;
  for (const [key, value] of Object.entries(data)) {
    if (key === path) return value;
    if (path.startsWith(`${key}.`)) {
      const found = valueAt(value, path.slice(key.length + 1));
      if (found !== undefined) return found;
    }
  }
  return undefined;
}

/** A value that is a list, or []. */
export function listAt(data: unknown, path: string): readonly unknown[] {
  const value = valueAt(data, path);
  return Array.isArray(value) ? value : [];
}

/** A value that is a text, or undefined. */
export function textAt(data: unknown, path: string): string | undefined {
  const value = valueAt(data, path);
  return typeof value === 'string' ? value : undefined;
}
