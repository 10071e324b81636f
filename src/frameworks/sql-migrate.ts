import { nameOf } from './files.js';
import type {
  FileEntry,
  Folder,
  Framework,
  Migration,
  MigrationProblem,
  Script,
  TransactionPlan,
} from './framework.js';
import { type Chunk, cut, cutFaults } from './line-split.js';
import { goModule, manifestWith, tasks } from './manifests.js';
import {
  behind,
  compareNumbers,
  compareText,
  describe,
  filesNamed,
  isBlank,
  type Marker,
  marked,
  markedFolders,
  markers,
  oneLine,
  problem,
  settleIds,
  stemOf,
  unreadable,
} from './sql-files.js';

const sectionMarker = /^-- \+migrate[ \t]+(Up|Down)\b[ \t]*(.*?)[ \t]*\r?$/gm;
/** Every line that looks like one of its commands, well written or not. */
const command = /^([ \t]*--[ \t]*\+migrate\b)[ \t]*(\S*).*$/gim;
const commands = new Set(['Up', 'Down', 'StatementBegin', 'StatementEnd']);
const anyMarker = /^-- \+migrate[ \t]+Up\b/m;
const numbered = /^(\d+)/;

const wrapped: TransactionPlan = {
  scope: 'migration',
  batch: 'statement',
  optedOut: false,
  why: 'sql-migrate wraps each migration in a transaction',
  mindsEnd: 'pq: unexpected transaction status idle',
  optOut: 'write notransaction behind -- +migrate Up',
};
const unwrapped: TransactionPlan = {
  scope: 'none',
  batch: 'script',
  optedOut: true,
  why: 'with notransaction sql-migrate sends each statement by itself; statements that end on one line travel together and are one transaction',
  optOut: 'end the statement before it on a line of its own',
};

/** sql-migrate (Go): `-- +migrate Up` and `-- +migrate Down` in one file. */
export default {
  id: 'sql-migrate',
  title: 'sql-migrate',
  detect: (project) => markedFolders(project, /\.sql$/, anyMarker),
  read(folder) {
    const files = filesNamed(folder.byFolder.get(folder.path) ?? [], /\.sql$/).toSorted((a, b) =>
      compare(nameOf(a.path), nameOf(b.path)),
    );
    const own = ownRunner(folder);
    const migrations = files.map((entry) => read(entry, own === undefined));
    return {
      framework: 'sql-migrate',
      root: folder.path,
      migrations: settleIds(migrations, { refused: () => false }),
      problems: [],
      assumptions:
        own === undefined
          ? []
          : [`${own.path} does not use sql-migrate: that it cuts at lines is not said of its files`],
    };
  },
} satisfies Framework;

/** A program in Go that has the markers of sql-migrate, and not sql-migrate, runs its files in a way of its own. */
function ownRunner(folder: Folder): FileEntry | undefined {
  const [module] = folder.above(folder.path, goModule);
  const named = [...goModule, ...tasks].some((name) => manifestWith(folder, folder.path, [name], /\bsql-migrate\b/));
  return named || folder.above(folder.path, ['dbconfig.yml']).length > 0 ? undefined : module;
}

/** Names that begin with a number come first, by its value, then all by name: migrate.go, Migration.Less. */
function compare(a: string, b: string): number {
  const [x, y] = [numbered.exec(a)?.[1], numbered.exec(b)?.[1]];
  if (x === undefined || y === undefined) return Number(x === undefined) - Number(y === undefined) || compareText(a, b);
  return compareNumbers(x, y) || compareText(a, b);
}

function read(entry: FileEntry, cuts: boolean): Migration {
  const source = entry.source();
  const stem = stemOf(entry.path);
  const [version = stem] = numbered.exec(stem) ?? [];
  const lineless = oneLine(entry, 'sql-migrate');
  const found = lineless.length > 0 ? [] : markers(source.text, sectionMarker);
  const sections = (direction: string) =>
    found.flatMap((marker, at) =>
      marker.groups[0] === direction ? { marker, end: found[at + 1]?.start ?? source.text.length } : [],
    );
  const read = (direction: string): Script & { readonly chunks: readonly Chunk[] } => {
    const own = sections(direction);
    const optedOut = own.some(({ marker }) => optionsOf(marker).includes('notransaction'));
    const chunks = own.flatMap(({ marker, end }) => cut(source, { start: marker.next, end }));
    const whole = own.map(({ marker, end }) => ({ source, span: { start: marker.next, end } }));
    const [only, ...others] = own;
    const bare = others.length === 0 && only !== undefined && optionsOf(only.marker).length === 0;
    return {
      pieces: optedOut ? chunks.map(({ piece }) => piece) : whole,
      transaction: optedOut ? unwrapped : wrapped,
      ...(bare && { optOut: behind(source, only.marker, 'notransaction') }),
      chunks,
    };
  };
  const { chunks: upChunks, ...up } = read('Up');
  const { chunks: downChunks, ...down } = read('Down');
  return {
    id: version,
    name: describe(stem.replace(numbered, '')),
    file: entry.path,
    up,
    down: sections('Down').length === 0 ? { none: 'missing' } : down,
    problems: [
      ...unreadable([entry]),
      ...lineless,
      ...(entry.fault() === undefined && lineless.length === 0 ? faults(entry, found) : []),
      ...(cuts
        ? [...cutFaults(upChunks, 'sql-migrate', 'migrate'), ...cutFaults(downChunks, 'sql-migrate', 'migrate')]
        : []),
    ],
  };
}

function optionsOf(marker: Marker): readonly string[] {
  return (marker.groups[1] ?? '').split(/\s+/).filter((word) => word !== '');
}

function faults(entry: FileEntry, found: readonly Marker[]): readonly MigrationProblem[] {
  const source = entry.source();
  const [first] = found;
  const passedOver = markers(source.text, command).filter(
    ({ groups: [start, word = ''] }) => start !== '-- +migrate' || !commands.has(word),
  );
  const unseen = passedOver.map((marker) => {
    const message = `sql-migrate passes over this line: its commands are -- +migrate ${[...commands].join(', ')}`;
    return problem('marker-refused', message, source, marker);
  });
  const byteOrderMark = first?.start === 0 ? marked(entry, 'sql-migrate passes over its marker') : [];
  if (first === undefined)
    return [
      ...unseen,
      problem('section-missing', `${nameOf(entry.path)} has no -- +migrate Up, so sql-migrate refuses it`, source),
    ];
  const before = { start: 0, end: first.start };
  const early = isBlank(source.slice(before))
    ? []
    : [
        problem(
          'statement-outside-section',
          'sql-migrate passes over what stands before -- +migrate Up',
          source,
          before,
        ),
      ];
  const odd = found.flatMap((marker) =>
    optionsOf(marker)
      .filter((word) => word !== 'notransaction')
      .map((word) =>
        problem(
          'opt-out-ignored',
          `sql-migrate passes over ${word}: the option is written notransaction`,
          source,
          marker,
        ),
      ),
  );
  return [...byteOrderMark, ...unseen, ...early, ...odd];
}
