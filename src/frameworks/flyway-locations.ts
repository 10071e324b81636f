import { folderOf, fromFolder, nameOf } from './files.js';
import { applications, configs, valuesOf } from './flyway-settings.js';
import type { FileEntry, Folder } from './framework.js';

/** The folders that a configuration names as places of migrations; Flyway runs what stands in all of them as one history. */
export interface Locations {
  readonly config: FileEntry;
  /** Those that hold SQL, relative to the working directory, in the order of the configuration. */
  readonly folders: readonly string[];
}

const configName = new Set([...configs, ...applications].map(nameOf));

/** What the configurations in and above a folder name, the nearest first. */
export async function locationsOf(project: Folder): Promise<readonly Locations[]> {
  const below = project.files.filter((entry) => configName.has(nameOf(entry.path)));
  const above = project.above(project.path, [...configs, ...applications]);
  const entries = [...new Map([...below, ...above].map((entry) => [entry.path, entry])).values()];
  const found: Locations[] = [];
  for (const config of entries) {
    const folders = await namedBy(config, project);
    if (folders.length > 0) found.push({ config, folders });
  }
  return found;
}

/** The folders that one configuration names, as far as they hold SQL. */
export async function namedBy(config: FileEntry, project: Folder): Promise<readonly string[]> {
  const text = config.read() ?? '';
  if (!/flyway/i.test(text) || !/locations/i.test(text)) return [];
  const { values } = await valuesOf(config);
  if (values.get('enabled') === 'false') return [];
  const named = (values.get('locations') ?? '').split(',').flatMap((one) => folderNamed(one.trim(), config) ?? []);
  return [...new Set(named)].filter((path) =>
    project.below(fromFolder(project, path)).some((entry) => /\.sql$/i.test(entry.path)),
  );
}

/** `filesystem:` starts from the working directory of Flyway, taken to be that of its configuration; `classpath:` is what the build packs. */
function folderNamed(location: string, config: FileEntry): string | undefined {
  const [, kind = 'classpath', raw = ''] = /^(?:(classpath|filesystem):)?(.*)$/.exec(location) ?? [];
  const path = raw.replace('{vendor}', 'postgresql').replace(/\/$/, '');
  // wildcards, variables, other machines
  if (path === '' || /[*?${}:]|^\//.test(kind === 'classpath' ? path.replace(/^\//, '') : path)) return undefined;
  const here = folderOf(config.path).replace(/(?:^|\/)conf$/, '');
  const resources = /(?:^|\/)resources$/.test(here) ? here : join(here, 'src/main/resources');
  return kind === 'filesystem' ? join(moduleOf(here), path) : join(resources, path.replace(/^\//, ''));
}

function moduleOf(folder: string): string {
  return folder.replace(/(?:^|\/)src\/\w+\/resources$/, '');
}

/** Joins paths, `.` and `..` resolved; what would leave the working directory keeps its `..`. */
function join(from: string, path: string): string {
  const parts: string[] = [];
  for (const part of `${from}/${path}`.split('/')) {
    if (part === '' || part === '.') continue;
    if (part === '..' && parts.length > 0 && parts.at(-1) !== '..') parts.pop();
    else parts.push(part);
  }
  return parts.join('/');
}

const languages = ['java', 'kotlin', 'groovy', 'scala'];

/** Migrations in a language of the JVM: beside those in SQL, and in the package of the same name, or else in any of the module. */
export function codeOf(folder: Folder): readonly FileEntry[] {
  const [, before = '', inner] = /^(.*?)(?:^|\/)resources\/(.+)$/.exec(folder.path) ?? [];
  const inPackage = (name: string) =>
    inner === undefined
      ? []
      : languages.flatMap((language) => folder.below(fromFolder(folder, join(before, `${language}/${name}`))));
  const named = (entries: readonly FileEntry[]) =>
    entries.filter(({ path }) => /^[VB]\d[\d_]*__\w+\.(?:java|kt|groovy|scala)$/.test(nameOf(path)));
  const beside = named([...folder.files, ...inPackage(inner ?? '')]);
  return beside.length > 0 ? beside : named(inPackage('')).filter((entry) => /flyway/i.test(entry.read() ?? ''));
}
