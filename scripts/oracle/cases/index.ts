import type { Case } from '../case.js';
import { addColumn } from './add-column.js';
import { alterTable } from './alter-table.js';
import { alterType } from './alter-type.js';
import { analysed } from './analysed.js';
import { blind } from './blind.js';
import { blindBatches } from './blind-batches.js';
import { blindForms } from './blind-forms.js';
import { cascades } from './cascades.js';
import { crossed } from './crossed.js';
import { found } from './found.js';
import { dependsOnHistory } from './history.js';
import { indexes } from './indexes.js';
import { kinds } from './kinds.js';
import { library } from './library.js';
import { objects } from './objects.js';
import { partitions } from './partitions.js';
import { placed } from './placed.js';
import { refusals } from './refusals.js';
import { refused } from './refused.js';
import { routines } from './routines.js';
import { rows } from './rows.js';
import { shop } from './shop.js';
import { suite } from './suite.js';
import { syntax } from './syntax.js';
import { tables } from './tables.js';
import { traced } from './traced.js';
import { transactions } from './transactions.js';
import { unseen } from './unseen.js';
import { views } from './views.js';

/** Every case of the oracle. */
export const cases: readonly Case[] = [
  ...alterTable,
  ...addColumn,
  ...alterType,
  ...indexes,
  ...partitions,
  ...tables,
  ...objects,
  ...rows,
  ...dependsOnHistory,
  ...transactions,
  ...found,
  ...cascades,
  ...shop,
  ...library,
  ...blind,
  ...syntax,
  ...crossed,
  ...kinds,
  ...refusals,
  ...refused,
  ...placed,
  ...routines,
  ...views,
  ...suite,
  ...analysed,
  ...blindBatches,
  ...blindForms,
  ...traced,
  ...unseen,
];
