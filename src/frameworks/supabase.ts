import { nameOf } from './files.js';
import type { Detection, FileEntry, Framework, Migration, TransactionPlan } from './framework.js';
import { isAtLeast, lowestVersion, npmVersion } from './manifests.js';
import { looks } from './outside-transaction.js';
import { compareText, describe, filesNamed, notRun, script, settleIds, unreadable } from './sql-files.js';

/** As in the CLI, pkg/migration/file.go. */
const fileName = /^(\d+)_(.*)\.sql$/;

const optOut = 'keep the statement alone in its file';
const pipeline: TransactionPlan = {
  scope: 'none',
  batch: 'script',
  optedOut: false,
  why: 'the Supabase CLI sends the statements of a file in one pipeline, which is one transaction',
  optOut,
};
const standalone: TransactionPlan = {
  scope: 'none',
  batch: 'statement',
  optedOut: true,
  why: 'the Supabase CLI, since 2.109, sends statements that cannot run in a transaction by themselves',
  optOut,
};

/** What the CLI sends by itself since 2.109 (PR 5671); DROP INDEX CONCURRENTLY followed later (6276) and is not counted on. */
const alone = /^(?:CREATE(?: UNIQUE)? INDEX CONCURRENTLY|REINDEX\b.*\bCONCURRENTLY|VACUUM\b|ALTER SYSTEM\b|CLUSTER\b)/;
const mayBeAlone = /concurrently|vacuum|alter\s+system|cluster/i;

/** Supabase: supabase/migrations/<version>_<name>.sql. */
export default {
  id: 'supabase',
  title: 'Supabase',
  detect: (project) =>
    [...project.byFolder].flatMap(([root, entries]): Detection | [] => {
      if (nameOf(root) !== 'migrations' || filesNamed(entries, fileName).length === 0) return [];
      const config = project.above(root, ['config.toml']).find((entry) => isOwn(entry.path, root));
      if (config !== undefined) return { root, evidence: 'config', because: `${config.path} configures Supabase` };
      return /(?:^|\/)supabase\/migrations$/.test(root)
        ? { root, evidence: 'manifest', because: 'it is supabase/migrations' }
        : [];
    }),
  read(folder) {
    const here = folder.byFolder.get(folder.path) ?? [];
    const files = filesNamed(here, fileName);
    const version = npmVersion(folder, folder.path, 'supabase');
    const lowest = lowestVersion(version);
    const splits = lowest === undefined || isAtLeast(lowest, [2, 109]);
    const migrations = files.map((entry) => read(entry, splits));
    const odd = filesNamed(here, /\.sql$/).filter((entry) => !files.includes(entry));
    return {
      framework: 'supabase',
      root: folder.path,
      migrations: settleIds(migrations.toSorted((a, b) => compareText(a.id, b.id) || compareText(a.file, b.file))),
      problems: notRun(odd, 'the Supabase CLI wants <version>_<name>.sql'),
      assumptions: lowest === undefined ? ['the Supabase CLI is 2.109 or newer'] : [],
    };
  },
} satisfies Framework;

function isOwn(config: string, root: string): boolean {
  return root === `${config.slice(0, -'config.toml'.length)}migrations`;
}

function read(entry: FileEntry, splits: boolean): Migration {
  const [, version = '', rest = ''] = fileName.exec(nameOf(entry.path)) ?? [];
  const apart = splits && looks(entry.read() ?? '', mayBeAlone).some(({ words }) => alone.test(words));
  return {
    id: version,
    name: describe(rest),
    file: entry.path,
    up: script([entry], apart ? standalone : pipeline),
    down: { none: 'framework' },
    problems: unreadable([entry]),
  };
}
