import type { Piece } from '../sql/piece.js';
import type { Source } from '../sql/source.js';
import { folderOf, nameOf } from './files.js';
import { migrationFolders } from './folder-pairs.js';
import type { Detection, FileEntry, Framework, Migration, Script, TransactionPlan } from './framework.js';
import { isAtLeast, lowestVersion, npmVersion } from './manifests.js';
import { type Look, looks } from './outside-transaction.js';
import { compareText, describe, filesNamed, notRun, script, settleIds, unreadable } from './sql-files.js';
import { assumed } from './transaction.js';

/** As in the CLI, pkg/migration/file.go. */
const fileName = /^(\d+)_(.*)\.sql$/;

const optOut = 'keep the statement alone in its file';
const pipeline: TransactionPlan = {
  scope: 'none',
  batch: 'script',
  pipeline: true,
  optedOut: false,
  why: 'the Supabase CLI sends the statements of a file in one pipeline, which is one transaction',
  optOut,
};
const pipelines: TransactionPlan = {
  scope: 'none',
  batch: 'script',
  pipeline: true,
  optedOut: true,
  partsAlone: true,
  why: 'the Supabase CLI sends what cannot run in a transaction by itself, and what stands before and behind it in pipelines of their own',
  optOut,
};
const onePerOne: TransactionPlan = {
  scope: 'none',
  batch: 'statement',
  optedOut: true,
  why: 'the Supabase CLI sends each statement of a file that begins or ends transactions by itself',
  optOut,
};

/** What a version of the CLI does, as the log of a server showed for 2.109, 2.112, 2.115, 2.116 and 2.117. */
interface Abilities {
  /** Matches the statements that are sent by themselves. */
  readonly alone: RegExp | undefined;
  /** A file that controls transactions is sent statement by statement; before, its BEGIN only drew a warning. */
  readonly obeysFile: boolean;
}

const alone = /^(?:CREATE(?: UNIQUE)? INDEX CONCURRENTLY|REINDEX\b.*\bCONCURRENTLY|VACUUM\b|ALTER SYSTEM\b|CLUSTER\b)/;
const aloneWithDrops = new RegExp(`${alone.source}|^DROP INDEX CONCURRENTLY`);
const controlsTransactions = /^(?:BEGIN|START TRANSACTION|COMMIT|END|ROLLBACK(?! (?:WORK |TRANSACTION )?TO)|ABORT)\b/;
const matters = /concurrently|vacuum|alter\s+system|cluster|begin|start|commit|end|rollback|abort/i;

/** Newest first; a version that nothing names is taken to be the newest. */
const byVersion: readonly (readonly [readonly number[], Abilities])[] = [
  [[2, 116], { alone: aloneWithDrops, obeysFile: true }],
  [[2, 115], { alone, obeysFile: true }],
  [[2, 109], { alone, obeysFile: false }],
];
const newest: Abilities = { alone: aloneWithDrops, obeysFile: true };
const oldest: Abilities = { alone: undefined, obeysFile: false };

/** Supabase: supabase/migrations/<version>_<name>.sql. */
export default {
  id: 'supabase',
  title: 'Supabase',
  detect: (project) =>
    [...project.byFolder].flatMap(([root, entries]): Detection | [] => {
      if (nameOf(root) !== 'migrations' || filesNamed(entries, fileName).length === 0) return [];
      const config = project.above(root, ['config.toml']).find((entry) => isOwn(entry, root));
      if (config !== undefined) return { root, evidence: 'config', because: `${config.path} configures Supabase` };
      return /(?:^|\/)supabase\/migrations$/.test(root)
        ? { root, evidence: 'manifest', because: 'it is supabase/migrations' }
        : [];
    }),
  read(folder, options) {
    const here = folder.byFolder.get(folder.path) ?? [];
    const files = filesNamed(here, fileName);
    const version = npmVersion(folder, folder.path, 'supabase');
    const lowest = lowestVersion(version);
    const abilities =
      lowest === undefined ? newest : (byVersion.find(([since]) => isAtLeast(lowest, since))?.[1] ?? oldest);
    const migrations = files.map((entry) => read(entry, abilities));
    const odd = filesNamed(here, /\.sql$/).filter((entry) => !files.includes(entry));
    // as Drizzle 1.0 writes them; what lies in other folders has been put away
    const folders = migrationFolders(folder, ['migration.sql']).filter(({ name }) => /^\d+_/.test(name));
    return {
      framework: 'supabase',
      root: folder.path,
      migrations: settleIds(migrations.toSorted((a, b) => compareText(a.id, b.id) || compareText(a.file, b.file))),
      problems: [
        ...notRun(odd, 'the Supabase CLI wants <version>_<name>.sql'),
        ...notRun(
          folders.flatMap(({ file }) => file('migration.sql') ?? []),
          'the Supabase CLI does not look into folders',
        ),
      ],
      assumptions: lowest === undefined ? assumed(options, 'the Supabase CLI is 2.116 or newer') : [],
    };
  },
} satisfies Framework;

/** Many programs have a config.toml: the CLI's stands in a folder supabase/, or names the project (the folder may be the working directory). */
function isOwn(config: FileEntry, root: string): boolean {
  const folder = folderOf(config.path);
  if (root !== `${folder === '' ? '' : `${folder}/`}migrations`) return false;
  return nameOf(folder) === 'supabase' || /^[ \t]*project_id[ \t]*=/m.test(config.read() ?? '');
}

function read(entry: FileEntry, abilities: Abilities): Migration {
  const [, version = '', rest = ''] = fileName.exec(nameOf(entry.path)) ?? [];
  return {
    id: version,
    name: describe(rest),
    file: entry.path,
    up: up(entry, abilities),
    down: { none: 'framework' },
    problems: unreadable([entry]),
  };
}

function up(entry: FileEntry, { alone, obeysFile }: Abilities): Script {
  const statements = alone === undefined ? [] : looks(entry.read() ?? '', matters);
  if (obeysFile && statements.some(({ words }) => controlsTransactions.test(words))) return script([entry], onePerOne);
  const apart = statements.filter(({ words }) => alone?.test(words));
  if (apart.length === 0) return script([entry], pipeline);
  return { pieces: cutAround(entry.source(), apart), transaction: pipelines };
}

/** The statements that stand alone and the stretches between them. */
function cutAround(source: Source, apart: readonly Look[]): readonly Piece[] {
  const bounds = [0, ...apart.flatMap(({ statement }) => [statement.start, statement.end]), source.text.length];
  return bounds
    .slice(1)
    .map((end, at) => ({ source, span: { start: bounds[at] ?? 0, end } }))
    .filter(({ span }) => /[^\s;]/.test(source.text.slice(span.start, span.end)));
}
