import type { Piece } from '../sql/piece.js';
import type { Source, Span } from '../sql/source.js';
import { folderOf, nameOf } from './files.js';
import { type MigrationFolder, migrationFolders } from './folder-pairs.js';
import { textAt, valueAt } from './formats.js';
import type { Detection, Framework, Migration, MigrationProblem, TransactionPlan } from './framework.js';
import { compareText, describe, problem, settleIds, unreadable } from './sql-files.js';

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
  async read(folder) {
    const read: Read[] = [];
    for (const one of migrationFolders(folder, ['ops.json'])) read.push(await readOne(one));
    return {
      framework: 'prisma-next',
      root: folder.path,
      migrations: settleIds(chained(read).map(({ migration }) => migration)),
      problems: forks(read),
      assumptions: ['Prisma 8 runs the operations of a migration in one transaction'],
    };
  },
} satisfies Framework;

interface Read {
  readonly migration: Migration;
  /** Hashes of the schema before and after. */
  readonly from: string;
  readonly to: string;
}

async function readOne({ name, file }: MigrationFolder): Promise<Read> {
  const { parseTree, getNodeValue } = await import('jsonc-parser');
  const [ops, manifest] = [file('ops.json'), file('migration.json')];
  const [, , rest = name] = folderName.exec(name) ?? [];
  const source = ops?.source();
  const errors: import('jsonc-parser').ParseError[] = [];
  const tree = parseTree(source?.text ?? '', errors);
  const [fault] = errors;
  const about = parseTree(manifest?.read() ?? '{}');
  const data: unknown = about === undefined ? {} : getNodeValue(about);
  const pieces = source === undefined || tree === undefined ? [] : executed(tree, source);
  const broken: readonly MigrationProblem[] =
    fault === undefined || source === undefined
      ? []
      : [problem('unreadable-migration', `${source.file} is no JSON`, source, lineAt(source, fault.offset))];
  return {
    migration: {
      id: name,
      name: describe(rest),
      file: ops?.path ?? name,
      up: { pieces, transaction: wrapped },
      down: { none: 'framework' },
      problems: [...unreadable(ops === undefined ? [] : [ops]), ...broken],
    },
    from: textAt(data, 'from') ?? String(valueAt(data, 'from') ?? ''),
    to: textAt(data, 'to') ?? '',
  };
}

type JsonNode = import('jsonc-parser').Node;

/** The SQL below `execute` of each operation, in order; each statement is a message. */
function executed(tree: JsonNode, source: Source): readonly Piece[] {
  const operations = tree.type === 'array' ? (tree.children ?? []) : (property(tree, 'operations')?.children ?? []);
  return operations.flatMap((operation) =>
    (property(operation, 'execute')?.children ?? []).flatMap((step): Piece | [] => {
      const sql = property(step, 'sql');
      if (sql?.type !== 'string' || typeof sql.value !== 'string') return [];
      return { source, span: { start: sql.offset + 1, end: sql.offset + sql.length - 1 }, rendered: sql.value };
    }),
  );
}

function property(node: JsonNode, name: string): JsonNode | undefined {
  return node.children?.find((child) => child.type === 'property' && child.children?.[0]?.value === name)
    ?.children?.[1];
}

function lineAt(source: Source, at: number): Span {
  const end = source.text.indexOf('\n', at);
  return { start: at, end: end === -1 ? source.text.length : end };
}

/** Follows the hashes from the migration that starts from nothing; what no chain reaches comes last, by name. */
function chained(all: readonly Read[]): readonly Read[] {
  const left = new Set(all.toSorted((a, b) => compareText(a.migration.id, b.migration.id)));
  const ends = new Set(all.map(({ to }) => to));
  const order: Read[] = [];
  const take = (from: string) => {
    for (const next of [...left].filter((one) => one.from === from)) {
      if (!left.delete(next)) continue;
      order.push(next);
      take(next.to);
    }
  };
  for (const start of [...left]) if (!ends.has(start.from) && left.has(start)) take(start.from);
  return [...order, ...left];
}

function forks(all: readonly Read[]): readonly MigrationProblem[] {
  const starts = new Map<string, Read>();
  return all.flatMap((one) => {
    const first = starts.get(one.from);
    if (one.from === '') return [];
    if (first === undefined) starts.set(one.from, one);
    const source = one.migration.up.pieces[0]?.source;
    return first === undefined || source === undefined
      ? []
      : [problem('history-forks', `${one.migration.id} and ${first.migration.id} both follow the same schema`, source)];
  });
}
