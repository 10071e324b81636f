import type { Span } from '../sql/source.js';
import { otherDatabase } from './dialect.js';
import { folderOf, nameOf } from './files.js';
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
import { problem, script, unreadable } from './sql-files.js';

const planName = 'sqitch.plan';
const confName = 'sqitch.conf';

const psql: TransactionPlan = {
  scope: 'none',
  batch: 'statement',
  optedOut: false,
  why: 'Sqitch runs a script by psql, each statement by itself, unless the script says BEGIN',
  session: 'migration',
  optOut: 'leave BEGIN and COMMIT out of the script',
};

/** Sqitch: sqitch.plan names the changes in their order; deploy/, revert/ and verify/ hold their scripts. */
export default {
  id: 'sqitch',
  title: 'Sqitch',
  detect: (project) => {
    const roots = new Map<string, Detection>();
    for (const [path, entries] of project.byFolder) {
      const own = entries.find((entry) => nameOf(entry.path) === planName);
      const plan =
        configuredPlan(project, entries) ??
        own ??
        project.above(path, [planName]).find((entry) => isScriptFolder(path, folderOf(entry.path)));
      if (plan === undefined || (own === undefined && !entries.some((entry) => /\.(?:sql|conf)$/.test(entry.path))))
        continue;
      const root = folderOf(plan.path);
      const entry = nameOf(plan.path) === planName ? {} : { entry: plan.path };
      roots.set(root, { root, evidence: 'config', because: `${plan.path} is Sqitch's`, ...entry });
    }
    return [...roots.values()];
  },
  read(folder, { entry }) {
    const plan = folder.file(entry === undefined ? planName : nameOf(entry));
    const settings = configuration(folder);
    const engine = settings.core.get('engine') ?? 'pg';
    if (plan === undefined)
      return {
        framework: 'sqitch',
        root: folder.path,
        migrations: [],
        problems: [],
        assumptions: [`there is no ${planName}`],
      };
    if (!/^(?:pg|cockroach|yugabyte|greenplum)$/.test(engine))
      return otherDatabase('sqitch', folder.path, engine, plan.source());
    const changes = changesOf(plan.read() ?? '');
    const places = placesOf(folder, settings);
    const found = changes.map((change) => ({ change, deploy: places.deploy(change), revert: places.revert(change) }));
    const used = new Set(found.flatMap(({ deploy }) => deploy?.path ?? []));
    return {
      framework: 'sqitch',
      root: folder.path,
      migrations: found.flatMap(({ change, deploy, revert }) =>
        deploy === undefined ? [] : migrationOf(change, deploy, revert),
      ),
      problems: [
        ...settings.problems,
        ...unreadable([plan]),
        ...found.flatMap(({ change, deploy }) =>
          deploy === undefined
            ? problem(
                'migration-file-missing',
                `the plan names ${change.name}, which has no deploy script`,
                plan.source(),
                change.span,
              )
            : [],
        ),
        ...unplanned(folder, settings, used),
        ...dependencies(changes, plan),
      ],
      assumptions: [],
    };
  },
} satisfies Framework;

/** The plan that a sqitch.conf names for the folder in which it stands, by core.plan_file or core.top_dir. */
function configuredPlan(project: Folder, entries: readonly FileEntry[]): FileEntry | undefined {
  const config = entries.find((entry) => nameOf(entry.path) === confName);
  if (config === undefined) return undefined;
  const core = coreOf(config);
  const top = core.get('top_dir') ?? '.';
  const path = core.get('plan_file') ?? `${top}/${planName}`;
  const depth = project.path === '' ? 0 : project.path.split('/').length;
  const from = folderOf(config.path);
  return project.file(`${'../'.repeat(depth)}${from === '' ? '' : `${from}/`}${path}`);
}

function isScriptFolder(path: string, root: string): boolean {
  const below = root === '' ? path : path.slice(root.length + 1);
  return /^(?:deploy|revert|verify)(?:\/|$)/.test(below);
}

interface Change {
  readonly name: string;
  /** Unique: a change that is reworked later carries the tag that ends its first life. */
  readonly id: string;
  readonly requires: readonly string[];
  /** The tags after it, as far as its rework. */
  readonly tags: readonly string[];
  readonly span: Span;
}

/** One line a change or tag: `name [needs !conflicts] date planner <mail> # note`. */
function changesOf(text: string): readonly Change[] {
  const changes: { name: string; requires: string[]; tags: string[]; span: Span; reworked: boolean }[] = [];
  for (const match of text.matchAll(
    /^[ \t]*(?:(@)([^\s#]+)|[+-]?([^\s#%@[\]][^\s[\]]*))(?:[ \t]*\[([^\]]*)\])?.*$/gm,
  )) {
    const [line, isTag, tag, name, needs = ''] = match;
    if (/^\s*%/.test(line)) continue;
    if (isTag !== undefined && tag !== undefined) {
      for (const change of changes) if (!change.reworked) change.tags.push(tag);
    } else if (name !== undefined) {
      for (const change of changes) if (change.name === name) change.reworked = true;
      const requires = needs.split(/\s+/).filter((need) => need !== '' && !need.startsWith('!'));
      changes.push({
        name,
        requires,
        tags: [],
        span: { start: match.index, end: match.index + line.length },
        reworked: false,
      });
    }
  }
  const times = new Map<string, number>();
  for (const { name } of changes) times.set(name, (times.get(name) ?? 0) + 1);
  const seen = new Map<string, number>();
  return changes.map(({ name, requires, tags, span }) => {
    const nth = (seen.get(name) ?? 0) + 1;
    seen.set(name, nth);
    const [tag] = tags;
    const id = nth === times.get(name) ? name : `${name}@${tag ?? nth}`;
    return { name, id, requires, tags: id === name ? [] : tags, span };
  });
}

/** sqitch.conf, the section [core]; `up` leads from the plan's folder to that of the configuration. */
interface Configuration {
  readonly core: ReadonlyMap<string, string>;
  readonly up: string;
  readonly problems: readonly MigrationProblem[];
}

function coreOf(config: FileEntry | undefined): ReadonlyMap<string, string> {
  const [, section = ''] = /^[ \t]*\[core\][ \t]*\r?\n((?:(?![ \t]*\[).*(?:\n|$))*)/m.exec(config?.read() ?? '') ?? [];
  const lines = [...section.matchAll(/^[ \t]*(\w+)[ \t]*=[ \t]*(.*?)[ \t]*\r?$/gm)];
  return new Map(lines.map(([, key = '', value = '']) => [key, value]));
}

function configuration(folder: Folder): Configuration {
  const [config] = folder.above(folder.path, [confName]);
  const outer = folderOf(config?.path ?? planName)
    .split('/')
    .filter((part) => part !== '').length;
  const depth = folder.path.split('/').filter((part) => part !== '').length - outer;
  return {
    core: coreOf(config),
    up: '../'.repeat(Math.max(0, config === undefined ? 0 : depth)),
    problems: config === undefined ? [] : unread(config),
  };
}

/** Relative to the plan's folder; a folder that is configured, as the top folder that holds the others, is relative to sqitch.conf. */
function scriptFolder(folder: Folder, { core, up }: Configuration, kind: 'deploy' | 'revert'): string {
  const [configured, top] = [core.get(`${kind}_dir`), core.get('top_dir')];
  if (configured !== undefined) return `${up}${configured}`;
  return top === undefined || folder.list(kind).length > 0 ? kind : `${up}${top}/${kind}`;
}

function placesOf(folder: Folder, settings: Configuration) {
  const extension = settings.core.get('extension') ?? 'sql';
  const place = (kind: 'deploy' | 'revert') => {
    const base = scriptFolder(folder, settings, kind);
    return ({ name, tags }: Change): FileEntry | undefined => {
      for (const tag of tags) {
        const reworked = folder.file(`${base}/${name}@${tag}.${extension}`);
        if (reworked !== undefined) return reworked;
      }
      return folder.file(`${base}/${name}.${extension}`);
    };
  };
  return { deploy: place('deploy'), revert: place('revert') };
}

function migrationOf(change: Change, deploy: FileEntry, revert: FileEntry | undefined): Migration {
  const more = { psql: true, placeholders: ['colon'] as const };
  return {
    id: change.id,
    name: change.name,
    file: deploy.path,
    up: script([deploy], psql, more),
    down: revert === undefined ? { none: 'missing' } : script([revert], psql, more),
    problems: unreadable(revert === undefined ? [deploy] : [deploy, revert]),
  };
}

function unplanned(folder: Folder, settings: Configuration, used: ReadonlySet<string>): readonly MigrationProblem[] {
  const base = scriptFolder(folder, settings, 'deploy');
  const below =
    base === 'deploy' ? folder.files.filter(({ path }) => /(?:^|\/)deploy\//.test(path)) : folder.list(base);
  return below
    .filter(({ path }) => path.endsWith('.sql') && !used.has(path))
    .map((entry) =>
      problem('migration-not-run', `${nameOf(entry.path)} is never run: ${planName} does not name it`, entry.source()),
    );
}

/** Sqitch refuses a plan in which a change stands before what it requires. */
function dependencies(changes: readonly Change[], plan: FileEntry): readonly MigrationProblem[] {
  const before = new Set<string>();
  return changes.flatMap(({ name, requires, span }) => {
    const missing = requires
      .map((need) => need.replace(/@.*$/, ''))
      .filter((need) => need !== '' && !need.includes(':') && !before.has(need));
    before.add(name);
    return missing.map((need) =>
      problem(
        'dependency-missing',
        `${name} requires ${need}, which does not stand before it in the plan`,
        plan.source(),
        span,
      ),
    );
  });
}
