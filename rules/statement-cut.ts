import { defineRule } from '../src/rule.js';

const prismaWithAdapter = {
  'package.json': '{"devDependencies": {"prisma": "6.19.0"}}',
  'prisma.config.ts': "export default { engine: 'js', adapter: async () => new PrismaPg({ connectionString }) };\n",
  'prisma/migrations/migration_lock.toml': 'provider = "postgresql"\n',
};

export default defineRule({
  id: 'statement-cut',
  level: 'error',
  title: 'The runner cuts a statement in two',
  why: 'It does not know where a function body begins and ends: it ends the statement at a semicolon within it, and sends halves.',
  instead:
    'goose and sql-migrate: write the statement between -- +goose StatementBegin and -- +goose StatementEnd (+migrate). golang-migrate: leave x-multi-statement=true away, and keep what must stand alone in a file of its own. Prisma: leave the adapter out of prisma.config.ts. Liquibase: splitStatements:false, or an endDelimiter of its own.',
  links: [],
  bad: [
    {
      framework: 'goose',
      files: {
        'm/1_one.sql':
          '-- +goose Up\ncreate function one() returns int language plpgsql as $$\nbegin\n  return 1;\nend\n$$;\n-- +goose Down\ndrop function one();\n',
      },
    },
    {
      title: 'Liquibase takes the END of an END IF for that of the BEGIN',
      framework: 'liquibase',
      files: {
        'changelog.sql':
          '--liquibase formatted sql\n--changeset ann:1\ncreate function sign_of(a int) returns int language plpgsql as $$\nbegin\n  if a > 0 then return 1; end if;\n  return 0;\nend $$;\n--rollback drop function sign_of(int);\n',
      },
    },
    {
      title: 'Prisma with a driver adapter cuts at every semicolon',
      framework: 'prisma',
      files: {
        ...prismaWithAdapter,
        'prisma/migrations/20250101000000_one/migration.sql':
          'create function one() returns int language plpgsql as $$ begin return 1; end $$;\n',
      },
    },
  ],
  good: [
    {
      title: 'no semicolon stands within a statement',
      framework: 'prisma',
      files: {
        ...prismaWithAdapter,
        'prisma/migrations/20250101000000_one/migration.sql':
          'create function one() returns int language sql return 1;\nselect one();\n',
      },
    },
    {
      framework: 'goose',
      files: {
        'm/1_one.sql':
          '-- +goose Up\n-- +goose StatementBegin\ncreate function one() returns int language plpgsql as $$\nbegin\n  return 1;\nend\n$$;\n-- +goose StatementEnd\n-- +goose Down\ndrop function one();\n',
      },
    },
    {
      framework: 'liquibase',
      files: {
        'changelog.sql':
          '--liquibase formatted sql\n--changeset ann:1 splitStatements:false\ncreate function sign_of(a int) returns int language plpgsql as $$\nbegin\n  if a > 0 then return 1; end if;\n  return 0;\nend $$;\n--rollback drop function sign_of(int);\n',
      },
    },
    {
      title: 'BEGIN and END stand around all semicolons of the body',
      framework: 'liquibase',
      files: {
        'changelog.sql':
          '--liquibase formatted sql\n--changeset ann:1\ncreate function one() returns int language plpgsql as $$ begin return 1; end $$;\n--rollback drop function one();\n',
      },
    },
  ],
});
