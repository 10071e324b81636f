import { summarize } from '../diagnostic.js';
import { code, escapeMarkdown } from '../reporters/markdown.js';
import { place } from '../reporters/place.js';
import { assumptions, count, coverage, lockName, setAside, whoWaits } from '../reporters/words.js';
import { levels } from '../rule.js';
import type { Audit, Group } from './facts.js';

/** Rows of a table; the JSON of `check` has all. */
const most = 25;

/** The audit as markdown: the same sections, with tables in the place of pictures, and the places of the findings. */
export function writeAuditMarkdown(audit: Audit, title: string): string {
  const summary = summarize(audit.report);
  const aside = setAside(summary);
  const sections: readonly (readonly [string, string])[] = [
    [
      'Hazards by kind',
      table(
        ['Rule', ...levels, 'Instead'],
        audit.hazards.map(({ name, rule, counts }) => [
          code(name),
          ...levels.map((level) => String(counts[level])),
          cell(rule.instead),
        ]),
      ),
    ],
    [
      'Hazards over time',
      table(
        ['When', 'Migrations', ...levels],
        audit.periods.map((period) => [cell(period.name), String(period.migrations), ...numbers(period)]),
      ),
    ],
    [
      'Tables most at risk',
      table(
        ['Table', 'Work under lock', 'Strongest lock', ...levels],
        audit.tables.map((one) => [
          code(one.name),
          String(one.workUnderLock),
          `${lockName(one.strongest)}: ${cell(whoWaits(one.strongest))}`,
          ...numbers(one),
        ]),
      ),
    ],
    [
      'Longest lock windows',
      table(
        ['Where', 'Locked', 'Statements'],
        audit.windows.map(({ migration, stretch }) => [
          at(migration.file, migration.steps[stretch.from]),
          code(stretch.lane.relation),
          String(stretch.to - stretch.from + 1),
        ]),
      ),
    ],
    [
      'Migrations without a way back',
      audit.goesBack ? list(audit.oneWay.map(({ file }) => code(file))) : 'No migration has one.',
    ],
    [
      'Coverage',
      [
        `${coverage(summary)}; judged for PostgreSQL ${audit.report.pg} and later.${aside === '' ? '' : ` ${aside}.`}`,
        ...assumptions(audit.report).map((each) => `Taken for granted: ${escapeMarkdown(each)}`),
      ].join('\n\n'),
    ],
    [
      'Findings',
      [...audit.hazards, ...(audit.blind === undefined ? [] : [audit.blind])]
        .map(
          ({ name, rule, items }) =>
            `### ${escapeMarkdown(rule.title)} (${code(name)})\n\n${list(items.map(({ diagnostic }) => `${code(`${diagnostic.source.file}:${place(diagnostic.source, diagnostic.span).line}`)} ${escapeMarkdown(diagnostic.message)}`))}`,
        )
        .join('\n\n') || 'None.',
    ],
  ];
  const opening = `# ${escapeMarkdown(title)}: migration audit\n\n${count(summary.migrations, 'migration')}: ${levels.map((level) => count(audit.counts[level], level)).join(', ')}.`;
  return `${[opening, ...sections.map(([heading, body]) => `## ${heading}\n\n${body}`)].join('\n\n')}\n`;
}

function numbers({ counts }: Group): readonly string[] {
  return levels.map((level) => String(counts[level]));
}

function at(file: string, step: Audit['notUnderstood'][number] | undefined): string {
  return code(step === undefined ? file : `${step.source.file}:${step.source.position(step.span.start).line}`);
}

function cell(words: string): string {
  return escapeMarkdown(words);
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  if (rows.length === 0) return 'None.';
  const line = (cells: readonly string[]) =>
    `| ${cells.map((each) => each.replaceAll(/(?<!\\)\|/g, '\\|')).join(' | ')} |`;
  const left = rows.length - most;
  return [
    line(head),
    line(head.map(() => '---')),
    ...rows.slice(0, most).map(line),
    ...(left > 0 ? ['', `and ${left} more`] : []),
  ].join('\n');
}

function list(items: readonly string[]): string {
  if (items.length === 0) return 'None.';
  const left = items.length - most;
  return [...items.slice(0, most).map((item) => `- ${item}`), ...(left > 0 ? [`- and ${left} more`] : [])].join('\n');
}
