import type { StepReport } from '../diagnostic.js';
import type { LockMode, Work } from '../effects/effect.js';
import { blocks } from '../effects/locks.js';
import type { Lane } from '../reporters/lock-chart.js';
import { clip, oneLine } from '../reporters/terminal.js';
import { count, lockName, whoWaits } from '../reporters/words.js';
import { list } from '../wording.js';
import type { Audit, Window } from './facts.js';
import { more, most, type Pointer, scrollable, text } from './markup.js';

/** The longest lock windows, each drawn as a timeline of its statements with a lane for each table. */
export function windows({ windows: all, blocking }: Audit, point: Pointer): string {
  if (all.length === 0) return '<p>None: no ACCESS EXCLUSIVE lock is held while there is work.</p>';
  const key = `<p class="key"><span class="full">reads and writes wait</span> <span class="writes">writes wait</span> <span class="weak">only DDL or autovacuum waits</span></p>
<p class="key"><b>S</b> table read in full, <b>B</b> index built, <b>R</b> table rewritten, <b>W</b> rows written; a number is a statement, a gap is a commit</p>`;
  return `<p>A lock is kept to the end of its transaction. These are the longest stretches in which nothing else can use a table because a migration works${blocking > all.length ? `, ${all.length} of ${blocking}` : ''}.</p>
${key}
${all.map((window) => drawn(window, point)).join('\n')}`;
}

const doing: Readonly<Record<Work, string>> = {
  none: '',
  scan: 'a table is read in full',
  build: 'an index is built',
  rewrite: 'a table is rewritten',
  rows: 'rows are written',
};
const letters: Readonly<Record<Work, string>> = { none: '', scan: 'S', build: 'B', rewrite: 'R', rows: 'W' };

function shade(lock: LockMode): string {
  const waiting = blocks(lock);
  return waiting.includes('reads') ? 'full' : waiting.includes('writes') ? 'writes' : 'weak';
}

function drawn(window: Window, point: Pointer): string {
  const { migration, stretch, items } = window;
  const { steps } = migration;
  const line = (step: StepReport | undefined) => step?.source.position(step.span.start).line;
  const [first, last] = [stretch.from + 1, stretch.to + 1];
  const which = first === last ? `statement ${first}` : `statements ${first} to ${last}`;
  const work = list(stretch.works.map((each) => doing[each]).filter((words) => words !== ''));
  const remedy = items.length === 0 ? '' : ` What to do: ${point.lines(items)}.`;
  return `<h3><code>${text(point.short(migration.file))}:${line(steps[stretch.from])}</code></h3>
<p><code>${text(stretch.lane.relation)}</code> is locked by ${lockName(stretch.lane.strongest)} through ${which}, while ${work}: ${whoWaits(stretch.lane.strongest)}.${remedy}</p>
${chart(window)}`;
}

function chart({ migration, lanes, stretch }: Window): string {
  const { steps } = migration;
  const from = Math.max(0, Math.min(stretch.from - 1, steps.length - most.columns));
  const to = Math.min(steps.length, from + most.columns);
  const begins = ({ cells }: Lane) => cells.slice(from, to).findIndex(({ lock }) => lock !== undefined);
  const active = lanes.filter((lane) => begins(lane) !== -1);
  const others = active.filter((lane) => lane !== stretch.lane && lane.relation !== stretch.lane.relation);
  const ordered = [stretch.lane, ...others.toSorted((a, b) => begins(a) - begins(b))];
  const shown = ordered.slice(0, most.lanes);
  const head = steps.slice(from, to).map((_, at) => `<th scope="col">${from + at + 1}</th>`);
  const rows = shown.map((lane) => {
    const cells = lane.cells.slice(from, to).map((cell, at) => {
      const step = steps[from + at];
      const end = step?.transaction !== steps[from + at + 1]?.transaction ? ' last' : '';
      const name = cell.lock === undefined ? end.trim() : `${shade(cell.lock)}${end}`;
      const title = cell.lock === undefined ? '' : ` title="${lockName(cell.lock)}"`;
      return `<td class="${name}"${title}>${cell.works.map((work) => letters[work]).join('')}</td>`;
    });
    return `<tr><th scope="row"><code>${text(lane.relation)}</code></th>${cells.join('')}</tr>`;
  });
  const table = `<table class="chart"><thead><tr><td></td>${head.join('')}</tr></thead><tbody>${rows.join('')}</tbody></table>`;
  const listed = steps
    .slice(from, Math.min(to, from + most.statements))
    .map(
      (step, at) =>
        `<li value="${from + at + 1}"><code>${text(clip(oneLine(step.sql), 160))}</code> <span class="soft">line ${step.source.position(step.span.start).line}</span></li>`,
    );
  return `${scrollable(`Locks of ${migration.file}`, table)}${more(ordered.length - shown.length, 'other relation')}
<details><summary>${count(listed.length, 'statement')}${steps.length > listed.length ? ` of ${steps.length}` : ''}</summary><ol class="statements">${listed.join('')}</ol></details>`;
}
