import { lex } from '../../sql/lexer.js';
import type { Piece } from '../../sql/piece.js';
import type { Source, Span } from '../../sql/source.js';
import type { FileEdit, Migration, MigrationProblem, Script, TransactionPlan } from '../framework.js';

/** A change set of any format, before it becomes a migration. */
export interface ChangeSet {
  readonly author: string;
  readonly id: string;
  readonly file: string;
  readonly up: readonly Piece[];
  readonly down: readonly Piece[] | 'missing' | 'irreversible';
  readonly runInTransaction: boolean;
  /** What is written so that it runs in none. */
  readonly optOut?: readonly FileEdit[];
  /** False: what a change holds travels in one message. */
  readonly split: boolean;
  readonly comment: string;
  readonly repeatable: boolean;
  readonly problems: readonly MigrationProblem[];
  /** It has preconditions that ask the database. */
  readonly conditional: boolean;
}

const ways = { sql: 'runInTransaction:false behind --changeset', other: 'runInTransaction: false in the change set' };

function planOf({ runInTransaction, split, file }: ChangeSet): TransactionPlan {
  const optOut = `write ${file.endsWith('.sql') ? ways.sql : ways.other}`;
  const batch = split ? 'statement' : 'script';
  if (runInTransaction)
    return {
      scope: 'migration',
      batch,
      optedOut: false,
      why: 'Liquibase wraps each change set in a transaction',
      optOut,
    };
  return split
    ? {
        scope: 'none',
        batch,
        optedOut: true,
        why: 'with runInTransaction=false Liquibase sends each statement by itself',
      }
    : {
        scope: 'none',
        batch,
        optedOut: true,
        why: 'with splitStatements=false Liquibase sends the statements together, which makes one transaction of them',
        optOut: 'leave splitStatements=false out, or keep the statement alone in its change set',
      };
}

/** A change set as a migration. */
export function migrationOf(changeSet: ChangeSet): Migration {
  const transaction = planOf(changeSet);
  const { down, optOut } = changeSet;
  const script = (pieces: readonly Piece[]): Script => ({
    pieces,
    transaction,
    placeholders: ['dollar-brace'],
    ...(optOut !== undefined && { optOut }),
  });
  return {
    id: `${changeSet.author}:${changeSet.id}`,
    name: changeSet.comment,
    file: changeSet.file,
    up: script(changeSet.up),
    down: typeof down === 'string' ? { none: down } : script(down),
    problems: changeSet.problems,
    ...(changeSet.repeatable && { repeatable: true }),
    ...(changeSet.conditional && { conditional: true }),
  };
}

/** Whether a `dbms` list (of a change set, a property, a change) takes PostgreSQL in. */
export function isForPostgres(dbms: string | undefined): boolean {
  const names = (dbms ?? '')
    .toLowerCase()
    .split(/[\s,]+/)
    .filter((name) => name !== '');
  if (names.length === 0 || names.includes('all')) return true;
  if (names.includes('none') || names.includes('!postgresql')) return false;
  const wanted = names.filter((name) => !name.startsWith('!'));
  return wanted.length === 0 || wanted.some((name) => name === 'postgresql' || name === 'edb');
}

const databases = /^(?:mysql|mariadb|oracle|h2|hsqldb|mssql|sqlserver|sqlite|db2|derby|sybase|informix)$/i;

/** Whether a context leaves PostgreSQL in: some projects name their databases by contexts. */
export function isForPostgresContext(context: string | undefined): boolean {
  const words = (context ?? '').match(/!?\w+/g) ?? [];
  if (words.some((word) => /^!postgres/i.test(word))) return false;
  return words.some((word) => /^postgres/i.test(word)) || !words.some((word) => databases.test(word));
}

/** Liquibase takes what may belong to a word behind one for more of it, `$$` too, and a slash for a delimiter where a line begins: SimpleSqlGrammar.jj, isDelimiter. */
function seenAfter(delimiter: string): string {
  if (delimiter === '/') return '(?<=\\n)';
  return /^[\w$#@]/.test(delimiter) ? '(?<![A-Za-z_$][\\w$#@]*)' : '';
}

/** The pieces of a text that ends its statements in another way than by a semicolon. */
export function splitAt(source: Source, span: Span, delimiter: string | undefined): readonly Piece[] {
  if (delimiter === undefined || delimiter === ';') return [{ source, span }];
  const escaped = delimiter
    .replace(/\\n/g, '\n')
    .replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
    .replace(/\n/g, '\\r?\\n');
  // a word or slash counts only at the end of a line, as Liquibase's own splitter has it
  const pattern = new RegExp(`${seenAfter(delimiter)}${escaped}[ \\t]*(?=\\r?\\n|$)`, 'gi');
  const pieces: Piece[] = [];
  let { start } = span;
  const text = source.text.slice(0, span.end);
  pattern.lastIndex = start;
  for (let found = pattern.exec(text); found !== null; found = pattern.exec(text)) {
    pieces.push({ source, span: { start, end: found.index } });
    start = found.index + found[0].length;
    if (found[0] === '') pattern.lastIndex++;
  }
  pieces.push({ source, span: { start, end: span.end } });
  return pieces.filter((piece) => source.slice(piece.span).trim() !== '');
}

/** Words that a property gives a value; `${x}` that none names stays for the reader of the SQL. */
export function substituted(piece: Piece, properties: ReadonlyMap<string, string>): Piece {
  const text = piece.rendered ?? piece.source.slice(piece.span);
  if (!text.includes('${') || properties.size === 0) return piece;
  const filled = text.replace(/\$\{([^}\s]+)\}/g, (whole, name: string) => properties.get(name) ?? whole);
  return filled === text ? piece : { ...piece, rendered: filled };
}

/** Text that lost its indentation or escapes, as one piece a statement, each placed where its lines stand in the source. */
export function placed(text: string, source: Source, span: Span): readonly Piece[] {
  let from = span.start;
  return lex(text).statements.map((statement): Piece => {
    const rendered = text.slice(statement.start, statement.end);
    const lines = rendered
      .split('\n')
      .map((line) => line.trim())
      .filter((line) => line !== '');
    const start = source.text.indexOf(lines[0] ?? '', from);
    if (start === -1 || start >= span.end) return { source, span, rendered };
    const last = lines.at(-1) ?? '';
    const end = source.text.indexOf(last, start + (lines.length > 1 ? (lines[0]?.length ?? 0) : 0));
    if (end === -1 || end + last.length > span.end) return { source, span, rendered };
    from = end + last.length;
    return { source, span: { start, end: from }, rendered };
  });
}
