import { type Report, summarize } from '../diagnostic.js';
import type { Level } from '../rule.js';
import { place, repositoryPath } from './place.js';
import type { ReporterOptions } from './reporter.js';
import { worstFirst } from './told.js';
import { coverage, levelCounts } from './words.js';

const command: Readonly<Record<Level, string>> = { error: 'error', warning: 'warning', note: 'notice' };

/**
 * Workflow commands that GitHub Actions turns into annotations of lines. The worst come first, because GitHub shows ten
 * errors, ten warnings and ten notices of a step.
 */
export default function writeGithub(report: Report, { prefix }: ReporterOptions): string {
  const lines = worstFirst(report).map((diagnostic) => {
    const { line, column, endLine, endColumn } = place(diagnostic.source, diagnostic.span);
    const properties = {
      file: repositoryPath(prefix, diagnostic.source.file),
      line,
      endLine,
      // columns of two different lines mean nothing to GitHub
      ...(line === endLine && { col: column, endColumn }),
      title: diagnostic.rule,
    };
    const listed = Object.entries(properties).map(([key, value]) => `${key}=${escapeProperty(String(value))}`);
    const text = `${diagnostic.message}\n\n${diagnostic.instead}`.trim();
    return `::${command[diagnostic.level]} ${listed.join(',')}::${escapeData(text)}`;
  });
  const summary = summarize(report);
  return `${[...lines, `lockkeeper: ${levelCounts(summary)}; ${coverage(summary)}`].join('\n')}\n`;
}

/** The escapes of a workflow command's message, as the runner undoes them. */
export function escapeData(text: string): string {
  return text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
}

/** The escapes of a workflow command's property. */
export function escapeProperty(text: string): string {
  return escapeData(text).replaceAll(':', '%3A').replaceAll(',', '%2C');
}
