import { InvalidArgumentError } from 'commander';
import type { Level } from '../rule.js';

/** What the commands that read migrations are told on the command line. */
export interface JudgeFlags {
  readonly pg?: string;
  readonly framework?: string;
  readonly since?: string;
  /** The base, or true for the default one. */
  readonly changed?: string | true;
  /** How people know the base, where `changed` is a commit. */
  readonly baseName?: string;
  readonly staged?: boolean;
  readonly rule: Readonly<Record<string, Level | 'off'>>;
  readonly config?: string;
}

export interface CheckFlags extends JudgeFlags {
  readonly format: readonly string[];
  readonly failOn?: Level | 'never';
  readonly baseline?: string;
  readonly writeBaseline?: boolean;
  readonly stdinFilename?: string;
}

export interface FixFlags extends JudgeFlags {
  readonly dryRun?: boolean;
  /** What the base branch has already, too. */
  readonly all?: boolean;
}

const levels: Readonly<Record<string, Level | 'off'>> = {
  error: 'error',
  warning: 'warning',
  note: 'note',
  off: 'off',
};

/** Reads `ID=LEVEL` and adds it to those read before. Whether the rule exists is found out where the rules are loaded. */
export function levelOption(
  value: string,
  before: Readonly<Record<string, Level | 'off'>>,
): Readonly<Record<string, Level | 'off'>> {
  const [id = '', word = ''] = value.split('=');
  const level = Object.hasOwn(levels, word) ? levels[word] : undefined;
  if (id === '' || level === undefined)
    throw new InvalidArgumentError('It is RULE=error, RULE=warning, RULE=note or RULE=off.');
  return { ...before, [id]: level };
}

export interface TraceFlags extends Omit<JudgeFlags, 'pg' | 'rule'> {
  readonly format: string;
  readonly server?: string;
  readonly databaseUrl?: string;
  readonly inPlace?: boolean;
  readonly seedRows?: number;
  readonly roundtrip?: boolean;
  readonly prepare: readonly string[];
}

/** Reads a number of rows. */
export function rowsOption(value: string): number {
  const rows = Number(value);
  if (Number.isInteger(rows) && rows >= 0 && rows <= mostRows) return rows;
  throw new InvalidArgumentError(`It is a number from 0 to ${mostRows}.`);
}

const mostRows = 1_000_000;
