import { basename } from 'node:path';
import { auditOf } from '../audit/facts.js';
import { writeAuditHtml } from '../audit/html.js';
import { writeAuditMarkdown } from '../audit/markdown.js';
import { count } from '../reporters/words.js';
import type { JudgeFlags } from './flags.js';
import type { Io } from './io.js';
import { exit } from './main.js';
import { judge, openProject } from './project.js';
import { writeFile } from './write-file.js';

const writers = { html: writeAuditHtml, markdown: writeAuditMarkdown };

export interface AuditFlags extends JudgeFlags {
  readonly format: keyof typeof writers;
  readonly output?: string;
}

/** `lockkeeper audit`: the whole history for people. It is no test, so it is clean whatever it shows. */
export async function run(paths: readonly string[], flags: AuditFlags, io: Io): Promise<number> {
  const file = flags.output ?? (io.stdout.isTerminal && flags.format === 'html' ? 'lockkeeper-audit.html' : undefined);
  const audit = auditOf(judge(await openProject(paths, flags, io, {}), io));
  const text = writers[flags.format](audit, basename(io.cwd) || 'migrations');
  if (file === undefined) io.stdout.write(text);
  else {
    writeFile(io.cwd, file, text);
    io.stderr.write(`lockkeeper: ${count(audit.items.length, 'finding')} in ${file}\n`);
  }
  return exit.clean;
}
