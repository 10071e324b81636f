import { createHash } from 'node:crypto';
import { folderOf, nameOf } from './files.js';
import type {
  Detection,
  FileEntry,
  Folder,
  Framework,
  Migration,
  MigrationProblem,
  TransactionPlan,
} from './framework.js';
import { withIncludes } from './graphile-include.js';
import {
  compareText,
  describe,
  filesNamed,
  isBlank,
  markers,
  notRun,
  problem,
  settleIds,
  unreadable,
} from './sql-files.js';

const fileName = /^([0-9]+)(-[-_a-zA-Z0-9]*)?\.sql$/;
/** The files that configure graphile-migrate. */
export const gmrc = ['.gmrc', '.gmrc.js', '.gmrc.cjs', '.gmrc.mjs', '.gmrc.json', '.gmrc.jsonc', '.gmrc.json5'];
const header = /^--! (Previous|Hash)\b/m;

const wrapped: TransactionPlan = {
  scope: 'migration',
  batch: 'script',
  optedOut: false,
  why: 'graphile-migrate wraps each migration in a transaction',
  optOut: 'begin the migration with --! no-transaction and keep the statement alone in it',
};
const unwrapped: TransactionPlan = {
  scope: 'none',
  batch: 'script',
  optedOut: true,
  why: 'graphile-migrate sends a file in one message, which makes one transaction of several statements even with --! no-transaction',
  optOut: 'keep the statement alone in a migration that begins with --! no-transaction',
};

/** graphile-migrate: migrations/committed/000001.sql with a chain of hashes, and migrations/current.sql. */
export default {
  id: 'graphile-migrate',
  title: 'graphile-migrate',
  detect: (project) => {
    const roots = new Map<string, Detection>();
    for (const [path, entries] of project.byFolder) {
      const name = nameOf(path);
      const [first] = name === 'committed' ? filesNamed(entries, fileName) : filesNamed(entries, /^current\.sql$/);
      if (first === undefined) continue;
      const root = name === 'committed' ? folderOf(path) : path;
      const [rc] = project.above(root, gmrc);
      if (rc !== undefined)
        roots.set(root, { root, evidence: 'config', because: `${rc.path} configures graphile-migrate` });
      else if (name === 'committed' && header.test(first.read() ?? ''))
        roots.set(root, { root, evidence: 'marker', because: `${first.path} has the line --! Previous` });
    }
    return [...roots.values()];
  },
  read(folder) {
    const committed = folder.list('committed');
    const files = filesNamed(committed, fileName).toSorted((a, b) => compareText(numberOf(a), numberOf(b)));
    const parsed = files.map(parse);
    const current = currentOf(folder);
    return {
      framework: 'graphile-migrate',
      root: folder.path,
      migrations: settleIds([...parsed.map(migrationOf), ...(current === undefined ? [] : [current])]),
      problems: [
        ...parsed.flatMap((one, at) => chainFaults(one, parsed[at - 1])),
        ...notRun(
          filesNamed(committed, /\.sql$/).filter((entry) => !files.includes(entry)),
          'graphile-migrate wants <number>-<name>.sql',
        ),
      ],
      assumptions: [],
    };
  },
} satisfies Framework;

function numberOf(entry: FileEntry): string {
  return fileName.exec(nameOf(entry.path))?.[1] ?? '';
}

interface Parsed {
  readonly entry: FileEntry;
  readonly headers: ReadonlyMap<string, string>;
  /** Where the SQL starts. */
  readonly start: number;
}

function parse(entry: FileEntry): Parsed {
  const text = entry.read() ?? '';
  const headers = new Map<string, string>();
  let start = 0;
  for (;;) {
    const [line, key, value] = /^--! ([A-Z][a-zA-Z0-9_]*)(?::(.*))?(?:\r?\n|$)/.exec(text.slice(start)) ?? [];
    if (line === undefined || key === undefined || line === '') break;
    headers.set(key, value?.trim() ?? '');
    start += line.length;
  }
  while (/\s/.test(text.charAt(start))) start++;
  return { entry, headers, start };
}

/** The first line of the body decides: header.js, isNoTransactionDefined. */
function planOf(body: string): TransactionPlan {
  return /^--!\s*no-transaction\b/.test(body) ? unwrapped : wrapped;
}

function migrationOf({ entry, headers, start }: Parsed): Migration {
  const source = entry.source();
  const span = { start, end: source.text.length };
  const [, number = '', slug = ''] = fileName.exec(nameOf(entry.path)) ?? [];
  const body = source.slice(span);
  return {
    id: number,
    name: headers.get('Message') ?? describe(slug),
    file: entry.path,
    up: { pieces: [{ source, span }], transaction: planOf(body), placeholders: ['colon'] },
    down: { none: 'framework' },
    problems: [...unreadable([entry]), ...misplaced(entry, start)],
  };
}

function misplaced(entry: FileEntry, start: number): readonly MigrationProblem[] {
  const source = entry.source();
  if (planOf(source.text.slice(start)).optedOut) return [];
  const [marker] = markers(source.text, /^[ \t]*--[ \t]?!?[ \t]*no-transaction\b.*$/gm);
  if (marker === undefined) return [];
  const message =
    'graphile-migrate passes over this marker: it must be the first line of the migration, written --! no-transaction';
  return [problem('opt-out-ignored', message, source, marker)];
}

/** current.sql, or the files of current/, is what the next commit makes a migration of; until then it is run again and again. */
function currentOf(folder: Folder): Migration | undefined {
  const single = folder.file('current.sql');
  const parts = filesNamed(folder.list('current'), fileName).toSorted(
    (a, b) => Number(numberOf(a)) - Number(numberOf(b)),
  );
  const entries = (single === undefined ? parts : [single]).filter((entry) => !isBlank(entry.read() ?? ''));
  const [first] = entries;
  if (first === undefined) return undefined;
  const included = entries.map((entry) => withIncludes(entry, parse(entry).start, folder));
  const { start } = parse(first);
  const transaction = planOf(first.source().text.slice(start));
  const before = { source: first.source(), span: { start, end: start }, text: '--! no-transaction\n' };
  return {
    id: 'current',
    name: 'not yet committed',
    file: first.path,
    up: { pieces: included.flatMap(({ pieces }) => pieces), transaction, placeholders: ['colon'], optOut: [before] },
    down: { none: 'framework' },
    problems: [
      ...unreadable(entries),
      ...included.flatMap(({ problems }) => problems),
      ...entries.flatMap((entry) => misplaced(entry, parse(entry).start)),
      ...(single !== undefined && parts.length > 0
        ? [
            problem(
              'migration-not-run',
              'graphile-migrate refuses to work where there are both current.sql and current/',
              single.source(),
            ),
          ]
        : []),
    ],
    repeatable: true,
  };
}

/** What graphile-migrate does not take at the head of a committed file: migration.js, parseMigrationText. */
function refusedHead(text: string): string | undefined {
  const [head] = /^(?:--! [A-Z].*(?:\r?\n|$))*/.exec(text) ?? [''];
  const keys = [...head.matchAll(/^--! ([A-Z][a-zA-Z0-9_]*)/gm)].map(([, key]) => key);
  if (/\r/.test(head)) return 'the lines of its head end in carriage returns';
  if (new Set(keys).size < keys.length) return 'its head says one thing twice';
  return keys.length > 0 && !/^(?:\n|$)/.test(text.slice(head.length))
    ? 'no empty line stands behind its head'
    : undefined;
}

/** graphile-migrate refuses a chain that is broken and a text that was edited: migration.js, getAllMigrations; hash.js. */
function chainFaults({ entry, headers, start }: Parsed, before: Parsed | undefined): readonly MigrationProblem[] {
  if (entry.fault() !== undefined) return [];
  const source = entry.source();
  const previous = headers.get('Previous');
  const hash = headers.get('Hash');
  const at = { start: 0, end: Math.max(0, source.text.indexOf('\n')) };
  const why = refusedHead(source.text);
  if (why !== undefined)
    return [problem('marker-refused', `${why}, so graphile-migrate refuses ${nameOf(entry.path)}`, source, at)];
  if (previous === undefined || hash === undefined) {
    const lacking = previous === undefined ? 'Previous' : 'Hash';
    return [
      problem(
        'section-missing',
        `${nameOf(entry.path)} has no --! ${lacking}, so graphile-migrate refuses it`,
        source,
        at,
      ),
    ];
  }
  const expected = before?.headers.get('Hash') ?? '-';
  const broken =
    previous === expected
      ? []
      : [
          problem(
            'history-forks',
            `${nameOf(entry.path)} follows ${previous}, but the migration before it is ${expected}`,
            source,
            at,
          ),
        ];
  const body = source.text.slice(start).trim();
  const own = `sha1:${createHash('sha1')
    .update(`${`${previous === '-' ? '' : previous}\n${body}`.trim()}\n`)
    .digest('hex')}`;
  const edited = own !== hash && !headers.has('AllowInvalidHash');
  const message = `${nameOf(entry.path)} was changed after it was committed: its --! Hash is not that of its text`;
  return edited ? [...broken, problem('checksum-mismatch', message, source, at)] : broken;
}
