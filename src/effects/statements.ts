import type { PredictTable } from './context.js';
import { tableCreation } from './create-table.js';
import { dataStatements } from './data-statements.js';
import { defines } from './define.js';
import { drops } from './drop.js';
import { functions } from './function.js';
import { indexes } from './index.js';
import { labels } from './label.js';
import { maintenance } from './maintenance.js';
import { otherStatements } from './other-statements.js';
import { policies } from './policy.js';
import { privileges } from './privilege.js';
import { publications } from './publication.js';
import { reindexes } from './reindex.js';
import { naming } from './rename.js';
import { sequences } from './sequence.js';
import { statistics } from './statistics.js';
import { subscriptions } from './subscription.js';
import { database } from './tablespace.js';
import { triggers } from './trigger.js';
import { truncates } from './truncate.js';
import { types } from './type.js';
import { views } from './view.js';

/** Every statement but ALTER TABLE: one table per family of objects, spread into one. */
export const statements: PredictTable = {
  ...dataStatements,
  ...database,
  ...defines,
  ...drops,
  ...functions,
  ...indexes,
  ...labels,
  ...maintenance,
  ...naming,
  ...otherStatements,
  ...policies,
  ...privileges,
  ...publications,
  ...reindexes,
  ...sequences,
  ...statistics,
  ...subscriptions,
  ...tableCreation,
  ...triggers,
  ...truncates,
  ...types,
  ...views,
};
