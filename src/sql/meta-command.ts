import type { Span } from './source.js';

/** A psql meta-command: its name without the backslash, and the rest of its line. */
export interface MetaCommand extends Span {
  readonly name: string;
  readonly argument: string;
}

/**
 * What a meta-command means for the statements round it (psql's manual). `sends` ends the statement before it as a semicolon does;
 * `discards` drops it; `copy` is COPY itself; `includes` and `runs` bring in statements that the text does not show.
 */
export type MetaEffect = 'sends' | 'discards' | 'copy' | 'includes' | 'runs';

const effects: Readonly<Record<string, MetaEffect>> = {
  g: 'sends',
  gx: 'sends',
  gset: 'sends',
  gdesc: 'sends',
  gexec: 'runs',
  watch: 'sends',
  crosstabview: 'sends',
  bind_named: 'sends',
  parse: 'sends',
  sendpipeline: 'sends',
  r: 'discards',
  reset: 'discards',
  copy: 'copy',
  i: 'includes',
  include: 'includes',
  ir: 'includes',
  include_relative: 'includes',
};

const byName = new Map(Object.entries(effects));

/** What a meta-command does to statements; undefined for one that does nothing to them (`\echo`, `\set`, `\connect`). */
export function effectOf(command: MetaCommand): MetaEffect | undefined {
  return byName.get(command.name);
}

/** Reads the meta-command at a backslash: to the end of its line, or to `\\`, which \copy takes for a part of its arguments. */
export function metaCommandAt(text: string, start: number): MetaCommand {
  const newline = text.indexOf('\n', start);
  const line = text.slice(start, newline === -1 ? text.length : newline).trimEnd();
  const name = /^\\(\w+|.?)/s.exec(line)?.[1] ?? '';
  const separator = byName.get(name) === 'copy' ? -1 : line.indexOf('\\\\', 1);
  const command = separator === -1 ? line : line.slice(0, separator);
  const end = start + Math.max(1, separator === -1 ? line.length : separator + 2);
  return { name, argument: command.slice(1 + name.length).trim(), start, end };
}

/** Where the name of a file stands without quotes in the \copy of a text, which COPY would not take. */
export function bareFile(text: string, { name, start, end }: MetaCommand): Span | undefined {
  if (byName.get(name) !== 'copy') return undefined;
  const line = text.slice(start, end);
  const before = (/^\\copy\s*\(/i.test(line) ? /^.*\)\s*to\s+/is : /^.*?\s(?:from|to)\s+/is).exec(line)?.[0];
  const file = before === undefined ? undefined : /^[^\s;']{2,}/.exec(line.slice(before.length))?.[0];
  if (before === undefined || file === undefined || /^(?:program|stdin|stdout)$/i.test(file)) return undefined;
  return { start: start + before.length, end: start + before.length + file.length };
}
