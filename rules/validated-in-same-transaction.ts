import { strength } from '../src/effects/locks.js';
import { next } from '../src/recipes.js';
import { defineRule } from '../src/rule.js';
import { quoteIdentifier } from '../src/sql/names.js';
import { isKind, type Statement } from '../src/sql/statement.js';
import { alteredTable, lockTaken, whomBlocks } from '../src/wording.js';

export default defineRule({
  id: 'validated-in-same-transaction',
  level: 'error',
  title: 'A constraint is validated in the transaction that added it',
  why: 'VALIDATE CONSTRAINT by itself lets reads and writes pass, but the lock that ADD CONSTRAINT … NOT VALID took is kept until the transaction ends: the scan runs under it, and nothing was gained.',
  instead: 'Put VALIDATE CONSTRAINT into the next migration.',
  links: ['https://www.postgresql.org/docs/current/sql-altertable.html#SQL-ALTERTABLE-NOTES'],
  on: ['AT_ValidateConstraint'],
  bad: [
    {
      transaction: 'whole',
      sql: `create table account (balance int);
-- next migration
alter table account add constraint positive check (balance >= 0) not valid;
alter table account validate constraint positive;`,
    },
    {
      title: 'two commands of one ALTER TABLE are no better',
      sql: `create table account (balance int);
-- next migration
alter table account add constraint positive check (balance >= 0) not valid, validate constraint positive;`,
    },
  ],
  good: [
    {
      title: 'each statement is a transaction of its own',
      sql: `create table account (balance int);
-- next migration
alter table account add constraint positive check (balance >= 0) not valid;
alter table account validate constraint positive;`,
    },
  ],
  check({ node, relation, effects, session, statement }) {
    if (!effects.some((effect) => effect.work === 'scan')) return;
    const held = session.held
      .filter((one) => effects.some((effect) => effect.relation === one.relation) && whomBlocks(one.lock))
      .toSorted((a, b) => strength(b.lock) - strength(a.lock))[0];
    const together = effects.find((effect) => effect.relation === relation && whomBlocks(effect.lock));
    const lock = held ?? together;
    if (lock === undefined) return;
    const adding = added(session.held.map((one) => one.statement).concat(statement.parent?.commands ?? []), node.name);
    return {
      message: `validating ${node.name} reads ${relation} while ${whomBlocks(lock.lock)} to ${lock.relation} wait for the lock taken before`,
      instead: `${adding}\n${next}\nalter table ${alteredTable(statement)} validate constraint ${quoteIdentifier(node.name ?? '')};`,
      ...(held && {
        related: [lockTaken(held)],
      }),
    };
  },
});

/** The command that added the constraint, as a statement of its own. */
function added(statements: readonly Statement[], constraint: string | undefined): string {
  const command = statements.find((one) => isKind(one, 'AT_AddConstraint') && addedName(one) === constraint);
  return command === undefined ? '-- what adds it' : `alter table ${alteredTable(command)} ${command.text};`;
}

function addedName({ node }: Statement<'AT_AddConstraint'>): string | undefined {
  return node.def !== undefined && 'Constraint' in node.def ? node.def.Constraint.conname : undefined;
}
