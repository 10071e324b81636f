import type { Render } from './changes.js';
import {
  columnDefinition,
  columnReference,
  constraintsOf,
  isNotNull,
  literalOf,
  numbering,
  tableOf,
} from './column.js';
import { dataType, identifier, literal } from './data-type.js';
import { attribute, childrenOf, type Element, flag } from './element.js';

const columnsOf = (change: Element) => childrenOf(change, 'column');
const column = (change: Element, name = 'columnName') => identifier(attribute(change, name) ?? '');
const alter = (change: Element, what: string) => `ALTER TABLE ${tableOf(change)} ${what}`;

function createTable(change: Element): readonly string[] {
  const columns = columnsOf(change);
  const keys = columns.filter((one) => flag(constraintsOf(one), 'primaryKey', false));
  const names = keys.map((one) => identifier(attribute(one, 'name') ?? '')).join(', ');
  const [keyName] = keys.flatMap((one) => attribute(constraintsOf(one), 'primaryKeyName') ?? []);
  const table = attribute(change, 'tableName') ?? '';
  const parts = [
    // elsewhere Liquibase writes DEFAULT before it, which PostgreSQL refuses
    ...columns.map((one) => columnDefinition(one).replace(/ DEFAULT (?=GENERATED ALWAYS )/, ' ')),
    ...(keys.length === 0 ? [] : [`CONSTRAINT ${identifier(keyName ?? `${table}_pkey`)} PRIMARY KEY (${names})`]),
    ...columns.flatMap((one) => columnReference(one) ?? []),
    ...columns.flatMap((one) => {
      const constraints = constraintsOf(one);
      const unique = attribute(constraints, 'uniqueConstraintName');
      // checkConstraint is passed over: the free edition does not write it
      return flag(constraints, 'unique', false)
        ? `${unique === undefined ? '' : `CONSTRAINT ${identifier(unique)} `}UNIQUE (${identifier(attribute(one, 'name') ?? '')})`
        : [];
    }),
  ];
  const space = attribute(change, 'tablespace');
  const exists = flag(change, 'ifNotExists', false) ? 'IF NOT EXISTS ' : '';
  return [
    `CREATE TABLE ${exists}${tableOf(change)} (${parts.join(', ')})${space === undefined ? '' : ` TABLESPACE ${identifier(space)}`}`,
    ...remarks(change),
    ...columns.flatMap((one) => columnRemarks(change, one)),
  ];
}

function remarks(change: Element): readonly string[] {
  const text = attribute(change, 'remarks');
  return text === undefined ? [] : [`COMMENT ON TABLE ${tableOf(change)} IS ${literal(text)}`];
}

function columnRemarks(change: Element, one: Element): readonly string[] {
  const text = attribute(one, 'remarks');
  const name = identifier(attribute(one, 'name', 'columnName') ?? '');
  return text === undefined ? [] : [`COMMENT ON COLUMN ${tableOf(change)}.${name} IS ${literal(text)}`];
}

/** One ALTER TABLE a column; one that is to be filled takes nulls until all of them are. */
function addColumn(change: Element): readonly string[] {
  const columns = columnsOf(change);
  const filled = columns.flatMap((one) => {
    const value = literalOf(one, 'value');
    return value === undefined ? [] : [{ one, value, name: column(one, 'name') }];
  });
  const isFilled = (one: Element) => filled.some((each) => each.one === one);
  return [
    ...columns.flatMap((one) => addOne(change, one, isNotNull(one) && !isFilled(one))),
    ...filled.map(({ name, value }) => `UPDATE ${tableOf(change)} SET ${name} = ${value}`),
    ...filled.filter(({ one }) => isNotNull(one)).map(({ name }) => alter(change, `ALTER COLUMN ${name} SET NOT NULL`)),
    ...columns.flatMap((one) => columnRemarks(change, one)),
  ];
}

function addOne(change: Element, one: Element, notNull: boolean): readonly string[] {
  const constraints = constraintsOf(one);
  const key = flag(constraints, 'primaryKey', false) ? ' PRIMARY KEY' : '';
  const unique = attribute(constraints, 'uniqueConstraintName');
  const reference = columnReference(one);
  return [
    alter(change, `ADD ${columnDefinition(one, notNull)}${key}`),
    ...(flag(constraints, 'unique', false)
      ? [
          alter(
            change,
            `ADD ${unique === undefined ? '' : `CONSTRAINT ${identifier(unique)} `}UNIQUE (${column(one, 'name')})`,
          ),
        ]
      : []),
    ...(reference === undefined ? [] : [alter(change, `ADD ${reference}`)]),
  ];
}

/** A sequence of its own, not an identity. */
function addAutoIncrement(change: Element): readonly string[] {
  const table = attribute(change, 'tableName') ?? '';
  const schema = attribute(change, 'schemaName');
  const bare = identifier(`${table}_${attribute(change, 'columnName') ?? ''}_seq`);
  const sequence = schema === undefined ? bare : `${identifier(schema)}.${bare}`;
  const name = column(change);
  const options = numbering(change);
  return [
    `CREATE SEQUENCE IF NOT EXISTS ${sequence}${options === '' ? '' : ` ${options}`}`,
    alter(change, `ALTER COLUMN ${name} SET NOT NULL`),
    alter(change, `ALTER COLUMN ${name} SET DEFAULT nextval(${literal(sequence)})`),
    `ALTER SEQUENCE ${sequence} OWNED BY ${tableOf(change)}.${name}`,
  ];
}

function addDefaultValue(change: Element): readonly string[] {
  const name = column(change);
  const next = attribute(change, 'defaultValueSequenceNext');
  return [
    alter(change, `ALTER COLUMN ${name} SET DEFAULT ${literalOf(change, 'defaultValue') ?? 'NULL'}`),
    ...(next === undefined ? [] : [`ALTER SEQUENCE ${next} OWNED BY ${tableOf(change)}.${name}`]),
  ];
}

function dropColumn(change: Element): readonly string[] {
  const single = attribute(change, 'columnName');
  const names = single === undefined ? columnsOf(change).map((one) => attribute(one, 'name') ?? '') : [single];
  return names.map((name) => alter(change, `DROP COLUMN ${identifier(name)}`));
}

function mergeColumns(change: Element): readonly string[] {
  const [first, second, final] = ['column1Name', 'column2Name', 'finalColumnName'].map((name) => column(change, name));
  const join = literal(change.attributes.get('joinString') ?? '');
  return [
    alter(change, `ADD ${final} ${dataType(attribute(change, 'finalColumnType') ?? 'TEXT')}`),
    `UPDATE ${tableOf(change)} SET ${final} = ${first} || ${join} || ${second}`,
    alter(change, `DROP COLUMN ${first}`),
    alter(change, `DROP COLUMN ${second}`),
  ];
}

function addLookupTable(change: Element): readonly string[] {
  const fresh = tableOf(change, 'newTableName', 'newTableSchemaName');
  const old = tableOf(change, 'existingTableName', 'existingTableSchemaName');
  const [made, from] = [column(change, 'newColumnName'), column(change, 'existingColumnName')];
  const name = attribute(change, 'constraintName');
  return [
    `CREATE TABLE ${fresh} AS SELECT DISTINCT ${from} AS ${made} FROM ${old} WHERE ${from} IS NOT NULL`,
    `ALTER TABLE ${fresh} ALTER COLUMN ${made} SET NOT NULL`,
    `ALTER TABLE ${fresh} ADD PRIMARY KEY (${made})`,
    `ALTER TABLE ${old} ADD ${name === undefined ? '' : `CONSTRAINT ${identifier(name)} `}FOREIGN KEY (${from}) REFERENCES ${fresh} (${made})`,
  ];
}

/** Changes of tables and columns. */
export const tableChanges: Readonly<Record<string, Render>> = {
  createTable: (change) => ({ up: createTable(change), down: [`DROP TABLE ${tableOf(change)}`] }),
  dropTable: (change) => ({
    up: [`DROP TABLE ${tableOf(change)}${flag(change, 'cascadeConstraints', false) ? ' CASCADE' : ''}`],
  }),
  renameTable: (change) => ({
    up: [`ALTER TABLE ${tableOf(change, 'oldTableName')} RENAME TO ${column(change, 'newTableName')}`],
    down: [`ALTER TABLE ${tableOf(change, 'newTableName')} RENAME TO ${column(change, 'oldTableName')}`],
  }),
  addColumn: (change) => ({
    up: addColumn(change),
    down: [
      ...columnsOf(change)
        .filter((one) => literalOf(one, 'defaultValue') !== undefined)
        .map((one) => alter(change, `ALTER COLUMN ${column(one, 'name')} DROP DEFAULT`)),
      ...columnsOf(change).map((one) => alter(change, `DROP COLUMN ${column(one, 'name')}`)),
    ],
  }),
  dropColumn: (change) => ({ up: dropColumn(change) }),
  renameColumn: (change) => ({
    up: [alter(change, `RENAME COLUMN ${column(change, 'oldColumnName')} TO ${column(change, 'newColumnName')}`)],
    down: [alter(change, `RENAME COLUMN ${column(change, 'newColumnName')} TO ${column(change, 'oldColumnName')}`)],
  }),
  modifyDataType: (change) => {
    const type = dataType(attribute(change, 'newDataType') ?? '');
    const name = column(change);
    return { up: [alter(change, `ALTER COLUMN ${name} TYPE ${type} USING (${name}::${type})`)] };
  },
  addAutoIncrement: (change) => ({ up: addAutoIncrement(change) }),
  addDefaultValue: (change) => ({
    up: addDefaultValue(change),
    down: [alter(change, `ALTER COLUMN ${column(change)} DROP DEFAULT`)],
  }),
  dropDefaultValue: (change) => ({ up: [alter(change, `ALTER COLUMN ${column(change)} DROP DEFAULT`)] }),
  addNotNullConstraint: (change) => {
    const value = literalOf(change, 'defaultNullValue');
    const name = column(change);
    return {
      up: [
        ...(value === undefined ? [] : [`UPDATE ${tableOf(change)} SET ${name} = ${value} WHERE ${name} IS NULL`]),
        alter(change, `ALTER COLUMN ${name} SET NOT NULL`),
      ],
      down: [alter(change, `ALTER COLUMN ${name} DROP NOT NULL`)],
    };
  },
  dropNotNullConstraint: (change) => ({
    up: [alter(change, `ALTER COLUMN ${column(change)} DROP NOT NULL`)],
    down: [alter(change, `ALTER COLUMN ${column(change)} SET NOT NULL`)],
  }),
  mergeColumns: (change) => ({ up: mergeColumns(change) }),
  addLookupTable: (change) => ({
    up: addLookupTable(change),
    down: [
      ...(attribute(change, 'constraintName') === undefined
        ? []
        : [
            `ALTER TABLE ${tableOf(change, 'existingTableName', 'existingTableSchemaName')} DROP CONSTRAINT ${column(change, 'constraintName')}`,
          ]),
      `DROP TABLE ${tableOf(change, 'newTableName', 'newTableSchemaName')}`,
    ],
  }),
  setTableRemarks: (change) => ({ up: remarks(change) }),
  setColumnRemarks: (change) => ({ up: columnRemarks(change, change) }),
  createIndex: (change) => ({ up: createIndex(change), down: [dropIndex(change)] }),
  dropIndex: (change) => ({ up: [dropIndex(change)] }),
};

function createIndex(change: Element): readonly string[] {
  const columns = columnsOf(change).map((one) => {
    const name = attribute(one, 'name') ?? '';
    // what has a bracket may be a call
    const shown = flag(one, 'computed', false) || name.includes('(') ? name : identifier(name);
    return flag(one, 'descending', false) ? `${shown} DESC` : shown;
  });
  const name = attribute(change, 'indexName');
  const space = attribute(change, 'tablespace');
  const create = [
    flag(change, 'unique', false) ? 'CREATE UNIQUE INDEX' : 'CREATE INDEX',
    ...(name === undefined ? [] : [identifier(name)]),
    `ON ${tableOf(change)}(${columns.join(', ')})`,
    ...(space === undefined ? [] : [`TABLESPACE ${identifier(space)}`]),
  ].join(' ');
  const isClustered = flag(change, 'clustered', false) && name !== undefined;
  return isClustered ? [create, `CLUSTER ${tableOf(change)} USING ${identifier(name)}`] : [create];
}

function dropIndex(change: Element): string {
  const schema = attribute(change, 'schemaName');
  return `DROP INDEX ${schema === undefined ? '' : `${identifier(schema)}.`}${column(change, 'indexName')}`;
}
