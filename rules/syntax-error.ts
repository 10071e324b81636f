import { defineRule } from '../src/rule.js';

export default defineRule({
  id: 'syntax-error',
  level: 'error',
  title: 'PostgreSQL cannot read the statement',
  why: 'The grammar of PostgreSQL 18 refuses it. The rest of the file is still checked.',
  instead: 'Correct the statement at the marked place.',
  links: ['https://www.postgresql.org/docs/current/sql.html'],
  bad: [{ sql: 'create tabel account (id int);' }],
  good: [{ title: 'comments and nothing else are a migration too', sql: '-- nothing to do' }],
});
