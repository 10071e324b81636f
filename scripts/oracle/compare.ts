import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { loadParser } from '../../src/sql/parse.js';
import { components } from '../../src/trace/compare.js';
import { groupBy } from './group.js';
import { judge, type Verdict } from './judge.js';
import { readRecordings } from './recording.js';

const usage = `usage: npm run oracle:compare -- [--only REGEXP] [--misses FILE]

Compares the predictions with the recorded answers and prints how many are right, by version and component, and the worst causes.`;

const { values } = parseArgs({
  options: {
    only: { type: 'string', default: '' },
    misses: { type: 'string' },
    help: { type: 'boolean', default: false },
  },
});
if (values.help) {
  console.log(usage);
  process.exit(0);
}
await loadParser();
const wanted = new RegExp(values.only);
const verdicts = readRecordings().flatMap(({ cases }) => judge(cases.filter(({ id }) => wanted.test(id))));

printTable();
printCauses();
if (values.misses !== undefined) writeFileSync(values.misses, misses());

function printTable(): void {
  console.log(['version', 'right', ...components, 'not understood'].map((title) => title.padStart(15)).join(''));
  for (const [version, group] of groupBy(verdicts, ({ version }) => `${version}`)) {
    const share = (right: number) => `${((100 * right) / group.length).toFixed(2)} %`;
    const of = (component: string) =>
      share(group.filter(({ differences }) => differences.every((each) => each.component !== component)).length);
    const cells = [
      version,
      `${share(group.filter(isRight).length)}`,
      ...components.map(of),
      `${group.filter(({ understood }) => !understood).length} of ${group.length}`,
    ];
    console.log(cells.map((cell) => cell.padStart(15)).join(''));
  }
}

/** A cause is where cases of one statement go wrong alike. */
function printCauses(): void {
  const wrong = verdicts.filter((verdict) => !isRight(verdict));
  const causes = [
    ...groupBy(
      wrong,
      ({ item, differences }) =>
        `${item.id.split('/')[0]}: ${statementOf(item.id)}: ${differences.map(({ component }) => component).join()}`,
    ),
  ];
  causes.sort(([, a], [, b]) => b.length - a.length);
  console.log(`\n${wrong.length} wrong of ${verdicts.length}; the worst causes:`);
  for (const [cause, group] of causes.slice(0, 40)) console.log(`${`${group.length}`.padStart(5)}  ${cause}`);
}

function misses(): string {
  const wrong = verdicts.filter((verdict) => !isRight(verdict));
  const byCase = groupBy(wrong, ({ item, differences }) => `${item.id}\n${JSON.stringify(differences)}`);
  return [...byCase.values()]
    .map((group) => {
      const [first] = group;
      if (first === undefined) return '';
      const lines = first.differences.map(
        ({ component, predicted, observed }) => `    ${component}: predicted [${predicted}] observed [${observed}]`,
      );
      const versions = group.map(({ version }) => version).join();
      const settings = first.item.settings === undefined ? '' : `${first.item.settings}; `;
      return [
        `${first.understood ? '' : 'not understood '}${first.item.id}  (${versions})`,
        `    ${settings}${first.item.sql}`,
        ...lines,
        '',
      ].join('\n');
    })
    .join('\n');
}

function isRight({ differences }: Verdict): boolean {
  return differences.length === 0;
}

function statementOf(id: string): string {
  return id.split('/').slice(2).join('/');
}
