import type { Piece } from '../sql/piece.js';
import type { Source, Span } from '../sql/source.js';
import { otherDatabase } from './dialect.js';
import { folderOf, nameOf } from './files.js';
import { type MigrationFolder, migrationFolders } from './folder-pairs.js';
import { type JsonNode, jsonTree, readJson, textAt } from './formats.js';
import type { Detection, FileEntry, Framework, Migration, MigrationProblem, TransactionPlan } from './framework.js';
import { type Edge, routeOf } from './prisma-next-graph.js';
import { describe, problem, settleIds, unreadable } from './sql-files.js';
import { assumed } from './transaction.js';

const folderName = /^(\d{8}T\d{4,6}Z?|\d+)_?(.*)$/;

const wrapped: TransactionPlan = {
  scope: 'migration',
  batch: 'script',
  optedOut: false,
  why: 'Prisma 8 runs the operations of a migration in one transaction',
};

/** Prisma 8: folders with ops.json, which holds the SQL of each operation, and migration.json. */
export default {
  id: 'prisma-next',
  title: 'Prisma 8',
  detect: (project) => {
    const roots = new Map<string, Detection>();
    for (const [path, entries] of project.byFolder) {
      const ops = entries.find((entry) => nameOf(entry.path) === 'ops.json');
      if (path === '' || ops === undefined) continue;
      if (!entries.some((entry) => nameOf(entry.path) === 'migration.json')) continue;
      const root = folderOf(path);
      if (!roots.has(root))
        roots.set(root, { root, evidence: 'config', because: `${ops.path} holds operations of Prisma 8` });
    }
    return [...roots.values()];
  },
  async read(folder, options) {
    const read: Read[] = [];
    for (const one of migrationFolders(folder, ['ops.json', 'migration.json'])) read.push(await readOne(one));
    const other = read.find(({ database }) => database !== undefined);
    if (other?.source !== undefined && other.database !== undefined && !read.some(({ forPostgres }) => forPostgres))
      return otherDatabase('prisma-next', folder.path, other.database, other.source);
    const { order, besides, forks } = routeOf(read);
    // what a migration beside the order meets is not what the order leaves
    const placed = (one: Read): Migration => ({ ...one.migration, ...(besides.has(one) && { conditional: true }) });
    return {
      framework: 'prisma-next',
      root: folder.path,
      migrations: settleIds(order.map(placed)),
      problems: forks.flatMap(([first, second]) => forked(first, second)),
      assumptions: [
        ...assumed(options, 'Prisma 8 runs the operations of a migration in one transaction'),
        ...(besides.size === 0
          ? []
          : [`${besides.size} migrations lead another way to the same schema and are judged behind the others`]),
      ],
    };
  },
} satisfies Framework;

interface Read extends Edge {
  readonly migration: Migration;
  readonly source: Source | undefined;
  /** The other database of Prisma 8 that its operations are for. */
  readonly database: string | undefined;
  readonly forPostgres: boolean;
}

const databases: Readonly<Record<string, string>> = { mongo: 'MongoDB', sqlite: 'SQLite' };
const forMongo = /"kind"\s*:\s*"(?:create|drop|mod)(?:Collection|Index)"/;

/** What the operations of a migration say they are for: `"target": {"id": "sqlite"}`. */
function targetsOf(tree: JsonNode | undefined): readonly string[] {
  return operationsOf(tree).flatMap((operation) => {
    const target = property(operation, 'target');
    const id: unknown = (target && property(target, 'id'))?.value ?? target?.value;
    return typeof id === 'string' ? id : [];
  });
}

async function readOne({ name, file }: MigrationFolder): Promise<Read> {
  const [ops, manifest] = [file('ops.json'), file('migration.json')];
  const [, , rest = name] = folderName.exec(name) ?? [];
  const source = ops?.source();
  const { tree, brokenAt } = await jsonTree(source?.text ?? '[]');
  const [targets, mongo] = [targetsOf(tree), forMongo.test(source?.text ?? '')];
  const about = manifest === undefined ? { value: {}, problems: [] } : await readJson(manifest);
  const pieces = source === undefined || tree === undefined ? [] : executed(tree, source);
  const unread = unreadable(ops === undefined ? [] : [ops]);
  const broken: readonly MigrationProblem[] =
    brokenAt === undefined || source === undefined
      ? []
      : [problem('unreadable-migration', `${source.file} is no JSON`, source, lineAt(source, brokenAt))];
  return {
    migration: {
      id: name,
      name: describe(rest),
      file: ops?.path ?? name,
      up: { pieces, transaction: wrapped },
      down: { none: 'framework' },
      problems: [...(unread.length > 0 ? unread : broken), ...about.problems, ...lacking(name, ops, manifest)],
    },
    source,
    database: databases[targets.find((target) => databases[target] !== undefined) ?? (mongo ? 'mongo' : '')],
    forPostgres: targets.includes('postgres') || (targets.length === 0 && pieces.length > 0),
    id: name,
    from: textAt(about.value, 'from') ?? '',
    to: textAt(about.value, 'to') ?? '',
    createdAt: textAt(about.value, 'createdAt') ?? '',
  };
}

/** Prisma 8 wants both files: migration/src/io.ts, errorMissingFile. */
function lacking(
  name: string,
  ops: FileEntry | undefined,
  manifest: FileEntry | undefined,
): readonly MigrationProblem[] {
  const [there, missing] = ops === undefined ? [manifest, 'ops.json'] : [ops, 'migration.json'];
  if (there === undefined || (ops !== undefined && manifest !== undefined)) return [];
  return [problem('migration-file-missing', `${name} has no ${missing}, so Prisma 8 refuses it`, there.source())];
}

/** The SQL below `execute` of each operation, in order; each statement is a message. */
function executed(tree: JsonNode, source: Source): readonly Piece[] {
  return operationsOf(tree).flatMap((operation) =>
    (property(operation, 'execute')?.children ?? []).flatMap((step): Piece | [] => {
      const sql = property(step, 'sql');
      if (sql?.type !== 'string' || typeof sql.value !== 'string') return [];
      return { source, span: { start: sql.offset + 1, end: sql.offset + sql.length - 1 }, rendered: sql.value };
    }),
  );
}

function operationsOf(tree: JsonNode | undefined): readonly JsonNode[] {
  if (tree === undefined) return [];
  return (tree.type === 'array' ? tree : property(tree, 'operations'))?.children ?? [];
}

function property(node: JsonNode, name: string): JsonNode | undefined {
  return node.children?.find((child) => child.type === 'property' && child.children?.[0]?.value === name)
    ?.children?.[1];
}

function lineAt(source: Source, at: number): Span {
  const end = source.text.indexOf('\n', at);
  return { start: at, end: end === -1 ? source.text.length : end };
}

function forked(first: Read, second: Read): readonly MigrationProblem[] {
  const source = second.migration.up.pieces[0]?.source;
  const message = `${second.id} and ${first.id} both follow the same schema and end in different ones`;
  return source === undefined ? [] : [problem('history-forks', message, source)];
}
