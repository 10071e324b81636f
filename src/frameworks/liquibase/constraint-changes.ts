import type { Render } from './changes.js';
import { deferral, tableOf } from './column.js';
import { identifier, identifiers } from './data-type.js';
import { attribute, type Element, flag } from './element.js';

const alter = (change: Element, what: string, table = tableOf(change)) => `ALTER TABLE ${table} ${what}`;
const named = (change: Element) => {
  const name = attribute(change, 'constraintName');
  return name === undefined ? '' : `CONSTRAINT ${identifier(name)} `;
};
const drop = (change: Element, otherwise: string, table = tableOf(change)) =>
  alter(change, `DROP CONSTRAINT ${identifier(attribute(change, 'constraintName') ?? otherwise)}`, table);
const notValid = (change: Element) => (flag(change, 'validate', true) ? '' : ' NOT VALID');
const pkey = (change: Element) => `${attribute(change, 'tableName') ?? ''}_pkey`;
const keyOf = (change: Element, kind: string) => `${kind} (${identifiers(attribute(change, 'columnNames'))})`;
const inSpace = (change: Element) => {
  const space = attribute(change, 'tablespace');
  return space === undefined ? '' : ` USING INDEX TABLESPACE ${identifier(space)}`;
};
/** The grammar refuses it behind columns, and Liquibase writes it there. */
const forIndex = (change: Element) => {
  const index = attribute(change, 'forIndexName');
  return index === undefined ? '' : ` USING INDEX ${identifier(index)}`;
};
const ukey = (change: Element) =>
  `${attribute(change, 'tableName') ?? ''}_${(attribute(change, 'columnNames') ?? '').replace(/\s*,\s*/g, '_')}_key`;
const fkey = (change: Element) =>
  `${attribute(change, 'baseTableName') ?? ''}_${(attribute(change, 'baseColumnNames') ?? '').replace(/\s*,\s*/g, '_')}_fkey`;

function foreignKey(change: Element): string {
  const base = tableOf(change, 'baseTableName', 'baseTableSchemaName');
  const target = tableOf(change, 'referencedTableName', 'referencedTableSchemaName');
  const onDelete = attribute(change, 'onDelete') ?? (flag(change, 'deleteCascade', false) ? 'CASCADE' : undefined);
  const onUpdate = attribute(change, 'onUpdate');
  const actions = `${onUpdate === undefined ? '' : ` ON UPDATE ${onUpdate}`}${onDelete === undefined ? '' : ` ON DELETE ${onDelete}`}`;
  const columns = identifiers(attribute(change, 'baseColumnNames'));
  const referenced = identifiers(attribute(change, 'referencedColumnNames'));
  return alter(
    change,
    `ADD ${named(change)}FOREIGN KEY (${columns}) REFERENCES ${target} (${referenced})${actions}${deferral(change)}${notValid(change)}`,
    base,
  );
}

/** Changes of constraints. Without a name the one that PostgreSQL gives is taken. */
export const constraintChanges: Readonly<Record<string, Render>> = {
  addPrimaryKey: (change) => ({
    // forIndexName is passed over: the key builds an index of its own
    up: [alter(change, `ADD ${named(change)}${keyOf(change, 'PRIMARY KEY')}${inSpace(change)}`)],
    down: [drop(change, pkey(change))],
  }),
  dropPrimaryKey: (change) => ({ up: [drop(change, pkey(change))] }),
  addUniqueConstraint: (change) => ({
    up: [
      alter(
        change,
        `ADD ${named(change)}${keyOf(change, 'UNIQUE')}${deferral(change)}${inSpace(change)}${forIndex(change)}`,
      ),
    ],
    down: [drop(change, ukey(change))],
  }),
  dropUniqueConstraint: (change) => ({ up: [drop(change, ukey(change))] }),
  addForeignKeyConstraint: (change) => ({
    up: [foreignKey(change)],
    down: [drop(change, fkey(change), tableOf(change, 'baseTableName', 'baseTableSchemaName'))],
  }),
  dropForeignKeyConstraint: (change) => ({
    up: [drop(change, fkey(change), tableOf(change, 'baseTableName', 'baseTableSchemaName'))],
  }),
  addCheckConstraint: (change) => ({
    up: [
      alter(
        change,
        `ADD ${named(change)}CHECK (${(attribute(change, 'constraintBody') ?? change.text).trim()})${notValid(change)}`,
      ),
    ],
    down: [drop(change, '')],
  }),
  dropCheckConstraint: (change) => ({ up: [drop(change, '')] }),
  enableCheckConstraint: (change) => ({
    up: [alter(change, `VALIDATE CONSTRAINT ${identifier(attribute(change, 'constraintName') ?? '')}`)],
  }),
};
