import type { Applies } from './applies.js';
import type { Comments, Moves, Renames } from './apply-by-object.js';

// add here: ...tableRenames, ...typeRenames, one part a family
const renames: Renames = {};
const moves: Moves = {};
const comments: Comments = {};

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
    const comment = node.objtype && comments[node.objtype];
    return comment === undefined ? catalog : comment(catalog, node, node.comment === '' ? undefined : node.comment);
  },
};
