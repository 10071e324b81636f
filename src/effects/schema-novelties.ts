import { type Constraint, type Node, strings } from '../sql/tree.js';
import { always, type Novelties, option } from './novelty.js';

function constraintsIn(nodes: readonly Node[] | undefined): readonly Constraint[] {
  return (nodes ?? []).flatMap((node) => ('Constraint' in node ? [node.Constraint] : []));
}

const notNullOfTable = /(?:[(,]|\badd)\s*(?:constraint\s+\S+\s+)?not\s+null\b/;

/** In statements that define the schema. */
export const schemaNovelties: Novelties = {
  PartitionCmd: [
    {
      since: 14,
      words: /\bconcurrently\b/,
      what: 'DETACH PARTITION … CONCURRENTLY',
      is: ({ concurrent }) => concurrent === true,
    },
  ],
  AlterTableCmd: [
    {
      since: 14,
      words: /\bfinalize\b/,
      what: 'DETACH PARTITION … FINALIZE',
      is: ({ subtype }) => subtype === 'AT_DetachPartitionFinalize',
    },
    {
      since: 14,
      words: /\bcompression\b/,
      what: 'SET COMPRESSION',
      is: ({ subtype }) => subtype === 'AT_SetCompression',
    },
    {
      since: 16,
      words: /\bstorage\s+default\b/,
      what: 'SET STORAGE DEFAULT',
      is: ({ subtype }) => subtype === 'AT_SetStorage',
    },
    {
      since: 17,
      words: /\bstatistics\s+default\b/,
      what: 'SET STATISTICS DEFAULT',
      is: ({ subtype, def }) => subtype === 'AT_SetStatistics' && def === undefined,
    },
    {
      since: 17,
      words: /\baccess\s+method\s+default\b/,
      what: 'SET ACCESS METHOD DEFAULT',
      is: ({ subtype, name }) => subtype === 'AT_SetAccessMethod' && name === undefined,
    },
    {
      since: 15,
      words: /\baccess\s+method\b/,
      what: 'SET ACCESS METHOD',
      is: ({ subtype }) => subtype === 'AT_SetAccessMethod',
    },
    {
      since: 17,
      words: /\bset\s+expression\b/,
      what: 'SET EXPRESSION',
      is: ({ subtype }) => subtype === 'AT_SetExpression',
    },
    {
      since: 18,
      words: notNullOfTable,
      what: 'NOT NULL as a constraint of the table',
      is: ({ def }) => constraintsIn(def && [def]).some(isNotNull),
    },
    {
      since: 15,
      words: /\bsecurity_invoker\b/,
      what: 'the option security_invoker of views',
      code: '22023',
      is: ({ subtype, def }) =>
        subtype === 'AT_SetRelOptions' && option(itemsOf(def), 'security_invoker') !== undefined,
    },
  ],
  ATAlterConstraint: [
    {
      since: 18,
      words: /\benforced\b/,
      what: 'ALTER CONSTRAINT … ENFORCED',
      is: ({ alterEnforceability }) => alterEnforceability === true,
    },
    {
      since: 18,
      words: /\binherit\b/,
      what: 'ALTER CONSTRAINT … INHERIT',
      code: '0A000',
      is: ({ alterInheritability }) => alterInheritability === true,
    },
  ],
  ColumnDef: [
    {
      since: 14,
      words: /\bcompression\b/,
      what: 'COMPRESSION of a column',
      is: ({ compression }) => compression !== undefined,
    },
    {
      since: 16,
      words: /\bstorage\b/,
      what: 'STORAGE of a new column',
      is: ({ storage_name }) => storage_name !== undefined,
    },
    {
      since: 18,
      words: /\bno\s+inherit\b/,
      what: 'NOT NULL … NO INHERIT',
      is: ({ constraints }) => constraintsIn(constraints).some((one) => isNotNull(one) && one.is_no_inherit === true),
    },
  ],
  TableLikeClause: [
    // CREATE_TABLE_LIKE_COMPRESSION
    { since: 14, words: /\bincluding\s+compression\b/, what: 'INCLUDING COMPRESSION', is: always },
  ],
  Constraint: [
    {
      since: 15,
      words: /\bnulls\s+(not\s+)?distinct\b/,
      what: 'UNIQUE NULLS NOT DISTINCT',
      is: ({ contype }) => contype === 'CONSTR_UNIQUE',
    },
    {
      since: 15,
      words: /\bset\s+(null|default)\s*\(/,
      what: 'ON DELETE SET NULL (columns)',
      is: ({ fk_del_set_cols }) => fk_del_set_cols !== undefined,
    },
    {
      since: 18,
      words: /\bas\s*\(/,
      what: 'a virtual generated column',
      is: ({ generated_kind }) => generated_kind === 'v',
    },
    { since: 18, words: /\benforced\b/, what: 'NOT ENFORCED', is: saysEnforced },
    {
      since: 18,
      words: /\bwithout\s+overlaps\b/,
      what: 'WITHOUT OVERLAPS',
      is: ({ without_overlaps }) => without_overlaps === true,
    },
    {
      since: 18,
      words: /\bperiod\b/,
      what: 'PERIOD in a foreign key',
      is: ({ fk_with_period }) => fk_with_period === true,
    },
  ],
  CreateStmt: [
    {
      since: 18,
      words: notNullOfTable,
      what: 'NOT NULL as a constraint of the table',
      is: ({ tableElts, constraints }) => [...constraintsIn(tableElts), ...constraintsIn(constraints)].some(isNotNull),
    },
  ],
  CreateForeignTableStmt: [
    {
      since: 18,
      words: /\bforeign\s+table\b[\s\S]*\blike\b/,
      what: 'LIKE in CREATE FOREIGN TABLE',
      code: '0A000',
      is: ({ base }) => base?.tableElts?.some((element) => 'TableLikeClause' in element) === true,
    },
  ],
  TypeName: [
    {
      since: 15,
      words: /\b(numeric|decimal|dec)\s*\(\s*(\d\s*,|\d+\s*,\s*(-|\d\d))/,
      what: 'a scale of numeric that is negative or greater than the precision',
      code: '22023',
      is: ({ names, typmods }) => strings(names).at(-1) === 'numeric' && isOddScale(typmods),
    },
  ],
  IndexStmt: [{ since: 15, words: /\bnulls\s+(not\s+)?distinct\b/, what: 'NULLS NOT DISTINCT', is: always }],
  CreateTrigStmt: [
    { since: 14, words: /\bor\s+replace\b/, what: 'CREATE OR REPLACE TRIGGER', is: ({ replace }) => replace === true },
  ],
  CreateFunctionStmt: [
    {
      since: 14,
      words: /\b(function|procedure)\b[\s\S]*\b(return|begin)\b/,
      what: 'a function body that is not in quotes',
      is: ({ sql_body }) => sql_body !== undefined,
    },
    {
      since: 14,
      words: /\bprocedure\b[\s\S]*\bout\b/,
      what: 'OUT in a procedure',
      code: '0A000',
      is: ({ is_procedure, parameters }) =>
        is_procedure === true &&
        parameters?.some((one) => 'FunctionParameter' in one && one.FunctionParameter.mode === 'FUNC_PARAM_OUT') ===
          true,
    },
  ],
  CreateStatsStmt: [
    {
      since: 16,
      words: /\bstatistics\b/,
      what: 'CREATE STATISTICS without a name',
      is: ({ defnames }) => defnames === undefined,
    },
  ],
  CreateSeqStmt: [
    {
      since: 15,
      words: /\bunlogged\b/,
      what: 'CREATE UNLOGGED SEQUENCE',
      code: '0A000',
      is: ({ sequence }) => sequence?.relpersistence === 'u',
    },
  ],
  ViewStmt: [
    {
      since: 15,
      words: /\bsecurity_invoker\b/,
      what: 'the option security_invoker of views',
      code: '22023',
      is: ({ options }) => option(options, 'security_invoker') !== undefined,
    },
  ],
  PublicationObjSpec: [
    {
      since: 15,
      words: /\btables\s+in\s+schema\b/,
      what: 'TABLES IN SCHEMA of a publication',
      is: ({ pubobjtype = '' }) => /SCHEMA/.test(pubobjtype),
    },
    {
      since: 15,
      words: /\bpublication\b[\s\S]*\bwhere\b/,
      what: 'WHERE in a publication',
      is: ({ pubtable }) => pubtable?.whereClause !== undefined,
    },
    {
      since: 15,
      words: /\bpublication\b[\s\S]*\(/,
      what: 'a list of columns in a publication',
      is: ({ pubtable }) => pubtable?.columns !== undefined,
    },
  ],
  AlterSubscriptionStmt: [
    {
      since: 14,
      words: /\b(add|drop)\s+publication\b/,
      what: 'ALTER SUBSCRIPTION … ADD PUBLICATION',
      is: ({ kind = '' }) => /(ADD|DROP)_PUBLICATION/.test(kind),
    },
    {
      since: 15,
      words: /\bskip\b/,
      what: 'ALTER SUBSCRIPTION … SKIP',
      is: ({ kind }) => kind === 'ALTER_SUBSCRIPTION_SKIP',
    },
  ],
  GrantStmt: [
    {
      since: 15,
      words: /\bparameter\b/,
      what: 'privileges on parameters',
      is: ({ objtype }) => objtype === 'OBJECT_PARAMETER_ACL',
    },
    {
      since: 17,
      words: /\bmaintain\b/,
      what: 'the privilege MAINTAIN',
      is: ({ privileges }) =>
        privileges?.some((one) => 'AccessPriv' in one && one.AccessPriv.priv_name === 'maintain') === true,
    },
    { since: 14, words: /\bgranted\s+by\b/, what: 'GRANTED BY', is: ({ grantor }) => grantor !== undefined },
    {
      since: 18,
      words: /\blarge\s+objects\b/,
      what: 'default privileges of large objects',
      is: ({ objtype, targtype }) => objtype === 'OBJECT_LARGEOBJECT' && targtype === 'ACL_TARGET_DEFAULTS',
    },
  ],
  GrantRoleStmt: [
    {
      since: 16,
      words: /\b(inherit|set)\s+(option|true|false)\b/,
      what: 'INHERIT and SET of a granted role',
      is: ({ opt }) => ['inherit', 'set'].some((name) => option(opt, name) !== undefined),
    },
    {
      since: 16,
      words: /\badmin\s+(true|false)\b/,
      what: 'ADMIN TRUE of a granted role',
      is: ({ opt }) => option(opt, 'admin') !== undefined,
    },
  ],
  CreateEventTrigStmt: [
    { since: 17, words: /\blogin\b/, what: 'event triggers at login', is: ({ eventname }) => eventname === 'login' },
  ],
  AlterDatabaseRefreshCollStmt: [
    { since: 15, words: /\brefresh\b/, what: 'ALTER DATABASE … REFRESH COLLATION VERSION', is: always },
  ],
  AlterOperatorStmt: [
    {
      since: 17,
      words: /\b(commutator|negator|merges|hashes)\b/,
      what: 'SET (COMMUTATOR) of an operator',
      is: ({ options }) =>
        ['commutator', 'negator', 'merges', 'hashes'].some((name) => option(options, name) !== undefined),
    },
  ],
};

const ofColumn: ReadonlySet<string> = new Set(['CONSTR_ATTR_ENFORCED', 'CONSTR_ATTR_NOT_ENFORCED']);
const ofTable: ReadonlySet<string> = new Set(['CONSTR_CHECK', 'CONSTR_FOREIGN']);

/** ENFORCED after a constraint of a table is what goes without saying, and does not show in the tree; a column may be named so. */
function saysEnforced({ contype = 'CONSTR_NULL', is_enforced }: Constraint, text: string): boolean {
  return ofColumn.has(contype) || (ofTable.has(contype) && (is_enforced !== true || enforcedLast.test(text)));
}

const enforcedLast =
  /(?:\)|\b(?:deferrable|deferred|immediate|valid|inherit|cascade|restrict|action|null|default)) enforced\b/;

function isNotNull({ contype }: Constraint): boolean {
  return contype === 'CONSTR_NOTNULL';
}

function itemsOf(node: Node | undefined): readonly Node[] | undefined {
  return node !== undefined && 'List' in node ? node.List.items : undefined;
}

function isOddScale(modifiers: readonly Node[] | undefined): boolean {
  const [precision = 0, scale = 0] = (modifiers ?? []).map((node) =>
    'A_Const' in node ? (node.A_Const.ival?.ival ?? 0) : 0,
  );
  return scale < 0 || scale > precision;
}
