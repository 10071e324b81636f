import type { Render } from './changes.js';
import { columnDefinition, columnReference, constraintsOf, identity, literalOf, tableOf } from './column.js';
import { dataType, identifier, identifiers, literal } from './data-type.js';
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
    ...columns.map(columnDefinition),
    ...(keys.length === 0 ? [] : [`CONSTRAINT ${identifier(keyName ?? `${table}_pkey`)} PRIMARY KEY (${names})`]),
    ...columns.flatMap((one) => columnReference(one) ?? []),
    ...columns.flatMap((one) => {
      const constraints = constraintsOf(one);
      const check = attribute(constraints, 'checkConstraint');
      const unique = attribute(constraints, 'uniqueConstraintName');
      return [
        ...(flag(constraints, 'unique', false)
          ? [
              `${unique === undefined ? '' : `CONSTRAINT ${identifier(unique)} `}UNIQUE (${identifier(attribute(one, 'name') ?? '')})`,
            ]
          : []),
        ...(check === undefined ? [] : [`CHECK (${check.replace(/^check\s*\((.*)\)$/is, '$1')})`]),
      ];
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

/** One ALTER TABLE a column: AddColumnGenerator joins them for MySQL alone. */
function addColumn(change: Element): readonly string[] {
  return columnsOf(change).flatMap((one) => {
    const constraints = constraintsOf(one);
    const name = identifier(attribute(one, 'name') ?? '');
    const key = flag(constraints, 'primaryKey', false) ? ' PRIMARY KEY' : '';
    const unique = attribute(constraints, 'uniqueConstraintName');
    const reference = columnReference(one);
    const value = literalOf(one, 'value');
    return [
      alter(change, `ADD ${columnDefinition(one)}${key}`),
      ...(value === undefined ? [] : [`UPDATE ${tableOf(change)} SET ${name} = ${value}`]),
      ...(flag(constraints, 'unique', false)
        ? [alter(change, `ADD ${unique === undefined ? '' : `CONSTRAINT ${identifier(unique)} `}UNIQUE (${name})`)]
        : []),
      ...(reference === undefined ? [] : [alter(change, `ADD ${reference}`)]),
      ...columnRemarks(change, one),
    ];
  });
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
    down: columnsOf(change).map((one) => alter(change, `DROP COLUMN ${column(one, 'name')}`)),
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
  addAutoIncrement: (change) => ({
    up: [alter(change, `ALTER COLUMN ${column(change)} ADD ${identity(change)}`)],
  }),
  addDefaultValue: (change) => ({
    up: [alter(change, `ALTER COLUMN ${column(change)} SET DEFAULT ${literalOf(change, 'defaultValue') ?? 'NULL'}`)],
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
    down: [`DROP TABLE ${tableOf(change, 'newTableName', 'newTableSchemaName')} CASCADE`],
  }),
  setTableRemarks: (change) => ({ up: remarks(change) }),
  setColumnRemarks: (change) => ({ up: columnRemarks(change, change) }),
  createIndex: (change) => ({ up: [createIndex(change)], down: [dropIndex(change)] }),
  dropIndex: (change) => ({ up: [dropIndex(change)] }),
};

function createIndex(change: Element): string {
  const columns = columnsOf(change).map((one) => {
    const name = attribute(one, 'name') ?? '';
    const shown = flag(one, 'computed', false) || /[(\s]/.test(name) ? name : identifiers(name);
    return flag(one, 'descending', false) ? `${shown} DESC` : shown;
  });
  const name = attribute(change, 'indexName');
  const space = attribute(change, 'tablespace');
  return [
    flag(change, 'unique', false) ? 'CREATE UNIQUE INDEX' : 'CREATE INDEX',
    ...(name === undefined ? [] : [identifier(name)]),
    `ON ${tableOf(change)}(${columns.join(', ')})`,
    ...(space === undefined ? [] : [`TABLESPACE ${identifier(space)}`]),
  ].join(' ');
}

function dropIndex(change: Element): string {
  const schema = attribute(change, 'schemaName');
  return `DROP INDEX ${schema === undefined ? '' : `${identifier(schema)}.`}${column(change, 'indexName')}`;
}
