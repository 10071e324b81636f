import { type DefElem, strings } from '../sql/tree.js';
import { columnRefs } from '../sql/walk.js';
import { always, type Novelties, type Novelty, option } from './novelty.js';

/** Of a clause of JSON functions: without any they look like calls of functions, which then do not exist. */
const jsonClause = /\b(returning|passing|wrapper|quotes|on\s+(empty|error|null)|value|format)\b|:/i;

function json(words: RegExp, since: number, what: string): readonly Novelty<unknown>[] {
  return [
    { since, words, what, is: (_, text) => jsonClause.test(text) },
    { since, words, what, code: '42883', is: always },
  ];
}

/** In queries and maintenance. */
export const queryNovelties: Novelties = {
  DeclareCursorStmt: [{ since: 14, words: /\basensitive\b/, what: 'ASENSITIVE', is: always }],
  MergeStmt: [
    { since: 15, words: /\bmerge\b/, what: 'MERGE', is: always },
    {
      since: 17,
      words: /\breturning\b/,
      what: 'MERGE … RETURNING',
      is: ({ returningClause }) => returningClause !== undefined,
    },
  ],
  MergeWhenClause: [
    {
      since: 17,
      words: /\bby\s+(source|target)\b/,
      what: 'WHEN NOT MATCHED BY SOURCE',
      is: ({ matchKind = '' }) => /NOT_MATCHED/.test(matchKind),
    },
  ],
  ReturningClause: [
    {
      since: 18,
      words: /\breturning\s+with\b/,
      what: 'RETURNING WITH (OLD AS …)',
      is: ({ options }) => options !== undefined,
    },
    {
      since: 18,
      words: /\breturning\b[\s\S]*\b(old|new)\s*\./,
      what: 'OLD and NEW in RETURNING',
      code: '42P01',
      is: ({ exprs }, text) =>
        !/^\s*create\b/i.test(text) &&
        columnRefs({ exprs }).some(
          ({ parts: [first], parts, star }) => (parts.length > 1 || star) && (first === 'old' || first === 'new'),
        ),
    },
  ],
  CommonTableExpr: [
    {
      since: 14,
      words: /\bsearch\b/,
      what: 'SEARCH of a recursive query',
      is: ({ search_clause }) => search_clause !== undefined,
    },
    {
      since: 14,
      words: /\bcycle\b/,
      what: 'CYCLE of a recursive query',
      is: ({ cycle_clause }) => cycle_clause !== undefined,
    },
  ],
  SelectStmt: [
    {
      since: 14,
      words: /\bgroup\s+by\s+(distinct|all)\b/,
      what: 'GROUP BY DISTINCT',
      is: ({ groupClause }) => groupClause !== undefined,
    },
  ],
  JoinExpr: [
    {
      since: 14,
      words: /\busing\s*\([^)]*\)\s*as\b/,
      what: 'a name for JOIN … USING',
      is: ({ join_using_alias }) => join_using_alias !== undefined,
    },
  ],
  RangeSubselect: [
    {
      since: 16,
      words: /\(\s*(select|values|with|table)\b/,
      what: 'a subquery in FROM without a name',
      is: ({ alias }) => alias === undefined,
    },
  ],
  VacuumRelation: [
    {
      since: 18,
      words: /\b(vacuum|analyze)\b[\s\S]*\bonly\b/,
      what: 'ONLY in VACUUM and ANALYZE',
      is: ({ relation }) => relation?.inh !== true,
    },
  ],
  ReindexStmt: [
    {
      since: 14,
      words: /\breindex\s*\([^)]*\b(concurrently|tablespace)\b/,
      what: 'CONCURRENTLY and TABLESPACE in the parentheses of REINDEX',
      is: always,
    },
    {
      since: 16,
      words: /\breindex\b[\s\S]*\b(system|database)\b/,
      what: 'REINDEX DATABASE without a name',
      is: ({ kind = '', name }) => /SYSTEM|DATABASE/.test(kind) && name === undefined,
    },
  ],
  ClusterStmt: [{ since: 14, words: /\bcluster\s*\(/, what: 'CLUSTER with options in parentheses', is: always }],
  CopyStmt: [
    {
      since: 15,
      words: /\bmatch\b/,
      what: 'HEADER MATCH of COPY',
      is: ({ options }) => textOf(option(options, 'header')) === 'match',
    },
    {
      since: 15,
      words: /\bheader\b/,
      what: 'HEADER of COPY in other formats than CSV',
      code: '0A000',
      is: ({ options }) => isOnOption(option(options, 'header')) && textOf(option(options, 'format')) !== 'csv',
    },
    { since: 17, words: /\bforce_(not_)?null\s*\*/, what: 'FORCE_NULL * of COPY', code: '22023', is: always },
  ],
  VacuumStmt: [{ since: 14, words: /\bindex_cleanup\s+auto\b/, what: 'INDEX_CLEANUP AUTO', is: always }],
  JsonIsPredicate: [{ since: 16, words: /\bis\b[\s\S]*\bjson\b/, what: 'IS JSON', is: always }],
  JsonObjectConstructor: [{ since: 16, words: /\bjson_object\b/, what: 'JSON_OBJECT of SQL/JSON', is: always }],
  JsonArrayConstructor: json(/\bjson_array\b/, 16, 'JSON_ARRAY'),
  JsonArrayQueryConstructor: [{ since: 16, words: /\bjson_array\b/, what: 'JSON_ARRAY of a query', is: always }],
  JsonObjectAgg: [{ since: 16, words: /\bjson_objectagg\b/, what: 'JSON_OBJECTAGG', is: always }],
  JsonArrayAgg: json(/\bjson_arrayagg\b/, 16, 'JSON_ARRAYAGG'),
  JsonScalarExpr: json(/\bjson_scalar\b/, 17, 'JSON_SCALAR'),
  JsonSerializeExpr: json(/\bjson_serialize\b/, 17, 'JSON_SERIALIZE'),
  JsonFuncExpr: json(/\bjson_(exists|value|query)\b/, 17, 'JSON_EXISTS, JSON_VALUE and JSON_QUERY'),
  JsonTable: [{ since: 17, words: /\bjson_table\b/, what: 'JSON_TABLE', is: always }],
  XmlSerialize: [
    { since: 16, words: /\bindent\b/, what: 'INDENT of XMLSERIALIZE', is: ({ indent }) => indent === true },
  ],
  FuncCall: [
    {
      since: 17,
      words: /\bat\s+local\b/,
      what: 'AT LOCAL',
      is: ({ funcname, funcformat, args }) =>
        strings(funcname).at(-1) === 'timezone' && funcformat === 'COERCE_SQL_SYNTAX' && args?.length === 1,
    },
    {
      since: 16,
      words: /\bsystem_user\b/,
      what: 'SYSTEM_USER',
      code: '42703',
      is: ({ funcname, funcformat }) =>
        strings(funcname).at(-1) === 'system_user' && funcformat === 'COERCE_SQL_SYNTAX',
    },
  ],
};
function textOf(given: DefElem | undefined): string | undefined {
  return strings(given?.arg === undefined ? undefined : [given.arg])
    .at(-1)
    ?.toLowerCase();
}

function isOnOption(given: DefElem | undefined): boolean {
  return given !== undefined && !['false', 'off', '0'].includes(textOf(given) ?? 'true');
}
