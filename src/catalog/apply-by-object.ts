import type { AlterObjectSchemaStmt, CommentStmt, ObjectType, RenameStmt } from '../sql/tree.js';
import type { ApplyOptions } from './applies.js';
import type { Catalog } from './catalog.js';

// RENAME, SET SCHEMA and COMMENT are one kind of statement for every kind of object: each family of objects gives its part.

/** ALTER … RENAME of one kind of object, of a column or constraint of it too. */
export type Rename = (catalog: Catalog, node: RenameStmt, options: ApplyOptions) => Catalog;
export type Renames = { readonly [T in ObjectType]?: Rename };

/** ALTER … SET SCHEMA of one kind of object. */
export type Move = (catalog: Catalog, node: AlterObjectSchemaStmt, schema: string) => Catalog;
export type Moves = { readonly [T in ObjectType]?: Move };

/** COMMENT ON one kind of object; an empty comment takes away what was there. */
export type Comment = (catalog: Catalog, node: CommentStmt, comment: string) => Catalog;
export type Comments = { readonly [T in ObjectType]?: Comment };
