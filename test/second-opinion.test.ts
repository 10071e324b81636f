import { type AlterTableStatement, parse, type QName, type Statement as Theirs } from 'pgsql-ast-parser';
import { beforeAll, describe, expect, it } from 'vitest';
import { referencedColumn } from '../src/catalog/expression.js';
import { loadParser } from '../src/sql/parse.js';
import { parseScript } from '../src/sql/script.js';
import { isKind, type Statement } from '../src/sql/statement.js';
import type { Kind, Node, RangeVar } from '../src/sql/tree.js';
import { fixtureSources } from './fixture-sql.js';

beforeAll(loadParser);

/** What both parsers can say of a statement. */
interface Gist {
  readonly kind: Kind | undefined;
  readonly relation: string | undefined;
  readonly columns: readonly string[];
}

/** Their kinds, with ours. What is not here is not compared. */
const kinds: { readonly [K in Theirs['type']]?: Kind } = {
  'create table': 'CreateStmt',
  'create index': 'IndexStmt',
  'alter table': 'AlterTableStmt',
  'drop table': 'DropStmt',
  'drop index': 'DropStmt',
  'drop type': 'DropStmt',
  'drop sequence': 'DropStmt',
  'truncate table': 'TruncateStmt',
  'create view': 'ViewStmt',
  'create enum': 'CreateEnumStmt',
  'create extension': 'CreateExtensionStmt',
  'create schema': 'CreateSchemaStmt',
  'create sequence': 'CreateSeqStmt',
  'create function': 'CreateFunctionStmt',
  comment: 'CommentStmt',
  insert: 'InsertStmt',
  update: 'UpdateStmt',
  delete: 'DeleteStmt',
  select: 'SelectStmt',
  begin: 'TransactionStmt',
  commit: 'TransactionStmt',
  rollback: 'TransactionStmt',
};

const named = (name: QName): string =>
  [name.schema, name.name].flatMap((part) => (part === undefined ? [] : cut(part))).join('.');

/** PostgreSQL cuts a name to 63 bytes, they do not. */
function cut(name: string): string {
  let kept = name;
  while (Buffer.byteLength(kept) > 63) kept = kept.slice(0, -1);
  return kept;
}

function theirs(statement: Theirs): Gist {
  const kind = kinds[statement.type];
  switch (statement.type) {
    case 'create table': {
      const columns = statement.columns.flatMap((column) => (column.kind === 'column' ? column.name.name : []));
      return { kind, relation: named(statement.name), columns };
    }
    case 'create index': {
      const columns = statement.expressions.flatMap(({ expression }) =>
        expression.type === 'ref' ? expression.name : [],
      );
      return { kind, relation: named(statement.table), columns };
    }
    case 'alter table':
      return {
        kind: renames(statement) ? 'RenameStmt' : kind,
        relation: named(statement.table),
        columns: changed(statement),
      };
    case 'insert':
      return { kind, relation: named(statement.into), columns: statement.columns?.map(({ name }) => name) ?? [] };
    case 'update':
      return { kind, relation: named(statement.table), columns: statement.sets.map(({ column }) => column.name) };
    case 'delete':
      return { kind, relation: named(statement.from), columns: [] };
    case 'drop table':
    case 'drop index':
      return { kind, relation: statement.names[0] && named(statement.names[0]), columns: [] };
    case 'truncate table':
      return { kind, relation: statement.tables[0] && named(statement.tables[0]), columns: [] };
    case 'create view':
      return { kind, relation: named(statement.name), columns: [] };
    default:
      return { kind, relation: undefined, columns: [] };
  }
}

function renames({ changes }: AlterTableStatement): boolean {
  return changes.some(({ type }) => type === 'rename' || type === 'rename column' || type === 'rename constraint');
}

function changed({ changes }: AlterTableStatement): readonly string[] {
  return changes.flatMap((change) => {
    if (change.type === 'add column') return change.column.name.name;
    if (change.type === 'drop column' || change.type === 'alter column') return change.column.name;
    return [];
  });
}

const plain = (range: RangeVar | undefined): string | undefined =>
  range && [range.schemaname, range.relname].filter((part) => part !== undefined).join('.');

const targets = (nodes: readonly Node[] | undefined): string[] =>
  (nodes ?? []).flatMap((node) => ('ResTarget' in node ? (node.ResTarget.name ?? []) : []));

function ours(statement: Statement): Gist {
  const { kind } = statement;
  if (isKind(statement, 'CreateStmt')) {
    const columns = (statement.node.tableElts ?? []).flatMap((node) =>
      'ColumnDef' in node ? (node.ColumnDef.colname ?? []) : [],
    );
    return { kind, relation: plain(statement.node.relation), columns };
  }
  if (isKind(statement, 'IndexStmt')) {
    const columns = (statement.node.indexParams ?? []).flatMap((node) => keyOf(node));
    return { kind, relation: plain(statement.node.relation), columns };
  }
  if (isKind(statement, 'AlterTableStmt')) {
    return { kind, relation: plain(statement.node.relation), columns: statement.commands.flatMap(columnOfCommand) };
  }
  if (isKind(statement, 'RenameStmt')) return { kind, relation: plain(statement.node.relation), columns: [] };
  if (isKind(statement, 'InsertStmt'))
    return { kind, relation: plain(statement.node.relation), columns: targets(statement.node.cols) };
  if (isKind(statement, 'UpdateStmt'))
    return { kind, relation: plain(statement.node.relation), columns: targets(statement.node.targetList) };
  if (isKind(statement, 'DeleteStmt')) return { kind, relation: plain(statement.node.relation), columns: [] };
  if (isKind(statement, 'ViewStmt')) return { kind, relation: plain(statement.node.view), columns: [] };
  if (isKind(statement, 'TruncateStmt')) {
    const [first] = statement.node.relations ?? [];
    return { kind, relation: first && 'RangeVar' in first ? plain(first.RangeVar) : undefined, columns: [] };
  }
  if (
    isKind(statement, 'DropStmt') &&
    (statement.node.removeType === 'OBJECT_TABLE' || statement.node.removeType === 'OBJECT_INDEX')
  ) {
    const [first] = statement.node.objects ?? [];
    const parts = first && 'List' in first ? (first.List.items ?? []) : [];
    const relation = parts.flatMap((part) => ('String' in part ? (part.String.sval ?? '') : [])).join('.');
    return { kind, relation, columns: [] };
  }
  return { kind, relation: undefined, columns: [] };
}

/** A column in parentheses is an expression to PostgreSQL, a column to them. */
function keyOf(node: Node): string[] {
  if (!('IndexElem' in node)) return [];
  const { name, expr } = node.IndexElem;
  return name !== undefined ? [name] : [referencedColumn(expr) ?? []].flat();
}

function columnOfCommand(command: Statement): readonly string[] {
  if (isKind(command, 'AT_AddColumn')) {
    const { def } = command.node;
    return def !== undefined && 'ColumnDef' in def ? [def.ColumnDef.colname ?? ''] : [];
  }
  const alters =
    command.kind === 'AT_DropColumn' ||
    command.kind.startsWith('AT_Column') ||
    /^AT_(Set|Drop)NotNull$|^AT_AlterColumnType$|^AT_(Add|Set|Drop)Identity$/.test(command.kind);
  return alters && 'name' in command.node && typeof command.node.name === 'string' ? [command.node.name] : [];
}

/** Their reading, or undefined where their grammar, which is not PostgreSQL's, refuses the text. */
function secondOpinion(text: string): readonly Theirs[] | undefined {
  try {
    return parse(text);
  } catch {
    return undefined;
  }
}

describe('a second parser reads the fixtures as we do', () => {
  let compared = 0;

  it.each(fixtureSources().map((source) => ({ file: source.file, source })))('$file', ({ source }) => {
    const { statements } = parseScript([{ source, span: { start: 0, end: source.text.length } }], { psql: true });
    for (const statement of statements) {
      const opinion = secondOpinion(statement.text);
      const [only] = opinion ?? [];
      if (only === undefined || opinion?.length !== 1 || kinds[only.type] === undefined) continue;
      compared++;
      expect(ours(statement), statement.text).toEqual(theirs(only));
    }
  });

  it('has an opinion on a good part of them', () => {
    expect(compared).toBeGreaterThan(200);
  });
});
