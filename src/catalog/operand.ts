import { type Node, strings, type TypeName } from '../sql/tree.js';
import { expressionKey, referencedColumn } from './expression.js';
import type { KnownType } from './known-type.js';
import { typeOfName } from './literal.js';

/** What is known of the columns of the table whose conditions are read. */
export interface Scope {
  readonly typeOf: (column: string) => KnownType | undefined;
  readonly collationOf: (column: string) => string | undefined;
}

/** The side of a comparison that is no constant. */
export interface Operand {
  /** The same for the same expression. */
  readonly key: string;
  readonly type: KnownType | undefined;
  /** The collation of the comparison; '' is the column's or database's default. */
  readonly collation: string;
}

/** The key of an expression where casts that do nothing are gone, as the parser leaves them out. */
export function exactKey(node: Node, scope: Scope): string {
  if ('TypeCast' in node && node.TypeCast.arg !== undefined) {
    const { arg, typeName } = node.TypeCast;
    const type = columnType(arg, scope);
    if (type !== undefined && typeOfName(typeName) === type.aliases[0] && sameModifiers(typeName, type)) {
      return exactKey(arg, scope);
    }
  }
  return expressionKey(node);
}

/**
 * An expression as an operand of a comparison: a cast that keeps the operator and its meaning (a domain to its base, varchar
 * to text) is the same operand without it.
 */
export function operandOf(node: Node, scope: Scope): Operand {
  if ('CollateClause' in node && node.CollateClause.arg !== undefined) {
    return {
      ...operandOf(node.CollateClause.arg, scope),
      collation: collationName(strings(node.CollateClause.collname)),
    };
  }
  if ('TypeCast' in node && node.TypeCast.arg !== undefined) {
    const { arg, typeName } = node.TypeCast;
    const inner = operandOf(arg, scope);
    if (inner.type !== undefined && keepsMeaning(typeName, inner.type)) return inner;
  }
  const column = referencedColumn(node);
  if (column === undefined) return { key: expressionKey(node), type: undefined, collation: '' };
  const collation = collationName(scope.collationOf(column)?.split('.') ?? []);
  return { key: expressionKey(node), type: scope.typeOf(column), collation };
}

/** A collation without pg_catalog; the default one is ''. */
export function collationName(parts: readonly string[]): string {
  const name = (parts[0] === 'pg_catalog' ? parts.slice(1) : parts).join('.');
  return name === 'default' ? '' : name;
}

function columnType(node: Node, scope: Scope): KnownType | undefined {
  const column = referencedColumn(node);
  return column === undefined ? undefined : scope.typeOf(column);
}

function keepsMeaning(typeName: TypeName | undefined, type: KnownType): boolean {
  const to = typeOfName(typeName);
  const text = ['text', 'varchar'];
  if (text.includes(to) && text.includes(type.name) && type.dimensions === 0)
    return (typeName?.typmods ?? []).length === 0;
  return type.aliases.includes(to) && sameModifiers(typeName, type);
}

function sameModifiers(typeName: TypeName | undefined, type: KnownType): boolean {
  const given = (typeName?.typmods ?? []).map((node) =>
    'A_Const' in node ? (node.A_Const.ival?.ival ?? 0) : undefined,
  );
  if ((typeName?.arrayBounds ?? []).length !== type.dimensions) return false;
  return given.length === type.modifiers.length && given.every((modifier, at) => modifier === type.modifiers[at]);
}
