import { folderOf, nameOf } from './files.js';
import { type MigrationFolder, migrationFolders, rootsOfFolders } from './folder-pairs.js';
import type { Detection, FileEntry, Folder, Framework, Migration, Script, TransactionPlan } from './framework.js';
import { compareNumbers, describe, problem, script, settleIds, unreadable } from './sql-files.js';

const folderName = /^(\d{13})_(.*)$/;
const anyName = /^(\d+)_(.*)$/;

const wrapped: TransactionPlan = {
  scope: 'migration',
  batch: 'script',
  optedOut: false,
  why: 'Hasura runs each migration as one run_sql call, which is one transaction, and has no way to leave it',
  wayRound: 'by psql before the deploy, while the migration says IF NOT EXISTS or IF EXISTS and has nothing left to do',
};

/** Hasura: folders `<milliseconds>_<name>` with up.sql and down.sql, one parent folder for each database. */
export default {
  id: 'hasura',
  title: 'Hasura',
  detect: (project) =>
    [...rootsOfFolders(project, 'up.sql', anyName)].flatMap(([root, example]): Detection | [] => {
      const config = project
        .above(root, ['config.yaml'])
        .find((entry) => /^(?:metadata_directory|endpoint|version)\s*:/m.test(entry.read() ?? ''));
      if (config !== undefined) return { root, evidence: 'config', because: `${config.path} configures Hasura` };
      return folderName.test(nameOf(example.path.slice(0, example.path.lastIndexOf('/'))))
        ? { root, evidence: 'manifest', because: `its folders are numbered in milliseconds, as ${example.path} is` }
        : [];
    }),
  read(folder) {
    const migrations = migrationFolders(folder, ['up.sql', 'down.sql']).filter(({ name }) => anyName.test(name));
    return {
      framework: 'hasura',
      root: folder.path,
      migrations: settleIds(migrations.map(read).toSorted((a, b) => compareNumbers(a.id, b.id))),
      problems: folder.files
        .filter((entry) => isYamlAlone(entry, folder))
        .map((entry) => problem('not-understood', `${entry.path} is not SQL, and is not read`, entry.source())),
      assumptions: [],
    };
  },
} satisfies Framework;

/** Older projects write what runs, and what it does to the metadata, as YAML. */
function isYamlAlone({ path }: FileEntry, folder: Folder): boolean {
  const here = folderOf(path);
  const beside = folder.byFolder.get(here) ?? [];
  return (
    nameOf(path) === 'up.yaml' && anyName.test(nameOf(here)) && !beside.some((entry) => nameOf(entry.path) === 'up.sql')
  );
}

function read({ name, path, file }: MigrationFolder): Migration {
  const [, version = name, rest = ''] = anyName.exec(name) ?? [];
  const [up, down] = [file('up.sql'), file('down.sql')];
  const none: Script = { pieces: [], transaction: wrapped };
  const alone =
    up === undefined && down !== undefined ? [problem('down-without-up', `${name} has no up.sql`, down.source())] : [];
  return {
    id: version,
    name: describe(rest),
    file: (up ?? down)?.path ?? path,
    up: up === undefined ? none : script([up], wrapped),
    down: down === undefined ? { none: 'missing' } : script([down], wrapped),
    problems: [...unreadable([up, down].flatMap((entry) => entry ?? [])), ...alone],
  };
}
