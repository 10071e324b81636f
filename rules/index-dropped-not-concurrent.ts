import { relationByName } from '../src/catalog/lookup.js';
import { alone, next } from '../src/recipes.js';
import { defineRule } from '../src/rule.js';
import { droppedRelations, pasted } from '../src/wording.js';

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
  ],
  good: [
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
    const { node, effects, statement, session, before, relation } = step;
    if (node.removeType !== 'OBJECT_INDEX' || node.concurrent) return;
    const locked = effects.find((effect) => effect.kind === 'table');
    const dropped = droppedRelations(step);
    if (locked === undefined || dropped.some((index) => relationByName(before, index)?.kind === 'partitioned index'))
      return;
    const message = `dropping ${relation} waits for every query of ${locked.relation}, and all later ones wait behind it`;
    const instead =
      alone(step) +
      dropped
        .map((index) => `drop index concurrently ${node.missing_ok ? 'if exists ' : ''}${pasted(index)};`)
        .join(`\n${next}\n`);
    const keyword = /\bindex\b/i.exec(statement.text);
    // DROP INDEX CONCURRENTLY takes one index at a time and no CASCADE
    if (session.inTransaction || keyword === null || dropped.length > 1 || node.behavior === 'DROP_CASCADE')
      return { message, instead };
    const at = statement.span.start + keyword.index + keyword[0].length;
    const text = keyword[0] === 'INDEX' ? ' CONCURRENTLY' : ' concurrently';
    return {
      message,
      instead,
      fix: { title: 'drop the index concurrently', edits: [{ span: { start: at, end: at }, text }] },
    };
  },
});
