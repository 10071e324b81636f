import type { Report } from '../diagnostic.js';
import type { Level } from '../rule.js';
import { place, repositoryPath } from './place.js';
import type { ReporterOptions } from './reporter.js';
import { isOpen } from './words.js';

const severity: Readonly<Record<Level, string>> = { error: 'critical', warning: 'major', note: 'info' };

/** GitLab's Code Quality report. https://docs.gitlab.com/ci/testing/code_quality/#code-quality-report-format */
export default function writeGitlab(report: Report, { prefix }: ReporterOptions): string {
  const times = new Map<string, number>();
  const issues = report.diagnostics.filter(isOpen).map((diagnostic) => {
    const { line, endLine } = place(diagnostic.source, diagnostic.span);
    // GitLab drops all but one of equal fingerprints; two histories can hold the same statement
    const occurrence = (times.get(diagnostic.fingerprint) ?? 0) + 1;
    times.set(diagnostic.fingerprint, occurrence);
    return {
      description: diagnostic.message,
      check_name: diagnostic.rule,
      fingerprint: occurrence === 1 ? diagnostic.fingerprint : `${diagnostic.fingerprint}-${occurrence}`,
      severity: severity[diagnostic.level],
      location: {
        path: repositoryPath(prefix, diagnostic.source.file),
        lines: { begin: line, end: endLine },
      },
    };
  });
  return `${JSON.stringify(issues, null, 2)}\n`;
}
