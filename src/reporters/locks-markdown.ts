import type { MigrationReport, Report } from '../diagnostic.js';
import { legendOf, picture } from './locks-console.js';
import { fenced } from './markdown.js';
import { repositoryPath } from './place.js';
import type { ReporterOptions } from './reporter.js';
import { plain } from './style.js';

/** Columns of the charts: what GitHub shows of a code block without a scroll bar. */
const width = 110;

/** The lock timeline as markdown, folded up: a chart for each migration that is judged. As many as `longest` characters hold. */
export default function writeLocksMarkdown(report: Report, longest: number, { prefix }: ReporterOptions): string {
  const migrations = report.histories
    .flatMap((history) => history.migrations)
    .filter((migration) => migration.judged && migration.direction === 'up' && migration.steps.length > 0);
  const opening = '<details><summary>Which statement locks what, and for how long</summary>';
  const parts: string[] = [fenced(legendOf({ style: plain, width }), 'text')];
  let room = longest - opening.length - 100;
  for (const [at, migration] of migrations.entries()) {
    const part = chart({ ...migration, file: repositoryPath(prefix, migration.file) });
    room -= part.length + 2;
    if (room < 0) {
      parts.push(`and ${migrations.length - at} more: \`lockkeeper locks\``);
      break;
    }
    parts.push(part);
  }
  return migrations.length === 0 ? '' : `${[opening, ...parts, '</details>'].join('\n\n')}\n`;
}

function chart(migration: MigrationReport): string {
  const lines = picture(migration, { style: plain, width, version: '', prefix: '' });
  return fenced(lines.join('\n'), 'text');
}
