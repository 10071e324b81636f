import type { Catalog } from '../catalog/catalog.js';
import { startSession } from '../catalog/transaction.js';
import type { History, Script } from '../frameworks/framework.js';
import type { ReplayedMigration, ReplayedScript, Run } from './replay.js';

/** A way up that was replayed, and waits for the others that were cut from the same migration. */
export interface Piece {
  readonly run: Run;
  readonly before: Catalog;
  readonly leftBehind: Catalog['settings']['session'];
  readonly up: ReplayedScript;
}

/** Replays a way back from the state that was reached. */
type RunBack = (script: Script, reached: Catalog, run: Run) => ReplayedScript;

/** The ways back of what was cut from one migration, the last one's first, and then each piece with its own. */
export function* withWayBack(
  pieces: readonly Piece[],
  history: History,
  runBack: RunBack,
): Generator<ReplayedMigration> {
  const downs = new Map<Piece, ReplayedScript>();
  let reached: Catalog | undefined;
  for (const piece of pieces.toReversed()) {
    const { migration } = piece.run;
    // the way back is run while the code is live that knows what the way up made: half a migration later nothing of it is new
    const later = piece.run.index + 0.5;
    if (!('none' in migration.down)) {
      const run = { ...piece.run, index: later, since: later };
      const down = runBack(migration.down, startSession(reached ?? piece.up.after), run);
      downs.set(piece, down);
      reached = down.after;
    } else reached = piece.before;
  }
  const followed = pieces.every((piece) =>
    [...piece.up.steps, ...(downs.get(piece)?.steps ?? [])].every((step) => step.understood && !step.conditional),
  );
  for (const piece of pieces) {
    const { run, before, leftBehind, up } = piece;
    const down = downs.get(piece);
    // what a piece leaves open on its way back is done by an earlier one: only where the first has led is the end of it
    const ends = piece === pieces[0] && (pieces.length === 1 || followed);
    yield {
      migration: run.migration,
      history,
      index: run.index,
      before,
      afterUp: up.after,
      leftBehind,
      ...(down && ends && { afterDown: down.after }),
      up: up.steps,
      down: down?.steps ?? [],
      scripts: down ? [up, down] : [up],
    };
  }
}
