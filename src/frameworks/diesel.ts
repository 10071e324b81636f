import { otherDatabase } from './dialect.js';
import { nameOf } from './files.js';
import { type MigrationFolder, migrationFolders, rootsOfFolders } from './folder-pairs.js';
import { readToml, valueAt } from './formats.js';
import type { Detection, Framework, Migration, MigrationProblem, Script, TransactionPlan } from './framework.js';
import { cargo, crate, crateDatabase, manifestWith } from './manifests.js';
import { compareText, describe, filesNamed, madeFile, problem, script, settleIds, unreadable } from './sql-files.js';

const folderName = /^[\d-]+_/;

const wrapped: TransactionPlan = {
  scope: 'migration',
  batch: 'script',
  optedOut: false,
  why: 'Diesel wraps each migration in a transaction',
  optOut: 'put a metadata.toml with run_in_transaction = false beside the up.sql',
};
const unwrapped: TransactionPlan = {
  scope: 'none',
  batch: 'script',
  optedOut: true,
  why: 'Diesel sends a file in one message, which makes one transaction of several statements even with run_in_transaction = false',
  optOut: 'keep the statement alone in a migration with run_in_transaction = false',
};

/** Diesel (Rust): folders `<version>_<name>` with up.sql and down.sql. */
export default {
  id: 'diesel',
  title: 'Diesel',
  detect: (project) =>
    [...rootsOfFolders(project, 'up.sql', folderName)].map(([root, example]): Detection => {
      const [config] = project.above(root, ['diesel.toml']);
      if (config !== undefined) return { root, evidence: 'config', because: `${config.path} configures Diesel` };
      const manifest = manifestWith(project, root, cargo, crate('diesel'));
      return manifest === undefined
        ? { root, evidence: 'name', because: `its folders hold up.sql, as ${example.path} does` }
        : { root, evidence: 'manifest', because: `${manifest.path} depends on diesel` };
    }),
  async read(folder) {
    const files = filesNamed(folder.files, /^up\.sql$/);
    const [first] = files;
    const other = crateDatabase(folder, 'diesel', files);
    if (other !== undefined && first !== undefined) return otherDatabase('diesel', folder.path, other, first.source());
    const migrations: Migration[] = [];
    for (const one of migrationFolders(folder, ['up.sql', 'down.sql'])) migrations.push(await read(one));
    return {
      framework: 'diesel',
      root: folder.path,
      migrations: settleIds(migrations.toSorted((a, b) => compareText(a.id, b.id))),
      problems: [],
      assumptions: [],
    };
  },
} satisfies Framework;

async function read({ name, path, file }: MigrationFolder): Promise<Migration> {
  const [up, down, metadata] = [file('up.sql'), file('down.sql'), file('metadata.toml')];
  const settings = metadata === undefined ? { value: {}, problems: [] } : await readToml(metadata);
  const inTransaction = valueAt(settings.value, 'run_in_transaction');
  // the field's default is false where the file is there but does not say it: migrations_internals, TomlMetadata
  const plan = settings.value !== undefined && metadata !== undefined && inTransaction !== true ? unwrapped : wrapped;
  const alone: MigrationProblem[] =
    up === undefined && down !== undefined
      ? [problem('down-without-up', `${nameOf(path)} has no up.sql`, down.source())]
      : [];
  const none: Script = { pieces: [], transaction: plan };
  const optOut = metadata === undefined && {
    optOut: [madeFile(`${path}/metadata.toml`, 'run_in_transaction = false\n')],
  };
  return {
    // "2024-01-02-030405_x" and "20240102030405_x" are one version: version_from_string
    id: (name.split('_')[0] ?? name).replaceAll('-', ''),
    name: describe(name.replace(folderName, '')),
    file: (up ?? down)?.path ?? path,
    up: up === undefined ? none : script([up], plan, { ...optOut }),
    down: down === undefined ? { none: 'missing' } : script([down], plan, { ...optOut }),
    problems: [...unreadable([up, down].flatMap((entry) => entry ?? [])), ...settings.problems, ...alone],
  };
}
