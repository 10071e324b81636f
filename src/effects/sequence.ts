import type { Catalog } from '../catalog/catalog.js';
import { findRelation, findRelationNamed, isTable, relationByName, schemaFor } from '../catalog/lookup.js';
import { qualifiedName } from '../sql/names.js';
import { type Node, type RangeVar, strings } from '../sql/tree.js';
import type { Predict, PredictTable } from './context.js';
import { all, type Draft, fail, lock, nothing } from './draft.js';
import { optionsOf } from './options.js';
import { creationRefusal, isOfIdentity, missingColumn, notShown, unknownRelation } from './relations.js';
import { sequenceRefusal } from './sequence-options.js';

/** OWNED BY a column looks at its table. */
function ownedBy(catalog: Catalog, sequence: RangeVar, options: readonly Node[] | undefined): Draft {
  const value = optionsOf(options).get('owned_by')?.arg;
  const parts = value !== undefined && 'List' in value ? strings(value.List.items) : [];
  if (parts.length < 2) return nothing;
  const why = 'a sequence comes to belong to one of its columns';
  const owner = parts.slice(0, -1);
  const table = findRelationNamed(catalog, owner);
  if (table === undefined) {
    const [relname = '', schemaname] = owner.toReversed();
    const name = qualifiedName(schemaFor(catalog, schemaname === undefined ? {} : { schemaname }), relname);
    return all(
      lock(name, 'AccessShareLock', `${why} (${notShown(name)})`, false),
      fail(`relation "${owner.join('.')}" does not exist`, '42P01', false),
    );
  }
  if (!isTable(table)) return nothing;
  const own = findRelation(catalog, sequence)?.schema ?? schemaFor(catalog, sequence);
  if (own !== table.schema) return fail('sequence must be in same schema as table it is linked to', '55000');
  const missing = missingColumn(table, parts.at(-1) ?? '');
  return missing.failure === undefined ? lock(table, 'AccessShareLock', why) : missing;
}

const createSequence: Predict<'CreateSeqStmt'> = ({ sequence = {}, options, if_not_exists }, { catalog }) => {
  const name = qualifiedName(schemaFor(catalog, sequence), sequence.relname ?? '');
  if (relationByName(catalog, name) === undefined)
    return creationRefusal(sequence) ?? sequenceRefusal(options, undefined) ?? ownedBy(catalog, sequence, options);
  return if_not_exists ? nothing : fail(`relation "${sequence.relname}" already exists`, '42P07');
};

const alterSequence: Predict<'AlterSeqStmt'> = ({ sequence = {}, options, missing_ok }, { catalog }) => {
  const found = findRelation(catalog, sequence);
  if (found?.kind === 'sequence' && isOfIdentity(catalog, found) && optionsOf(options).has('owned_by'))
    return fail('cannot change ownership of identity sequence', '0A000');
  if (found !== undefined && found.kind !== 'sequence') return fail(`"${found.name}" is not a sequence`, '42809');
  if (found === undefined) return missing_ok ? nothing : unknownRelation(catalog, sequence);
  const refusal = sequenceRefusal(options, found);
  return refusal?.failure?.sure ? refusal : all(refusal, ownedBy(catalog, sequence, options));
};

/** Nobody waits for a sequence that is told of here; nextval() does while ALTER SEQUENCE rewrites it. */
export const sequences: PredictTable = {
  CreateSeqStmt: createSequence,
  AlterSeqStmt: alterSequence,
};
