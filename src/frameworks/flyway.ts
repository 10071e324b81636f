import { afterUnread } from './after-unread.js';
import { isWithin } from './claims.js';
import { folderOf, fromFolder, nameOf } from './files.js';
import { codeOf, locationsOf, namedBy } from './flyway-locations.js';
import { placeholdersOf } from './flyway-placeholders.js';
import { besideOf, planOf, scriptSettings } from './flyway-plan.js';
import { type FlywaySettings, flywaySettings, isConfigured } from './flyway-settings.js';
import { unread } from './formats.js';
import type { Detection, FileEntry, Folder, Framework, Migration, Script, TransactionPlan } from './framework.js';
import { jvm, manifestWith } from './manifests.js';
import { flywayTable } from './runner-tables.js';
import { compareDotted, compareText, describe, filesNamed, notRun, settleIds, unreadable, whole } from './sql-files.js';

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
    const configured = await locationsOf(project);
    const detections = new Map<string, Detection>();
    const covered: string[] = [];
    for (const { config, folders } of configured) {
      const [root] = folders;
      if (root === undefined || folders.some((one) => covered.includes(one))) continue;
      covered.push(...folders);
      const entry = folders.length > 1 ? { entry: config.path } : {};
      detections.set(root, { root, evidence: 'config', because: `${config.path} configures Flyway`, ...entry });
    }
    const roots = new Map<string, FileEntry>();
    for (const { path, first } of found) {
      if (covered.some((one) => isWithin(one, path))) continue;
      const root = rootOf(path, found);
      if (!roots.has(root)) roots.set(root, first);
    }
    for (const [root, first] of roots)
      if (!detections.has(root)) detections.set(root, await evidence(project, root, first));
    return [...detections.values()];
  },
  async read(folder, { entry }) {
    const settings = await flywaySettings(folder);
    const files = (await filesOf(folder, entry))
      .filter(({ path }) => settings.suffixes.some((suffix) => path.endsWith(suffix)))
      .map((one) => one.decoded(scriptSettings(one, folder).encoding ?? settings.encoding));
    const named = files.map((entry) => ({ entry, ...nameParts(nameOf(entry.path), settings) }));
    const of = (kind: Kind) => named.filter((file) => file.kind === kind);
    const undo = new Map(of('undo').map((file) => [dotted(file.version), file.entry]));
    const versioned = [...withBaseline(of('versioned'), of('baseline'))].toSorted((a, b) =>
      compareDotted(a.version, b.version),
    );
    const repeatable = of('repeatable').toSorted((a, b) => compareText(a.name, b.name));
    const read = (file: Named): Migration =>
      migrationOf(file, undo.get(dotted(file.version)), undo.size > 0, folder, settings);
    const settled = [...versioned, ...repeatable].map((file) => ({ file, own: scriptSettings(file.entry, folder) }));
    const passed = settled.filter(({ own }) => own.shouldExecute === 'false');
    const code = codeOf(folder).map(({ path }) => dotted(/\d[\d_]*?(?=__)/.exec(nameOf(path))?.[0] ?? ''));
    const others = of('callback').length;
    const { table } = settings;
    const left = of('baseline').length - versioned.filter(({ kind }) => kind === 'baseline').length;
    return {
      framework: 'flyway',
      root: folder.path,
      migrations: afterUnread(
        settleIds(settled.flatMap(({ file, own }) => (own.shouldExecute === 'false' ? [] : read(file)))),
        code,
        inOrder,
      ),
      problems: [
        ...settings.problems,
        ...notRun(
          of('other').map(({ entry }) => entry),
          `Flyway wants ${settings.prefixes.versioned}<version>${settings.separator}<name>.sql`,
        ),
      ],
      knownPlaceholders: Object.keys(settings.placeholders),
      ...(table !== undefined && /^\w+$/.test(table) && { runnerTable: flywayTable(table) }),
      unread: [...code, ...passed.map(({ file }) => dotted(file.version))],
      assumptions: [
        ...(code.length === 0 ? [] : [`${code.length} migrations written in Java or the like are not read`]),
        ...(passed.length === 0
          ? []
          : [`${passed.length} migrations are left out, because their shouldExecute is false`]),
        ...(others === 0 ? [] : [`${others} Flyway callbacks are not judged`]),
        ...(left === 0 ? [] : ['a baseline migration is left out, because the versions it replaces are there']),
      ],
    };
  },
} satisfies Framework;

/** The files of the history's folder and of the others that its configuration names. */
async function filesOf(folder: Folder, config: string | undefined): Promise<readonly FileEntry[]> {
  const entry = config === undefined ? undefined : folder.file(fromFolder(folder, config));
  const named = entry === undefined ? [] : await namedBy(entry, folder);
  const others = named.filter((path) => path !== folder.path).flatMap((path) => folder.below(fromFolder(folder, path)));
  return [...new Map([...folder.files, ...others].map((one) => [one.path, one])).values()];
}

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

/** Versions in their order, and what is run again after them. */
function inOrder(a: string, b: string): number {
  const repeated = (id: string) => Number(id.startsWith('R__'));
  return repeated(a) - repeated(b) || compareDotted(a, b);
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
  const own = scriptSettings(entry, folder);
  const replaced = (one: FileEntry) =>
    (scriptSettings(one, folder).placeholderReplacement ?? settings.replaces)
      ? placeholdersOf(one, settings)
      : { pieces: [whole(one)], problems: [] };
  const scriptOf = (one: FileEntry, transaction: TransactionPlan): Script => {
    const { pieces, placeholders } = replaced(one);
    // Flyway itself sees what cannot run in a transaction; its own lock must not be in the way
    const optOut = settings.lockIsReleased && !settings.group ? { optOut: [] } : {};
    return { pieces, transaction, ...(placeholders && { placeholders }), ...optOut };
  };
  return {
    id: kind === 'repeatable' ? `R__${name}` : dotted(file.version),
    name: describe(name),
    file: entry.path,
    up: scriptOf(entry, up.plan),
    down:
      undo === undefined || down === undefined
        ? { none: undoes && kind === 'versioned' ? 'missing' : 'framework' }
        : scriptOf(undo, down.plan),
    problems: [
      ...unreadable(files),
      ...files.flatMap((one) => besideOf(one, folder) ?? []).flatMap(unread),
      ...up.problems,
      ...(down?.problems ?? []),
      ...files.flatMap((one) => replaced(one).problems),
    ],
    ...(own.shouldExecute !== undefined && own.shouldExecute !== 'true' && { conditional: true }),
    ...(kind === 'repeatable' && { repeatable: true }),
  };
}
