import { readdirSync, readFileSync } from 'node:fs';
import { apply } from '../src/catalog/apply.js';
import type { Catalog } from '../src/catalog/catalog.js';
import { parseScript } from '../src/sql/script.js';
import { Source } from '../src/sql/source.js';

// The scripts of fixtures/catalog: `-- script: name` begins one (`, from 17`: servers before that refuse it), `-- then` a further
// step of it.

const folder = new URL('../fixtures/catalog/', import.meta.url);

export interface CatalogScript {
  readonly file: string;
  readonly name: string;
  readonly steps: readonly string[];
  /** The first major that takes it. */
  readonly from: number;
}

export const catalogScripts: readonly CatalogScript[] = readdirSync(folder)
  .filter((file) => file.endsWith('.sql'))
  .sort()
  .flatMap((file) => scriptsOf(file));

function scriptsOf(file: string): CatalogScript[] {
  const [, ...scripts] = readFileSync(new URL(file, folder), 'utf8').split(/^-- script: /m);
  return scripts.map((text) => {
    const end = text.indexOf('\n');
    const name = text.slice(0, end).trim();
    const from = Number(/, from (\d+)$/.exec(name)?.[1] ?? 0);
    return { file, name, steps: text.slice(end + 1).split(/^-- then\n/m), from };
  });
}

/** The file with what servers of a major show after each step of the scripts of a file. */
export function recordingOf(file: string, major: number): URL {
  return new URL(file.replace('.sql', `.${major}.txt`), folder);
}

/** A recording as text: a line `== script, step` before the lines of each step. */
export function recordingText(steps: readonly (readonly [title: string, lines: readonly string[]])[]): string {
  return steps.map(([title, lines]) => `== ${title}\n${lines.map((line) => `${line}\n`).join('')}`).join('\n');
}

/** The steps of a recording by their titles. */
export function readRecording(file: string, major: number): ReadonlyMap<string, readonly string[]> {
  const [, ...steps] = readFileSync(recordingOf(file, major), 'utf8').split(/^== /m);
  return new Map(
    steps.map((step) => {
      const [title = '', ...lines] = step.trimEnd().split('\n');
      return [title, lines];
    }),
  );
}

/** The catalog after a script. */
export function replaySql(catalog: Catalog, sql: string, pg: number, born = 0): Catalog {
  const source = new Source('script.sql', sql);
  const { statements, problems } = parseScript([{ source, span: { start: 0, end: sql.length } }]);
  if (problems[0] !== undefined) throw new Error(`${problems[0].message}: ${sql}`);
  return statements.reduce((now, statement) => apply(statement, now, { born, pg }), catalog);
}
