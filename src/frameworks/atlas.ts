import type { Piece } from '../sql/piece.js';
import { cutAt } from './atlas-cut.js';
import { sumName } from './atlas-sum.js';
import { nameOf } from './files.js';
import type {
  Detection,
  FileEntry,
  Folder,
  Framework,
  Migration,
  MigrationProblem,
  Script,
  TransactionPlan,
} from './framework.js';
import { compareText, describe, filesNamed, markers, problem, settleIds, unreadable, whole } from './sql-files.js';

const optOut = 'begin the file with -- atlas:txmode none and an empty line';
const wrapped: TransactionPlan = {
  scope: 'migration',
  batch: 'statement',
  optedOut: false,
  why: 'Atlas wraps each file in a transaction',
  optOut,
};
const unwrapped: TransactionPlan = {
  scope: 'none',
  batch: 'statement',
  optedOut: true,
  why: 'with -- atlas:txmode none Atlas sends each statement by itself',
};
const together: TransactionPlan = {
  scope: 'run',
  batch: 'statement',
  optedOut: false,
  why: 'with tx-mode all Atlas runs all pending files in one transaction',
};

/** Atlas versioned migrations: `<version>_<name>.sql` and atlas.sum. */
export default {
  id: 'atlas',
  title: 'Atlas',
  detect: (project) =>
    [...project.byFolder].flatMap(([root, entries]): Detection | [] => {
      const sum = entries.find((entry) => nameOf(entry.path) === sumName);
      return sum === undefined ? [] : { root, evidence: 'manifest', because: `${sum.path} is Atlas's` };
    }),
  read(folder) {
    const files = filesNamed(folder.byFolder.get(folder.path) ?? [], /\.sql$/).toSorted((a, b) =>
      compareText(a.path, b.path),
    );
    const mode = modeOf(folder);
    const downs = new Map(filesNamed(files, /\.down\.sql$/).map((entry) => [entry.path, entry]));
    const own = files.filter((entry) => !downs.has(entry.path));
    const checkpoints = own.filter((entry) => directives(entry).has('checkpoint'));
    const read = (entry: FileEntry) =>
      migrationOf(entry, downs.get(entry.path.replace(/\.up\.sql$/, '.down.sql')), mode);
    return {
      framework: 'atlas',
      root: folder.path,
      migrations: settleIds(own.filter((entry) => !checkpoints.includes(entry)).map(read)),
      problems: [],
      assumptions:
        checkpoints.length === 0
          ? []
          : [`${checkpoints.length} checkpoints are left out, because the files they sum up are there`],
    };
  },
} satisfies Framework;

/** Directives count at the top of a file, an empty line apart from its statements: sql/migrate/dir.go, comments. */
function directives(entry: FileEntry): ReadonlyMap<string, string> {
  const [head = ''] = /^(?:(?:--|#).*(?:\r?\n|$))*/.exec(entry.read() ?? '') ?? [];
  const rest = (entry.read() ?? '').slice(head.length);
  if (rest !== '' && !/^[ \t]*\r?\n/.test(rest)) return new Map();
  const found = head.split('\n').flatMap((line) => {
    const [, name, value = ''] = /^[ -~]*?atlas:(\w+)(?: +(.+))?/.exec(line.trim()) ?? [];
    return name === undefined ? [] : [[name, value] as const];
  });
  return new Map(found);
}

type Mode = 'none' | 'file' | 'all';

/** What atlas.hcl says of all files; the nearest that says something counts. */
function modeOf(folder: Folder): Mode {
  for (const entry of folder.above(folder.path, ['atlas.hcl'])) {
    const [, mode] = /\btx_mode\s*=\s*"?(none|file|all)\b/i.exec(entry.read() ?? '') ?? [];
    if (mode !== undefined) return /none/i.test(mode) ? 'none' : /all/i.test(mode) ? 'all' : 'file';
  }
  return 'file';
}

const plans: Readonly<Record<Mode, TransactionPlan>> = { none: unwrapped, file: wrapped, all: together };

/** A directive counts before the mode of all files, which it may not change where that is `all`: migrate.go, modeFor. */
function planOf(entry: FileEntry, mode: Mode): TransactionPlan {
  const own = directives(entry).get('txmode');
  const plan = mode !== 'all' && (own === 'none' || own === 'file') ? plans[own] : plans[mode];
  // what stands between delimiters of its own is sent as one message
  return delimiterOf(entry) === undefined ? plan : { ...plan, batch: 'script' };
}

/** The directive counts in the first line alone, written just so: sql/migrate/lex.go, init. */
function delimiterOf(entry: FileEntry): string | undefined {
  const [, written] = /^-- atlas:delimiter +([^\r\n]+)/.exec(entry.read() ?? '') ?? [];
  return written?.replace(/\\([nrt])/g, (_, letter: string) => ({ n: '\n', r: '\r', t: '\t' })[letter] ?? letter);
}

/** The statements of a file, as Atlas cuts it. */
function piecesOf(entry: FileEntry): readonly Piece[] {
  const delimiter = delimiterOf(entry);
  const file = whole(entry);
  if (delimiter === undefined) return [file];
  const { source } = file;
  const start = source.text.indexOf('\n') + 1;
  return start === 0 ? [] : cutAt(source, { start, end: file.span.end }, delimiter);
}

function migrationOf(entry: FileEntry, down: FileEntry | undefined, mode: Mode): Migration {
  const stem = nameOf(entry.path).replace(/(?:\.up)?\.sql$/, '');
  const [version = stem, ...rest] = stem.split('_');
  const transaction = planOf(entry, mode);
  const archive = directives(entry).has('txtar') ? archived(entry) : undefined;
  const script = (pieces: readonly Piece[]): Script => ({ pieces, transaction });
  const migration = archive?.get('migration.sql');
  const downs = archive?.get('down.sql') ?? (down === undefined ? undefined : whole(down));
  return {
    id: version,
    name: describe(rest.join('_')),
    file: entry.path,
    up: script(migration === undefined ? piecesOf(entry) : [migration]),
    down: downs === undefined ? { none: 'framework' } : script([downs]),
    problems: [
      ...unreadable(down === undefined ? [entry] : [entry, down]),
      ...misplaced(entry),
      ...refused(entry, mode),
    ],
  };
}

/** The files within a file: `-- migration.sql --` begins one. */
function archived(entry: FileEntry): ReadonlyMap<string, Piece> {
  const source = entry.source();
  const heads = markers(source.text, /^-- (\S+) --[ \t]*\r?$/gm);
  return new Map(
    heads.map((head, at) => [
      head.groups[0] ?? '',
      { source, span: { start: head.next, end: heads[at + 1]?.start ?? source.text.length } },
    ]),
  );
}

/** The directives at which Atlas stops: migrate.go, txmodeFor and modeFor. */
function refused(entry: FileEntry, mode: Mode): readonly MigrationProblem[] {
  const own = directives(entry).get('txmode');
  if (own === undefined) return [];
  const why =
    own !== 'none' && own !== 'file'
      ? `Atlas knows txmode none and file, not ${own}`
      : mode === 'all'
        ? 'atlas.hcl puts all files into one transaction, which no file may leave'
        : undefined;
  const [marker] = markers(entry.source().text, /^.*atlas:txmode\b.*$/gm);
  return why === undefined
    ? []
    : [problem('marker-refused', `${why}, so Atlas refuses the file`, entry.source(), marker)];
}

function misplaced(entry: FileEntry): readonly MigrationProblem[] {
  const source = entry.source();
  const known = directives(entry);
  return markers(source.text, /^[ \t]*--[ \t]*atlas:txmode\b.*$/gm)
    .filter(() => !known.has('txmode'))
    .map((marker) =>
      problem(
        'opt-out-ignored',
        'Atlas passes over this directive: it must stand at the top of the file with an empty line behind it',
        source,
        marker,
      ),
    );
}
