import { rules } from '../../rules/index.js';
import { pad } from '../reporters/terminal.js';
import { fixable } from '../rule-page.js';
import { type Io, styleFor } from './io.js';

/** `lockkeeper rules`: every rule, for people or as JSON. */
export function run(flags: { readonly format: string }, io: Io): number {
  io.stdout.write(flags.format === 'json' ? asJson() : asTable(io));
  return 0;
}

function asJson(): string {
  const list = rules.map((rule) => ({
    id: rule.id,
    level: rule.level,
    on: rule.off !== true,
    fixable: fixable(rule),
    title: rule.title,
    why: rule.why,
    instead: rule.instead,
    links: rule.links,
  }));
  return `${JSON.stringify({ version: 1, rules: list }, null, 2)}\n`;
}

function asTable(io: Io): string {
  const style = styleFor(io.stdout, io.env);
  const wide = Math.max(...rules.map(({ id }) => id.length));
  const paint = { error: style.red, warning: style.yellow, note: style.cyan };
  const lines = rules.map((rule) => {
    const marks = [rule.off ? 'off by default' : '', fixable(rule) ? 'fixable' : ''].filter((mark) => mark !== '');
    const tail = marks.length === 0 ? '' : style.dim(` (${marks.join(', ')})`);
    return `${pad(rule.id, wide)}  ${paint[rule.level](pad(rule.level, 7))}  ${rule.title}${tail}`;
  });
  return `${[...lines, '', style.dim('lockkeeper explain RULE tells why, and what to do instead')].join('\n')}\n`;
}
