import type { BadExample, Example, Rule } from './rule.js';
import { isSql } from './wording.js';

/** A rule is fixable when it says so by an example. */
export function fixable(rule: Rule): boolean {
  return rule.bad.some((example) => fixOf(example) !== undefined);
}

/** The last migration of an example after the fix, where the rule offers one. */
export function fixOf(example: BadExample): string | undefined {
  return 'sql' in example ? example.fixed : undefined;
}

/** What an example shows: its migrations, or its files, each under its path. */
export function exampleText(example: Example): string {
  if ('files' in example) {
    const { before, gained, files } = example;
    if (before === undefined) return filesText(files);
    const theirs = gained === undefined ? [] : ['-- gained by main meanwhile:', filesText(gained), ''];
    return ['-- on main:', filesText(before), '', ...theirs, '-- on the branch:', filesText(files)].join('\n');
  }
  const { sql, down } = example;
  return down === undefined ? sql.trimEnd() : `${sql.trimEnd()}\n-- and its way back\n${down || '-- (nothing)'}`;
}

function filesText(files: Readonly<Record<string, string>>): string {
  return Object.entries(files)
    .map(([path, text]) => `-- ${path}\n${text}`.trimEnd())
    .join('\n');
}

/** The circumstances of an example, for people: "in one transaction, on PostgreSQL 16". */
export function circumstances(example: Example): string {
  const parts = [
    'framework' in example ? `with ${example.framework}` : '',
    'sql' in example && example.transaction === 'whole' ? 'in one transaction' : '',
    example.pg === undefined ? '' : `on PostgreSQL ${example.pg}`,
  ];
  return parts.filter((part) => part !== '').join(', ');
}

/** The page of a rule, as markdown: what docs/rules holds. */
export function rulePage(rule: Rule): string {
  const marks = [rule.level, rule.off ? 'off by default' : '', fixable(rule) ? 'fixable' : ''];
  const lines = [
    `# ${rule.id}`,
    '',
    `${rule.title}. (${marks.filter((mark) => mark !== '').join(', ')})`,
    '',
    rule.why,
    '',
    '**Instead:**',
    '',
    ...(isSql(rule.instead) ? fenced(rule.instead) : [rule.instead]),
    '',
    ...rule.bad.flatMap((bad) => [
      ...example('Bad', bad),
      ...(fixOf(bad) === undefined ? [] : ['`lockkeeper fix` makes of it', '', ...fenced(fixOf(bad) ?? ''), '']),
    ]),
    ...rule.good.flatMap((good) => example('Good', good)),
    ...(rule.links.length === 0 ? [] : ['## More', '', ...rule.links.map((link) => `- <${link}>`), '']),
    `To silence it where it is right: \`-- lockkeeper:ignore ${rule.id}: why\``,
  ];
  return `${lines.join('\n')}\n`;
}

function example(kind: string, given: Example): readonly string[] {
  const setting = circumstances(given);
  const title = given.title === undefined ? '' : `: ${given.title}`;
  return [`## ${kind}${title}`, '', ...(setting === '' ? [] : [`(${setting})`, '']), ...fenced(exampleText(given)), ''];
}

function fenced(sql: string): readonly string[] {
  return ['```sql', sql.trimEnd(), '```'];
}

/** The table of all rules, as markdown: what the README holds. */
export function ruleTable(rules: readonly Rule[]): string {
  const rows = rules.map((rule) => {
    const level = rule.off ? `${rule.level}, off by default` : rule.level;
    return `| [${rule.id}](docs/rules/${rule.id}.md) | ${level} | ${rule.title.replaceAll('|', '\\|')} | ${fixable(rule) ? 'yes' : ''} |`;
  });
  return ['| rule | level | what it finds | fix |', '|---|---|---|---|', ...rows].join('\n');
}
