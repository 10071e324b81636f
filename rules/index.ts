import type { Rule } from '../src/rule.js';
import advisoryLockBlocksConcurrently from './advisory-lock-blocks-concurrently.js';
import appliedMigrationDeleted from './applied-migration-deleted.js';
import appliedMigrationEdited from './applied-migration-edited.js';
import appliedMigrationRenamed from './applied-migration-renamed.js';
import autovacuumDisabled from './autovacuum-disabled.js';
import backfillInDdlTransaction from './backfill-in-ddl-transaction.js';
import brokenInclude from './broken-include.js';
import brokenManifest from './broken-manifest.js';
import catalogWritten from './catalog-written.js';
import checkValidatedUnderLock from './check-validated-under-lock.js';
import checksumMismatch from './checksum-mismatch.js';
import columnDefaultRewritesTable from './column-default-rewrites-table.js';
import columnDropped from './column-dropped.js';
import columnNotNullWithoutDefault from './column-not-null-without-default.js';
import columnRenamed from './column-renamed.js';
import columnRequiredOfRunningCode from './column-required-of-running-code.js';
import columnTypeRebuildsIndex from './column-type-rebuilds-index.js';
import columnTypeRewritesTable from './column-type-rewrites-table.js';
import concurrentlyInTransaction from './concurrently-in-transaction.js';
import defaultChanged from './default-changed.js';
import definitionHiddenByIfNotExists from './definition-hidden-by-if-not-exists.js';
import dependencyMissing from './dependency-missing.js';
import domainConstraintScansTables from './domain-constraint-scans-tables.js';
import downDoesNotRestore from './down-does-not-restore.js';
import downEmpty from './down-empty.js';
import downMissing from './down-missing.js';
import downWithoutUp from './down-without-up.js';
import duplicateVersion from './duplicate-version.js';
import enumValueRenamed from './enum-value-renamed.js';
import exclusionConstraintBuildsIndex from './exclusion-constraint-builds-index.js';
import failsWhenRun from './fails-when-run.js';
import fileNameUnconventional from './file-name-unconventional.js';
import foreignKeyNarrower from './foreign-key-narrower.js';
import foreignKeyValidatedUnderLock from './foreign-key-validated-under-lock.js';
import foreignKeyWithoutIndex from './foreign-key-without-index.js';
import generatedColumnRewritesTable from './generated-column-rewrites-table.js';
import historyForks from './history-forks.js';
import ignoreUnknownRule from './ignore-unknown-rule.js';
import ignoreUnused from './ignore-unused.js';
import ignoreWithoutReason from './ignore-without-reason.js';
import indexDroppedNotConcurrent from './index-dropped-not-concurrent.js';
import indexNotConcurrent from './index-not-concurrent.js';
import indexRebuiltUnderLock from './index-rebuilt-under-lock.js';
import invalidIndexHidden from './invalid-index-hidden.js';
import jsonColumnAdded from './json-column-added.js';
import keyOverflowsInteger from './key-overflows-integer.js';
import lockHeldThroughWork from './lock-held-through-work.js';
import markerRefused from './marker-refused.js';
import materializedViewRefreshedUnderLock from './materialized-view-refreshed-under-lock.js';
import migrationFileMissing from './migration-file-missing.js';
import migrationNotRun from './migration-not-run.js';
import migrationOutOfOrder from './migration-out-of-order.js';
import migrationSkipped from './migration-skipped.js';
import mixedTransaction from './mixed-transaction.js';
import noLockTimeout from './no-lock-timeout.js';
import notNullDropped from './not-null-dropped.js';
import notUnderstood from './not-understood.js';
import objectRenamed from './object-renamed.js';
import optOutIgnored from './opt-out-ignored.js';
import otherDatabase from './other-database.js';
import ownedObjectsDropped from './owned-objects-dropped.js';
import partitionDetachedUnderLock from './partition-detached-under-lock.js';
import partitionScannedUnderLock from './partition-scanned-under-lock.js';
import privilegeRevoked from './privilege-revoked.js';
import routineDropped from './routine-dropped.js';
import rowSecurityHidesRows from './row-security-hides-rows.js';
import rowSecurityLifted from './row-security-lifted.js';
import rowsTruncated from './rows-truncated.js';
import runnerTransactionEnded from './runner-transaction-ended.js';
import secondRunnerBlocksConcurrently from './second-runner-blocks-concurrently.js';
import sectionMissing from './section-missing.js';
import sequenceSetBack from './sequence-set-back.js';
import setLocalOutsideTransaction from './set-local-outside-transaction.js';
import setNotNullScansTable from './set-not-null-scans-table.js';
import settingDoesNotLast from './setting-does-not-last.js';
import statementCut from './statement-cut.js';
import statementOutsideSection from './statement-outside-section.js';
import statementUnfinished from './statement-unfinished.js';
import syntaxError from './syntax-error.js';
import tableDropped from './table-dropped.js';
import tableLostAfterCrash from './table-lost-after-crash.js';
import tableRenamed from './table-renamed.js';
import tableRewrittenUnderLock from './table-rewritten-under-lock.js';
import timeoutCancelsConcurrently from './timeout-cancels-concurrently.js';
import transactionLeftOpen from './transaction-left-open.js';
import triggerDisabled from './trigger-disabled.js';
import triggerRunsOnEveryWrite from './trigger-runs-on-every-write.js';
import uniqueConstraintBuildsIndex from './unique-constraint-builds-index.js';
import uniqueDropped from './unique-dropped.js';
import unknownPlaceholder from './unknown-placeholder.js';
import unreadableMigration from './unreadable-migration.js';
import updateWithoutWhere from './update-without-where.js';
import validatedInSameTransaction from './validated-in-same-transaction.js';
import versionGap from './version-gap.js';
import versionTaken from './version-taken.js';
import viewDropped from './view-dropped.js';
import workUnderLock from './work-under-lock.js';
import writeReplacedByRule from './write-replaced-by-rule.js';

/** Every rule, by id. Adding one: its file, and a line here. */
export const rules: readonly Rule[] = [
  advisoryLockBlocksConcurrently,
  appliedMigrationDeleted,
  appliedMigrationEdited,
  appliedMigrationRenamed,
  autovacuumDisabled,
  backfillInDdlTransaction,
  brokenInclude,
  brokenManifest,
  catalogWritten,
  checkValidatedUnderLock,
  checksumMismatch,
  columnDefaultRewritesTable,
  columnDropped,
  columnNotNullWithoutDefault,
  columnRenamed,
  columnRequiredOfRunningCode,
  columnTypeRebuildsIndex,
  columnTypeRewritesTable,
  concurrentlyInTransaction,
  defaultChanged,
  definitionHiddenByIfNotExists,
  dependencyMissing,
  domainConstraintScansTables,
  downDoesNotRestore,
  downEmpty,
  downMissing,
  downWithoutUp,
  duplicateVersion,
  enumValueRenamed,
  exclusionConstraintBuildsIndex,
  failsWhenRun,
  fileNameUnconventional,
  foreignKeyNarrower,
  foreignKeyValidatedUnderLock,
  foreignKeyWithoutIndex,
  generatedColumnRewritesTable,
  historyForks,
  ignoreUnknownRule,
  ignoreUnused,
  ignoreWithoutReason,
  indexDroppedNotConcurrent,
  indexNotConcurrent,
  indexRebuiltUnderLock,
  invalidIndexHidden,
  jsonColumnAdded,
  keyOverflowsInteger,
  lockHeldThroughWork,
  markerRefused,
  materializedViewRefreshedUnderLock,
  migrationFileMissing,
  migrationNotRun,
  migrationOutOfOrder,
  migrationSkipped,
  mixedTransaction,
  noLockTimeout,
  notNullDropped,
  notUnderstood,
  objectRenamed,
  optOutIgnored,
  otherDatabase,
  ownedObjectsDropped,
  partitionDetachedUnderLock,
  partitionScannedUnderLock,
  privilegeRevoked,
  routineDropped,
  rowSecurityHidesRows,
  rowSecurityLifted,
  rowsTruncated,
  runnerTransactionEnded,
  secondRunnerBlocksConcurrently,
  sectionMissing,
  sequenceSetBack,
  setLocalOutsideTransaction,
  setNotNullScansTable,
  settingDoesNotLast,
  statementCut,
  statementOutsideSection,
  statementUnfinished,
  syntaxError,
  tableDropped,
  tableLostAfterCrash,
  tableRenamed,
  tableRewrittenUnderLock,
  timeoutCancelsConcurrently,
  transactionLeftOpen,
  triggerDisabled,
  triggerRunsOnEveryWrite,
  uniqueConstraintBuildsIndex,
  uniqueDropped,
  unknownPlaceholder,
  unreadableMigration,
  updateWithoutWhere,
  validatedInSameTransaction,
  versionGap,
  versionTaken,
  viewDropped,
  workUnderLock,
  writeReplacedByRule,
];
