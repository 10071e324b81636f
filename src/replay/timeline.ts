import type { MigrationReport, StepReport } from '../diagnostic.js';
import { type Effect, lockModes, type Work } from '../effects/effect.js';
import type { Migration } from '../frameworks/framework.js';
import type { Direction, Step } from '../rule.js';
import type { Statement } from '../sql/statement.js';
import type { ReplayedScript } from './replay.js';

/**
 * The timeline of one direction of a migration: one entry a statement as its author wrote it. The commands of an ALTER TABLE and
 * the statements of a body are summed up in the statement they belong to.
 */
export function timeline(migration: Migration, script: ReplayedScript): MigrationReport {
  const groups: { readonly statement: Statement; readonly transaction: number; readonly steps: Step[] }[] = [];
  for (const [at, step] of script.steps.entries()) {
    const statement = outermost(step.statement);
    const last = groups.at(-1);
    if (last !== undefined && last.statement === statement) last.steps.push(step);
    else groups.push({ statement, transaction: script.transactions[at] ?? 0, steps: [step] });
  }
  const blind = script.problems.filter((problem) => problem.rule === 'not-understood');
  const loose = blind.filter((problem) => !groups.some(({ statement }) => holds(statement, problem)));
  const refused = script.problems.filter((problem) => problem.rule === 'syntax-error');
  // a change that its reader could not turn into SQL has no statement; it is told once, and counts on the way up
  const unread = script.direction === 'up' ? migration.problems.filter(({ rule }) => rule === 'not-understood') : [];
  return {
    id: migration.id,
    name: migration.name,
    file: fileOf(migration, script.direction),
    direction: script.direction,
    judged: true,
    transaction: script.transaction,
    steps: groups.map(({ statement, transaction, steps }) => summed(statement, transaction, steps, blind)),
    unreadable: refused.length + loose.length + unread.length,
  };
}

/** The file of one direction of a migration, in which its lines are counted: the way back may have one of its own. */
export function fileOf({ file, down }: Migration, direction: Direction): string {
  return direction === 'up' || 'none' in down ? file : (down.pieces[0]?.source.file ?? file);
}

/** Whether a problem is one of a statement, or of what its body runs. */
function holds({ source, span }: Statement, problem: Placed): boolean {
  return source === problem.source && span.start <= problem.span.start && problem.span.start < span.end;
}

type Placed = Pick<Statement, 'source' | 'span'>;

function summed(
  statement: Statement,
  transaction: number,
  steps: readonly Step[],
  blind: readonly Placed[],
): StepReport {
  const failed = steps.find((step) => step.failure?.sure);
  return {
    sql: statement.text,
    source: statement.source,
    span: statement.span,
    kind: statement.kind,
    understood: steps.every((step) => step.understood) && !blind.some((problem) => holds(statement, problem)),
    inTransactionBlock: steps.some((step) => step.transactionBlock === 'forbidden') ? 'forbidden' : 'allowed',
    effects: merge(steps.flatMap((step) => step.allEffects)),
    transaction,
    failure: failed?.failure?.message,
  };
}

function outermost(statement: Statement): Statement {
  let at = statement;
  while (at.parent !== undefined) at = at.parent;
  return at;
}

/**
 * One effect a relation and kind of work, each with the relation's strongest lock; `none` only where there is no work, a scan is kept beside the
 * rewrite it belongs to.
 */
export function merge(effects: readonly Effect[]): readonly Effect[] {
  if (effects.length < 2) return effects;
  const byRelation = new Map<string, Effect[]>();
  for (const effect of effects) {
    const same = byRelation.get(effect.relation);
    if (same === undefined) byRelation.set(effect.relation, [effect]);
    else same.push(effect);
  }
  return [...byRelation.values()].flatMap(mergeOne).sort((a, b) => order(a, b));
}

function mergeOne(effects: readonly Effect[]): readonly Effect[] {
  const lock = lockModes[Math.max(...effects.map((effect) => lockModes.indexOf(effect.lock)))];
  const byWork = new Map<Work, Effect>();
  for (const effect of effects) {
    const other = byWork.get(effect.work);
    const strongest = effect.lock === lock ? effect : { ...effect, lock: lock ?? effect.lock };
    if (other === undefined || (!other.sure && effect.sure) || (other.lock !== lock && effect.lock === lock))
      byWork.set(effect.work, strongest);
  }
  if (byWork.size > 1) byWork.delete('none');
  return [...byWork.values()];
}

function order(a: Effect, b: Effect): number {
  return a.relation < b.relation ? -1 : a.relation > b.relation ? 1 : a.work < b.work ? -1 : a.work > b.work ? 1 : 0;
}
