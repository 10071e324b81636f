import { rules } from '../../rules/index.js';
import { didYouMean } from '../did-you-mean.js';
import { wrap } from '../reporters/terminal.js';
import type { Example, Rule } from '../rule.js';
import { circumstances, exampleText, fixable, fixOf } from '../rule-page.js';
import { UserError } from '../user-error.js';
import { isSql } from '../wording.js';
import { type Io, styleFor } from './io.js';

/** `lockkeeper explain RULE`: the rule's page. */
export function run(id: string, io: Io): number {
  const rule = rules.find((each) => each.id === id);
  if (rule === undefined) {
    const ids = rules.map((each) => each.id);
    throw new UserError(`there is no rule "${id}"${didYouMean(id, ids) || ': lockkeeper rules lists them'}`);
  }
  io.stdout.write(page(rule, io));
  return 0;
}

function page(rule: Rule, io: Io): string {
  const style = styleFor(io.stdout, io.env);
  const paint = { error: style.red, warning: style.yellow, note: style.cyan }[rule.level];
  const room = Math.min(100, Math.max(40, (io.stdout.columns ?? 100) - 2));
  const marks = [rule.level, rule.off ? 'off by default' : '', fixable(rule) ? 'fixable' : ''].filter(
    (mark) => mark !== '',
  );
  const example = (heading: string, sql: string | undefined) =>
    sql === undefined ? [] : [style.bold(heading), ...sql.split('\n').map((line) => `    ${line}`.trimEnd()), ''];
  const titled = (kind: string, given: Example) => {
    const setting = [circumstances(given), given.title ?? ''].filter((part) => part !== '');
    return `${kind}${setting.length === 0 ? '' : `: ${setting.join(', ')}`}`;
  };
  const lines = [
    `${style.bold(rule.id)} ${paint(`(${marks.join(', ')})`)}`,
    rule.title,
    '',
    ...wrap(rule.why, room),
    '',
    ...(isSql(rule.instead)
      ? ['Instead:', ...rule.instead.split('\n').map((line) => `    ${line}`)]
      : wrap(`Instead: ${rule.instead}`, room)),
    '',
    ...rule.bad.flatMap((bad) => [...example(titled('Bad', bad), exampleText(bad)), ...example('Fixed', fixOf(bad))]),
    ...rule.good.flatMap((good) => example(titled('Good', good), exampleText(good))),
    ...rule.links.map((link) => style.cyan(link)),
  ];
  return `${lines.join('\n').trimEnd()}\n`;
}
