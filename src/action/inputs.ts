import { getBooleanInput, getInput, getMultilineInput } from '@actions/core';
import type { Level } from '../rule.js';
import { UserError } from '../user-error.js';

/** What the workflow says; see action.yml. */
export interface Inputs {
  readonly paths: readonly string[];
  readonly config: string;
  readonly pg: string;
  readonly framework: string;
  readonly changedOnly: boolean;
  readonly failOn: Level | 'never' | undefined;
  readonly baseline: string;
  readonly sarifFile: string;
  readonly annotations: boolean;
  readonly comment: boolean;
  readonly token: string;
  readonly workingDirectory: string;
}

const thresholds: Readonly<Record<string, Level | 'never'>> = {
  error: 'error',
  warning: 'warning',
  note: 'note',
  never: 'never',
};

/** Reads the inputs; a UserError when one is wrong. */
export function readInputs(): Inputs {
  return {
    paths: getMultilineInput('paths'),
    config: getInput('config'),
    pg: getInput('pg'),
    framework: getInput('framework'),
    changedOnly: yesOrNo('changed-only'),
    failOn: threshold(getInput('fail-on')),
    baseline: getInput('baseline'),
    sarifFile: getInput('sarif-file'),
    annotations: yesOrNo('annotations'),
    comment: yesOrNo('comment'),
    token: getInput('github-token'),
    workingDirectory: getInput('working-directory') || '.',
  };
}

function yesOrNo(name: string): boolean {
  try {
    return getBooleanInput(name);
  } catch {
    throw new UserError(`the input ${name} is true or false, not "${getInput(name)}"`);
  }
}

function threshold(word: string): Level | 'never' | undefined {
  if (word === '') return undefined;
  const level = Object.hasOwn(thresholds, word) ? thresholds[word] : undefined;
  if (level === undefined) throw new UserError(`the input fail-on is error, warning, note or never, not "${word}"`);
  return level;
}
