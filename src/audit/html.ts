import type { StepReport } from '../diagnostic.js';
import { type Diagnostic, summarize } from '../diagnostic.js';
import type { LockMode, Work } from '../effects/effect.js';
import { blocks } from '../effects/locks.js';
import { place } from '../reporters/place.js';
import { clip, oneLine, visible } from '../reporters/terminal.js';
import { assumptions, count, coverage, lockName, setAside } from '../reporters/words.js';
import { levels } from '../rule.js';
import { isSql } from '../wording.js';
import type { Audit, Group, Item, Window } from './facts.js';
import { css } from './style.js';

/** More findings of one kind, tables, or ways without return are counted, not shown: a browser must open the page. */
const most = { findings: 150, tables: 25, oneWay: 200, statements: 60, links: 4, lanes: 8, columns: 40 };

/**
 * The audit as one page that needs nothing else: no script, no network, no font. Every finding stands in it once, with its file,
 * line and remedy; numbers, bars and tables lead to it.
 */
export function writeAuditHtml(audit: Audit, title: string): string {
  const sections = [
    section(
      'kinds',
      'Hazards by kind',
      bars(audit.hazards, ({ name }) => `<a href="#rule-${attribute(name)}">${text(name)}</a>`),
    ),
    section(
      'time',
      'Hazards over time',
      bars(
        audit.periods,
        (period) => `${text(period.name)} <span class="soft">(${count(period.migrations, 'migration')})</span>`,
      ),
    ),
    section('tables', 'Tables most at risk', tables(audit)),
    section('windows', 'Longest lock windows', windows(audit.windows)),
    section('one-way', 'Migrations without a way back', oneWay(audit)),
    section('coverage', 'Coverage', covered(audit)),
    section('findings', 'Findings', findings(audit)),
  ];
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; img-src data:">
<link rel="icon" href="data:,">
<title>${text(title)}: migration audit</title>
<style>${css}</style>
</head>
<body>
<header>
<h1>${text(title)}: what its migrations did to the running application</h1>
${numbers(audit)}
<nav aria-label="Sections"><ul>${sections.map(({ id, heading }) => `<li><a href="#${id}">${heading}</a></li>`).join('')}</ul></nav>
</header>
<main>
${sections.map(({ html }) => html).join('\n')}
</main>
</body>
</html>
`;
}

function section(id: string, heading: string, body: string) {
  return {
    id,
    heading,
    html: `<section id="${id}" aria-labelledby="h-${id}">\n<h2 id="h-${id}">${heading}</h2>\n${body}\n</section>`,
  };
}

/** Text as it is read: no markup, no control characters. */
function text(words: string): string {
  return visible(words).replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

function attribute(words: string): string {
  return text(words).replaceAll('"', '&quot;');
}

function numbers(audit: Audit): string {
  const summary = summarize(audit.report);
  const cells: readonly (readonly [number, string])[] = [
    [summary.migrations, 'migrations'],
    [summary.statements, 'statements'],
    [audit.counts.error, 'errors'],
    [audit.counts.warning, 'warnings'],
    [audit.counts.note, 'notes'],
    [audit.tables.length, 'tables at risk'],
  ];
  return `<ul class="numbers">${cells.map(([number, name]) => `<li><b>${number}</b> ${name}</li>`).join('')}</ul>`;
}

/** One bar for each group, as long as its findings are many; the numbers stand beside it. */
function bars<G extends Group>(groups: readonly G[], label: (group: G) => string): string {
  if (groups.length === 0) return '<p>None.</p>';
  const longest = Math.max(1, ...groups.map(({ items }) => items.length));
  const rows = groups.map((group) => {
    const parts = levels
      .filter((level) => group.counts[level] > 0)
      .map((level) => `<i class="${level}" style="width:${((group.counts[level] / longest) * 70).toFixed(1)}%"></i>`);
    return `<div>${label(group)}</div><div class="bar">${parts.join('')} <span>${inWords(group)}</span></div>`;
  });
  return `<div class="bars">${rows.join('\n')}</div>`;
}

function inWords({ counts }: Group): string {
  const parts = levels
    .filter((level) => counts[level] > 0)
    .map((level) => `<span class="${level}">${count(counts[level], level)}</span>`);
  return parts.length === 0 ? '<span class="soft">none</span>' : parts.join(', ');
}

function scrollable(label: string, body: string): string {
  return `<div class="wide" role="region" aria-label="${attribute(label)}" tabindex="0">${body}</div>`;
}

function tables({ tables: all, hazards }: Audit): string {
  const shown = new Set(hazards.flatMap(({ items }) => items.slice(0, most.findings)));
  if (all.length === 0) return '<p>None: no statement delays the use of a table that was there before.</p>';
  const rows = all
    .slice(0, most.tables)
    .map(
      (table) =>
        `<tr><th scope="row"><code>${text(table.name)}</code></th><td class="number" data-name="Work under lock">${table.workUnderLock}</td><td data-name="Strongest lock">${lockName(table.strongest)}</td><td>${inWords(table)}</td><td class="where">${links(table.items, shown)}</td></tr>`,
    );
  const head =
    '<tr><th scope="col">Table</th><th scope="col" class="number">Work under lock</th><th scope="col">Strongest lock</th><th scope="col">Findings</th><th scope="col">Where</th></tr>';
  return `<p>Work under lock: how often a statement read, wrote, indexed or rewrote the table while reads or writes of it had to wait.</p>
${scrollable('Tables most at risk', `<table class="risk"><thead>${head}</thead><tbody>${rows.join('\n')}</tbody></table>`)}
${more(all.length - most.tables, 'table')}`;
}

function more(left: number, noun: string): string {
  return left > 0 ? `<p class="soft">and ${count(left, noun)} more</p>` : '';
}

/** The places, the gravest first, each once. */
function links(items: readonly Item[], listed: ReadonlySet<Item>): string {
  const places = new Map<string, string>();
  for (const item of items.toSorted((a, b) => rank(a) - rank(b))) {
    const { number, diagnostic } = item;
    const target = listed.has(item) ? `finding-${number}` : `rule-${attribute(diagnostic.rule)}`;
    const { line } = place(diagnostic.source, diagnostic.span);
    const name = `${text(fileName(diagnostic.source.file))}:${line}`;
    if (!places.has(name)) places.set(name, `<a href="#${target}">${name}</a>`);
  }
  const shown = [...places.values()].slice(0, most.links);
  return `${shown.join('<br>')}${places.size > shown.length ? ` and ${places.size - shown.length} more` : ''}`;
}

function rank({ diagnostic }: Item): number {
  return levels.indexOf(diagnostic.level);
}

function fileName(file: string): string {
  const parts = file.split('/');
  return /^(?:up|down|migration)\.\w+$/.test(parts.at(-1) ?? '') ? parts.slice(-2).join('/') : (parts.at(-1) ?? file);
}

function windows(all: readonly Window[]): string {
  if (all.length === 0) return '<p>None: no ACCESS EXCLUSIVE lock is held while there is work.</p>';
  const key = `<p class="key"><span class="full">reads and writes wait</span> <span class="writes">writes wait</span> <span class="weak">only DDL or autovacuum waits</span> S table read in full, B index built, R table rewritten, W rows written</p>`;
  return `<p>A lock is kept to the end of its transaction. These are the longest stretches in which nothing else can use a table because a migration works.</p>\n${key}\n${all.map(drawn).join('\n')}`;
}

const letters: Readonly<Record<Work, string>> = { none: '', scan: 'S', build: 'B', rewrite: 'R', rows: 'W' };

function shade(lock: LockMode): string {
  const waiting = blocks(lock);
  return waiting.includes('reads') ? 'full' : waiting.includes('writes') ? 'writes' : 'weak';
}

function drawn({ migration, lanes, stretch }: Window): string {
  const { steps } = migration;
  const from = Math.max(0, Math.min(stretch.from, steps.length - most.columns));
  const to = Math.min(steps.length, from + most.columns);
  const shown = lanes.slice(0, most.lanes);
  const line = (step: StepReport | undefined) => step?.source.position(step.span.start).line;
  const first = line(steps[stretch.from]);
  const head = steps.slice(from, to).map((_, at) => `<th scope="col">${from + at + 1}</th>`);
  const rows = shown.map((lane) => {
    const cells = lane.cells.slice(from, to).map((cell, at) => {
      const step = steps[from + at];
      const last = step?.transaction !== steps[from + at + 1]?.transaction ? ' last' : '';
      const name = cell.lock === undefined ? last.trim() : `${shade(cell.lock)}${last}`;
      const title = cell.lock === undefined ? '' : ` title="${lockName(cell.lock)}"`;
      return `<td class="${name}"${title}>${cell.works.map((work) => letters[work]).join('')}</td>`;
    });
    return `<tr><th scope="row"><code>${text(lane.relation)}</code></th>${cells.join('')}</tr>`;
  });
  const chart = `<table class="chart"><thead><tr><th></th>${head.join('')}</tr></thead><tbody>${rows.join('')}</tbody></table>`;
  const listed = steps
    .slice(from, Math.min(to, from + most.statements))
    .map(
      (step) =>
        `<li value="${steps.indexOf(step) + 1}"><code>${text(clip(oneLine(step.sql), 160))}</code> <span class="soft">line ${line(step)}</span></li>`,
    );
  return `<h3><code>${text(migration.file)}:${first}</code></h3>
<p>${text(stretch.lane.relation)} is locked by ${lockName(stretch.lane.strongest)} through ${count(stretch.to - stretch.from + 1, 'statement')}.</p>
${scrollable(`Locks of ${migration.file}`, chart)}${more(lanes.length - shown.length, 'weaker lock')}
<details><summary>Statements</summary><ol class="statements">${listed.join('')}</ol></details>`;
}

function oneWay({ oneWay: all, goesBack }: Audit): string {
  if (!goesBack) return '<p>No migration has a way back: nothing here goes back.</p>';
  if (all.length === 0) return '<p>None: every migration has a way back.</p>';
  const rows = all.slice(0, most.oneWay).map(({ file }) => `<li><code>${text(file)}:1</code></li>`);
  return `<p>${count(all.length, 'migration')} cannot be undone by the runner. Write a down migration, or say in it why there is none.</p>
<details><summary>${count(all.length, 'migration')}</summary><ul>${rows.join('')}</ul>${more(all.length - most.oneWay, 'migration')}</details>`;
}

function covered({ report, notUnderstood }: Audit): string {
  const summary = summarize(report);
  const aside = setAside(summary);
  const kinds = new Map<string, StepReport[]>();
  for (const step of notUnderstood) kinds.set(step.kind, [...(kinds.get(step.kind) ?? []), step]);
  const rows = [...kinds]
    .sort(([, a], [, b]) => b.length - a.length)
    .map(([kind, steps]) => {
      const places = steps
        .slice(0, most.links)
        .map((step) => `<code>${text(step.source.file)}:${step.source.position(step.span.start).line}</code>`);
      return `<li>${text(kind)}: ${steps.length} <span class="soft">${places.join(' ')}</span></li>`;
    });
  const taken = assumptions(report).map((assumption) => `<li>${text(assumption)}</li>`);
  return `<p>${text(coverage(summary))}; judged for PostgreSQL ${report.pg} and later.${aside === '' ? '' : ` ${text(aside)}.`}</p>
${rows.length === 0 ? '' : `<p>Not understood:</p><ul>${rows.join('')}</ul>`}
${taken.length === 0 ? '' : `<p>Taken for granted:</p><ul>${taken.join('')}</ul>`}`;
}

function findings({ hazards }: Audit): string {
  if (hazards.length === 0) return '<p>None.</p>';
  return hazards
    .map(({ name, rule, items, counts }) => {
      const shown = items.slice(0, most.findings).map(finding);
      return `<h3 id="rule-${attribute(name)}">${text(rule.title)} <span class="soft">(${text(name)})</span></h3>
<p>${text(rule.why)}</p>
<details><summary>${inWords({ name, items, counts })}</summary>${shown.join('\n')}${more(items.length - most.findings, 'finding')}</details>`;
    })
    .join('\n');
}

function finding({ number, diagnostic }: Item): string {
  const { source, span, level, message, statement, instead } = diagnostic;
  const sql = statement === '' ? '' : `<pre>${text(clipped(statement))}</pre>`;
  return `<div class="finding" id="finding-${number}"><code>${text(source.file)}:${place(source, span).line}</code> <b class="${level}">${level}</b>
<p>${text(message)}</p>${sql}${remedy(instead)}</div>`;
}

function remedy(instead: Diagnostic['instead']): string {
  if (instead === '') return '';
  return isSql(instead) ? `<p>Instead:</p><pre>${text(instead)}</pre>` : `<p>Instead: ${text(instead)}</p>`;
}

/** Longer statements are data. */
const longestStatement = 1200;

function clipped(statement: string): string {
  return statement.length <= longestStatement ? statement : `${statement.slice(0, longestStatement)} …`;
}
