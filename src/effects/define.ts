import { otherNamed } from '../catalog/apply-other.js';
import { createdName } from '../catalog/apply-type.js';
import { findOther } from '../catalog/others.js';
import { typeRef } from '../catalog/type-ref.js';
import { qualifiedName } from '../sql/names.js';
import { type DefineStmt, type Node, type ObjectType, strings } from '../sql/tree.js';
import { unknownCollation } from './collation.js';
import type { Predict, PredictContext, PredictTable } from './context.js';
import { all, type Draft, fail, nothing } from './draft.js';
import { castFact } from './facts.js';
import { unknownOther } from './named-other.js';
import { optionsOf, textOf } from './options.js';
import { isTypeName } from './relations.js';
import { routinesWithArguments } from './routines.js';
import { isKnownType } from './types.js';
import { isUnknownFunction } from './volatility.js';

// Objects of pg_catalog's own kinds: aggregates, operators, collations, text search, casts, access methods.

type Definition = Predict<'DefineStmt'>;

/** A function that the definition names by itself; which types it takes is not looked at. */
function unknownSupport(node: DefineStmt, options: readonly string[], context: PredictContext): Draft {
  const given = optionsOf(node.definition);
  const parts = options.map((name) => given.get(name)?.arg).map(nameOf);
  const unknown = parts.find((name) => name.length > 0 && isUnknownFunction(name, context));
  return unknown === undefined ? nothing : fail(`function ${unknown.join('.')} does not exist`, '42883', false);
}

function nameOf(node: Node | undefined): readonly string[] {
  if (node === undefined) return [];
  if ('TypeName' in node) return strings(node.TypeName.names);
  return strings('List' in node ? node.List.items : [node]);
}

/** An option that must be there, under one of its names. */
function lacking({ definition }: DefineStmt, names: readonly string[], what: string): Draft | undefined {
  const given = optionsOf(definition);
  return names.some((name) => given.has(name)) ? undefined : fail(`${what} must be specified`, '42P13');
}

const aggregate: Definition = (node, context) => {
  const missing =
    lacking(node, ['sfunc', 'sfunc1'], 'aggregate sfunc') ?? lacking(node, ['stype', 'stype1'], 'aggregate stype');
  if (missing !== undefined) return missing;
  const [parameters] = node.args ?? [];
  const inputs = parameters !== undefined && 'List' in parameters ? (parameters.List.items ?? []) : [];
  const objargs = inputs.flatMap((one): Node[] =>
    'FunctionParameter' in one && one.FunctionParameter.argType ? [{ TypeName: one.FunctionParameter.argType }] : [],
  );
  const [old] = node.oldstyle ? [] : routinesWithArguments(context.catalog, { objname: node.defnames ?? [], objargs });
  const name = strings(node.defnames).join('.');
  if (old !== undefined && !node.replace)
    return fail(`function "${name}" already exists with same argument types`, '42723');
  if (old !== undefined && old.kind !== 'aggregate') return fail('cannot change routine kind', '42809');
  return unknownSupport(node, ['sfunc', 'finalfunc', 'combinefunc'], context);
};

const operator: Definition = (node, context) => {
  const missing = lacking(node, ['function', 'procedure'], 'operator function');
  if (missing !== undefined) return missing;
  // there may be others of the name, for other types
  const taken = has(node, 'operator', context) ? fail('operator already exists', '42723', false) : nothing;
  return all(unknownSupport(node, ['function', 'procedure'], context), taken);
};

function has(node: DefineStmt, kind: 'operator' | 'collation', { catalog }: PredictContext): boolean {
  const { schema, name } = createdName(catalog, strings(node.defnames));
  return findOther(catalog, kind, qualifiedName(schema, name)) !== undefined;
}

const providers: ReadonlySet<string> = new Set(['icu', 'libc', 'builtin']);

const collation: Definition = (node, context) => {
  const name = strings(node.defnames).join('.');
  if (has(node, 'collation', context))
    return node.if_not_exists ? nothing : fail(`collation "${name}" already exists`, '42710');
  const given = optionsOf(node.definition);
  const from = given.get('from')?.arg;
  if (from !== undefined)
    return (
      unknownCollation({ collname: 'List' in from ? [...(from.List.items ?? [])] : [from] }, context.catalog) ?? nothing
    );
  const provider = textOf(given.get('provider'))?.toLowerCase();
  if (provider !== undefined && (!providers.has(provider) || (provider === 'builtin' && context.pg < 17)))
    return fail(`unrecognized collation provider: ${provider}`, '42P17');
  return given.has('locale') || given.has('lc_collate')
    ? nothing
    : fail('parameter "lc_collate" must be specified', '42P17');
};

/** CREATE TYPE without a definition makes a name for one to come. */
const shell: Definition = ({ defnames, definition }, { catalog }) => {
  if (definition !== undefined) return nothing;
  const { schema, name } = createdName(catalog, strings(defnames));
  return isTypeName(catalog, qualifiedName(schema, name)) ? fail(`type "${name}" already exists`, '42710') : nothing;
};

/** A configuration is copied, or has a parser; a dictionary has a template. */
const referred: Readonly<Record<string, ObjectType>> = {
  copy: 'OBJECT_TSCONFIGURATION',
  parser: 'OBJECT_TSPARSER',
  template: 'OBJECT_TSTEMPLATE',
};

const textSearch: Definition = (node, context) => {
  const { kind, definition, defnames } = node;
  const { catalog } = context;
  const { schema, name } = createdName(catalog, strings(defnames));
  const full: Node = { List: { items: [schema, name].map((sval) => ({ String: { sval } })) } };
  const known = otherNamed(catalog, kind, full);
  // the server finds it by the unique index of its catalog
  if (typeof known === 'object') return fail(`${known.kind} "${name}" already exists`, '23505');
  const given = [...optionsOf(definition)].flatMap(([option, { arg }]) => {
    const type = referred[option];
    const items = nameOf(arg).map((sval) => ({ String: { sval } }));
    return type === undefined || items.length === 0 ? [] : [unknownOther(catalog, type, { List: { items } })];
  });
  return all(...given);
};

const definitions: { readonly [T in ObjectType]?: Definition } = {
  OBJECT_AGGREGATE: aggregate,
  OBJECT_OPERATOR: operator,
  OBJECT_COLLATION: collation,
  OBJECT_TYPE: shell,
  OBJECT_TSCONFIGURATION: textSearch,
  OBJECT_TSDICTIONARY: textSearch,
  OBJECT_TSPARSER: textSearch,
  OBJECT_TSTEMPLATE: textSearch,
};

const createCast: Predict<'CreateCastStmt'> = ({ sourcetype, targettype }, { catalog, pg }) => {
  const both = [sourcetype, targettype].flatMap((one): Node[] => (one === undefined ? [] : [{ TypeName: one }]));
  const [from, to] = [typeRef(catalog, sourcetype), typeRef(catalog, targettype)];
  if (from === undefined || to === undefined) return nothing;
  const unknown = [from, to].find((type) => !isKnownType({ catalog, pg }, type));
  if (unknown !== undefined) return fail(`type "${unknown.name}" does not exist`, '42704', false);
  const own = from.oid === undefined && to.oid === undefined && from.dimensions + to.dimensions === 0;
  const again = typeof otherNamed(catalog, 'OBJECT_CAST', { List: { items: both } }) === 'object';
  return again || (own && castFact(from.name, to.name, pg) !== undefined)
    ? fail(`cast from type ${from.name} to type ${to.name} already exists`, '42710')
    : nothing;
};

const accessMethods: ReadonlySet<string> = new Set(['heap', 'btree', 'hash', 'gist', 'gin', 'spgist', 'brin']);

/** What CREATE makes of the kinds that tables do not depend on when they are made. */
export const defines: PredictTable = {
  DefineStmt: (node, context) => definitions[node.kind ?? 'OBJECT_TYPE']?.(node, context) ?? nothing,
  CreateCastStmt: createCast,
  CreateAmStmt: ({ amname = '' }) =>
    accessMethods.has(amname) ? fail(`access method "${amname}" already exists`, '42710') : nothing,
};
