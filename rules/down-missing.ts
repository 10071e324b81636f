import { defineRule } from '../src/rule.js';

export default defineRule({
  id: 'down-missing',
  level: 'warning',
  title: 'A migration has no way back',
  why: 'The other migrations can be undone, this one cannot: a rollback of the release stops here.',
  instead: 'Write the down migration; where there is none, say so in it with a comment.',
  links: [],
  bad: [
    {
      framework: 'golang-migrate',
      files: {
        'migrations/1_account.up.sql': 'create table account (id int);',
        'migrations/1_account.down.sql': 'drop table account;',
        'migrations/2_invoice.up.sql': 'create table invoice (id int);',
      },
    },
  ],
  good: [
    {
      title: 'a folder that never goes back has decided so',
      framework: 'sql',
      files: {
        'migrations/1_account.sql': 'create table account (id int);',
        'migrations/2_invoice.sql': 'create table invoice (id int);',
      },
    },
  ],
  checkHistory({ migrations }, judged) {
    const others = migrations.filter((other) => !('none' in other.down)).length;
    // a folder that never goes back has decided so
    if (others * 2 < migrations.length) return [];
    return migrations.flatMap(({ id, down, up }) => {
      const piece = up.pieces[0];
      if (!judged.has(id) || !('none' in down) || down.none !== 'missing' || piece === undefined) return [];
      return [
        {
          source: piece.source,
          span: { start: piece.span.start, end: piece.span.start },
          message: `migration ${id} has no down migration`,
          migration: id,
        },
      ];
    });
  },
});
