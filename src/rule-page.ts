import type { Example, Rule } from './rule.js';
import { isSql } from './wording.js';

/** A rule is fixable when it says so by an example. */
export function fixable(rule: Rule): boolean {
  return rule.bad.some((example) => example.fixed !== undefined);
}

/** The circumstances of an example, for people: "in one transaction, on PostgreSQL 16". */
export function circumstances({ transaction, pg, file }: Example): string {
  const parts = [
    transaction === 'whole' ? 'in one transaction' : '',
    pg === undefined ? '' : `on PostgreSQL ${pg}`,
    file === undefined ? '' : `in ${file}`,
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
      ...(bad.fixed === undefined ? [] : ['`lockkeeper fix` makes of it', '', ...fenced(bad.fixed), '']),
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
  return [
    `## ${kind}${title}`,
    '',
    ...(setting === '' ? [] : [`(${setting})`, '']),
    ...fenced(given.sql),
    ...down(given),
    '',
  ];
}

function down({ down: sql }: Example): readonly string[] {
  return sql === undefined ? [] : ['', 'and its way back', '', ...fenced(sql === '' ? '-- nothing' : sql)];
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
