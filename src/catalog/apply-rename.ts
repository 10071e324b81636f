import type { Applies } from './applies.js';
import type { Moves, Renames } from './apply-by-object.js';
import { objectComments } from './apply-comment.js';
import { domainRenames } from './apply-domain.js';
import { extensionMoves } from './apply-extension.js';
import { otherMoves, otherRenames } from './apply-other.js';
import { policyRenames } from './apply-policy.js';
import { routineMoves, routineRenames } from './apply-routine.js';
import { schemaRenames } from './apply-schema.js';
import { triggerRenames } from './apply-trigger.js';
import { typeMoves, typeRenames } from './apply-type.js';
import { relationMoves, relationRenames } from './rename-relation.js';

// one part a family of objects
const renames: Renames = {
  ...relationRenames,
  ...typeRenames,
  ...domainRenames,
  ...routineRenames,
  ...triggerRenames,
  ...policyRenames,
  ...schemaRenames,
  ...otherRenames,
};
const moves: Moves = { ...relationMoves, ...typeMoves, ...routineMoves, ...extensionMoves, ...otherMoves };

/** ALTER … RENAME, ALTER … SET SCHEMA, COMMENT ON: see apply-by-object.ts for the parts. */
export const renamesAndMoves: Applies = {
  RenameStmt: (node, _statement, catalog, options) => {
    const rename = node.renameType && renames[node.renameType];
    return rename === undefined || node.newname === undefined ? catalog : rename(catalog, node, options);
  },
  AlterObjectSchemaStmt: (node, _statement, catalog) => {
    const move = node.objectType && moves[node.objectType];
    return move === undefined || node.newschema === undefined ? catalog : move(catalog, node, node.newschema);
  },
  CommentStmt: (node, _statement, catalog) => {
    const comment = node.objtype && objectComments[node.objtype];
    return comment === undefined ? catalog : comment(catalog, node, node.comment ?? '');
  },
};
