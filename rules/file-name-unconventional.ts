import { defineRule } from '../src/rule.js';

const convention = /^\d{14}_[a-z0-9][a-z0-9_]*(?:\.[a-z]+)*$/;

/** The part of the path that carries the version: the folder of `up.sql` and `migration.sql`, else the file. */
function nameOf(file: string): string {
  const parts = file.split('/');
  const last = parts.at(-1) ?? file;
  return /^(?:up|down|migration)\.sql$/.test(last) ? (parts.at(-2) ?? last) : last;
}

export default defineRule({
  id: 'file-name-unconventional',
  level: 'note',
  title: 'A file name breaks the convention of its folder',
  why: 'Most migrations of the folder are named YYYYMMDDHHMMSS_description; one that is not sorts and reads differently.',
  instead: 'Name it after the UTC time it was made and what it does: 20260131120000_add_account_email.sql.',
  links: [],
  bad: [],
  good: [],
  checkHistory(history, judged) {
    const odd = history.migrations.filter(({ file }) => !convention.test(nameOf(file)));
    if (odd.length * 5 > history.migrations.length) return [];
    return odd.flatMap((migration) => {
      const piece = migration.up.pieces[0];
      if (piece === undefined || !judged.has(migration.id)) return [];
      const message = `${nameOf(migration.file)} is not named YYYYMMDDHHMMSS_description as the others are`;
      return [{ source: piece.source, span: { start: 0, end: 0 }, message, migration: migration.id }];
    });
  },
});
