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

/** Reads the meta-command at a backslash: to the end of its line, or to `\\`. */
export function metaCommandAt(text: string, start: number): MetaCommand {
  const newline = text.indexOf('\n', start);
  const line = text.slice(start, newline === -1 ? text.length : newline).trimEnd();
  const separator = line.indexOf('\\\\', 1);
  const command = separator === -1 ? line : line.slice(0, separator);
  const name = /^\\(\w+|.?)/s.exec(command)?.[1] ?? '';
  const end = start + Math.max(1, separator === -1 ? line.length : separator + 2);
  return { name, argument: command.slice(1 + name.length).trim(), start, end };
}
