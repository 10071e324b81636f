import type { PredictTable } from './context.js';

/** Every statement but ALTER TABLE: one table per family of objects, spread into one. */
export const statements: PredictTable = {};
