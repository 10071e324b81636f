import type { Piece } from '../sql/piece.js';
import { otherDatabase } from './dialect.js';
import { folderOf, nameOf } from './files.js';
import { migrationFolders } from './folder-pairs.js';
import { listAt, readJson, textAt, valueAt } from './formats.js';
import type {
  Detection,
  FileEntry,
  Folder,
  Framework,
  History,
  Migration,
  MigrationProblem,
  TransactionPlan,
} from './framework.js';
import { compareLocally, describe, filesNamed, notRun, problem, settleIds, unreadable } from './sql-files.js';

const journalName = 'meta/_journal.json';
/** Dialects of PostgreSQL in a journal or snapshot. */
const own = /^(?:pg|postgres(?:ql)?|cockroach)$/;
const breakpoint = '--> statement-breakpoint';

const together: TransactionPlan = {
  scope: 'run',
  batch: 'script',
  optedOut: false,
  why: 'Drizzle runs all pending migrations in one transaction and has no way to leave it',
  wayRound: 'between a COMMIT; before it and a BEGIN; behind it, parted by --> statement-breakpoint',
};

/** Drizzle: `0000_name.sql` and meta/_journal.json; since 1.0 folders with migration.sql and snapshot.json. */
export default {
  id: 'drizzle',
  title: 'Drizzle',
  detect: (project) => {
    const roots = new Map<string, Detection>();
    for (const [path, entries] of project.byFolder) {
      const journal = entries.find((entry) => entry.path.endsWith(`/${journalName}`) || entry.path === journalName);
      const beside = project.file(relativeTo(project.path, path, journalName)) ?? undefined;
      const found = journal ?? (filesNamed(entries, /\.sql$/).length > 0 ? beside : undefined);
      const root = journal === undefined ? path : folderOf(path);
      if (found !== undefined && !isLeftBehind(found, project.byFolder.get(root) ?? []))
        roots.set(root, { root, evidence: 'config', because: `${found.path} is Drizzle's` });
      const snapshot = entries.find((entry) => nameOf(entry.path) === 'snapshot.json');
      if (snapshot === undefined || !entries.some((entry) => nameOf(entry.path) === 'migration.sql')) continue;
      const above = folderOf(path);
      if (!roots.has(above))
        roots.set(above, { root: above, evidence: 'config', because: `${snapshot.path} is Drizzle's` });
    }
    return [...roots.values()];
  },
  async read(folder) {
    const journal = folder.file(journalName);
    return journal === undefined ? await readFolders(folder) : await readJournal(folder, journal);
  },
} satisfies Framework;

/** A journal that names none of the files beside it is from an earlier day: something else runs these. */
function isLeftBehind(journal: FileEntry, beside: readonly FileEntry[]): boolean {
  const files = new Set(filesNamed(beside, /\.sql$/).map(({ path }) => nameOf(path)));
  const tags = [...(journal.read() ?? '').matchAll(/"tag"\s*:\s*"([^"]*)"/g)].map(([, tag]) => `${tag}.sql`);
  return files.size > 0 && tags.length > 0 && !tags.some((name) => files.has(name));
}

function relativeTo(project: string, path: string, name: string): string {
  const below = project === '' ? path : path.slice(project.length + 1);
  return below === '' ? name : `${below}/${name}`;
}

interface JournalEntry {
  readonly tag: string;
  readonly when: number;
}

async function readJournal(folder: Folder, journal: FileEntry): Promise<History> {
  const { value, problems } = await readJson(journal);
  const dialect = textAt(value, 'dialect') ?? 'postgresql';
  if (!own.test(dialect)) return otherDatabase('drizzle', folder.path, dialect, journal.source());
  const entries = listAt(value, 'entries').flatMap((entry): JournalEntry | [] => {
    const [tag, when] = [textAt(entry, 'tag'), valueAt(entry, 'when')];
    return tag === undefined ? [] : { tag, when: typeof when === 'number' ? when : 0 };
  });
  const found = entries.map(({ tag }) => folder.file(`${tag}.sql`));
  const missing = entries.flatMap(({ tag }, at) =>
    found[at] === undefined
      ? [
          problem(
            'migration-file-missing',
            `the journal names ${tag}.sql, which is not there`,
            journal.source(),
            spanOf(journal, tag),
          ),
        ]
      : [],
  );
  const listed = new Set(found.flatMap((entry) => entry?.path ?? []));
  const unlisted = filesNamed(folder.byFolder.get(folder.path) ?? [], /^\d+_.*\.sql$/).filter(
    ({ path }) => !listed.has(path),
  );
  return {
    framework: 'drizzle',
    root: folder.path,
    migrations: settleIds(
      found.flatMap((entry) => (entry === undefined ? [] : migrationOf(entry, nameOf(entry.path).slice(0, -4)))),
    ),
    problems: [
      ...problems,
      ...missing,
      ...backwards(entries, journal),
      ...collisions(folder),
      ...notRun(unlisted, 'meta/_journal.json does not name it'),
    ],
    assumptions: [],
  };
}

/** A migration runs only if its `when` is later than that of the last one applied: drizzle-orm, pg-core/dialect, migrate. */
function backwards(entries: readonly JournalEntry[], journal: FileEntry): readonly MigrationProblem[] {
  let latest: JournalEntry | undefined;
  return entries.flatMap((entry) => {
    const before = latest;
    if (before === undefined || entry.when > before.when) {
      latest = entry;
      return [];
    }
    const message = `Drizzle passes over ${entry.tag} wherever ${before.tag} has run: its "when" in the journal is not later`;
    return [problem('migration-skipped', message, journal.source(), spanOf(journal, entry.tag))];
  });
}

/** Snapshots are large, and a chain that was broken long ago is known to its owners. */
const newest = 12;

/** Two snapshots that follow the same one, as a merge leaves them: drizzle-kit generate calls it a collision and refuses the folder. */
function collisions(folder: Folder): readonly MigrationProblem[] {
  const snapshots = filesNamed(folder.list('meta'), /^\d+_snapshot\.json$/).slice(-newest);
  const first = new Map<string, FileEntry>();
  return snapshots.flatMap((entry) => {
    const [, previous] = /"prevId"\s*:\s*"([^"]+)"/.exec(entry.read() ?? '') ?? [];
    const other = previous === undefined ? undefined : first.get(previous);
    if (previous === undefined) return [];
    if (other === undefined) {
      first.set(previous, entry);
      return [];
    }
    const message = `${nameOf(entry.path)} and ${nameOf(other.path)} follow the same snapshot, and drizzle-kit generate refuses the folder`;
    return [problem('history-forks', message, entry.source())];
  });
}

function spanOf(journal: FileEntry, tag: string) {
  const at = (journal.read() ?? '').indexOf(JSON.stringify(tag));
  return at === -1 ? undefined : { start: at, end: at + tag.length + 2 };
}

/** Since 1.0 there is no journal: the folders run in the order of their names, as localeCompare has it (drizzle-orm, migrator). */
async function readFolders(folder: Folder): Promise<History> {
  const folders = migrationFolders(folder, ['migration.sql']).toSorted((a, b) => compareLocally(a.name, b.name));
  const snapshot = folders.map(({ file }) => file('snapshot.json')).find((entry) => entry !== undefined);
  const dialect = snapshot === undefined ? undefined : textAt((await readJson(snapshot)).value, 'dialect');
  if (snapshot !== undefined && dialect !== undefined && !own.test(dialect))
    return otherDatabase('drizzle', folder.path, dialect, snapshot.source());
  return {
    framework: 'drizzle',
    root: folder.path,
    migrations: settleIds(
      folders.flatMap(({ name, file }) => {
        const entry = file('migration.sql');
        return entry === undefined ? [] : migrationOf(entry, name);
      }),
    ),
    problems: notRun(
      filesNamed(folder.byFolder.get(folder.path) ?? [], /\.sql$/),
      'Drizzle 1.0 wants <timestamp>_<name>/migration.sql',
    ),
    assumptions: [],
  };
}

function migrationOf(entry: FileEntry, id: string): Migration {
  return {
    id,
    name: describe(id.replace(/^\d+/, '')),
    file: entry.path,
    up: { pieces: messages(entry), transaction: together },
    down: { none: 'framework' },
    problems: unreadable([entry]),
  };
}

/** What stands between breakpoints is sent as one message. */
function messages(entry: FileEntry): readonly Piece[] {
  const source = entry.source();
  const pieces: Piece[] = [];
  for (let start = 0; start <= source.text.length; ) {
    const at = source.text.indexOf(breakpoint, start);
    const end = at === -1 ? source.text.length : at;
    pieces.push({ source, span: { start, end } });
    start = at === -1 ? source.text.length + 1 : at + breakpoint.length;
  }
  return pieces;
}
