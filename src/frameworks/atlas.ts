import type { Piece } from '../sql/piece.js';
import { sumName } from './atlas-sum.js';
import { nameOf } from './files.js';
import type {
  Detection,
  FileEntry,
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
    const all = folder
      .above(folder.path, ['atlas.hcl'])
      .some((entry) => /\btx_mode\s*=\s*(?:"all"|ALL|all)/.test(entry.read() ?? ''));
    const downs = new Map(filesNamed(files, /\.down\.sql$/).map((entry) => [entry.path, entry]));
    const own = files.filter((entry) => !downs.has(entry.path));
    const checkpoints = own.filter((entry) => directives(entry).has('checkpoint'));
    const read = (entry: FileEntry) =>
      migrationOf(entry, downs.get(entry.path.replace(/\.up\.sql$/, '.down.sql')), all);
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

function planOf(entry: FileEntry, all: boolean): TransactionPlan {
  const mode = directives(entry).get('txmode');
  return mode === 'none' ? unwrapped : all ? together : wrapped;
}

function migrationOf(entry: FileEntry, down: FileEntry | undefined, all: boolean): Migration {
  const stem = nameOf(entry.path).replace(/(?:\.up)?\.sql$/, '');
  const [version = stem, ...rest] = stem.split('_');
  const transaction = planOf(entry, all);
  const archive = directives(entry).has('txtar') ? archived(entry) : undefined;
  const script = (pieces: readonly Piece[]): Script => ({ pieces, transaction });
  const downs = archive?.get('down.sql') ?? (down === undefined ? undefined : whole(down));
  return {
    id: version,
    name: describe(rest.join('_')),
    file: entry.path,
    up: script([archive?.get('migration.sql') ?? whole(entry)]),
    down: downs === undefined ? { none: 'framework' } : script([downs]),
    problems: [...unreadable(down === undefined ? [entry] : [entry, down]), ...misplaced(entry)],
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
