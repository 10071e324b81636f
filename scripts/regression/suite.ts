import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { parseScript } from '../../src/sql/script.js';
import { Source } from '../../src/sql/source.js';
import type { Statement } from '../../src/sql/statement.js';

/** The files of PostgreSQL's regression suite, in the order in which its schedule runs them. */
export function scheduledFiles(suite: string): readonly string[] {
  const schedule = readFileSync(path.join(suite, 'parallel_schedule'), 'utf8');
  return schedule
    .split('\n')
    .filter((line) => line.startsWith('test:'))
    .flatMap((line) => line.slice('test:'.length).trim().split(/\s+/))
    .map((name) => path.join(suite, 'sql', `${name}.sql`));
}

/** One statement of a file, ready to be sent. */
export interface Sendable {
  readonly statement: Statement;
  readonly sql: string;
  /** Of the statements between two \\connect, counted from 0: each part has a session of its own. */
  readonly session: number;
}

/** What a file holds. */
export interface SuiteFile {
  readonly sendables: readonly Sendable[];
  /** What the parser refuses: text and complaint. */
  readonly unparsed: readonly string[];
}

/**
 * The statements of one file. psql's variables are put in, and rows that follow a COPY … FROM stdin go into a file in `folder`, which the
 * server can read. What cannot be parsed is told apart: most of such statements are there to fail.
 */
export function statementsOf(file: string, suite: string, folder: string): SuiteFile {
  const text = withVariables(readFileSync(file, 'utf8'), suite);
  const source = new Source(path.basename(file), text);
  const { statements, problems } = parseScript([{ source, span: { start: 0, end: text.length } }], { psql: true });
  const connections = [...text.matchAll(/^\\(?:c|connect)\b/gm)].map(({ index }) => index);
  const sendables = statements.map((statement, at): Sendable => {
    const session = connections.filter((place) => place < statement.span.start).length;
    if (statement.kind !== 'CopyStmt' || !/\bstdin\b/i.test(statement.text))
      return { statement, sql: statement.text, session };
    const rows = path.join(folder, `${path.basename(file)}.${at}`);
    writeFileSync(rows, rowsAfter(text, statement.span.end), { mode: 0o644 });
    return { statement, sql: statement.text.replace(/\bstdin\b/i, `'${rows}'`), session };
  });
  const unparsed = problems.map(({ message, span }) => `${message}: ${text.slice(span.start, span.end)}`);
  return { sendables, unparsed };
}

function rowsAfter(text: string, end: number): string {
  const start = text.indexOf('\n', end) + 1;
  const stop = text.indexOf('\n\\.', start - 1);
  return text.slice(start, stop + 1);
}

/** Follows \getenv and \set, and writes the values where :name, :'name' and :"name" stand. */
function withVariables(text: string, suite: string): string {
  const variables = new Map([['abs_srcdir', path.resolve(suite)]]);
  const put = (part: string) =>
    part
      .replace(/:'(\w+)'/g, (all, name) => (variables.has(name) ? `'${variables.get(name)}'` : all))
      .replace(/:"(\w+)"/g, (all, name) => (variables.has(name) ? `"${variables.get(name)}"` : all))
      .replace(/(?<![:\w]):(\w+)/g, (all, name) => variables.get(name) ?? all);
  return text
    .split('\n')
    .map((line) => {
      const set = /^\\set\s+(\w+)\s+(.*)$/.exec(line);
      if (set === null) return put(line);
      const [, name = '', value = ''] = set;
      const parts = value.match(/'(?:[^']|'')*'|\S+/g) ?? [];
      variables.set(name, parts.map((part) => put(part).replace(/^'|'$/g, '').replaceAll("''", "'")).join(''));
      return '';
    })
    .join('\n');
}
