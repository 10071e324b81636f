import type { Rule } from '../src/rule.js';
import appliedMigrationDeleted from './applied-migration-deleted.js';
import appliedMigrationEdited from './applied-migration-edited.js';
import appliedMigrationRenamed from './applied-migration-renamed.js';
import backfillInDdlTransaction from './backfill-in-ddl-transaction.js';
import checkValidatedUnderLock from './check-validated-under-lock.js';
import columnDefaultRewritesTable from './column-default-rewrites-table.js';
import columnDropped from './column-dropped.js';
import columnNotNullWithoutDefault from './column-not-null-without-default.js';
import columnRenamed from './column-renamed.js';
import columnTypeRebuildsIndex from './column-type-rebuilds-index.js';
import columnTypeRewritesTable from './column-type-rewrites-table.js';
import concurrentlyInTransaction from './concurrently-in-transaction.js';
import downDoesNotRestore from './down-does-not-restore.js';
import downEmpty from './down-empty.js';
import downMissing from './down-missing.js';
import failsWhenRun from './fails-when-run.js';
import fileNameUnconventional from './file-name-unconventional.js';
import foreignKeyValidatedUnderLock from './foreign-key-validated-under-lock.js';
import generatedColumnRewritesTable from './generated-column-rewrites-table.js';
import ignoreUnknownRule from './ignore-unknown-rule.js';
import ignoreUnused from './ignore-unused.js';
import ignoreWithoutReason from './ignore-without-reason.js';
import indexDroppedNotConcurrent from './index-dropped-not-concurrent.js';
import indexNotConcurrent from './index-not-concurrent.js';
import lockHeldThroughWork from './lock-held-through-work.js';
import migrationOutOfOrder from './migration-out-of-order.js';
import noLockTimeout from './no-lock-timeout.js';
import notUnderstood from './not-understood.js';
import rowsTruncated from './rows-truncated.js';
import setNotNullScansTable from './set-not-null-scans-table.js';
import syntaxError from './syntax-error.js';
import tableDropped from './table-dropped.js';
import tableRenamed from './table-renamed.js';
import uniqueConstraintBuildsIndex from './unique-constraint-builds-index.js';
import unreadableMigration from './unreadable-migration.js';
import updateWithoutWhere from './update-without-where.js';
import validatedInSameTransaction from './validated-in-same-transaction.js';
import versionTaken from './version-taken.js';
import workUnderLock from './work-under-lock.js';

/** Every rule, by id. Adding one: its file, and a line here. */
export const rules: readonly Rule[] = [
  appliedMigrationDeleted,
  appliedMigrationEdited,
  appliedMigrationRenamed,
  backfillInDdlTransaction,
  checkValidatedUnderLock,
  columnDefaultRewritesTable,
  columnDropped,
  columnNotNullWithoutDefault,
  columnRenamed,
  columnTypeRebuildsIndex,
  columnTypeRewritesTable,
  concurrentlyInTransaction,
  downDoesNotRestore,
  downEmpty,
  downMissing,
  failsWhenRun,
  fileNameUnconventional,
  foreignKeyValidatedUnderLock,
  generatedColumnRewritesTable,
  ignoreUnknownRule,
  ignoreUnused,
  ignoreWithoutReason,
  indexDroppedNotConcurrent,
  indexNotConcurrent,
  lockHeldThroughWork,
  migrationOutOfOrder,
  noLockTimeout,
  notUnderstood,
  rowsTruncated,
  setNotNullScansTable,
  syntaxError,
  tableDropped,
  tableRenamed,
  uniqueConstraintBuildsIndex,
  unreadableMigration,
  updateWithoutWhere,
  validatedInSameTransaction,
  versionTaken,
  workUnderLock,
];
