import { locksForSession } from './flyway-version.js';
import { readToml, readYaml, textAt, unread, valueAt } from './formats.js';
import type { FileEntry, Folder, MigrationProblem } from './framework.js';

/** What Flyway's configuration changes in how files are read and run. */
export interface FlywaySettings {
  readonly prefixes: Readonly<Record<'versioned' | 'undo' | 'repeatable' | 'baseline', string>>;
  readonly separator: string;
  readonly suffixes: readonly string[];
  readonly mixed: boolean;
  readonly group: boolean;
  readonly executeInTransaction: boolean | undefined;
  /** What the files are written in. */
  readonly encoding: string;
  /** Placeholders are replaced. */
  readonly replaces: boolean;
  /** What stands before and behind the name of a placeholder. */
  readonly delimiters: readonly [prefix: string, suffix: string];
  /** The lock is a session's, not a transaction's: CONCURRENTLY does not wait for it. */
  readonly lockIsReleased: boolean;
  readonly placeholders: Readonly<Record<string, string>>;
  /** The name of the table of what has been run, where it is said. */
  readonly table: string | undefined;
  readonly problems: readonly MigrationProblem[];
}

/** Files that configure Flyway, by their places above the migrations. */
export const configs = ['flyway.toml', 'flyway.conf', 'conf/flyway.toml', 'conf/flyway.conf', 'flyway.user.toml'];
/** Files of a framework that starts Flyway. */
export const applications = ['application.properties', 'application.yml', 'application.yaml'].flatMap((name) => [
  name,
  `src/main/resources/${name}`,
]);

/** The path of the file that configures Flyway for a folder, if any. */
export async function isConfigured(project: Folder, root: string): Promise<string | undefined> {
  const [config] = project.above(root, configs);
  if (config !== undefined) return config.path;
  return project.above(root, applications).find((entry) => /flyway/i.test(entry.read() ?? ''))?.path;
}

/** Reads the settings that are in force for a folder; the nearest file that says something counts. */
export async function flywaySettings(folder: Folder): Promise<FlywaySettings> {
  const problems: MigrationProblem[] = [];
  const known = new Map<string, string>();
  for (const entry of [...folder.above(folder.path, configs), ...folder.above(folder.path, applications)]) {
    const text = entry.read();
    if (text === undefined && configs.some((name) => entry.path.endsWith(name))) problems.push(...unread(entry));
    if (text === undefined || !/flyway/i.test(text)) continue;
    const { values, faults } = await valuesOf(entry);
    problems.push(...faults);
    for (const [key, value] of values) if (!known.has(key)) known.set(key, value);
  }
  const get = (name: string, otherwise: string) => known.get(name.toLowerCase()) ?? otherwise;
  const flag = (name: string, otherwise: boolean) => get(name, String(otherwise)).toLowerCase() === 'true';
  const executes = known.get('executeintransaction');
  const lock = known.get('postgresql.transactional.lock') ?? known.get('postgresql.transactionallock');
  const lists = (value: string) => value.split(',').map((part) => part.trim());
  return {
    prefixes: {
      versioned: get('sqlMigrationPrefix', 'V'),
      undo: get('undoSqlMigrationPrefix', 'U'),
      repeatable: get('repeatableSqlMigrationPrefix', 'R'),
      baseline: get('baselineMigrationPrefix', 'B'),
    },
    separator: get('sqlMigrationSeparator', '__'),
    suffixes: lists(get('sqlMigrationSuffixes', '.sql')),
    mixed: flag('mixed', false),
    group: flag('group', false),
    encoding: get('encoding', 'UTF-8'),
    executeInTransaction: executes === undefined ? undefined : executes.toLowerCase() === 'true',
    replaces: flag('placeholderReplacement', true),
    delimiters: [get('placeholderPrefix', '${'), get('placeholderSuffix', '}')],
    lockIsReleased: lock === undefined ? locksForSession(folder) === true : lock === 'false',
    table: known.get('table'),
    placeholders: Object.fromEntries(
      [...known].flatMap(([key, value]) => (key.startsWith('placeholders.') ? [[key.slice(13), value]] : [])),
    ),
    problems,
  };
}

interface Values {
  readonly values: ReadonlyMap<string, string>;
  readonly faults: readonly MigrationProblem[];
}

/** The values of a configuration of Flyway by their keys in small letters. */
export async function valuesOf(entry: FileEntry): Promise<Values> {
  if (/\.(?:conf|properties)$/.test(entry.path)) return { values: properties(entry.read() ?? ''), faults: [] };
  const { value, problems } = entry.path.endsWith('.toml') ? await readToml(entry) : await readYaml(entry);
  const sections = ['flyway', 'spring.flyway', 'quarkus.flyway', ...environmentOf(value)].map((path) =>
    flat(valueAt(value, path)),
  );
  return { values: new Map(sections.flatMap((section) => [...section])), faults: problems };
}

/** What flyway.toml says for one environment comes before what it says for all; without a name it is the one called default. */
function environmentOf(value: unknown): readonly string[] {
  const name = textAt(value, 'flyway.environment') ?? 'default';
  return [`environments.${name}.flyway`];
}

/** `flyway.group=true`, `spring.flyway.group=true`, `quarkus.flyway.group=true`. */
function properties(text: string): ReadonlyMap<string, string> {
  const lines = [
    ...text.matchAll(/^[ \t]*(?:(?:spring|quarkus)\.)?flyway\.([\w.-]+)[ \t]*[=:][ \t]*(.*?)[ \t]*\r?$/gm),
  ];
  return new Map(lines.map(([, key = '', value = '']) => [normal(key), value]));
}

function flat(value: unknown, prefix = ''): ReadonlyMap<string, string> {
  if (value === undefined || value === null) return new Map();
  if (Array.isArray(value)) return new Map([[normal(prefix), value.join(',')]]);
  if (typeof value !== 'object') return new Map([[normal(prefix), String(value)]]);
  const inner = Object.entries(value).map(([key, part]) => flat(part, prefix === '' ? key : `${prefix}.${key}`));
  return new Map(inner.flatMap((part) => [...part]));
}

/** Spring writes sql-migration-prefix where Flyway writes sqlMigrationPrefix. */
function normal(key: string): string {
  return key.replaceAll('-', '').toLowerCase();
}
