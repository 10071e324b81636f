import { relative, resolve, sep } from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { notice, setFailed, setOutput, summary, warning } from '@actions/core';
import { keepComment, longestBody } from './action/comment.js';
import { type PullRequest, readEvent, type WorkflowEvent } from './action/event.js';
import { type Inputs, readInputs } from './action/inputs.js';
import { linksOf } from './action/links.js';
import { baseAlone, baseOf, isBaseAlone } from './action/range.js';
import { baselineFile, readKnown } from './cli/check.js';
import type { JudgeFlags } from './cli/flags.js';
import type { Io } from './cli/io.js';
import { judge, openProject } from './cli/project.js';
import { repositoryPrefix } from './cli/repository.js';
import { writeFile } from './cli/write-file.js';
import { type Report, summarize } from './diagnostic.js';
import { reporters } from './reporters/index.js';
import writeLocksMarkdown from './reporters/locks-markdown.js';
import { markdownWithin } from './reporters/markdown.js';
import type { ReporterOptions } from './reporters/reporter.js';
import { plain } from './reporters/style.js';
import { fails, isOpen, levelCounts } from './reporters/words.js';
import { levels } from './rule.js';
import { UserError } from './user-error.js';
import { version } from './version.js';

// see cli/bin.ts: short work must not wait for the optimizer
setFlagsFromString('--wasm-tiering-budget=100000000');

const { env } = process;
const workspace = env.GITHUB_WORKSPACE || process.cwd();

/** GitHub takes a job summary of at most 1 MiB; bytes, so characters of three bytes still have room. */
const longestSummary = 300_000;

try {
  await main(readInputs());
} catch (error) {
  // setFailed escapes what it prints, and does not end the process before it is written
  if (error instanceof UserError) setFailed(error.message);
  else
    setFailed(
      `this is a bug of Lockkeeper ${version}, please report it: ${error instanceof Error ? error.stack : error}`,
    );
}

async function main(inputs: Inputs): Promise<void> {
  const cwd = resolve(workspace, inputs.workingDirectory);
  const event = readEvent(env.GITHUB_EVENT_PATH);
  const report = await judged(inputs, cwd, event);
  const prefix = repositoryPrefix(cwd);
  const options = { style: plain, width: 120, version, prefix, linkTo: linksOf(env, event, cwd, prefix) };
  tell(report, inputs, options);
  await summarizeJob(report, options);
  if (inputs.sarifFile !== '')
    writeFile(workspace, inputs.sarifFile, reporters.sarif(report, options), { root: workspace });
  setOutputs(report, inputs);
  if (inputs.comment) await comment(report, inputs, event.pullRequest, options);
  if (report.diagnostics.some((diagnostic) => fails(diagnostic, report.failOn)))
    setFailed(`Lockkeeper found ${levelCounts(summarize(report))}`);
}

async function judged(inputs: Inputs, cwd: string, event: WorkflowEvent): Promise<Report> {
  const base = inputs.changedOnly ? await baseOf(cwd, event) : undefined;
  if (!inputs.changedOnly && (await isBaseAlone(cwd, event))) warning(baseAlone);
  const flags: JudgeFlags = {
    rule: {},
    ...(inputs.pg !== '' && { pg: inputs.pg }),
    ...(inputs.framework !== '' && { framework: inputs.framework }),
    ...(inputs.config !== '' && { config: inputs.config }),
    ...base,
  };
  const io = ioOf(cwd);
  const project = await openProject(inputs.paths, flags, io, {
    // whoever makes the pull request writes the configuration, and may make any path a link
    fence: workspace,
    ...(inputs.failOn !== undefined && { failOn: inputs.failOn }),
  });
  const file = baselineFile(inputs.baseline === '' ? {} : { baseline: inputs.baseline }, project, cwd);
  const known = file === undefined ? [] : readKnown(file, false, cwd);
  const baseline = new Set(known.map(({ fingerprint }) => fingerprint));
  return judge({ ...project, options: { ...project.options, baseline } }, io);
}

/** What commands say to people becomes a warning of the job; none of them reads or writes here. */
function ioOf(cwd: string): Io {
  const output = { isTerminal: false, columns: undefined };
  const stderr = { ...output, write: (text: string) => warning(text.trim()) };
  return { cwd, env, stdout: { ...output, write: () => {} }, stderr, stdin: () => '' };
}

/** The reporters keep the runner from taking text of a migration for a command. */
function tell(report: Report, { annotations }: Inputs, options: ReporterOptions): void {
  process.stdout.write((annotations ? reporters.github : reporters.console)(report, options));
}

async function summarizeJob(report: Report, options: ReporterOptions): Promise<void> {
  if (!env.GITHUB_STEP_SUMMARY) return;
  const half = longestSummary / 2;
  const text = markdownWithin(report, half, 'The other findings are in the log of this step.', options);
  try {
    await summary.addRaw(`${text}\n${writeLocksMarkdown(report, half, options)}`).write();
  } catch (error) {
    warning(`the job summary cannot be written: ${error instanceof Error ? error.message : error}`);
  }
}

function setOutputs(report: Report, { sarifFile }: Inputs): void {
  const { errors, warnings, notes } = summarize(report);
  const open = report.diagnostics.filter(isOpen);
  setOutput('errors', errors);
  setOutput('warnings', warnings);
  setOutput('notes', notes);
  setOutput('worst-level', levels.find((level) => open.some((one) => one.level === level)) ?? 'none');
  const path = relative(workspace, resolve(workspace, sarifFile)).split(sep).join('/');
  setOutput('sarif-file', sarifFile === '' ? '' : path);
}

/** A comment that cannot be written does not fail the step: the findings do. */
async function comment(
  report: Report,
  inputs: Inputs,
  request: PullRequest | undefined,
  options: ReporterOptions,
): Promise<void> {
  if (request === undefined) return notice('there is no comment: this is not the event of a pull request');
  if (inputs.token === '') return warning('there is no comment: the input github-token is empty');
  const place = {
    api: env.GITHUB_API_URL ?? 'https://api.github.com',
    repository: env.GITHUB_REPOSITORY ?? '',
    pullRequest: request.number,
    token: inputs.token,
    key: `${inputs.workingDirectory} ${inputs.paths.join(' ')}`,
  };
  const run = `${env.GITHUB_SERVER_URL ?? 'https://github.com'}/${place.repository}/actions/runs/${env.GITHUB_RUN_ID ?? ''}`;
  const text = markdownWithin(
    report,
    longestBody - 1_000,
    `[All findings are in the summary of the run](${run})`,
    options,
  );
  try {
    await keepComment(place, report.diagnostics.some(isOpen) ? text : undefined);
  } catch (error) {
    warning(`the comment cannot be written: ${error instanceof Error ? error.message : error}`);
  }
}
