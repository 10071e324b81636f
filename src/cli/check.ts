import { existsSync } from 'node:fs';
import { relative, resolve, sep } from 'node:path';
import { noEvent, readEvent } from '../action/event.js';
import { linksOf } from '../action/links.js';
import { type BaselineEntry, readBaseline, staleEntries, writeBaseline } from '../baseline.js';
import type { Report } from '../diagnostic.js';
import { didYouMean } from '../did-you-mean.js';
import { readTextOf } from '../read-text.js';
import { type Format, isFormat, reporters } from '../reporters/index.js';
import type { ReporterOptions } from '../reporters/reporter.js';
import { plain } from '../reporters/style.js';
import { count, fails } from '../reporters/words.js';
import { UserError } from '../user-error.js';
import { version } from '../version.js';
import type { CheckFlags } from './flags.js';
import { type Io, styleFor } from './io.js';
import { exit } from './main.js';
import { fromConfig, judge, openProject, type Project } from './project.js';
import { repositoryPrefix } from './repository.js';
import { writeFile } from './write-file.js';

/** `lockkeeper check`. */
export async function run(paths: readonly string[], flags: CheckFlags, io: Io): Promise<number> {
  const targets = targetsOf(flags.format);
  const { asked, overlay } = inputOf(paths, flags, io);
  const project = await openProject(asked, flags, io, {
    ...(flags.failOn !== undefined && { failOn: flags.failOn }),
    ...(overlay !== undefined && { overlay }),
  });
  const file = baselineFile(flags, project, io.cwd);
  const known = file === undefined ? [] : readKnown(file, flags.writeBaseline === true, io.cwd);
  const prints = new Set(known.map(({ fingerprint }) => fingerprint));
  const report = judge({ ...project, options: { ...project.options, baseline: prints } }, io);
  if (flags.writeBaseline === true) return remember(report, file ?? defaultBaseline, known, project, io);
  write(report, targets, io);
  const stale = project.whole ? staleEntries(known, report) : [];
  if (stale.length > 0) {
    io.stderr.write(
      `lockkeeper: ${count(stale.length, 'finding')} of ${file} gone; --write-baseline forgets what is gone\n`,
    );
  }
  return report.diagnostics.some((diagnostic) => fails(diagnostic, report.failOn)) ? exit.findings : exit.clean;
}

/** A format and the file it goes to; undefined is standard output. */
interface Target {
  readonly format: Format;
  readonly file: string | undefined;
}

function targetsOf(words: readonly string[]): readonly Target[] {
  const targets = words.map((word): Target => {
    const equals = word.indexOf('=');
    const format = equals === -1 ? word : word.slice(0, equals);
    const file = equals === -1 ? undefined : word.slice(equals + 1);
    if (!isFormat(format)) {
      const formats = Object.keys(reporters);
      throw new UserError(
        `--format ${word}: there is no such format${didYouMean(format, formats) || `; known are ${formats.join(', ')}`}`,
      );
    }
    if (file === '') throw new UserError(`--format ${word}: the file is missing`);
    return { format, file };
  });
  const printed = targets.filter(({ file }) => file === undefined);
  if (printed.length > 1) {
    const second = printed[1]?.format;
    throw new UserError(`--format ${second}: two formats cannot share standard output, write ${second}=FILE`);
  }
  // who writes a file for a machine still wants to read what was found
  return printed.length === 1 ? targets : [...targets, { format: 'console', file: undefined }];
}

/** Standard input, where it is asked for, stands in the place of its file. */
function inputOf(paths: readonly string[], flags: CheckFlags, io: Io) {
  if (flags.stdinFilename === undefined) return { asked: paths, overlay: undefined };
  if (paths.length > 0) throw new UserError('--stdin-filename names the one file that is judged: give no other paths');
  const name = relative(io.cwd, resolve(io.cwd, flags.stdinFilename)).split(sep).join('/');
  return { asked: [name], overlay: new Map([[name, io.stdin()]]) };
}

const defaultBaseline = 'lockkeeper.baseline.json';

/** Relative to the working directory; one in its usual place need not be named. */
export function baselineFile(
  flags: Pick<CheckFlags, 'baseline' | 'writeBaseline'>,
  { config }: Project,
  cwd: string,
): string | undefined {
  if (flags.baseline !== undefined) return flags.baseline;
  const named = config.config.baseline;
  const file = fromConfig(cwd, config, named ?? defaultBaseline);
  return named !== undefined || flags.writeBaseline === true || existsSync(resolve(cwd, file)) ? file : undefined;
}

/** The findings of a baseline; none of one that is still to be written. */
export function readKnown(file: string, mayBeNew: boolean, cwd: string): readonly BaselineEntry[] {
  const path = resolve(cwd, file);
  if (!existsSync(path)) {
    if (mayBeNew) return [];
    throw new UserError(`there is no baseline ${file}: --write-baseline makes it`);
  }
  return readBaseline(readTextOf(path, `the baseline ${file}`), file);
}

/** Writes the baseline. What this run did not judge stays as it was. */
function remember(report: Report, file: string, before: readonly BaselineEntry[], project: Project, io: Io): number {
  const judged = new Set(report.histories.flatMap(({ migrations }) => migrations).map((migration) => migration.file));
  const kept = project.whole ? [] : before.filter((entry) => !judged.has(entry.file));
  writeFile(io.cwd, file, writeBaseline(report, kept));
  const known = report.diagnostics.filter((diagnostic) => diagnostic.suppressed === undefined).length;
  io.stdout.write(`${count(known + kept.length, 'known finding')} in ${file}: from now on only new ones count\n`);
  return exit.clean;
}

function write(report: Report, targets: readonly Target[], io: Io): void {
  const prefix = repositoryPrefix(io.cwd);
  const event = io.env.GITHUB_ACTIONS === 'true' ? readEvent(io.env.GITHUB_EVENT_PATH) : noEvent;
  const shared = { version, prefix, linkTo: linksOf(io.env, event, io.cwd, prefix) };
  const terminal: ReporterOptions = { ...shared, style: styleFor(io.stdout, io.env), width: io.stdout.columns ?? 120 };
  for (const { format, file } of targets) {
    if (file === undefined) io.stdout.write(reporters[format](report, terminal));
    else writeFile(io.cwd, file, reporters[format](report, { ...shared, style: plain, width: 120 }));
  }
}
