import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { rules } from '../../rules/index.js';
import { loadConfig } from '../config.js';
import { discover, frameworkOf } from '../frameworks/discover.js';
import { frameworks } from '../frameworks/index.js';
import { visible } from '../reporters/terminal.js';
import { count } from '../reporters/words.js';
import { loadParser } from '../sql/parse.js';
import { UserError } from '../user-error.js';
import { mentions, proposals, type Todo } from './init-files.js';
import { type Io, styleFor } from './io.js';
import { exit } from './main.js';
import { repositoryPrefix } from './repository.js';
import { isFollowed, oldestServer, serverProof } from './server-proof.js';
import { writeFile } from './write-file.js';

/** `lockkeeper init`: finds the migrations, shows the files that fit them, and writes those that are not there yet. */
export async function run(flags: { readonly dryRun?: boolean }, io: Io): Promise<number> {
  const prefix = repositoryPrefix(io.cwd);
  if (prefix !== '')
    throw new UserError(`run it in the root of the repository: cd ${'../'.repeat(prefix.split('/').length - 1)}`);
  const { file: config } = await loadConfig(io.cwd, undefined, { rules, frameworks: frameworks.map(({ id }) => id) });
  const { histories } = await discover([], { cwd: io.cwd });
  const found = histories.filter(({ migrations }) => migrations.length > 0);
  if (found.length === 0)
    throw new UserError('there are no migrations below this folder: make the first one, then run init again');
  const style = styleFor(io.stdout, io.env);
  for (const { framework, root, migrations } of found) {
    const title = frameworkOf(framework).title;
    io.stdout.write(`${style.bold(title)} in ${visible(root || '.')}: ${count(migrations.length, 'migration')}\n`);
  }
  await loadParser();
  const pg = serverProof(found, isFollowed)?.pg ?? oldestServer;
  const proposed = proposals({ found, pg }, config, io.cwd);
  for (const proposal of proposed) {
    const path = join(io.cwd, proposal.file);
    const there = existsSync(path);
    const lacking = there && !mentions(path) ? proposal.add : '';
    const text = there ? lacking : proposal.text;
    io.stdout.write(
      `\n${style.bold(proposal.file)} ${headline(there, lacking, proposal.what, flags.dryRun === true)}\n`,
    );
    io.stdout.write(text.replace(/^(?=.)/gm, '    '));
    if (!there && flags.dryRun !== true)
      writeFile(io.cwd, proposal.file, proposal.text, { isNew: true, ...(proposal.runs && { mode: 0o755 }) });
  }
  io.stdout.write(steps([...proposed.flatMap(({ next }) => next), ...lastSteps]));
  return exit.clean;
}

const lastSteps: readonly Todo[] = [
  ['lockkeeper check', 'what is found in the migrations of now'],
  ['lockkeeper check --write-baseline', 'make that known, so that only new findings count'],
];

function steps(todo: readonly Todo[]): string {
  const width = Math.max(...todo.map(([command]) => command.length));
  return `\nnext:\n${todo.map(([command, why]) => `    ${command.padEnd(width)}  ${why}\n`).join('')}`;
}

function headline(there: boolean, lacking: string, what: string, dry: boolean): string {
  if (!there) return `${dry ? 'would be written' : 'is written'}: ${what}`;
  return lacking === '' ? 'is there already' : 'is there already; this is what to add to it';
}
