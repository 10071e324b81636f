import { otherNamed } from '../catalog/apply-other.js';
import type { Catalog } from '../catalog/catalog.js';
import { findOther } from '../catalog/others.js';
import { type Node, type ObjectType, type RenameStmt, strings } from '../sql/tree.js';
import { type Draft, fail, nothing } from './draft.js';

/** As the server's messages call them; of the others many come with the server, and are not missed. */
const words: { readonly [T in ObjectType]?: string } = {
  OBJECT_PUBLICATION: 'publication',
  OBJECT_SUBSCRIPTION: 'subscription',
  OBJECT_STATISTIC_EXT: 'statistics object',
  OBJECT_EVENT_TRIGGER: 'event trigger',
  OBJECT_FOREIGN_SERVER: 'server',
  OBJECT_TSCONFIGURATION: 'text search configuration',
  OBJECT_TSDICTIONARY: 'text search dictionary',
  OBJECT_TSPARSER: 'text search parser',
  OBJECT_TSTEMPLATE: 'text search template',
};

/** Templates and parsers of PostgreSQL, and the dictionaries and configurations that it comes with. */
const ownTexts: ReadonlySet<string> = new Set(
  `default simple ispell synonym thesaurus snowball arabic armenian basque catalan danish dutch english finnish french german greek hindi
  hungarian indonesian irish italian lithuanian nepali norwegian portuguese romanian russian serbian spanish swedish tamil turkish yiddish
  arabic_stem armenian_stem basque_stem catalan_stem danish_stem dutch_stem english_stem finnish_stem french_stem german_stem greek_stem
  hindi_stem hungarian_stem indonesian_stem irish_stem italian_stem lithuanian_stem nepali_stem norwegian_stem portuguese_stem romanian_stem
  russian_stem serbian_stem spanish_stem swedish_stem tamil_stem turkish_stem yiddish_stem estonian estonian_stem`.split(
    /\s+/,
  ),
);

/** Whether PostgreSQL comes with a text search object of the name. */
export function isOwnText(type: ObjectType | undefined, object: Node | undefined): boolean {
  return (
    type !== undefined &&
    words[type]?.startsWith('text search') === true &&
    ownTexts.has(shown(object).replace(/^.*\./, ''))
  );
}

/** The refusal of a publication, server … that the history does not show. */
export function unknownOther(catalog: Catalog, type: ObjectType | undefined, object: Node | undefined): Draft {
  const word = type && words[type];
  if (word === undefined || otherNamed(catalog, type, object) !== 'not shown') return nothing;
  if (isOwnText(type, object)) return nothing;
  return fail(`${word} "${shown(object)}" does not exist`, '42704', false);
}

/** The refusal of another name for one. */
export function renamedOther(catalog: Catalog, { renameType, object, newname = '' }: RenameStmt): Draft {
  const found = otherNamed(catalog, renameType, object);
  if (found === undefined || found === 'not shown') return unknownOther(catalog, renameType, object);
  const [, schema = ''] = /^(.+\.)?[^.]*$/.exec(found.name) ?? [];
  return findOther(catalog, found.kind, `${schema}${newname}`) === undefined
    ? nothing
    : fail(`${(renameType && words[renameType]) ?? found.kind} "${newname}" already exists`, '42710');
}

function shown(object: Node | undefined): string {
  if (object === undefined) return '';
  return 'String' in object ? (object.String.sval ?? '') : strings('List' in object ? object.List.items : []).join('.');
}
