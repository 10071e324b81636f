import { rules } from '../rules/index.js';
import type { History, Migration, TransactionPlan } from '../src/frameworks/framework.js';
import { type LintOptions, lint } from '../src/lint.js';
import type { Example } from '../src/rule.js';
import { Source } from '../src/sql/source.js';

const plans: Readonly<Record<'whole' | 'statement', TransactionPlan>> = {
  whole: {
    scope: 'migration',
    batch: 'statement',
    optedOut: false,
    why: 'the runner wraps each migration in a transaction',
  },
  statement: { scope: 'none', batch: 'statement', optedOut: false, why: 'the runner sends each statement by itself' },
};

/** The migrations of an example; with `last`, another text in place of its last migration (a fix, a recipe). */
export function historyOf(example: Example, last?: string): History {
  const parts = example.sql.split(/^-- next migration.*\n/m);
  const texts = last === undefined ? parts : [...parts.slice(0, -1), ...last.split(/^-- next migration.*\n/m)];
  const transaction = plans[last === undefined ? (example.transaction ?? 'statement') : 'statement'];
  const migrations = texts.map((text, at): Migration => {
    const isLast = at === texts.length - 1;
    const id = String(at + 1).padStart(3, '0');
    const file = isLast && example.file !== undefined ? example.file : `${id}.sql`;
    const source = new Source(file, text);
    const down = isLast && example.down !== undefined ? new Source(`${id}.down.sql`, example.down) : undefined;
    return {
      id,
      name: '',
      file,
      up: { pieces: [{ source, span: { start: 0, end: text.length } }], transaction },
      down:
        down === undefined
          ? { none: 'framework' }
          : { pieces: [{ source: down, span: { start: 0, end: down.text.length } }], transaction },
      problems: [],
    };
  });
  return { framework: 'example', root: '', migrations, problems: [], assumptions: [] };
}

/** Judges the last migration of an example (of a recipe: all of its migrations), with every rule on. */
export function judge(example: Example, last?: string, options: Partial<LintOptions> = {}) {
  const history = historyOf(example, last);
  const recipe = last === undefined ? 1 : last.split(/^-- next migration.*\n/m).length;
  const levels = Object.fromEntries(rules.map((rule) => [rule.id, rule.level]));
  return lint([history], {
    pg: example.pg ?? 14,
    rules,
    levels,
    judged: (_, __, index) => index >= history.migrations.length - recipe,
    ...options,
  });
}
