import { defineRule } from '../src/rule.js';

const convention = /^\d{14}_[a-z0-9][a-z0-9_-]*(?:\.[a-z]+)*$/i;

/** The part of the path that carries the version: the folder of `up.sql` and `migration.sql`, else the file. */
function nameOf(file: string): string {
  const parts = file.split('/');
  const last = parts.at(-1) ?? file;
  return /^(?:up|down|migration)\.sql$/.test(last) ? (parts.at(-2) ?? last) : last;
}

/** Files that make a convention. */
const conventional = {
  'migrations/20260101120000_add_account.sql': 'create table account (id int);',
  'migrations/20260102120000_add_invoice.sql': 'create table invoice (id int);',
  'migrations/20260103120000_add_visit.sql': 'create table visit (id int);',
  'migrations/20260104120000_add_device.sql': 'create table device (id int);',
};

export default defineRule({
  id: 'file-name-unconventional',
  level: 'note',
  title: 'A file name breaks the convention of its folder',
  why: 'Most migrations of the folder are named YYYYMMDDHHMMSS_description; one that is not sorts and reads differently.',
  instead: 'Name it after the UTC time it was made and what it does: 20260131120000_add_account_email.sql.',
  links: [],
  bad: [
    {
      framework: 'sql',
      files: {
        ...conventional,
        'migrations/20260105120000_add_label.sql': 'create table label (id int);',
        'migrations/20260106120000-Team.sql': 'create table team (id int);',
      },
    },
  ],
  good: [
    {
      title: 'a description in other letters, or with other signs between its words',
      framework: 'sql',
      files: {
        ...conventional,
        'migrations/20260105120000_add-Label.sql': 'create table label (id int);',
      },
    },
    {
      title: 'a folder with a convention of its own',
      framework: 'sql',
      files: {
        'migrations/1_account.sql': 'create table account (id int);',
        'migrations/2_invoice.sql': 'create table invoice (id int);',
      },
    },
  ],
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
