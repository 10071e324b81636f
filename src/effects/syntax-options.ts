import type { Statement } from '../sql/statement.js';
import type { AlterSubscriptionStmt, Kind, Node, NodeOf } from '../sql/tree.js';
import { type Draft, fail } from './draft.js';

/** Options in parentheses, with the major that brought those which 13 does not have. Measured: scripts/oracle/cases/syntax.ts. */
interface Options {
  /** The server's words for one that it does not know. */
  readonly words: (name: string) => string;
  readonly known: Readonly<Record<string, number>>;
}

function since(known: string, later: Readonly<Record<string, number>> = {}): Options['known'] {
  return { ...Object.fromEntries(known.split(' ').map((name) => [name, 13])), ...later };
}

const vacuum: Options = {
  words: (name) => `unrecognized VACUUM option "${name}"`,
  known: since('verbose analyze freeze full disable_page_skipping skip_locked index_cleanup truncate parallel', {
    process_toast: 14,
    process_main: 16,
    skip_database_stats: 16,
    only_database_stats: 16,
    buffer_usage_limit: 16,
  }),
};

const analyze: Options = {
  words: (name) => `unrecognized ANALYZE option "${name}"`,
  known: since('verbose skip_locked', { buffer_usage_limit: 16 }),
};

const explain: Options = {
  words: (name) => `unrecognized EXPLAIN option "${name}"`,
  known: since('analyze verbose costs settings buffers wal timing summary format', {
    generic_plan: 16,
    serialize: 17,
    memory: 17,
  }),
};

const copy: Options = {
  words: (name) => `option "${name}" not recognized`,
  known: since(
    'format freeze delimiter null header quote escape force_quote force_not_null force_null convert_selectively encoding',
    { default: 16, on_error: 17, log_verbosity: 17, reject_limit: 18 },
  ),
};

const reindex: Options = {
  words: (name) => `unrecognized REINDEX option "${name}"`,
  // without parentheses CONCURRENTLY is older than in them
  known: since('verbose concurrently', { tablespace: 14 }),
};

const cluster: Options = { words: (name) => `unrecognized CLUSTER option "${name}"`, known: since('verbose') };

const publication: Options = {
  words: (name) => `unrecognized publication parameter: "${name}"`,
  known: since('publish publish_via_partition_root', { publish_generated_columns: 18 }),
};

const subscriptionWords: Options['words'] = (name) => `unrecognized subscription parameter: "${name}"`;

/** What came with a major: subscriptioncmds.c. */
const laterOfSubscription = {
  binary: 14,
  streaming: 14,
  disable_on_error: 15,
  origin: 16,
  password_required: 16,
  run_as_owner: 16,
  failover: 17,
};

const subscription: Options = {
  words: subscriptionWords,
  known: since('connect enabled create_slot slot_name copy_data synchronous_commit', {
    ...laterOfSubscription,
    two_phase: 15,
  }),
};

/** By kind of ALTER SUBSCRIPTION. */
const ofSubscription: { readonly [K in NonNullable<AlterSubscriptionStmt['kind']>]?: Options['known'] } = {
  ALTER_SUBSCRIPTION_OPTIONS: since('slot_name synchronous_commit', { ...laterOfSubscription, two_phase: 18 }),
  ALTER_SUBSCRIPTION_SET_PUBLICATION: since('refresh copy_data'),
  ALTER_SUBSCRIPTION_ADD_PUBLICATION: since('refresh copy_data'),
  ALTER_SUBSCRIPTION_DROP_PUBLICATION: since('refresh copy_data'),
  ALTER_SUBSCRIPTION_REFRESH: since('copy_data'),
  ALTER_SUBSCRIPTION_SKIP: since('lsn'),
  ALTER_SUBSCRIPTION_ENABLED: since('enabled'),
};

const collation: Options = {
  words: (name) => `collation attribute "${name}" not recognized`,
  known: since('from locale lc_collate lc_ctype provider deterministic version', { rules: 16 }),
};

const range: Options = {
  words: (name) => `type attribute "${name}" not recognized`,
  known: since('subtype subtype_opclass collation canonical subtype_diff', { multirange_type_name: 14 }),
};

type Given = readonly [options: readonly Node[] | undefined, known: Options];

type Statements = { readonly [K in Kind]?: (node: NodeOf<K>) => Given };

const statements: Statements = {
  VacuumStmt: ({ options, is_vacuumcmd }) => [options, is_vacuumcmd ? vacuum : analyze],
  ExplainStmt: ({ options }) => [options, explain],
  CopyStmt: ({ options }) => [options, copy],
  ReindexStmt: ({ params }) => [params, reindex],
  ClusterStmt: ({ params }) => [params, cluster],
  CreatePublicationStmt: ({ options }) => [options, publication],
  AlterPublicationStmt: ({ options }) => [options, publication],
  CreateSubscriptionStmt: ({ options }) => [options, subscription],
  AlterSubscriptionStmt: ({ kind, options }) => [
    options,
    { words: subscriptionWords, known: (kind && ofSubscription[kind]) ?? {} },
  ],
  DefineStmt: ({ kind, definition }) => [kind === 'OBJECT_COLLATION' ? definition : undefined, collation],
  CreateRangeStmt: ({ params }) => [params, range],
};

/** The refusal of an option that the server does not know, or does not know yet. */
export function optionRefusal<K extends Kind>({ kind, node }: Statement<K>, pg: number): Draft | undefined {
  const [options = [], { known, words }] = statements[kind]?.(node) ?? [[], vacuum];
  for (const option of options) {
    if (!('DefElem' in option)) continue;
    const name = option.DefElem.defname ?? '';
    const major = known[name.toLowerCase()];
    if (major === undefined) return fail(words(name), '42601');
    if (major > pg) return fail(`${words(name)} (it came with PostgreSQL ${major})`, '42601');
  }
  return undefined;
}
