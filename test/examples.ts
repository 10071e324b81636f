import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { rules } from '../rules/index.js';
import type { Catalog } from '../src/catalog/catalog.js';
import { emptyCatalog } from '../src/catalog/lookup.js';
import { compareHistories } from '../src/changes.js';
import { discover } from '../src/frameworks/discover.js';
import type { History, Migration, TransactionPlan } from '../src/frameworks/framework.js';
import { lint } from '../src/lint.js';
import { replay } from '../src/replay/replay.js';
import type { Example, JudgedMigration, ProjectExample, SqlExample } from '../src/rule.js';
import { Source } from '../src/sql/source.js';

const plans: Readonly<Record<'whole' | 'statement', TransactionPlan>> = {
  whole: {
    scope: 'migration',
    batch: 'statement',
    optedOut: false,
    why: 'the runner wraps each migration in a transaction',
  },
  statement: { scope: 'none', batch: 'statement', optedOut: false, why: 'the runner sends each statement by itself' },
};

const nextMigration = /^-- next migration.*\n/m;

/** Judges an example, with every rule on; with `last`, another text in place of its last migration (a fix, a recipe). */
export async function judge(example: Example, last?: string) {
  const histories =
    'sql' in example ? [migrationsOf(example, last)] : await projectOf(example.framework, example.files);
  const judged = last === undefined ? 1 : last.split(nextMigration).length;
  const changed = new Map(
    'sql' in example ? [] : (await changesOf(example, histories)).map((each) => [each.history, each]),
  );
  return lint(changed.size > 0 ? [...changed.keys()] : histories, {
    pg: example.pg ?? 14,
    rules,
    levels: Object.fromEntries(rules.map((rule) => [rule.id, rule.level])),
    judged: (history, { id }, index) =>
      'sql' in example ? index >= history.migrations.length - judged : (changed.get(history)?.changed.has(id) ?? true),
    oneDeploy: changed.size > 0,
  });
}

/** The schema that an SQL example leaves behind; with `last`, another text in place of its last migration. */
export function schemaAfter(example: SqlExample, last?: string): Catalog {
  const everything = { pg: example.pg ?? 14, settings: {}, judged: () => true, oneDeploy: false };
  const replayed = [...replay(migrationsOf(example, last), everything)];
  return replayed.at(-1)?.afterUp ?? emptyCatalog();
}

/** The last migration of an SQL example, replayed. */
export function lastOf(example: SqlExample): JudgedMigration {
  const everything = { pg: example.pg ?? 14, settings: {}, judged: () => true, oneDeploy: false };
  const last = [...replay(migrationsOf(example, undefined), everything)].at(-1);
  if (last === undefined) throw new Error('an example without a migration');
  return last;
}

function migrationsOf(example: SqlExample, last: string | undefined): History {
  const parts = example.sql.split(nextMigration);
  const texts = last === undefined ? parts : [...parts.slice(0, -1), ...last.split(nextMigration)];
  const transaction = plans[last === undefined ? (example.transaction ?? 'statement') : 'statement'];
  const script = (file: string, text: string) => ({
    pieces: [{ source: new Source(file, text), span: { start: 0, end: text.length } }],
    transaction,
  });
  const migrations = texts.map((text, at): Migration => {
    const id = String(at + 1).padStart(3, '0');
    const isLast = at === texts.length - 1;
    return {
      id,
      name: '',
      file: `${id}.sql`,
      up: script(`${id}.sql`, text),
      down: isLast && example.down !== undefined ? script(`${id}.down.sql`, example.down) : { none: 'framework' },
      problems: [],
    };
  });
  return { framework: 'example', root: '', migrations, problems: [], assumptions: [] };
}

/** What --changed would find. */
async function changesOf({ framework, files, before, gained }: ProjectExample, now: readonly History[]) {
  if (before === undefined) return [];
  const moments = {
    now,
    before: await projectOf(framework, before),
    merged: await projectOf(framework, { ...files, ...gained }),
  };
  return compareHistories(moments, { name: 'main', unpublished: new Set() });
}

/** Reads the files as the framework does, from a folder of their own. */
async function projectOf(framework: string, files: ProjectExample['files']): Promise<readonly History[]> {
  const cwd = mkdtempSync(join(tmpdir(), 'lockkeeper-example-'));
  try {
    for (const [path, text] of Object.entries(files)) {
      mkdirSync(dirname(join(cwd, path)), { recursive: true });
      writeFileSync(join(cwd, path), text);
    }
    const { histories } = await discover([], { cwd, framework });
    for (const history of histories) for (const migration of history.migrations) readAll(migration);
    return histories;
  } finally {
    rmSync(cwd, { recursive: true });
  }
}

/** Files are read when they are asked for: before the folder goes. */
function readAll({ up, down }: Migration): void {
  for (const script of 'none' in down ? [up] : [up, down]) for (const { source } of script.pieces) source.text.at(0);
}
