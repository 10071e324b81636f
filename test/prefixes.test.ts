import { beforeAll, describe, expect, it } from 'vitest';
import { rules } from '../rules/index.js';
import type { History, TransactionPlan } from '../src/frameworks/framework.js';
import { lint } from '../src/lint.js';
import { loadParser } from '../src/sql/parse.js';
import { parseScript } from '../src/sql/script.js';
import { Source } from '../src/sql/source.js';
import { fixtureSources } from './fixture-sql.js';

beforeAll(loadParser);

const transaction: TransactionPlan = { scope: 'none', batch: 'statement', optedOut: false, why: 'each by itself' };

/** Prefixes that are read of one file. */
const most = 1000;

const wholeOf = (source: Source) => ({ source, span: { start: 0, end: source.text.length } });

function historyOf(texts: readonly string[]): History {
  const migrations = texts.map((text, at) => ({
    id: String(at),
    name: '',
    file: `${at}.sql`,
    up: { pieces: [wholeOf(new Source(`${at}.sql`, text))], transaction, psql: true },
    down: { none: 'framework' as const },
    problems: [],
  }));
  return { framework: 'sql', root: '', migrations, problems: [], assumptions: [] };
}

/** A file that is cut short must cost what is cut, and nothing else: a person is typing, or a disk was full. */
describe.each(fixtureSources().map((source) => ({ file: source.file, source })))(
  'every prefix of $file',
  ({ source }) => {
    it('is read, and every statement stands where it says', () => {
      const wrong: number[] = [];
      // every one of a file of usual size; of a large one as many, evenly spread
      const step = Math.max(1, Math.ceil(source.text.length / most));
      for (let end = 0; end <= source.text.length; end += step) {
        const prefix = new Source(source.file, source.text.slice(0, end));
        const { statements, problems } = parseScript([wholeOf(prefix)], { psql: true });
        const inPlace = statements.every(({ text, span }) => prefix.slice(span) === text);
        if (!inPlace || problems.some(({ span }) => span.end > end)) wrong.push(end);
      }
      expect(wrong).toEqual([]);
    });

    it('is judged where statements end', () => {
      const judged: number[] = [];
      const all = [...source.text.matchAll(/;/g)].map(({ index }) => index + 1);
      const ends = all.filter((_, at) => at % Math.ceil(all.length / 10) === 0);
      for (const end of ends) {
        // the second migration meets what the first has left, whole and cut short
        const report = lint([historyOf([source.text, source.text.slice(0, end)])], { pg: 14, rules });
        if (report.histories[0]?.migrations.length === 2) judged.push(end);
      }
      expect(judged).toEqual(ends);
    });
  },
);
