/**
 * Lockkeeper as a library: read histories, judge them, format what was found.
 *
 *     await loadParser();
 *     const { histories } = await discover(['db/migrations'], { cwd: process.cwd() });
 *     const report = lint(histories, { pg: 14, rules });
 *     console.log(reporters.json(report, options));
 */

export { rules } from '../rules/index.js';
export type { Diagnostic, HistoryReport, MigrationReport, Report, StepReport, Summary } from './diagnostic.js';
export { summarize } from './diagnostic.js';
export type { Effect, Failure, LockMode, Prediction, Work } from './effects/effect.js';
export { lockModes } from './effects/effect.js';
export { blocks } from './effects/locks.js';
export { type Discovered, type DiscoverOptions, discover } from './frameworks/discover.js';
export type { Framework, History, Migration, Script, TransactionPlan } from './frameworks/framework.js';
export { frameworks } from './frameworks/index.js';
export { type LintOptions, lint } from './lint.js';
export { reporters } from './reporters/index.js';
export type { Reporter, ReporterOptions } from './reporters/reporter.js';
export { defineRule, type Finding, type Fix, type Level, type Rule, type Step } from './rule.js';
export { loadParser } from './sql/parse.js';
export { Source, type Span } from './sql/source.js';
export { UserError } from './user-error.js';
export { version } from './version.js';
