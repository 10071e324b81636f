import { defineRule } from '../src/rule.js';

export default defineRule({
  id: 'down-missing',
  level: 'warning',
  title: 'A migration has no way back',
  why: 'The other migrations can be undone, this one cannot: a rollback of the release stops here.',
  instead: 'Write the down migration; where there is none, say so in it with a comment.',
  links: [],
  bad: [],
  good: [],
  checkMigration({ migration, history }) {
    if (!('none' in migration.down) || migration.down.none !== 'missing') return [];
    const others = history.migrations.filter((other) => !('none' in other.down)).length;
    // a folder that never goes back has decided so
    if (others * 2 < history.migrations.length) return [];
    const piece = migration.up.pieces[0];
    if (piece === undefined) return [];
    return [
      {
        source: piece.source,
        span: { start: piece.span.start, end: piece.span.start },
        message: `migration ${migration.id} has no down migration`,
      },
    ];
  },
});
