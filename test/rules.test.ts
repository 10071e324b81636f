import { readdirSync } from 'node:fs';
import { beforeAll, describe, expect, it } from 'vitest';
import { rules } from '../rules/index.js';
import { changedBetween, differences } from '../src/catalog/snapshot.js';
import type { Diagnostic, Report } from '../src/diagnostic.js';
import type { Example, Rule } from '../src/rule.js';
import { loadParser } from '../src/sql/parse.js';
import { isSql } from '../src/wording.js';
import { judge, schemaAfter } from './examples.js';

beforeAll(loadParser);

const open = (report: Report): readonly Diagnostic[] =>
  report.diagnostics.filter((one) => one.suppressed === undefined);
const errors = (report: Report): readonly string[] =>
  open(report)
    .filter((one) => one.level === 'error')
    .map((one) => `${one.rule}: ${one.message} [${one.statement}]`);

function fixed({ fix, source }: Diagnostic): string | undefined {
  if (fix === undefined) return undefined;
  const edits = fix.edits.toSorted((a, b) => b.span.start - a.span.start);
  return edits.reduce(
    (text, edit) => text.slice(0, edit.span.start) + edit.text + text.slice(edit.span.end),
    source.text,
  );
}

const cases = <E extends Example>(examples: readonly E[]) =>
  examples.map((example, at) => ({ name: example.title ?? `example ${at + 1}`, example }));

describe('the list of rules', () => {
  it('is the folder', () => {
    const files = readdirSync(new URL('../rules', import.meta.url)).filter((file) => file !== 'index.ts');
    expect(rules.map((rule) => `${rule.id}.ts`).toSorted()).toEqual(files.toSorted());
  });

  it('says of each what it does, why and what to do', () => {
    for (const rule of rules) {
      expect(rule.title, rule.id).toMatch(/^[A-Z].*[^.]$/);
      expect(rule.why, rule.id).not.toBe('');
      expect(rule.instead, rule.id).not.toBe('');
      expect(rule.bad.length, `${rule.id} has a bad example`).toBeGreaterThan(0);
      expect(rule.good.length, `${rule.id} has a good example`).toBeGreaterThan(0);
    }
  });
});

/** Rules of which a recipe has been seen to end in another schema than the statement. */
const elsewhere = new Set<string>();

describe.each(rules.map((rule): [string, Rule] => [rule.id, rule]))('%s', (id, rule) => {
  it.each(cases(rule.bad))('finds: $name', async ({ example }) => {
    const found = open(await judge(example)).filter((one) => one.rule === id);
    expect(found.map((one) => one.message)).toHaveLength(1);
    const [diagnostic] = found;
    if (diagnostic === undefined) return;
    expect(diagnostic.message).toMatchSnapshot();
    const fix = 'sql' in example ? example.fixed : undefined;
    expect(fixed(diagnostic)).toBe(fix);
    if (fix !== undefined) expect(errors(await judge(example, fix))).toEqual([]);
    if ('sql' in example && isSql(diagnostic.instead)) {
      expect(diagnostic.instead).toMatchSnapshot('instead');
      expect(errors(await judge(example, diagnostic.instead)), diagnostic.instead).toEqual([]);
      const apart = differences(...changedBetween(schemaAfter(example), schemaAfter(example, diagnostic.instead)));
      if (rule.elsewhere === undefined) expect(apart, diagnostic.instead).toEqual([]);
      else if (apart.length > 0) elsewhere.add(id);
    }
  });

  it.each(cases(rule.good))('is silent: $name', async ({ example }) => {
    const report = await judge(example);
    expect(open(report).filter((one) => one.rule === id)).toEqual([]);
    expect(errors(report)).toEqual([]);
  });
});

it('says of a recipe that it ends in another schema only where one does', () => {
  expect(rules.filter((rule) => rule.elsewhere !== undefined && !elsewhere.has(rule.id)).map(({ id }) => id)).toEqual(
    [],
  );
});

it('takes a number that no sequence has for what it is', async () => {
  const sql = `create table account (id serial primary key);
-- next migration
alter sequence account_id_seq restart with 1.5;`;
  const found = open(await judge({ sql })).map(({ rule }) => rule);
  expect(found).toContain('sequence-set-back');
});
