import type { Piece } from '../sql/piece.js';
import type { Span } from '../sql/source.js';
import { afterUnread } from './after-unread.js';
import { nameOf } from './files.js';
import type { FileEntry, Framework, Migration, MigrationProblem, Script, TransactionPlan } from './framework.js';
import { type Chunk, cut, cutFaults } from './line-split.js';
import {
  compareNumbers,
  describe,
  filesNamed,
  firstLine,
  isBlank,
  type Marker,
  marked,
  markedFolders,
  markers,
  notRun,
  oneLine,
  problem,
  settleIds,
  unreadable,
  withoutZeros,
} from './sql-files.js';

/** The number must not be 0: migration.go, NumericComponent. */
const fileName = /^(0*[1-9]\d*)_(.*)\.sql$/;
const anyMarker = /^[ \t]*--[ \t]*\+goose[ \t]+Up\b/im;
/** Every line that goose takes for an annotation, well written or not: internal/sqlparser/parser.go. */
const annotation = /^([ \t]*)(--.*?\+goose.*)$/gm;

/** Where a file is when a line of it is read. */
type State = 'the start' | 'Up' | 'Down' | 'StatementBegin of Up' | 'StatementBegin of Down';
/** The annotations, and where each leads from; elsewhere it is refused. */
const steps: Readonly<Record<string, Partial<Record<State, State>> | undefined>> = {
  up: { 'the start': 'Up' },
  down: { Up: 'Down' },
  statementbegin: { Up: 'StatementBegin of Up', Down: 'StatementBegin of Down' },
  statementend: { 'StatementBegin of Up': 'Up', 'StatementBegin of Down': 'Down' },
};
const anywhere = new Set(['no transaction', 'envsub on', 'envsub off']);

const wrapped: TransactionPlan = {
  scope: 'migration',
  batch: 'statement',
  optedOut: false,
  why: 'goose wraps each migration in a transaction',
  optOut: 'write -- +goose NO TRANSACTION at the top of the file',
};
const unwrapped: TransactionPlan = {
  scope: 'none',
  batch: 'script',
  optedOut: true,
  why: 'with -- +goose NO TRANSACTION each statement is sent by itself; statements that end on one line travel together and are one transaction',
  optOut: 'end the statement before it on a line of its own',
  session: 'statement',
};

/** goose: `-- +goose Up` and `-- +goose Down` in one file. */
export default {
  id: 'goose',
  title: 'goose',
  detect: (project) => markedFolders(project, /^\d+_.*\.sql$/, anyMarker),
  read(folder) {
    const here = folder.byFolder.get(folder.path) ?? [];
    const files = filesNamed(here, fileName);
    const order = (entry: FileEntry) => fileName.exec(nameOf(entry.path))?.[1] ?? '';
    const sorted = files.toSorted((a, b) => compareNumbers(order(a), order(b)));
    const code = filesNamed(here, /^\d+_.*(?<!_test)\.go$/);
    const unread = code.map((entry) => withoutZeros(/^\d+/.exec(nameOf(entry.path))?.[0] ?? ''));
    return {
      framework: 'goose',
      root: folder.path,
      migrations: afterUnread(settleIds(sorted.map(read), { same: withoutZeros }), unread, compareNumbers),
      problems: [
        ...notRun(
          filesNamed(here, /\.sql$/).filter((entry) => !files.includes(entry)),
          'goose wants <number>_<name>.sql, and its command refuses a folder with any other',
        ),
        ...notRun(
          filesNamed(here, /\.sql$/i).filter(
            (entry) => !entry.path.endsWith('.sql') && anyMarker.test(entry.read() ?? ''),
          ),
          'goose wants <number>_<name>.sql',
        ),
      ],
      unread,
      assumptions: code.length === 0 ? [] : [`${code.length} migrations written in Go are not read`],
    };
  },
} satisfies Framework;

function read(entry: FileEntry): Migration {
  const [, version = '', rest = ''] = fileName.exec(nameOf(entry.path)) ?? [];
  const source = entry.source();
  const lineless = oneLine(entry, 'goose');
  const found = lineless.length > 0 ? [] : markers(source.text, annotation);
  const at = (word: string) => found.find((marker) => wordOf(marker) === word);
  const [up, down] = [at('up'), at('down')];
  const optedOut = found.some((marker) => wordOf(marker) === 'no transaction');
  const substitutes = substitution(found);
  const end = source.text.length;
  const section = (from: Marker | undefined, to: number): readonly Chunk[] =>
    from === undefined ? [] : cut(source, { start: from.next, end: to });
  const chunks = { up: section(up, down?.start ?? end), down: section(down, end) };
  const script = (own: readonly Chunk[], from: Marker | undefined, to: number): Script => ({
    pieces: (optedOut
      ? own.map(({ piece }) => piece)
      : from === undefined
        ? []
        : stretches({ start: from.next, end: to }, found).map((span): Piece => ({ source, span }))
    ).map((piece) =>
      substitutes === undefined || substitutes(piece.span.start) ? piece : { ...piece, verbatim: true },
    ),
    transaction: optedOut ? unwrapped : wrapped,
    // the annotation is for both ways: several statements of the other one would no longer stand or fall together
    ...([chunks.up, chunks.down].every(({ length }) => length < 2) && {
      optOut: firstLine(entry, '-- +goose NO TRANSACTION'),
    }),
    ...(substitutes && { placeholders: ['dollar-brace'] }),
  });
  return {
    id: version,
    name: describe(rest),
    file: entry.path,
    up: script(chunks.up, up, down?.start ?? end),
    down: down === undefined ? { none: 'missing' } : script(chunks.down, down, end),
    problems: [
      ...unreadable([entry]),
      ...lineless,
      ...(entry.fault() === undefined && lineless.length === 0 ? faults(entry, found, up) : []),
      ...substitutionFaults(entry, found),
      ...cutFaults(chunks.up, 'goose'),
      ...cutFaults(chunks.down, 'goose'),
    ],
  };
}

/** What is left of the line: internal/sqlparser/parser.go, extractAnnotation. */
function wordOf(marker: Marker): string {
  return (marker.groups[1] ?? '').replaceAll('--', '').replace('+goose', '').trim().toLowerCase();
}

function faults(entry: FileEntry, found: readonly Marker[], up: Marker | undefined): readonly MigrationProblem[] {
  const source = entry.source();
  const byteOrderMark = marked(entry, 'goose refuses the file');
  if (up === undefined)
    return [
      ...byteOrderMark,
      ...refused(entry, found),
      problem('section-missing', `${nameOf(entry.path)} has no -- +goose Up, so goose refuses it`, source),
    ];
  const before = { start: 0, end: up.start };
  const early = isBlank(source.slice(before))
    ? []
    : [problem('statement-outside-section', 'goose refuses statements before -- +goose Up', source, before)];
  return [...byteOrderMark, ...refused(entry, found), ...early];
}

/** Whether goose substitutes variables at a place; undefined where it does nowhere. */
function substitution(found: readonly Marker[]): ((at: number) => boolean) | undefined {
  const switches = found.filter(isSwitch);
  if (!switches.some((marker) => wordOf(marker) === 'envsub on')) return undefined;
  return (at) => {
    const last = switches.findLast(({ start }) => start <= at);
    return last !== undefined && wordOf(last) === 'envsub on';
  };
}

function isSwitch(marker: Marker): boolean {
  return /^envsub o(?:n|ff)$/.test(wordOf(marker));
}

/** A section in the parts between ENVSUB ON and OFF. */
function stretches({ start, end }: Span, found: readonly Marker[]): readonly Span[] {
  const within = found.filter((marker) => isSwitch(marker) && marker.start >= start && marker.next <= end);
  const starts = [start, ...within.map(({ next }) => next)];
  return starts.map((from, at) => ({ start: from, end: within[at]?.start ?? end }));
}

/**
 * What goose makes of dollars between ENVSUB ON and OFF (mfridman/interpolate, parser.go): of two it leaves one, which ends a dollar quote
 * nowhere, and behind a single one it wants a name.
 */
function substitutionFaults(entry: FileEntry, found: readonly Marker[]): readonly MigrationProblem[] {
  const source = entry.source();
  const switches = found.filter(isSwitch);
  return switches.flatMap((marker, at): readonly MigrationProblem[] => {
    if (wordOf(marker) !== 'envsub on') return [];
    const end = switches[at + 1]?.start ?? source.text.length;
    const lines = markers(source.text.slice(0, end), /^(?![ \t]*--)(.*\$.*)$/gm).filter(
      ({ start }) => start >= marker.next,
    );
    return lines.flatMap(({ start, groups }) => {
      const [, odd] =
        /^(?:\\[\\$]|\$\(|\$\{?[A-Za-z]|[^$\\]|\\(?![\\$]))*(\$\$|\$(?![A-Za-z{($]).)/.exec(groups[0] ?? '') ?? [];
      if (odd === undefined) return [];
      const span = { start, end: start + (groups[0] ?? '').length };
      return odd === '$$'
        ? problem(
            'syntax-error',
            'goose leaves one $ of $$ where ENVSUB is on, so that PostgreSQL refuses the statement',
            source,
            span,
          )
        : problem(
            'marker-refused',
            `goose wants the name of a variable behind $ where ENVSUB is on, not ${odd.slice(1)}, and refuses the file`,
            source,
            span,
          );
    });
  });
}

/** The annotations at which goose stops. */
function refused(entry: FileEntry, found: readonly Marker[]): readonly MigrationProblem[] {
  let state: State = 'the start';
  return found.flatMap((marker): MigrationProblem | [] => {
    const refuse = (message: string) =>
      problem('marker-refused', `${message}, so goose refuses the file`, entry.source(), marker);
    const word = wordOf(marker);
    if (marker.groups[0] !== '') return refuse('blanks stand before this annotation');
    if (anywhere.has(word)) return [];
    const step = steps[word];
    if (step === undefined) return refuse(`"${word}" is no annotation of goose`);
    const next: State | undefined = step[state];
    if (next === undefined) return refuse(`this annotation may not follow ${state}`);
    state = next;
    return [];
  });
}
