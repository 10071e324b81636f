import { defineRule } from '../src/rule.js';

export default defineRule({
  id: 'broken-include',
  level: 'error',
  title: 'An include leads nowhere',
  why: 'The changelog names a file that is not there, lies outside the project, or includes itself: what it contains was not judged.',
  instead: 'Correct the path.',
  links: [],
  bad: [
    {
      framework: 'liquibase',
      files: {
        'db/changelog/master.xml':
          '<databaseChangeLog>\n<changeSet id="1" author="me"><sql>create table t1 (id int)</sql></changeSet><include file="../../../../etc/x.xml" relativeToChangelogFile="true"/>\n</databaseChangeLog>\n',
      },
    },
  ],
  good: [
    {
      framework: 'liquibase',
      files: {
        'db/changelog/master.xml':
          '<databaseChangeLog>\n<changeSet id="1" author="me"><sql>create table t1 (id int)</sql></changeSet><include file="a.xml" relativeToChangelogFile="true"/>\n</databaseChangeLog>\n',
        'db/changelog/a.xml':
          '<databaseChangeLog>\n<changeSet id="2" author="me"><sql>create table t2 (id int)</sql></changeSet>\n</databaseChangeLog>\n',
      },
    },
  ],
});
