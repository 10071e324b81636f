import type { Catalog, TypeRef } from '../catalog/catalog.js';
import { settings } from '../catalog/lookup.js';
import { describeQuery } from '../catalog/query.js';
import { typeRef } from '../catalog/type-ref.js';
import { type BodyStatement, isKind, type Statement } from '../sql/statement.js';
import type { CreateFunctionStmt, Node, ReturnStmt } from '../sql/tree.js';
import { functionCalls, visit } from '../sql/walk.js';
import type { PredictContext } from './context.js';
import { all, type Draft, fail, nothing } from './draft.js';
import { typeFact } from './facts.js';
import { lookUp } from './lookups.js';
import { optionsOf, textOf } from './options.js';
import { unknownNames } from './queries.js';
import { constantTerm, type Item, type Scope } from './query-terms.js';
import { inputsOf, parametersOf, resultOf } from './routine-signature.js';
import { typeName } from './type-name.js';
import { baseType, convert, declaredType, isRecorded } from './types.js';
import { isUnknownFunction, unknownFunction } from './volatility.js';

type Context = PredictContext<'CreateFunctionStmt'>;

/** The body of a function is read when the function is made; that of an SQL function is looked through as well, and its result compared. */
export function checkBody(node: CreateFunctionStmt, context: Context): Draft {
  const { catalog, statement } = context;
  const unchecked = /^(off|false|no|0)$/i.test(settings(catalog).check_function_bodies ?? 'on');
  if (unchecked && node.sql_body === undefined) return nothing;
  const wrong = statement.parsed === undefined && statement.unread?.find(({ rule }) => rule === 'syntax-error');
  if (wrong) return fail(wrong.message, '42601');
  const language = textOf(optionsOf(node.options).get('language')) ?? (node.sql_body === undefined ? '' : 'sql');
  if (language.toLowerCase() !== 'sql') return nothing;
  const misfit = misfitType(node, context);
  if (misfit !== undefined) return misfit;
  // what a body means shows only with the types that it is called with
  if (inputsOf(node).some(({ argType }) => isPolymorphic(typeRef(catalog, argType)))) return nothing;
  const looked = statement.body.flatMap(({ statement: inner }): Draft[] => {
    const query = queryOf(inner);
    if (query === undefined) return [];
    return [
      beyondParameters(query, node),
      unknownNames(query, context, scopeOf(node, catalog)),
      unknownCall(query, node, context),
      lookUp(query, context, true),
    ];
  });
  return all(...looked, resultMismatch(node, context));
}

/** A call of a function that nothing shows; the one that is made may call itself. */
function unknownCall(query: Node, node: CreateFunctionStmt, context: Context): Draft {
  const own = textOfName(node);
  const call = functionCalls({ query }).find(({ name }) => name.at(-1) !== own && isUnknownFunction(name, context));
  return call === undefined ? nothing : unknownFunction(call);
}

/** What a statement of a body has looked through. Of a utility statement that is only the query that PostgreSQL plans. */
function queryOf(statement: Statement): Node | undefined {
  if (isKind(statement, 'ReturnStmt')) return asQuery(statement.node);
  if (
    isKind(statement, 'CreateTableAsStmt') ||
    isKind(statement, 'DeclareCursorStmt') ||
    isKind(statement, 'ExplainStmt')
  )
    return statement.node.query;
  if (isKind(statement, 'SelectStmt')) return { SelectStmt: statement.node };
  if (isKind(statement, 'InsertStmt')) return { InsertStmt: statement.node };
  if (isKind(statement, 'UpdateStmt')) return { UpdateStmt: statement.node };
  if (isKind(statement, 'DeleteStmt')) return { DeleteStmt: statement.node };
  return isKind(statement, 'MergeStmt') ? { MergeStmt: statement.node } : undefined;
}

function isPolymorphic(type: TypeRef | undefined): boolean {
  return type?.schema === 'pg_catalog' && type.name.startsWith('any');
}

/** An SQL function has nothing to do with pseudo-types but those of rows, of nothing and of anything. */
function misfitType(node: CreateFunctionStmt, { catalog, pg }: Context): Draft | undefined {
  const { type } = resultOf(node);
  const result = typeRef(catalog, type);
  if (result === undefined || isPolymorphic(result) || ['record', 'void'].includes(result.name)) return undefined;
  return result.schema === 'pg_catalog' && typeFact(result.name, pg)?.pseudo
    ? fail(`SQL functions cannot return type ${result.name}`, '42P13')
    : undefined;
}

/** Parameters go by their names, and by the function's name and their own; those of a row type have columns. */
function scopeOf(node: CreateFunctionStmt, catalog: Catalog): Scope {
  const parameters = parametersOf(node).filter(({ mode }) => mode !== 'FUNC_PARAM_TABLE');
  const name = textOfName(node);
  const columns = new Map(parameters.map((one) => [one.name ?? '', constantTerm] as const));
  const rows = parameters.flatMap((one): Item[] => {
    const type = typeRef(catalog, one.argType);
    const scalar = type?.schema === 'pg_catalog' && type.name !== 'record';
    return scalar ? [] : [{ name: one.name ?? '', columns: new Map(), open: true }];
  });
  return { items: [{ name, columns, open: false }, ...rows], outer: undefined };
}

function textOfName({ funcname }: CreateFunctionStmt): string {
  const last = funcname?.at(-1);
  return last !== undefined && 'String' in last ? (last.String.sval ?? '') : '';
}

function beyondParameters(query: object, node: CreateFunctionStmt): Draft {
  const given = inputsOf(node).length;
  let beyond: number | undefined;
  visit(query, (kind, inner) => {
    if (kind === 'ParamRef' && (inner.number ?? 0) > given) beyond ??= inner.number;
  });
  return beyond === undefined ? nothing : fail(`there is no parameter $${beyond}`, '42P02');
}

/** The last query gives what the function returns (check_sql_fn_retval). */
function resultMismatch(node: CreateFunctionStmt, context: Context): Draft {
  const { catalog, statement } = context;
  const { type, columns } = resultOf(node);
  const returns = typeRef(catalog, type);
  const declared = returns && declaredType(catalog, returns);
  const relation = declared?.kind === 'composite' ? catalog.relations.get(declared.relation) : undefined;
  const known = relation !== undefined && 'columns' in relation ? relation.columns.map((one) => one.type) : undefined;
  const row = columns?.map(({ argType }) => typeRef(catalog, argType)) ?? known;
  if ((statement.unread?.length ?? 0) > 0 || returns?.name === 'void' || isPolymorphic(returns)) return nothing;
  if (row === undefined && (returns === undefined || declared?.kind === 'composite' || returns.name === 'record'))
    return nothing;
  const shown = columns !== undefined || returns === undefined ? 'record' : typeName(catalog, returns);
  const mismatch = fail(`return type mismatch in function declared to return ${shown}`, '42P13');
  const given = givenBy(statement.body.at(-1), catalog);
  if (given === 'nothing') return mismatch;
  if (given === undefined) return nothing;
  const wanted = row ?? [returns];
  // one column may be the row itself
  const whole = row !== undefined && given.length === 1 && !isScalar(given[0], context);
  if (whole) return nothing;
  if (given.length !== wanted.length) return mismatch;
  const fits = given.every((from, at) => isAssignable(from, wanted[at], context));
  return fits ? nothing : mismatch;
}

/** The types of the columns of the last query; undefined where they are not known. */
function givenBy(
  last: BodyStatement | undefined,
  catalog: Catalog,
): readonly (TypeRef | undefined)[] | 'nothing' | undefined {
  if (last === undefined) return 'nothing';
  const { statement } = last;
  if (isKind(statement, 'ReturnStmt'))
    return describeQuery(catalog, asQuery(statement.node)).outputs.map(({ type }) => type);
  if ('returningClause' in statement.node && statement.node.returningClause !== undefined) return undefined;
  if (!isKind(statement, 'SelectStmt') || statement.node.intoClause !== undefined) return 'nothing';
  const { outputs, open } = describeQuery(catalog, { SelectStmt: statement.node });
  return open ? undefined : outputs.map(({ type }) => type);
}

/** RETURN expression is SELECT expression. */
function asQuery({ returnval }: ReturnStmt): Node {
  return { SelectStmt: { targetList: returnval ? [{ ResTarget: { val: returnval } }] : [] } };
}

function isScalar(type: TypeRef | undefined, context: Context): boolean {
  return type !== undefined && isRecorded(context, baseType(context.catalog, type)) && type.name !== 'record';
}

function isAssignable(from: TypeRef | undefined, to: TypeRef | undefined, context: Context): boolean {
  if (from === undefined || to === undefined || isPolymorphic(to)) return true;
  return !('noCast' in convert({ type: from, fate: 'kept' }, to, context, 'assignment'));
}
