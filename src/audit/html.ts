import { type Diagnostic, summarize } from '../diagnostic.js';
import { place } from '../reporters/place.js';
import { assumptions, count, coverage, lockName, setAside } from '../reporters/words.js';
import { levels } from '../rule.js';
import { isSql } from '../wording.js';
import type { Audit, Group, Hazard, Item } from './facts.js';
import {
  attribute,
  breakable,
  gravestFirst,
  inWords,
  more,
  most,
  type Pointer,
  pointer,
  scrollable,
  text,
} from './markup.js';
import { css } from './style.js';
import { windows } from './windows.js';

/**
 * The audit as one page that needs nothing else: no script, no network, no font. Every finding stands in it once, with its file,
 * line and remedy; numbers, bars and tables lead to it.
 */
export function writeAuditHtml(audit: Audit, title: string): string {
  const point = pointer(audit);
  const sections = [
    section('kinds', 'Hazards by kind', bars(audit.hazards, kindLabel)),
    section('time', 'Hazards over time', bars(audit.periods, periodLabel, worst(point))),
    section('tables', 'Tables most at risk', tables(audit, point)),
    section('windows', 'Longest lock windows', windows(audit, point)),
    section('one-way', 'Migrations without a way back', oneWay(audit, point)),
    section('coverage', 'Coverage', covered(audit, point)),
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
${opening(audit)}
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

/** What a reader in a hurry should know. */
function opening({ report, blocking, folder }: Audit): string {
  const { migrations } = summarize(report);
  const blocked =
    blocking === 0
      ? 'No migration keeps reads and writes to a table waiting while it works.'
      : `<b>${blocking} of ${count(migrations, 'migration')}</b> ${blocking === 1 ? 'keeps' : 'keep'} reads and writes to a table in use waiting while ${blocking === 1 ? 'it works' : 'they work'}.`;
  const where = folder === '' ? '' : ` All of them lie in <code>${text(folder)}</code>.`;
  return `<p>${blocked}${where} An error is an outage, lost data or a failure; a warning is likely trouble. How large the tables are is not known here.</p>`;
}

function numbers(audit: Audit): string {
  const { migrations, statements, notUnderstood } = summarize(audit.report);
  const known = statements === 0 ? 100 : ((statements - notUnderstood) / statements) * 100;
  // never rounded up to all of them
  const share = notUnderstood === 0 ? '100' : Math.min(99.9, known).toFixed(1);
  const cells: readonly (readonly [number | string, string, string])[] = [
    [migrations, migrations === 1 ? 'migration' : 'migrations', 'time'],
    [audit.counts.error, audit.counts.error === 1 ? 'error' : 'errors', 'kinds'],
    [audit.counts.warning, audit.counts.warning === 1 ? 'warning' : 'warnings', 'kinds'],
    [audit.tables.length, audit.tables.length === 1 ? 'table at risk' : 'tables at risk', 'tables'],
    [audit.blocking, audit.blocking === 1 ? 'lock window' : 'lock windows', 'windows'],
    [audit.goesBack ? audit.oneWay.length : migrations, 'without a way back', 'one-way'],
    [`${share} %`, 'understood', 'coverage'],
  ];
  return `<ul class="numbers">${cells.map(([number, name, target]) => `<li><a href="#${target}"><b>${number}</b> ${name}</a></li>`).join('')}</ul>`;
}

/** One bar for each group, as long as its findings are many; the numbers stand beside it. */
function bars<G extends Group>(
  groups: readonly G[],
  label: (group: G) => string,
  aside?: (group: G) => string,
): string {
  if (groups.length === 0) return '<p>None.</p>';
  const longest = Math.max(1, ...groups.map(({ items }) => items.length));
  const rows = groups.map((group) => {
    const parts = levels
      .filter((level) => group.counts[level] > 0)
      .map((level) => `<i class="${level}" style="width:${((group.counts[level] / longest) * 50).toFixed(1)}%"></i>`);
    return `<div>${label(group)}</div><div class="bar">${parts.join('')}<span>${inWords(group)}</span></div>${aside === undefined ? '' : `<div class="where">${aside(group)}</div>`}`;
  });
  return `<div class="bars${aside === undefined ? '' : ' with'}">${rows.join('\n')}</div>`;
}

function kindLabel({ name, rule }: Hazard): string {
  return `<a href="#rule-${attribute(name)}">${text(rule.title)}</a>`;
}

function periodLabel(period: Audit['periods'][number]): string {
  return `${text(period.name)} <span class="soft">(${count(period.migrations, 'migration')})</span>`;
}

function worst(point: Pointer): (group: Group) => string {
  return ({ items }) => {
    const [first] = gravestFirst(items);
    return first === undefined ? '' : `<span class="soft">first ${first.diagnostic.level}:</span> ${point.to(first)}`;
  };
}

function tables({ tables: all }: Audit, point: Pointer): string {
  if (all.length === 0) return '<p>None: no statement delays the use of a table that was there before.</p>';
  const rows = all
    .slice(0, most.tables)
    .map(
      (table) =>
        `<tr><th scope="row"><code>${breakable(table.name)}</code></th><td class="number" data-name="Work under lock">${table.workUnderLock}</td><td data-name="Strongest lock">${lockName(table.strongest)}</td><td>${inWords(table)}</td><td class="where">${point.places(table.items)}</td></tr>`,
    );
  const head =
    '<tr><th scope="col">Table</th><th scope="col" class="number">Work under lock</th><th scope="col">Strongest lock</th><th scope="col">Findings</th><th scope="col">Where, and what to do</th></tr>';
  return `<p>Work under lock: how often a statement read, wrote, indexed or rewrote the table while reads or writes to it had to wait.</p>
${scrollable('Tables most at risk', `<table class="risk"><thead>${head}</thead><tbody>${rows.join('\n')}</tbody></table>`)}
${more(all.length - most.tables, 'table')}`;
}

function oneWay({ oneWay: all, goesBack, folder }: Audit, point: Pointer): string {
  if (!goesBack) return '<p>No migration has a way back: nothing here goes back.</p>';
  if (all.length === 0) return '<p>None: every migration has a way back.</p>';
  const rows = all.slice(0, most.oneWay).map(({ file }) => `<li><code>${text(point.short(file))}:1</code></li>`);
  const where = folder === '' ? '' : ` below <code>${text(folder)}</code>`;
  return `<p>${count(all.length, 'migration')} cannot be undone by the runner. Write a down migration, or say in it why there is none.</p>
<details><summary>${count(all.length, 'migration')}${where}</summary><ul class="files">${rows.join('')}</ul>${more(all.length - most.oneWay, 'migration')}</details>`;
}

function covered({ report, notUnderstood, blind }: Audit, point: Pointer): string {
  const summary = summarize(report);
  const aside = setAside(summary);
  const kinds = new Map<string, number>();
  for (const { kind } of notUnderstood) kinds.set(kind, (kinds.get(kind) ?? 0) + 1);
  const counted = [...kinds].sort(([, a], [, b]) => b - a).map(([kind, times]) => `${text(kind)} ${times}`);
  const places =
    blind === undefined
      ? ''
      : `<p><a href="#rule-${attribute(blind.name)}">${text(blind.rule.title)}</a>: ${inWords(blind)}, at ${point.places(blind.items)}.</p>`;
  const taken = assumptions(report).map((assumption) => `<li>${text(assumption)}</li>`);
  return `<p>${text(coverage(summary))}; judged for PostgreSQL ${report.pg} and later.${aside === '' ? '' : ` ${text(aside)}.`}</p>
${places}
${counted.length === 0 ? '' : `<p>Statements that were not understood, by kind: ${counted.join(', ')}.</p>`}
${taken.length === 0 ? '' : `<p>Taken for granted:</p><ul>${taken.join('')}</ul>`}`;
}

function findings({ hazards, blind }: Audit): string {
  const all = blind === undefined ? hazards : [...hazards, blind];
  if (all.length === 0) return '<p>None.</p>';
  return all
    .map((hazard) => {
      const { name, rule, items } = hazard;
      const [first] = items;
      // what is to be done is said once where it is the same for all
      const shared = items.every(({ diagnostic }) => diagnostic.instead === first?.diagnostic.instead);
      const shown = items.slice(0, most.findings).map((item) => finding(item, !shared));
      return `<h3 id="rule-${attribute(name)}">${text(rule.title)} <span class="soft">(${text(name)})</span></h3>
<p>${text(rule.why)}</p>
${shared && first !== undefined ? remedy(first.diagnostic.instead) : ''}
<details><summary>${inWords(hazard)}</summary>${shown.join('\n')}${more(items.length - most.findings, 'finding')}</details>`;
    })
    .join('\n');
}

function finding({ number, diagnostic }: Item, withRemedy: boolean): string {
  const { source, span, level, message, statement, instead, rule } = diagnostic;
  const sql = statement === '' ? '' : `<pre>${text(clipped(statement))}</pre>`;
  const what = withRemedy ? remedy(instead) : `<p>Instead: <a href="#rule-${attribute(rule)}">as above</a></p>`;
  return `<div class="finding" id="finding-${number}"><code>${text(source.file)}:${place(source, span).line}</code> <b class="${level}">${level}</b>
<p>${text(message)}</p>${sql}${what}</div>`;
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
