import type { Work } from '../effects/effect.js';
import { strength } from '../effects/locks.js';
import { oneLine, visible } from '../reporters/terminal.js';
import { lockedRelations, lockName } from '../reporters/words.js';
import type { Row } from './beside.js';
import type { StepTrace } from './report.js';

/** How a statement fails, if it does or must. */
export function failureRows({ predicted, observed }: StepTrace): readonly Row[] {
  const failure = predicted?.failure;
  const error = observed?.error;
  if (error === undefined && failure?.sure !== true) return [];
  const possibly = failure?.sure === false ? ' (where rows or what is not known decide)' : '';
  return [
    {
      name: 'fails',
      predicted: failure === undefined ? '-' : oneLine(`${failure.code} ${failure.message}${possibly}`),
      observed: error === undefined ? '-' : oneLine(`${error.code} ${error.message}`),
    },
  ];
}

const doing: Readonly<Record<Work, string>> = {
  none: '',
  scan: 'read in full',
  build: 'built',
  rewrite: 'rewritten',
  rows: 'rows written',
};

/** The relations that were there before, and the indexes that are built. Of a statement that failed nothing else is known. */
export function relationRows(step: StepTrace): readonly (Row & { readonly isTable: boolean })[] {
  const { predicted, observed, newborn } = step;
  if (predicted === undefined || observed === undefined || observed.error !== undefined) return [];
  if (observed.unseen?.includes('work')) return [];
  const known = lockedRelations(predicted.effects).filter(({ relation, kind, works }) =>
    kind === 'index' ? works.includes('build') : !newborn.includes(relation),
  );
  const names = new Set([
    ...known.map(({ relation }) => relation),
    ...Object.keys(observed.locks),
    ...observed.rewrites,
    ...observed.scans,
    ...observed.indexBuilds,
  ]);
  const rows = [...names].map((relation) => {
    const foretold = known.find((each) => each.relation === relation);
    const does = foretold === undefined ? [] : foretold.works.map((work) => doing[work]);
    const lock = foretold?.kind === 'table' ? [lockName(foretold.lock)] : [];
    const maybe = foretold?.sure === false ? ' at worst' : '';
    return {
      name: visible(relation),
      predicted: foretold === undefined ? '-' : [...lock, ...does].join(', ') + maybe,
      observed: observedOf(relation, step),
      isTable: foretold?.kind === 'table' || observed.locks[relation] !== undefined,
    };
  });
  return [...rows.filter(({ isTable }) => isTable), ...rows.filter(({ isTable }) => !isTable)];
}

/** Statements whose rows decide what else is locked. */
const isChange = /^(Insert|Update|Delete|Merge|Select|Do|Call)Stmt$/;

function observedOf(relation: string, step: StepTrace): string {
  const { observed, predicted } = step;
  if (observed === undefined) return '-';
  const lock = observed.locks[relation];
  const held = observed.held[relation];
  const foretold = predicted?.effects.find((effect) => effect.relation === relation);
  const foretells = (work: Work) =>
    predicted?.effects.some((effect) => effect.relation === relation && effect.work === work) ?? false;
  const parts = [
    lock === undefined ? '' : lockName(lock),
    lock === undefined && held !== undefined && foretold !== undefined
      ? `${lockName(held)} held already${strength(held) < strength(foretold.lock) ? ', no more' : ''}`
      : '',
    observed.scans.includes(relation) ? doing.scan : '',
    observed.rewrites.includes(relation) ? doing.rewrite : '',
    observed.indexBuilds.includes(relation) ? doing.build : '',
    observed.unseen?.includes('locks') && foretold?.kind === 'table' ? 'lock not seen' : '',
    observed.empty.includes(relation) && foretells('scan') && !observed.scans.includes(relation)
      ? 'nothing to read'
      : '',
    lock === undefined &&
    held === undefined &&
    foretold?.kind === 'table' &&
    observed.written.length === 0 &&
    isChange.test(step.kind)
      ? 'no row is written'
      : '',
  ].filter((part) => part !== '');
  return parts.join(', ') || '-';
}
