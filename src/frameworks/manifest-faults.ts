import { bracketFault } from './brackets.js';
import { broken, readJson, readToml, readYaml, unread } from './formats.js';
import type { Evidence, FileEntry, Folder, MigrationProblem } from './framework.js';
import { gmrc } from './graphile-migrate.js';
import { cargo, goModule, jvm, npm } from './manifests.js';

/** The files that say how the migrations of a framework run, beside those that its reader reads whole. */
const deciding: Readonly<Record<string, readonly (readonly string[])[]>> = {
  atlas: [['atlas.hcl']],
  diesel: [['diesel.toml']],
  'graphile-migrate': [gmrc],
  hasura: [['config.yaml']],
  prisma: [npm],
  refinery: [['refinery.toml']],
  'sql-migrate': [['dbconfig.yml']],
  sqlx: [['sqlx.toml']],
  supabase: [['config.toml'], npm],
};

/** The files by which a framework would have been recognised where names alone speak for one. */
const telling = [cargo, goModule, npm, jvm];

/**
 * What is wrong with the files that say how a history runs: of each name the nearest one at or above its folder. Where the framework is
 * guessed from names, a manifest that gives no text may name another.
 */
export async function manifestFaults(
  framework: string,
  evidence: Evidence,
  folder: Folder,
): Promise<readonly MigrationProblem[]> {
  const found: MigrationProblem[] = [];
  for (const names of deciding[framework] ?? []) {
    const [nearest] = folder.above(folder.path, names);
    if (nearest !== undefined) found.push(...(await faultsOf(nearest)));
  }
  if (evidence !== 'name') return found;
  const nearest = telling.flatMap((names) => folder.above(folder.path, names).slice(0, 1));
  return [...found, ...nearest.flatMap(unread)];
}

async function faultsOf(entry: FileEntry): Promise<readonly MigrationProblem[]> {
  if (entry.fault() !== undefined) return unread(entry);
  const ending = /\.(\w+)$/.exec(entry.path)?.[1] ?? '';
  if (ending === 'toml') return (await readToml(entry)).problems;
  if (ending === 'yml' || ending === 'yaml') return (await readYaml(entry)).problems;
  if (entry.path.endsWith('package.json')) return (await readJson(entry)).problems;
  // a .gmrc is JSON5, and .gmrc.js a program
  if (/^[cm]?js$/.test(ending)) return [];
  const fault = bracketFault(entry.read() ?? '', ending === 'hcl');
  return fault === undefined ? [] : broken(entry, fault.why, fault.at).problems;
}
