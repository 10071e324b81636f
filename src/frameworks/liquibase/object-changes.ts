import type { Render } from './changes.js';
import { tableOf } from './column.js';
import { dataType, identifier, literal } from './data-type.js';
import { attribute, type Element, flag } from './element.js';

const name = (change: Element, key: string) => identifier(attribute(change, key) ?? '');

/** CREATE SEQUENCE and ALTER SEQUENCE take the same options. */
function sequenceOptions(change: Element): string {
  const type = attribute(change, 'dataType');
  const options = [
    type === undefined ? undefined : `AS ${dataType(type)}`,
    clause(change, 'START WITH', 'startValue'),
    clause(change, 'INCREMENT BY', 'incrementBy'),
    clause(change, 'MINVALUE', 'minValue'),
    clause(change, 'MAXVALUE', 'maxValue'),
    clause(change, 'CACHE', 'cacheSize'),
    flag(change, 'cycle', false) ? 'CYCLE' : undefined,
  ];
  return options.flatMap((option) => (option === undefined ? [] : ` ${option}`)).join('');
}

function clause(change: Element, words: string, key: string): string | undefined {
  const value = attribute(change, key);
  return value === undefined ? undefined : `${words} ${value}`;
}

const dropSequence = (change: Element) => `DROP SEQUENCE ${tableOf(change, 'sequenceName')} CASCADE`;

function createView(change: Element): readonly string[] {
  const query = (attribute(change, 'selectQuery') ?? change.text).trim().replace(/;$/, '');
  if (flag(change, 'fullDefinition', false)) return [query];
  const replace = flag(change, 'replaceIfExists', false) ? 'OR REPLACE ' : '';
  const view = tableOf(change, 'viewName');
  const remarks = attribute(change, 'remarks');
  return [
    `CREATE ${replace}VIEW ${view} AS ${query}`,
    ...(remarks === undefined ? [] : [`COMMENT ON VIEW ${view} IS ${literal(remarks)}`]),
  ];
}

/** The text of a routine or trigger is SQL already. */
const written: Render = (change) => ({
  up: [
    (
      attribute(change, 'procedureText', 'procedureBody', 'functionText', 'triggerText', 'triggerBody') ?? change.text
    ).trim(),
  ],
});

const trigger = (change: Element, words: string) =>
  `ALTER TABLE ${tableOf(change)} ${words} ${name(change, 'triggerName')}`;

const nothing: Render = () => ({ up: [], down: [] });

/** Changes of sequences, views, routines and triggers, and those that touch no schema. */
export const objectChanges: Readonly<Record<string, Render>> = {
  createSequence: (change) => ({
    up: [`CREATE SEQUENCE IF NOT EXISTS ${tableOf(change, 'sequenceName')}${sequenceOptions(change)}`],
    down: [dropSequence(change)],
  }),
  alterSequence: (change) => {
    const noCycle = flag(change, 'cycle', true) ? '' : ' NO CYCLE';
    return { up: [`ALTER SEQUENCE ${tableOf(change, 'sequenceName')}${sequenceOptions(change)}${noCycle}`] };
  },
  dropSequence: (change) => ({ up: [dropSequence(change)] }),
  renameSequence: (change) => ({
    up: [`ALTER SEQUENCE ${tableOf(change, 'oldSequenceName')} RENAME TO ${name(change, 'newSequenceName')}`],
    down: [`ALTER SEQUENCE ${tableOf(change, 'newSequenceName')} RENAME TO ${name(change, 'oldSequenceName')}`],
  }),
  createView: (change) => ({ up: createView(change), down: [`DROP VIEW ${tableOf(change, 'viewName')}`] }),
  dropView: (change) => ({
    up: [`DROP VIEW ${flag(change, 'ifExists', false) ? 'IF EXISTS ' : ''}${tableOf(change, 'viewName')}`],
  }),
  renameView: (change) => ({
    up: [`ALTER TABLE ${tableOf(change, 'oldViewName')} RENAME TO ${name(change, 'newViewName')}`],
    down: [`ALTER TABLE ${tableOf(change, 'newViewName')} RENAME TO ${name(change, 'oldViewName')}`],
  }),
  createProcedure: written,
  createFunction: written,
  createTrigger: written,
  dropProcedure: (change) => ({ up: [`DROP PROCEDURE ${tableOf(change, 'procedureName')}`] }),
  dropFunction: (change) => ({ up: [`DROP FUNCTION ${tableOf(change, 'functionName')}`] }),
  dropTrigger: (change) => ({ up: [`DROP TRIGGER ${name(change, 'triggerName')} ON ${tableOf(change)}`] }),
  enableTrigger: (change) => ({ up: [trigger(change, 'ENABLE TRIGGER')], down: [trigger(change, 'DISABLE TRIGGER')] }),
  disableTrigger: (change) => ({ up: [trigger(change, 'DISABLE TRIGGER')], down: [trigger(change, 'ENABLE TRIGGER')] }),
  renameTrigger: (change) => ({
    up: [
      `ALTER TRIGGER ${name(change, 'oldTriggerName')} ON ${tableOf(change)} RENAME TO ${name(change, 'newTriggerName')}`,
    ],
    down: [
      `ALTER TRIGGER ${name(change, 'newTriggerName')} ON ${tableOf(change)} RENAME TO ${name(change, 'oldTriggerName')}`,
    ],
  }),
  tagDatabase: nothing,
  empty: nothing,
  output: nothing,
  stop: nothing,
};
