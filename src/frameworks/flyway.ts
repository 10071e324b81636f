import { folderOf, nameOf } from './files.js';
import { type FlywaySettings, flywaySettings, isConfigured } from './flyway-settings.js';
import { unread } from './formats.js';
import type {
  Detection,
  FileEntry,
  Folder,
  Framework,
  Migration,
  MigrationProblem,
  TransactionPlan,
} from './framework.js';
import { jvm, manifestWith } from './manifests.js';
import { looks } from './outside-transaction.js';
import {
  compareDotted,
  compareText,
  describe,
  filesNamed,
  notRun,
  problem,
  script,
  settleIds,
  unreadable,
} from './sql-files.js';

const standardName = /^(?:[VUB]\d[\d._]*(?:__.*)?|R__.+)\.sql$/;
const mentioned = /flyway/i;

/** Flyway: `V1__name.sql`, `U1__name.sql`, `R__name.sql`, `B1__name.sql`, below the folder too. */
export default {
  id: 'flyway',
  title: 'Flyway',
  async detect(project) {
    const found = [...project.byFolder].flatMap(([path, entries]) => {
      const [first] = filesNamed(entries, standardName);
      return first === undefined
        ? []
        : { path, first, names: filesNamed(entries, standardName).map((entry) => nameOf(entry.path)) };
    });
    const roots = new Map<string, FileEntry>();
    for (const { path, first } of found) {
      const root = rootOf(path, found);
      if (!roots.has(root)) roots.set(root, first);
    }
    const detections: Detection[] = [];
    for (const [root, first] of roots) detections.push(await evidence(project, root, first));
    return detections;
  },
  async read(folder) {
    const settings = await flywaySettings(folder);
    const files = folder.files.filter((entry) => settings.suffixes.some((suffix) => entry.path.endsWith(suffix)));
    const named = files.map((entry) => ({ entry, ...nameParts(nameOf(entry.path), settings) }));
    const of = (kind: Kind) => named.filter((file) => file.kind === kind);
    const undo = new Map(of('undo').map((file) => [dotted(file.version), file.entry]));
    const versioned = [...withBaseline(of('versioned'), of('baseline'))].toSorted((a, b) =>
      compareDotted(a.version, b.version),
    );
    const repeatable = of('repeatable').toSorted((a, b) => compareText(a.name, b.name));
    const read = (file: Named): Migration =>
      migrationOf(file, undo.get(dotted(file.version)), undo.size > 0, folder, settings);
    const others = of('callback').length;
    const left = of('baseline').length - versioned.filter(({ kind }) => kind === 'baseline').length;
    return {
      framework: 'flyway',
      root: folder.path,
      migrations: settleIds([...versioned, ...repeatable].map(read)),
      problems: [
        ...settings.problems,
        ...notRun(
          of('other').map(({ entry }) => entry),
          `Flyway wants ${settings.prefixes.versioned}<version>${settings.separator}<name>.sql`,
        ),
      ],
      knownPlaceholders: Object.keys(settings.placeholders),
      assumptions: [
        ...(others === 0 ? [] : [`${others} Flyway callbacks are not judged`]),
        ...(left === 0 ? [] : ['a baseline migration is left out, because the versions it replaces are there']),
      ],
    };
  },
} satisfies Framework;

interface Found {
  readonly path: string;
  readonly names: readonly string[];
}

const databases =
  /^(?:common|postgres(?:ql)?|pg|mysql|mariadb|oracle|h2|hsqldb|sqlite|sqlserver|mssql|db2|derby|cockroach(?:db)?)$/i;

/**
 * Flyway walks its locations. Without a configuration that names them the location is the highest folder that holds migrations itself; folders
 * beside each other belong together when none repeats a version of another and none is named after a database.
 */
function rootOf(path: string, found: readonly Found[]): string {
  const above = found.filter((other) => path.startsWith(`${other.path}/`) || other.path === path);
  const top = above.map((other) => other.path).toSorted((a, b) => a.length - b.length)[0] ?? path;
  const parent = folderOf(top);
  const siblings = found.filter((other) => folderOf(other.path) === parent);
  const releases = siblings.every((other) => /^[vV]?\d[\d._-]*$/.test(nameOf(other.path)));
  if (parent === top || databases.test(nameOf(top))) return top;
  if (!releases && !/migration|flyway|versions?$/i.test(nameOf(parent))) return top;
  if (siblings.length < 2 || siblings.some((other) => databases.test(nameOf(other.path)))) return top;
  const versions = siblings.flatMap(({ names }) => [
    ...new Set(names.map((name) => /^[VB][\d._]+?(?=__|\.sql)/.exec(name)?.[0] ?? name)),
  ]);
  return new Set(versions).size === versions.length ? parent : top;
}

async function evidence(project: Folder, root: string, first: FileEntry): Promise<Detection> {
  const config = await isConfigured(project, root);
  if (config !== undefined) return { root, evidence: 'config', because: `${config} configures Flyway` };
  const manifest = manifestWith(project, root, jvm, mentioned);
  if (manifest !== undefined) return { root, evidence: 'manifest', because: `${manifest.path} depends on Flyway` };
  return { root, evidence: 'name', because: `its files are named as ${nameOf(first.path)} is` };
}

type Kind = 'versioned' | 'undo' | 'repeatable' | 'baseline' | 'callback' | 'other';

interface Parts {
  readonly kind: Kind;
  readonly version: string;
  readonly name: string;
}

interface Named extends Parts {
  readonly entry: FileEntry;
}

const callbacks = /^(?:before|after)[A-Z]\w*|^createSchema/;

function nameParts(file: string, settings: FlywaySettings): Parts {
  const suffix = settings.suffixes.find((end) => file.endsWith(end)) ?? '';
  const stem = file.slice(0, file.length - suffix.length);
  if (callbacks.test(stem)) return { kind: 'callback', version: '', name: stem };
  const kinds = ['versioned', 'undo', 'repeatable', 'baseline'] as const;
  const kind = kinds
    .toSorted((a, b) => settings.prefixes[b].length - settings.prefixes[a].length)
    .find((one) => stem.startsWith(settings.prefixes[one]));
  if (kind === undefined) return { kind: 'other', version: '', name: stem };
  const rest = stem.slice(settings.prefixes[kind].length);
  const at = rest.indexOf(settings.separator);
  const [version, name] = at === -1 ? [rest, ''] : [rest.slice(0, at), rest.slice(at + settings.separator.length)];
  const right = kind === 'repeatable' ? version === '' && at !== -1 : /^\d+(?:[._]\d+)*$/.test(version);
  return right ? { kind, version, name } : { kind: 'other', version: '', name: stem };
}

/** Versions are the same with dots or underscores and with trailing zeros: MigrationVersion. */
function dotted(version: string): string {
  return version
    .replaceAll('_', '.')
    .split('.')
    .map((part) => part.replace(/^0+(?=\d)/, ''))
    .join('.')
    .replace(/(?:\.0)+$/, '');
}

/** A new database starts at the last baseline, one that exists has run what it replaces; where that is still there it tells more. */
function withBaseline(versioned: readonly Named[], baselines: readonly Named[]): readonly Named[] {
  const last = baselines.toSorted((a, b) => compareDotted(a.version, b.version)).at(-1);
  if (last === undefined || versioned.some(({ version }) => compareDotted(version, last.version) <= 0))
    return versioned;
  return [last, ...versioned];
}

function migrationOf(
  file: Named,
  undo: FileEntry | undefined,
  undoes: boolean,
  folder: Folder,
  settings: FlywaySettings,
): Migration {
  const { entry, kind, name } = file;
  const up = planOf(entry, folder, settings);
  const down = undo && planOf(undo, folder, settings);
  const files = undo === undefined ? [entry] : [entry, undo];
  const more = {
    ...(settings.replaces && { placeholders: ['dollar-brace'] as const }),
    // Flyway itself sees what cannot run in a transaction; its own lock must not be in the way
    ...(settings.lockIsReleased && !settings.group && { optOut: [] }),
  };
  return {
    id: kind === 'repeatable' ? `R__${name}` : dotted(file.version),
    name: describe(name),
    file: entry.path,
    up: script([entry], up.plan, more),
    down:
      undo === undefined || down === undefined
        ? { none: undoes && kind === 'versioned' ? 'missing' : 'framework' }
        : script([undo], down.plan, more),
    problems: [
      ...unreadable(files),
      ...files.flatMap((one) => besideOf(one, folder) ?? []).flatMap(unread),
      ...up.problems,
      ...(down?.problems ?? []),
    ],
    ...(kind === 'repeatable' && { repeatable: true }),
  };
}

/** What Flyway itself takes out of the transaction: PostgreSQLParser.java, detectCanExecuteInTransaction. */
const outside =
  /^(?:(?:CREATE|DROP) (?:DATABASE|TABLESPACE|SUBSCRIPTION)|ALTER SYSTEM|(?:CREATE|DROP)(?: UNIQUE)? INDEX CONCURRENTLY|REINDEX(?: VERBOSE)? (?:SCHEMA|DATABASE|SYSTEM)|VACUUM|DISCARD ALL)\b/;
const mayBeOutside = /concurrently|database|tablespace|subscription|alter\s+system|reindex|vacuum|discard/i;

const optOut = 'give the migration a script configuration (V1__name.sql.conf) with executeInTransaction=false';
const plans: Readonly<Record<'wrapped' | 'grouped' | 'detected' | 'told', TransactionPlan>> = {
  wrapped: {
    scope: 'migration',
    batch: 'statement',
    optedOut: false,
    why: 'Flyway wraps each migration in a transaction',
    optOut,
  },
  grouped: {
    scope: 'run',
    batch: 'statement',
    optedOut: false,
    why: 'with group=true Flyway runs all pending migrations in one transaction',
    optOut,
  },
  detected: {
    scope: 'none',
    batch: 'statement',
    optedOut: true,
    why: 'Flyway sees a statement that cannot run in a transaction and runs the whole file without one',
    optOut,
  },
  told: {
    scope: 'none',
    batch: 'statement',
    optedOut: true,
    why: 'executeInTransaction=false: Flyway sends each statement by itself',
    optOut,
  },
};

interface Planned {
  readonly plan: TransactionPlan;
  readonly problems: readonly MigrationProblem[];
}

function planOf(entry: FileEntry, folder: Folder, settings: FlywaySettings): Planned {
  const own = scriptSetting(entry, folder);
  const source = entry.source();
  const statements = looks(source.text, mayBeOutside);
  const alone = statements.filter(({ words }) => outside.test(words));
  const concurrently = alone.find(({ words }) => words.includes('CONCURRENTLY'));
  const waits =
    concurrently === undefined || settings.lockIsReleased
      ? []
      : [
          problem(
            'advisory-lock-blocks-concurrently',
            'Flyway holds a lock in an open transaction while it migrates, and CREATE or DROP INDEX CONCURRENTLY waits for that transaction for ever: flyway.postgresql.transactional.lock=false is not set',
            source,
            concurrently.statement,
          ),
        ];
  if ((own ?? settings.executeInTransaction) === false) return { plan: plans.told, problems: waits };
  const usual = settings.group ? plans.grouped : plans.wrapped;
  const [first] = alone;
  if (first === undefined || own === true) return { plan: usual, problems: [] };
  const mixed = alone.length < statements.length && !settings.mixed;
  const message =
    'this statement cannot run in a transaction and others of the file can: Flyway refuses to mix them unless mixed=true';
  return {
    plan: plans.detected,
    problems: mixed ? [problem('mixed-transaction', message, source, first.statement)] : waits,
  };
}

function scriptSetting(entry: FileEntry, folder: Folder): boolean | undefined {
  const [, value] = /^\s*executeInTransaction\s*=\s*(true|false)/im.exec(besideOf(entry, folder)?.read() ?? '') ?? [];
  return value === undefined ? undefined : value.toLowerCase() === 'true';
}

/** The script configuration of a migration, looked up by its name: a search of all files costs their square. */
function besideOf({ path }: FileEntry, folder: Folder): FileEntry | undefined {
  return folder.file(`${folder.path === '' ? path : path.slice(folder.path.length + 1)}.conf`);
}
