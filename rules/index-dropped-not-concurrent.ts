import { relationByName } from '../src/catalog/lookup.js';
import { alone, leaving, next } from '../src/recipes.js';
import { defineRule } from '../src/rule.js';
import { droppedRelations, list, pasted } from '../src/wording.js';

export default defineRule({
  id: 'index-dropped-not-concurrent',
  level: 'warning',
  title: 'An index is dropped without CONCURRENTLY',
  why: 'DROP INDEX takes ACCESS EXCLUSIVE on the table. It does no work, but it waits for every running query, and all later queries queue up behind it.',
  instead: 'Use DROP INDEX CONCURRENTLY, alone in a migration that runs outside a transaction.',
  links: ['https://www.postgresql.org/docs/current/sql-dropindex.html#SQL-DROPINDEX-CONCURRENTLY'],
  on: ['DropStmt'],
  bad: [
    {
      sql: `create table account (email text);
create index account_email on account (email);
-- next migration
drop index account_email;`,
      fixed: 'drop index concurrently account_email;',
    },
    {
      title: 'an index that the history does not show, which was made by hand',
      sql: `create table account (email text);
-- next migration
drop index person_email;`,
      fixed: 'drop index concurrently person_email;',
    },
  ],
  good: [
    {
      title: 'it may not be there, and then nothing is locked',
      sql: `create table account (email text);
-- next migration
drop index if exists person_email;`,
    },
    {
      sql: `create table account (email text);
create index account_email on account (email);
-- next migration
drop index concurrently account_email;`,
    },
    {
      title: 'the index of a partitioned table has no CONCURRENTLY',
      sql: `create table event (id int, at date) partition by range (at);
create index event_id on event (id);
-- next migration
drop index event_id;`,
    },
  ],
  check(step) {
    const { node, effects, statement, session, before, relation, failure } = step;
    if (node.removeType !== 'OBJECT_INDEX' || node.concurrent) return;
    const locked = effects.find((effect) => effect.kind === 'table');
    const dropped = droppedRelations(step);
    const known = dropped.map((index) => relationByName(before, index));
    if (known.some((index) => index?.kind === 'partitioned index')) return;
    // an index that the history does not show is there all the same, or the statement fails
    const isElsewhere = !node.missing_ok && failure?.sure === false && known.every((index) => index === undefined);
    if (locked === undefined && !isElsewhere) return;
    const message = `dropping ${locked ? relation : list(dropped)} waits for every query of ${locked?.relation ?? 'the table'}, and all later ones wait behind it`;
    const instead =
      alone(step) +
      dropped
        .map((index) => `drop index concurrently ${node.missing_ok ? 'if exists ' : ''}${pasted(index)};`)
        .join(`\n${next}\n`);
    const keyword = /\bindex\b/i.exec(statement.text);
    // DROP INDEX CONCURRENTLY takes one index at a time and no CASCADE
    const others = leaving(step);
    if (others === undefined || keyword === null || dropped.length > 1 || node.behavior === 'DROP_CASCADE')
      return { message, instead };
    const at = statement.span.start + keyword.index + keyword[0].length;
    const text = keyword[0] === 'INDEX' ? ' CONCURRENTLY' : ' concurrently';
    return {
      message,
      instead,
      fix: {
        title: `drop the index concurrently${session.inTransaction ? ', in no transaction' : ''}`,
        edits: [{ span: { start: at, end: at }, text }, ...others],
      },
    };
  },
});
