import { afterUnread } from './after-unread.js';
import { otherDatabase } from './dialect.js';
import { nameOf } from './files.js';
import { configs as flywayConfigs } from './flyway-settings.js';
import type { Detection, FileEntry, Folder, Framework, MigrationProblem, TransactionPlan } from './framework.js';
import { cargo, crate, crateDatabase, jvm, manifestWith, tasks } from './manifests.js';
import { migrationsOf, type VersionedFile } from './pairs.js';
import { compareDotted, describe, filesNamed, notRun, problem } from './sql-files.js';

/** As in refinery_core/src/util.rs; U means unversioned there: it may be applied out of order, it undoes nothing. */
const fileName = /^([UV])(\d+(?:\.\d+)?)__(\w+)\.sql$/;

const wrapped: TransactionPlan = {
  scope: 'migration',
  batch: 'script',
  optedOut: false,
  why: 'refinery wraps each migration in a transaction and has no way to leave it',
  wayRound: 'by psql before the deploy, while the migration says IF NOT EXISTS or IF EXISTS and has nothing left to do',
};

/** refinery (Rust): `V1__name.sql`, below the folder too. */
export default {
  id: 'refinery',
  title: 'refinery',
  detect: (project) => {
    const roots = new Map<string, Detection>();
    for (const [root, entries] of project.byFolder) {
      if (filesNamed(entries, fileName).length === 0) continue;
      const [config] = project.above(root, ['refinery.toml']);
      const manifest = manifestWith(project, root, cargo, crate('refinery'));
      const inner = [...roots.keys()].some((outer) => root.startsWith(`${outer}/`));
      if (inner) continue;
      if (config !== undefined)
        roots.set(root, { root, evidence: 'config', because: `${config.path} configures refinery` });
      else if (manifest !== undefined)
        roots.set(root, { root, evidence: 'manifest', because: `${manifest.path} depends on refinery` });
      else {
        const [rust] = project.above(root, cargo);
        if (rust?.read() !== undefined && !mayBeFlyway(project, root))
          roots.set(root, { root, evidence: 'manifest', because: `${rust.path} makes it a project in Rust` });
      }
    }
    return [...roots.values()];
  },
  read(folder) {
    const files = filesNamed(folder.files, fileName);
    const [first] = files;
    const other = crateDatabase(folder, 'refinery', files);
    if (other !== undefined && first !== undefined)
      return otherDatabase('refinery', folder.path, other, first.source());
    const code = filesNamed(folder.files, /^[UV]\d+(?:\.\d+)?__\w+\.rs$/);
    const unread = code.map((entry) => /\d+/.exec(nameOf(entry.path))?.[0] ?? '');
    const migrations = migrationsOf(files.map(versioned), {
      plan: () => wrapped,
      compare: compareDotted,
      noDown: 'framework',
    });
    return {
      framework: 'refinery',
      root: folder.path,
      migrations: afterUnread(migrations, unread, compareDotted),
      problems: [
        ...files.flatMap((entry) =>
          refused(entry, manifestWith(folder, folder.path, cargo, /\bint8-versions\b/) ? 64 : 32),
        ),
        ...notRun(
          filesNamed(folder.files, /\.sql$/i).filter((entry) => !files.includes(entry)),
          'refinery wants V<number>__<name>.sql',
        ),
      ],
      unread,
      assumptions: code.length === 0 ? [] : [`${code.length} migrations written in Rust are not read`],
    };
  },
} satisfies Framework;

/** Flyway's files are named alike: it is a program of Java's, or of a container. */
function mayBeFlyway(project: Folder, root: string): boolean {
  const said = manifestWith(project, root, [...tasks, ...flywayConfigs], /flyway/i);
  return said !== undefined || project.above(root, jvm).length > 0;
}

function versioned(entry: FileEntry): VersionedFile {
  const [, , version = '', name = ''] = fileName.exec(nameOf(entry.path)) ?? [];
  return { entry, version, name: describe(name), direction: 'up' };
}

/** The name may have a fraction, but the number that it is read as may not: parse_migration_name. */
function refused(entry: FileEntry, bits: 32 | 64): readonly MigrationProblem[] {
  const { version } = versioned(entry);
  const isWhole = /^\d+$/.test(version);
  if (isWhole && BigInt(version) < 1n << BigInt(bits - 1)) return [];
  const wants = isWhole && bits === 32 ? 'of 32 bits, or of 64 with the feature int8-versions' : `of ${bits} bits`;
  const message = `refinery refuses the version ${version} of ${nameOf(entry.path)}: it must be a whole number ${wants}`;
  return [problem('unreadable-migration', message, entry.source())];
}
