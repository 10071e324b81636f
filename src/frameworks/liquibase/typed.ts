import type { Piece } from '../../sql/piece.js';
import type { FileEntry, MigrationProblem } from '../framework.js';
import { problem, whole } from '../sql-files.js';
import { type ChangeSet, isForPostgres, isForPostgresContext, placed, splitAt, substituted } from './change-set.js';
import { changes } from './changes.js';
import { cutFaults } from './cut.js';
import { attribute, childrenOf, type Element, flag } from './element.js';
import { type PrimaryKeys, rememberKeys, withKeyName } from './primary-keys.js';

/** What a change set of XML, YAML or JSON needs from around it. */
export interface Surroundings {
  readonly properties: ReadonlyMap<string, string>;
  readonly primaryKeys: PrimaryKeys;
  /** The file that a sqlFile, createProcedure or the like names. */
  readonly file: (element: Element) => FileEntry | undefined;
}

/** Parts of a change set that are no changes. */
const notChanges = new Set([
  'validCheckSum',
  'preConditions',
  'comment',
  'rollback',
  'property',
  'modifySql',
  'tagDatabase',
]);

interface Made {
  readonly up: readonly Piece[];
  /** The way back; undefined when Liquibase cannot make one. */
  readonly down: readonly Piece[] | undefined;
  readonly problems: readonly MigrationProblem[];
}

/** A change set of elements; undefined when it is not for PostgreSQL. */
export function typedChangeSet(element: Element, around: Surroundings): ChangeSet | undefined {
  if (
    !isForPostgres(attribute(element, 'dbms')) ||
    !isForPostgresContext(attribute(element, 'context', 'contextFilter')) ||
    flag(element, 'ignore', false) ||
    !preconditioned(element)
  )
    return undefined;
  const parts = element.children.filter(
    (child) => !notChanges.has(child.name) && isForPostgres(attribute(child, 'dbms')),
  );
  const made = parts.map((part) => {
    const one = make(part, around);
    rememberKeys(part, around.primaryKeys);
    return one;
  });
  const rollbacks = childrenOf(element, 'rollback');
  const [comment] = childrenOf(element, 'comment');
  const back = rollbacks.length > 0 ? rollbacks.flatMap((rollback) => undo(rollback, around)) : automatic(made);
  return {
    author: attribute(element, 'author') ?? '',
    id: attribute(element, 'id') ?? '',
    file: element.source.file,
    up: made.flatMap(({ up }) => up),
    down: back,
    runInTransaction: flag(element, 'runInTransaction', true),
    split: parts.every((part) => flag(part, 'splitStatements', true)),
    comment: (comment?.text ?? '').trim(),
    repeatable: flag(element, 'runOnChange', false) || flag(element, 'runAlways', false),
    problems: made.flatMap(({ problems }) => problems),
    conditional: childrenOf(element, 'preConditions').some(asksDatabase),
  };
}

/** Whether a precondition asks for anything but the kind of database. */
function asksDatabase({ children }: Element): boolean {
  return children.some((condition) =>
    /^(?:and|or)$/.test(condition.name) ? asksDatabase(condition) : condition.name !== 'dbms',
  );
}

/** Of the preconditions only the one on the database can be judged from the files. */
function preconditioned(element: Element): boolean {
  return childrenOf(element, 'preConditions').every((conditions) =>
    childrenOf(conditions, 'dbms').every((dbms) => isForPostgres(attribute(dbms, 'type'))),
  );
}

/** Liquibase takes the changes back in reverse order, if it can take back each. */
function automatic(made: readonly Made[]): readonly Piece[] | 'missing' {
  const pieces: Piece[] = [];
  for (const { down } of made.toReversed()) {
    if (down === undefined) return 'missing';
    pieces.push(...down);
  }
  return pieces;
}

function undo(rollback: Element, around: Surroundings): readonly Piece[] {
  const parts = rollback.children.flatMap((part) => make(part, around).up);
  return parts.length > 0 ? parts : sqlOf(rollback, around);
}

function make(change: Element, around: Surroundings): Made {
  const { source, span } = change;
  if (change.name === 'sql') {
    const up = sqlOf(change, around);
    return { up, down: undefined, problems: isCut(change) ? cutFaults(up) : [] };
  }
  if (change.name === 'sqlFile') return fromFile(change, around);
  const render = changes[change.name];
  if (render === undefined) {
    const message = `what Liquibase's ${change.name} does cannot be followed`;
    return { up: [], down: undefined, problems: [problem('not-understood', message, source, firstLine(change))] };
  }
  if (attribute(change, 'path') !== undefined && change.text.trim() === '') return fromFile(change, around);
  const { up, down } = render(withKeyName(change, around.primaryKeys));
  const piece = (rendered: string) => substituted({ source, span, rendered }, around.properties);
  return { up: up.map(piece), down: down?.map(piece), problems: [] };
}

function sqlOf(element: Element, { properties }: Surroundings): readonly Piece[] {
  const { source, verbatim, text, span } = element;
  if (text.trim() === '') return [];
  const delimiter = attribute(element, 'endDelimiter');
  const pieces =
    verbatim !== undefined
      ? splitAt(source, verbatim, delimiter)
      : flag(element, 'splitStatements', true) && delimiter === undefined
        ? placed(text, source, span)
        : [{ source, span, rendered: text }];
  return pieces.map((piece) => substituted(piece, properties));
}

function fromFile(change: Element, { file, properties }: Surroundings): Made {
  const path = attribute(change, 'path') ?? '';
  const entry = /\.csv$/i.test(path) ? undefined : file(change);
  if (entry === undefined) {
    const message = `${path} is not in the project`;
    return {
      up: [],
      down: undefined,
      problems: [problem('broken-include', message, change.source, firstLine(change))],
    };
  }
  const fault = entry.fault();
  const { source, span } = whole(entry);
  const problems = fault === undefined ? [] : [problem('unreadable-migration', `${entry.path} ${fault}`, source)];
  const pieces = splitAt(source, span, attribute(change, 'endDelimiter'));
  const cut = change.name === 'sqlFile' && isCut(change) ? cutFaults(pieces) : [];
  return {
    up: pieces.map((piece) => substituted(piece, properties)),
    down: undefined,
    problems: [...problems, ...cut],
  };
}

/** Whether Liquibase looks for the ends of the statements by itself. */
function isCut(change: Element): boolean {
  return flag(change, 'splitStatements', true) && attribute(change, 'endDelimiter') === undefined;
}

function firstLine({ source, span }: Element) {
  const end = source.text.indexOf('\n', span.start);
  return { start: span.start, end: end === -1 ? span.end : Math.min(end, Math.max(span.end, span.start)) };
}
