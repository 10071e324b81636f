import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { rules } from '../rules/index.js';
import { rulePage, ruleTable } from '../src/rule-page.js';

test.each(rules.map((rule) => [rule.id, rule] as const))(
  'the page of %s is what the rule says: npm run docs',
  (id, rule) => {
    expect(readFileSync(`docs/rules/${id}.md`, 'utf8')).toBe(rulePage(rule));
  },
);

test('no page is left of a rule that is gone', () => {
  expect(readdirSync('docs/rules').sort()).toEqual(rules.map(({ id }) => `${id}.md`).sort());
});

test("the README's table lists the rules of now: npm run docs", () => {
  expect(readFileSync('README.md', 'utf8')).toContain(ruleTable(rules));
});
