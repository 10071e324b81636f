import type { Span } from '../sql/source.js';
import { nameOf } from './files.js';
import type { FileEntry, Framework, Migration, MigrationProblem, Script, TransactionPlan } from './framework.js';
import { type Chunk, cut, cutFaults } from './line-split.js';
import {
  compareNumbers,
  describe,
  filesNamed,
  isBlank,
  type Marker,
  markedFolders,
  markers,
  notRun,
  oneLine,
  problem,
  settleIds,
  unreadable,
} from './sql-files.js';

const fileName = /^(\d+)_(.*)\.sql$/;
const anyMarker = /^[ \t]*--[ \t]*\+goose[ \t]+Up\b/im;
/** Every line that goose takes for an annotation, well written or not: internal/sqlparser/parser.go. */
const annotation = /^([ \t]*)--.*?\+goose(.*)$/gm;
const known = new Set(['up', 'down', 'statementbegin', 'statementend', 'no transaction', 'envsub on', 'envsub off']);

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
    return {
      framework: 'goose',
      root: folder.path,
      migrations: settleIds(sorted.map(read)),
      problems: notRun(
        filesNamed(here, /\.sql$/).filter((entry) => !files.includes(entry) && anyMarker.test(entry.read() ?? '')),
        'goose wants <number>_<name>.sql',
      ),
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
  const envsub = found.some((marker) => wordOf(marker) === 'envsub on');
  const end = source.text.length;
  const section = (from: Marker | undefined, to: number): readonly Chunk[] =>
    from === undefined ? [] : cut(source, { start: from.next, end: to });
  const chunks = { up: section(up, down?.start ?? end), down: section(down, end) };
  const script = (own: readonly Chunk[], from: Marker | undefined, to: number): Script => ({
    pieces: optedOut
      ? own.map(({ piece }) => piece)
      : from === undefined
        ? []
        : [{ source, span: { start: from.next, end: to } }],
    transaction: optedOut ? unwrapped : wrapped,
    ...(envsub && { placeholders: ['dollar-brace'] }),
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
      ...cutFaults(chunks.up, 'goose'),
      ...cutFaults(chunks.down, 'goose'),
    ],
  };
}

function wordOf(marker: Marker): string {
  return (marker.groups[1] ?? '').replaceAll('--', '').trim().toLowerCase();
}

function faults(entry: FileEntry, found: readonly Marker[], up: Marker | undefined): readonly MigrationProblem[] {
  const source = entry.source();
  const refuse = (message: string, span: Span) =>
    problem('marker-refused', `${message}, so goose refuses the file`, source, span);
  const odd = found.flatMap((marker): MigrationProblem | [] => {
    if (marker.groups[0] !== '') return refuse('blanks stand before this annotation', marker);
    return known.has(wordOf(marker)) ? [] : refuse(`"${wordOf(marker)}" is no annotation of goose`, marker);
  });
  const ups = found.filter((marker) => wordOf(marker) === 'up');
  const twice = ups.slice(1).map((marker) => refuse('-- +goose Up stands here a second time', marker));
  if (up === undefined)
    return [
      ...odd,
      problem('section-missing', `${nameOf(entry.path)} has no -- +goose Up, so goose refuses it`, source),
    ];
  const before = { start: 0, end: up.start };
  const early = isBlank(source.slice(before))
    ? []
    : [problem('statement-outside-section', 'goose refuses statements before -- +goose Up', source, before)];
  return [...odd, ...twice, ...early];
}
