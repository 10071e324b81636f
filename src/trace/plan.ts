import { quoteLiteral } from '../sql/names.js';
import { isKind, type Statement } from '../sql/statement.js';
import { ServerError, type Session } from './session.js';

/**
 * How the server's planner would read the relations of a query (schema.name) if it had to use every index that serves: `index`, `full` for want
 * of one, `perhaps` where it stops early or reads a whole index. What the sizes of the tables decide, a small database cannot show.
 */
export interface Plan {
  readonly reads: Readonly<Record<string, Read>>;
  /** One relation is read, and once: how does not depend on others. */
  readonly alone: boolean;
}

export type Read = 'index' | 'full' | 'perhaps';

const planned: ReadonlySet<string> = new Set([
  'SelectStmt',
  'InsertStmt',
  'UpdateStmt',
  'DeleteStmt',
  'MergeStmt',
  'CreateTableAsStmt',
]);

/** Whether a statement reads by a plan that EXPLAIN shows; it shows one too of what is made WITH NO DATA, and nothing is read. */
export function hasPlan(statement: Statement): boolean {
  const isSkipped = isKind(statement, 'CreateTableAsStmt') && statement.node.into?.skipData === true;
  return planned.has(statement.kind) && !isSkipped;
}

/** The plan of a statement, in the transaction that is open, which is left as it was; undefined for one that has none. */
export async function planOf(session: Session, sql: string): Promise<Plan | undefined> {
  await session.query('savepoint lockkeeper_plan');
  try {
    await session.query('set local enable_seqscan = off');
    const rows = await session.query(`explain (format json, verbose, costs off) ${sql}`);
    const nodes = nodesOf(JSON.parse(rows.map((row) => Object.values(row)[0] ?? '').join('\n')));
    return readsOf(nodes, await leadingKeys(session, nodes));
  } catch (error) {
    if (!(error instanceof ServerError)) throw error;
    return undefined;
  } finally {
    await session.query('rollback to savepoint lockkeeper_plan; release savepoint lockkeeper_plan');
  }
}

/** What EXPLAIN says of a step of a plan; the words of its JSON. */
interface PlanNode {
  readonly 'Node Type'?: string;
  readonly 'Parent Relationship'?: string;
  readonly 'Relation Name'?: string;
  readonly 'Index Name'?: string;
  readonly Schema?: string;
  readonly 'Index Cond'?: string;
  readonly Plans?: readonly PlanNode[];
}

/** A step, and whether those above it may stop before it has given all. */
interface Placed {
  readonly node: PlanNode;
  readonly stops: boolean;
}

function nodesOf(explained: readonly { readonly Plan?: PlanNode }[]): readonly Placed[] {
  const found: Placed[] = [];
  const waiting = explained.flatMap(({ Plan }): Placed[] => (Plan === undefined ? [] : [{ node: Plan, stops: false }]));
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    found.push(next);
    const { node, stops } = next;
    for (const below of node.Plans ?? []) waiting.push({ node: below, stops: stops || mayStop(node, below) });
  }
  return found;
}

/** The first column or expression of each index of a plan: a condition on a later one does not narrow what is read. */
async function leadingKeys(session: Session, nodes: readonly Placed[]): Promise<ReadonlyMap<string, string>> {
  const names = [...new Set(nodes.flatMap(({ node }) => node['Index Name'] ?? []))];
  if (names.length === 0) return new Map();
  const quoted = names.map(quoteLiteral);
  const rows = await session.query(`select c.relname as name, pg_get_indexdef(c.oid, 1, true) as key
    from pg_class c join pg_index on indexrelid = c.oid where c.relname in (${quoted.join(', ')})`);
  return new Map(rows.map(({ name, key }) => [name ?? '', key ?? '']));
}

function readsOf(nodes: readonly Placed[], leading: ReadonlyMap<string, string>): Plan {
  const found = new Map<string, Read>();
  let count = 0;
  for (const { node, stops } of nodes) {
    const { Schema, 'Relation Name': name } = node;
    const read = readOf(node, stops, leading);
    if (read === undefined || name === undefined) continue;
    count++;
    const relation = `${Schema ?? ''}.${name}`;
    found.set(relation, worse(read, found.get(relation) ?? read));
  }
  const reads = Object.fromEntries([...found].sort(([a], [b]) => (a < b ? -1 : 1)));
  return { reads, alone: count === 1 };
}

function readOf(node: PlanNode, stops: boolean, leading: ReadonlyMap<string, string>): Read | undefined {
  switch (node['Node Type']) {
    case 'Seq Scan':
      return stops ? 'perhaps' : 'full';
    case 'Index Scan':
    case 'Index Only Scan':
      return narrows(node, leading) ? 'index' : 'perhaps';
    case 'Bitmap Heap Scan':
      return nodesOf([{ Plan: node }]).every(({ node: each }) => !isBitmap(each) || narrows(each, leading))
        ? 'index'
        : 'perhaps';
    case 'Tid Scan':
    case 'Tid Range Scan':
      return 'index';
    default:
      return undefined;
  }
}

function isBitmap(node: PlanNode): boolean {
  return node['Node Type'] === 'Bitmap Index Scan';
}

function narrows(node: PlanNode, leading: ReadonlyMap<string, string>): boolean {
  const condition = node['Index Cond'] ?? '';
  const key = leading.get(node['Index Name'] ?? '') ?? '';
  // EXPLAIN writes a column behind the name of its table, which may hold the column's
  const whole = new RegExp(`(?<![\\w$"])${key.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')}(?![\\w$".])`);
  return key !== '' && whole.test(condition);
}

/** LIMIT takes what it needs, and a subquery is asked until it has answered, if at all. */
function mayStop(node: PlanNode, below: PlanNode): boolean {
  const how = below['Parent Relationship'];
  return node['Node Type'] === 'Limit' || how === 'SubPlan' || how === 'InitPlan';
}

const order: readonly Read[] = ['index', 'perhaps', 'full'];

function worse(one: Read, other: Read): Read {
  return order.indexOf(one) > order.indexOf(other) ? one : other;
}
