import type { PredictTable } from './context.js';
import { nothing } from './draft.js';

/** ALTER TABLE, and what its grammar does to indexes, views, sequences and composite types. */
export const alterTable: PredictTable = { AlterTableStmt: () => nothing };
