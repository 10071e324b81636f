import { isUtf8 } from 'node:buffer';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Diagnostic, Report } from '../diagnostic.js';
import { unifiedDiff } from '../diff.js';
import { applyFixes } from '../fix.js';
import { visible } from '../reporters/terminal.js';
import { count, fails, isOpen } from '../reporters/words.js';
import { UserError } from '../user-error.js';
import type { FixFlags } from './flags.js';
import type { Io } from './io.js';
import { exit } from './main.js';
import { judge, openProject } from './project.js';
import { type Published, publishedFiles } from './published.js';

/** A fix can make room for another; more rounds than this is a rule that undoes another's fix. */
const mostRounds = 10;

/**
 * `lockkeeper fix`: rewrites files until nothing is left to fix, and judges the result before anything is written. A file in which
 * a fix would bring a finding that was not there before is left as it is, and so is what the base branch has already.
 */
export async function run(paths: readonly string[], flags: FixFlags, io: Io): Promise<number> {
  const before = new Map<string, string>();
  const overlay = new Map<string, string>();
  const refused = new Set<string>();
  const applied: Diagnostic[] = [];
  const look = async () => judge(await openProject(paths, flags, io, { overlay }), io);
  let report = await look();
  const fixable = new Set(report.diagnostics.flatMap(({ fix, source }) => (fix === undefined ? [] : source.file)));
  const foreign = new Set([...fixable].filter((file) => isForeign(resolve(io.cwd, file))));
  const published = fixable.size === 0 ? undefined : await publishedFiles(paths, flags, io);
  const isLeft = (file: string) => refused.has(file) || foreign.has(file) || published?.has(file) === true;
  for (let round = 0; round < mostRounds; round++) {
    const fixed = applyFixes(report.diagnostics.filter(({ source: { file } }) => !isLeft(file)));
    if (fixed.applied.length === 0) break;
    const earlier = new Map(overlay);
    for (const [source, text] of fixed.texts) {
      if (!before.has(source.file)) before.set(source.file, source.text);
      overlay.set(source.file, text);
    }
    const next = await look();
    const worse = worsened(report, next);
    if (worse.size === 0) {
      applied.push(...fixed.applied);
      report = next;
      continue;
    }
    for (const file of worse) refused.add(file);
    overlay.clear();
    for (const [file, text] of earlier) overlay.set(file, text);
  }
  for (const [file, text] of overlay) {
    if (flags.dryRun === true)
      io.stdout.write(unifiedDiff(file, before.get(file) ?? '', text, !existsSync(resolve(io.cwd, file))));
    else rewrite(resolve(io.cwd, file), text);
  }
  const kept = new Set([...fixable].filter((file) => published?.has(file)));
  tellPublished(kept, published, flags.dryRun === true, io);
  return tell(report, applied, { refused, foreign }, flags.dryRun === true, io);
}

function tellPublished(kept: ReadonlySet<string>, published: Published | undefined, dry: boolean, io: Io): void {
  if (kept.size === 0) return;
  const [first = ''] = kept;
  const which = kept.size === 1 ? visible(first) : `${count(kept.size, 'file')}, ${visible(first)} first`;
  (dry ? io.stderr : io.stdout).write(
    `left as ${kept.size === 1 ? 'it is' : 'they are'}, because ${published?.base} has ${kept.size === 1 ? 'it' : 'them'}, and what was applied must not be edited (name a file, or --all): ${which}\n`,
  );
}

/** What was read in another encoding is not written in this one. */
function isForeign(path: string): boolean {
  return existsSync(path) && !isUtf8(readFileSync(path));
}

/** Writes a text in the place of another, or a file that is new; a byte order mark, which no source holds, stays. */
function rewrite(path: string, text: string): void {
  const mark = existsSync(path) && readFileSync(path, 'utf8').startsWith('\ufeff') ? '\ufeff' : '';
  try {
    writeFileSync(path, mark + text);
  } catch (error) {
    throw new UserError(`cannot write ${path} (${error instanceof Error && 'code' in error ? error.code : error})`);
  }
}

/** The files with more findings that count, of any rule, than before; a note is only worth knowing. */
function worsened(before: Report, after: Report): ReadonlySet<string> {
  const rest = countsOf(before);
  const worse = new Set<string>();
  for (const [key, many] of countsOf(after)) {
    if (many.count > (rest.get(key)?.count ?? 0)) worse.add(many.file);
  }
  return worse;
}

function countsOf(report: Report): ReadonlyMap<string, { readonly file: string; readonly count: number }> {
  const counts = new Map<string, { file: string; count: number }>();
  for (const { rule, source } of report.diagnostics.filter((one) => isOpen(one) && one.level !== 'note')) {
    const key = `${rule}\n${source.file}`;
    counts.set(key, { file: source.file, count: (counts.get(key)?.count ?? 0) + 1 });
  }
  return counts;
}

function tell(
  report: Report,
  applied: readonly Diagnostic[],
  { refused, foreign }: Readonly<Record<'refused' | 'foreign', ReadonlySet<string>>>,
  dry: boolean,
  io: Io,
): number {
  const files = new Set(applied.map(({ source }) => source.file));
  const said = dry ? 'would be fixed' : 'fixed';
  const out = dry ? io.stderr : io.stdout;
  out.write(
    applied.length === 0
      ? 'nothing to fix\n'
      : `${count(applied.length, 'finding')} ${said} in ${count(files.size, 'file')}\n`,
  );
  for (const { rule, fix, source, span } of applied) {
    out.write(`  ${visible(source.file)}:${source.position(span.start).line}: ${fix?.title ?? ''} (${rule})\n`);
  }
  for (const file of foreign) out.write(`left as it is, because it is not UTF-8: ${visible(file)}\n`);
  for (const file of refused) out.write(`left as it is, because a fix would bring another finding: ${visible(file)}\n`);
  const left = report.diagnostics.filter((diagnostic) => fails(diagnostic, report.failOn)).length;
  if (left > 0) out.write(`${count(left, 'finding')} left: lockkeeper check\n`);
  return left > 0 ? exit.findings : exit.clean;
}
