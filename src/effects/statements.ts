import type { PredictTable } from './context.js';
import { dataStatements } from './data-statements.js';
import { drops } from './drop.js';
import { indexes } from './index.js';
import { maintenance } from './maintenance.js';
import { reindexes } from './reindex.js';
import { truncates } from './truncate.js';

/** Every statement but ALTER TABLE: one table per family of objects, spread into one. */
export const statements: PredictTable = {
  ...dataStatements,
  ...drops,
  ...indexes,
  ...maintenance,
  ...reindexes,
  ...truncates,
};
