import { findRoutines, findType } from '../src/catalog/lookup.js';
import { defineRule, type JudgedMigration, type Level, type Step } from '../src/rule.js';
import { isKind } from '../src/sql/statement.js';
import { type Node, type ObjectType, strings } from '../src/sql/tree.js';

export default defineRule({
  id: 'object-renamed',
  level: 'error',
  title: 'A schema, type or function is renamed or moved',
  why: 'From that instant everything that names it fails: each query that writes the schema, each cast to the type, each call of the function. Bodies of functions keep the old name as well.',
  instead:
    'Make the new one beside the old one (a function that calls the other, a domain over the type, views in the new schema), switch the code over, then drop the old one.',
  links: ['https://www.postgresql.org/docs/current/sql-alterschema.html'],
  bad: [
    {
      sql: `create schema crm;
-- next migration
alter schema crm rename to sales;`,
    },
    {
      sql: `create type mood as enum ('sad');
-- next migration
alter type mood rename to feeling;`,
    },
    {
      sql: `create function total(a int) returns int language sql as 'select a';
-- next migration
alter function total(int) rename to sum_up;`,
    },
  ],
  good: [
    {
      title: 'the name is in use again before the end: a type is replaced',
      transaction: 'whole',
      sql: `create type mood as enum ('sad');
-- next migration
create type mood_new as enum ('sad', 'happy');
alter type mood rename to mood_old;
alter type mood_new rename to mood;
drop type mood_old;`,
    },
    {
      title: 'no running code knows it yet',
      sql: `create schema crm; alter schema crm rename to sales;`,
    },
  ],
  checkMigration(judged) {
    return judged.up.flatMap((step) => {
      const change = renamed(step);
      if (change === undefined) return [];
      const word = words[change.type];
      const known = word?.known(judged, change.parts);
      if (word === undefined || known !== true) return [];
      const name = change.parts.join('.');
      return [
        {
          step,
          level: word.level,
          message: `running code that names the ${word.word} ${name} fails: it is now ${change.to}`,
        },
      ];
    });
  },
});

interface Word {
  readonly word: string;
  readonly level: Level;
  /** Whether the name is known before the migration, as far as the history shows, and nothing has it at the end. */
  readonly known: (judged: JudgedMigration, parts: readonly string[]) => boolean;
}

const type: Word = {
  word: 'type',
  level: 'warning',
  known: ({ before, afterUp }, parts) =>
    findType(before, parts) !== undefined && findType(afterUp, parts) === undefined,
};

const routine: Word = {
  word: 'function',
  level: 'warning',
  known: ({ before, afterUp }, parts) => {
    const old = findRoutines(before, parts).filter(({ returns }) => returns?.name !== 'trigger');
    return old.length > 0 && findRoutines(afterUp, parts).length === 0;
  },
};

const words: { readonly [K in ObjectType]?: Word } = {
  OBJECT_SCHEMA: {
    word: 'schema',
    level: 'error',
    known: ({ before, afterUp }, [name = '']) => before.schemas.has(name) && !afterUp.schemas.has(name),
  },
  OBJECT_TYPE: type,
  OBJECT_DOMAIN: { ...type, word: 'domain' },
  OBJECT_FUNCTION: routine,
  OBJECT_PROCEDURE: { ...routine, word: 'procedure' },
  OBJECT_ROUTINE: routine,
};

function renamed({
  statement,
}: Step): { readonly type: ObjectType; readonly parts: readonly string[]; readonly to: string } | undefined {
  if (isKind(statement, 'RenameStmt')) {
    const { renameType, object, subname, newname } = statement.node;
    const parts = renameType === 'OBJECT_SCHEMA' ? [subname ?? ''] : partsOf(object);
    if (renameType === undefined || newname === undefined || parts.length === 0) return undefined;
    return { type: renameType, parts, to: [...parts.slice(0, -1), newname].join('.') };
  }
  if (isKind(statement, 'AlterObjectSchemaStmt')) {
    const { objectType, object, newschema } = statement.node;
    const parts = partsOf(object);
    if (objectType === undefined || newschema === undefined || parts.length === 0) return undefined;
    return { type: objectType, parts, to: `${newschema}.${parts.at(-1)}` };
  }
  return undefined;
}

function partsOf(object: Node | undefined): readonly string[] {
  if (object === undefined) return [];
  if ('List' in object) return strings(object.List.items);
  return 'ObjectWithArgs' in object ? strings(object.ObjectWithArgs.objname) : [];
}
