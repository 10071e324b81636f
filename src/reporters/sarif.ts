import type { Diagnostic, Report } from '../diagnostic.js';
import { editsBySource } from '../fix.js';
import type { Rule } from '../rule.js';
import type { Source, Span } from '../sql/source.js';
import { place, repositoryPath } from './place.js';
import type { ReporterOptions } from './reporter.js';
import { worstFirst } from './told.js';
import { isOpen } from './words.js';

/** GitHub refuses a run with more. https://docs.github.com/code-security/code-scanning/integrating-with-code-scanning/sarif-support-for-code-scanning */
const mostResults = 25_000;

/** SARIF 2.1.0, as GitHub code scanning and other consumers take it. */
export default function writeSarif(report: Report, { version, prefix }: ReporterOptions): string {
  const told = new Set(report.diagnostics.map((diagnostic) => diagnostic.rule));
  const rules = report.rules.filter((rule) => told.has(rule.id));
  const results = kept(report);
  const leftOut = report.diagnostics.length - results.length;
  const log = {
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    version: '2.1.0',
    runs: [
      {
        tool: {
          driver: {
            name: 'Lockkeeper',
            semanticVersion: version,
            informationUri: 'https://www.npmjs.com/package/lockkeeper',
            rules: rules.map(descriptor),
          },
        },
        invocations: [
          {
            executionSuccessful: true,
            ...(leftOut > 0 && { toolExecutionNotifications: [leftOutNotice(leftOut)] }),
          },
        ],
        columnKind: 'utf16CodeUnits',
        results: results.map((diagnostic) => result(diagnostic, rules, prefix)),
      },
    ],
  };
  return `${JSON.stringify(log, null, 2)}\n`;
}

/** All, or the worst that fit; nothing is dropped in silence. */
function kept(report: Report): readonly Diagnostic[] {
  if (report.diagnostics.length <= mostResults) return report.diagnostics;
  const closed = report.diagnostics.filter((diagnostic) => !isOpen(diagnostic));
  return [...worstFirst(report), ...closed].slice(0, mostResults);
}

function leftOutNotice(leftOut: number) {
  const text = `${leftOut} of the least grave results are left out: ${mostResults} is the most that GitHub takes.`;
  return { level: 'warning', message: { text } };
}

function descriptor(rule: Rule) {
  const links = rule.links.map((link) => `- <${link}>`).join('\n');
  return {
    id: rule.id,
    name: pascal(rule.id),
    shortDescription: { text: sentence(rule.title) },
    fullDescription: { text: sentence(rule.why) },
    help: {
      text: [rule.why, rule.instead, ...rule.links].join('\n\n'),
      markdown: [`# ${rule.title}`, rule.why, `**Instead:** ${rule.instead}`, links]
        .filter((part) => part !== '')
        .join('\n\n'),
    },
    ...(rule.links[0] !== undefined && { helpUri: rule.links[0] }),
    defaultConfiguration: { level: rule.level },
    properties: { tags: ['postgresql', 'migrations'], precision: 'high' },
  };
}

function result(diagnostic: Diagnostic, rules: readonly Rule[], prefix: string) {
  const index = rules.findIndex((rule) => rule.id === diagnostic.rule);
  const { source, span, related, fix } = diagnostic;
  const instead = diagnostic.instead === '' ? '' : `\n\n${diagnostic.instead}`;
  return {
    ruleId: diagnostic.rule,
    ...(index !== -1 && { ruleIndex: index }),
    level: diagnostic.level,
    message: { text: `${sentence(diagnostic.message)}${instead}` },
    locations: [{ physicalLocation: location(source, span, prefix) }],
    ...(related.length > 0 && {
      relatedLocations: related.map((other, id) => ({
        id,
        message: { text: sentence(other.message) },
        physicalLocation: location(other.source, other.span, prefix),
      })),
    }),
    // primaryLocationLineHash is left to the upload action, which computes it and warns of any other value
    partialFingerprints: { 'lockkeeper/v1': diagnostic.fingerprint },
    // where one result has this property all must: absent means that nobody knows
    suppressions: suppressions(diagnostic),
    ...(fix !== undefined && {
      fixes: [
        {
          description: { text: sentence(fix.title) },
          artifactChanges: [...editsBySource(source, fix.edits)].map(([changed, edits]) => ({
            artifactLocation: { uri: uri(changed, prefix) },
            replacements: edits.map(({ span: deleted, text }) => ({
              deletedRegion: region(changed, deleted),
              insertedContent: { text },
            })),
          })),
        },
      ],
    }),
  };
}

function suppressions({ suppressed, baselined }: Diagnostic) {
  if (suppressed !== undefined) return [{ kind: 'inSource', justification: suppressed }];
  return baselined ? [{ kind: 'external', justification: 'in the baseline' }] : [];
}

function location(source: Source, span: Span, prefix: string) {
  return {
    artifactLocation: { uri: uri(source, prefix) },
    region: { ...region(source, span), ...(span.end > span.start && { snippet: { text: source.slice(span) } }) },
  };
}

function region(source: Source, span: Span) {
  const { line, column, endLine, endColumn } = place(source, span);
  return { startLine: line, startColumn: column, endLine, endColumn };
}

function uri(source: Source, prefix: string): string {
  return repositoryPath(prefix, source.file).split('/').map(encodeURIComponent).join('/');
}

/** `column-dropped` as `ColumnDropped`: the form that SARIF asks of a rule's name. */
function pascal(id: string): string {
  return id.replace(/(?:^|-)(\w)/g, (_, letter: string) => letter.toUpperCase());
}

/** SARIF wants messages as sentences; ours are clauses. */
function sentence(text: string): string {
  const first = text.charAt(0).toUpperCase() + text.slice(1);
  return /[.?!]$/.test(first) ? first : `${first}.`;
}
