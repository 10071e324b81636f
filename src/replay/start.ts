import { apply } from '../catalog/apply.js';
import type { Catalog } from '../catalog/catalog.js';
import { emptyCatalog } from '../catalog/lookup.js';
import type { History } from '../frameworks/framework.js';
import { tableLookedInto } from '../frameworks/runner-tables.js';
import { parseScript } from '../sql/script.js';
import { Source } from '../sql/source.js';
import type { Reached } from './memory.js';
import type { ReplayOptions } from './replay.js';

type StartOptions = Pick<ReplayOptions, 'pg' | 'settings'>;

/** What is there before the first migration, or before the next one after what is remembered: the runner makes its own table first. */
export function startOf(history: History, known: Reached | undefined, { pg, settings }: StartOptions): Catalog {
  const start = known?.catalog ?? emptyCatalog(settings.search_path);
  const table = tableLookedInto(history);
  const before = { ...history, migrations: history.migrations.slice(0, known?.next ?? 0) };
  if (table === undefined || tableLookedInto(before) !== undefined) return start;
  const source = new Source(`(${history.framework})`, table.sql);
  const { statements } = parseScript([{ source, span: { start: 0, end: source.text.length } }]);
  return statements.reduce((catalog, statement) => apply(statement, catalog, { born: -1, pg }), start);
}
