import { defineRule } from '../src/rule.js';
import { textOf } from '../src/sql/piece.js';

export default defineRule({
  id: 'down-empty',
  level: 'warning',
  title: 'A down migration does nothing',
  why: 'The runner records the migration as undone while the schema stays as it was: the next run up fails on what exists already.',
  instead: 'Write what undoes the up migration, or a comment that says why nothing has to be undone.',
  links: [],
  bad: [
    {
      framework: 'golang-migrate',
      files: { 'migrations/1_account.up.sql': 'create table account (id int);', 'migrations/1_account.down.sql': '' },
    },
  ],
  good: [
    {
      title: 'a comment is an answer',
      framework: 'golang-migrate',
      files: {
        'migrations/1_account.up.sql': 'create table account (id int);',
        'migrations/1_account.down.sql': '-- the first migration is never undone',
      },
    },
    {
      title: 'what is written in it is not SQL of PostgreSQL, which is told as such',
      framework: 'golang-migrate',
      files: {
        'migrations/1_account.up.sql': 'create table account (id int);',
        'migrations/1_account.down.sql': 'DROP INDEX x ON account ENGINE=InnoDB;',
      },
    },
  ],
  checkMigration({ migration, up, down, before, afterUp }) {
    if ('none' in migration.down || up.length === 0 || down.length > 0 || before === afterUp) return [];
    const piece = migration.down.pieces[0];
    if (piece === undefined) return [];
    // a comment is an answer, the marker of the section is not
    const text = textOf(piece).replace(/^\s*--\s*(?:\+\w+|migrate:).*$/gm, '');
    if (/[^\s;]/.test(text.replace(/\b(?:begin|start\s+transaction|commit|end)\b/gi, ''))) return [];
    // nobody knows what stands in a file that gives no text
    if (migration.problems.some(({ source }) => source === piece.source)) return [];
    return [{ source: piece.source, span: piece.span, message: `the down migration of ${migration.id} is empty` }];
  },
});
