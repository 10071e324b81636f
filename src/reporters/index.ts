import text from './console.js';
import github from './github.js';
import gitlab from './gitlab.js';
import json from './json.js';
import junit from './junit.js';
import markdown from './markdown.js';
import type { Reporter } from './reporter.js';
import sarif from './sarif.js';

/** The formats of `check --format`, by name. */
export const reporters = { console: text, json, sarif, github, gitlab, junit, markdown } as const satisfies Record<
  string,
  Reporter
>;

export type Format = keyof typeof reporters;

/** Narrows a word from the command line. */
export function isFormat(word: string): word is Format {
  return Object.hasOwn(reporters, word);
}
