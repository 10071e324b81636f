import type { Predict, PredictTable } from './context.js';
import { fail, forbidden, nothing } from './draft.js';

const createExtension: Predict<'CreateExtensionStmt'> = ({ extname = '', if_not_exists }, { catalog }) => {
  const there = catalog.extensions.has(extname) && !if_not_exists;
  return there ? fail(`extension "${extname}" already exists`, '42710') : nothing;
};

const prepared: ReadonlySet<string> = new Set(['TRANS_STMT_COMMIT_PREPARED', 'TRANS_STMT_ROLLBACK_PREPARED']);

/** What locks no table: transactions and the session, and objects that tables do not depend on when they are made. */
export const otherStatements: PredictTable = {
  TransactionStmt: ({ kind = '' }) => (prepared.has(kind) ? forbidden : nothing),
  ConstraintsSetStmt: () => nothing,
  VariableSetStmt: () => nothing,
  VariableShowStmt: () => nothing,
  DiscardStmt: ({ target }) => (target === 'DISCARD_ALL' ? forbidden : nothing),
  ListenStmt: () => nothing,
  NotifyStmt: () => nothing,
  UnlistenStmt: () => nothing,
  LoadStmt: () => nothing,
  CreateExtensionStmt: createExtension,
  // the scripts of an extension are not known; those that come with PostgreSQL lock no table of the user's
  AlterExtensionStmt: () => nothing,
  CreateEventTrigStmt: () => nothing,
  AlterEventTrigStmt: () => nothing,
  CreateFdwStmt: () => nothing,
  AlterFdwStmt: () => nothing,
  CreateForeignServerStmt: () => nothing,
  AlterForeignServerStmt: () => nothing,
  CreateUserMappingStmt: () => nothing,
  AlterUserMappingStmt: () => nothing,
  DropUserMappingStmt: () => nothing,
  ImportForeignSchemaStmt: () => nothing,
  DefineStmt: () => nothing,
  AlterCollationStmt: () => nothing,
  AlterOperatorStmt: () => nothing,
  AlterOpFamilyStmt: () => nothing,
  CreateOpClassStmt: () => nothing,
  CreateOpFamilyStmt: () => nothing,
  CreateCastStmt: () => nothing,
  CreateConversionStmt: () => nothing,
  CreateTransformStmt: () => nothing,
  CreatePLangStmt: () => nothing,
  CreateAmStmt: () => nothing,
  AlterTSConfigurationStmt: () => nothing,
  AlterTSDictionaryStmt: () => nothing,
};
