import type { Diagnostic, Report } from '../diagnostic.js';
import type { Level } from '../rule.js';
import { place } from './place.js';
import { fails } from './words.js';

/**
 * JUnit's XML, as Jenkins, GitLab and others read it: a suite for each file, a test case for each finding (failed when it
 * makes the run fail, skipped when it is suppressed or known), and one passed case for a file without findings.
 */
export default function writeJunit(report: Report): string {
  const suites = [...byFile(report)].map(([file, diagnostics]) => suite(file, diagnostics, report.failOn));
  const all = report.diagnostics;
  const totals = suites.length === 0 ? 0 : suites.reduce((sum, each) => sum + each.cases, 0);
  const failures = all.filter((diagnostic) => fails(diagnostic, report.failOn)).length;
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites name="lockkeeper" tests="${totals}" failures="${failures}" errors="0">`,
    ...suites.flatMap((each) => each.lines),
    '</testsuites>',
    '',
  ].join('\n');
}

function byFile(report: Report): ReadonlyMap<string, readonly Diagnostic[]> {
  const judged = report.histories.flatMap((history) => history.migrations).filter((migration) => migration.judged);
  const files = new Set([
    ...judged.map((migration) => migration.file),
    ...report.diagnostics.map((one) => one.source.file),
  ]);
  const grouped = new Map<string, Diagnostic[]>([...files].sort().map((file) => [file, []]));
  for (const diagnostic of report.diagnostics) grouped.get(diagnostic.source.file)?.push(diagnostic);
  return grouped;
}

function suite(file: string, diagnostics: readonly Diagnostic[], failOn: Level | 'never') {
  const name = xml(file);
  const failures = diagnostics.filter((one) => fails(one, failOn)).length;
  const skipped = diagnostics.filter((one) => one.suppressed !== undefined || one.baselined).length;
  const cases = Math.max(1, diagnostics.length);
  return {
    cases,
    lines: [
      `  <testsuite name="${name}" tests="${cases}" failures="${failures}" errors="0" skipped="${skipped}">`,
      ...(diagnostics.length === 0 ? [`    <testcase name="no findings" classname="${name}"/>`] : []),
      ...diagnostics.map((one) => testCase(one, name, failOn)),
      '  </testsuite>',
    ],
  };
}

function testCase(diagnostic: Diagnostic, classname: string, failOn: Level | 'never'): string {
  const { line, column } = place(diagnostic.source, diagnostic.span);
  const open = `    <testcase name="${xml(`${diagnostic.rule} at ${line}:${column}`)}" classname="${classname}">`;
  return `${open}${outcome(diagnostic, failOn)}</testcase>`;
}

function outcome(diagnostic: Diagnostic, failOn: Level | 'never'): string {
  if (diagnostic.suppressed !== undefined) return `<skipped message="${xml(`suppressed: ${diagnostic.suppressed}`)}"/>`;
  if (diagnostic.baselined) return '<skipped message="in the baseline"/>';
  const { message, level } = diagnostic;
  const text = [diagnostic.statement, diagnostic.instead].filter((part) => part !== '').join('\n\n');
  if (!fails(diagnostic, failOn)) return `<system-out>${xml(`${level}: ${message}\n\n${text}`)}</system-out>`;
  return `<failure type="${level}" message="${xml(message)}">${xml(text)}</failure>`;
}

// XML 1.0 has no way to write the other control characters, lone surrogates and the two non-characters
const forbidden = /[^\t\n\r\u{20}-\u{d7ff}\u{e000}-\u{fffd}\u{10000}-\u{10ffff}]/gu;

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&apos;',
  '\n': '&#10;',
  '\r': '&#13;',
  '\t': '&#9;',
};

/** Text as XML, in an attribute or between tags. */
function xml(text: string): string {
  return text.replace(forbidden, '\u{fffd}').replace(/[&<>"'\n\r\t]/g, (char) => entities[char] ?? char);
}
