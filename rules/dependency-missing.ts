import { defineRule } from '../src/rule.js';

export default defineRule({
  id: 'dependency-missing',
  level: 'error',
  title: 'A migration needs one that is not there',
  why: 'The plan says that it depends on a change that no line of it names: the runner refuses the plan.',
  instead: 'Name the change, or correct the dependency.',
  links: [],
  bad: [
    {
      framework: 'sqitch',
      files: {
        'sqitch.plan': '%project=shop\n\naccount [person] 2025-01-01T00:00:00Z A <a@example.org>\n',
        'deploy/account.sql': 'create table account (id int);',
      },
    },
  ],
  good: [
    {
      framework: 'sqitch',
      files: {
        'sqitch.plan': '%project=shop\n\naccount 2025-01-01T00:00:00Z A <a@example.org>\n',
        'deploy/account.sql': 'create table account (id int);',
      },
    },
  ],
});
