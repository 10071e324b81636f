import { mayBeWrittenFor, writtenFor } from '../effects/syntax.js';
import type { History, Migration } from '../frameworks/framework.js';
import { parse } from '../replay/replay.js';
import { textOf } from '../sql/piece.js';

/** What shows that no server is older than a major version. */
export interface ServerProof {
  readonly pg: number;
  /** For people. */
  readonly because: string;
}

/** The oldest server where nothing says another. */
export const oldestServer = 14;

/** A migration that another one follows has run somewhere. */
export function isFollowed({ migrations }: History, _migration: Migration, index: number): boolean {
  return index < migrations.length - 1;
}

/**
 * The newest major whose syntax the migrations have that are known to have run. Where the user does not name the oldest server, it
 * cannot be older: what an older one would refuse has been run.
 */
export function serverProof(
  histories: readonly History[],
  hasRun: (history: History, migration: Migration, index: number) => boolean,
): ServerProof | undefined {
  let proof: ServerProof | undefined;
  for (const history of histories) {
    for (const [index, migration] of history.migrations.entries()) {
      if (!hasRun(history, migration, index)) continue;
      for (const script of 'none' in migration.down ? [migration.up] : [migration.up, migration.down]) {
        const known = proof?.pg ?? oldestServer;
        if (!script.pieces.some((piece) => mayBeWrittenFor(textOf(piece), known))) continue;
        for (const statement of parse(script).statements) {
          const pg = writtenFor(statement);
          if (pg === undefined || pg <= (proof?.pg ?? oldestServer)) continue;
          const place = `${statement.source.file}:${statement.source.position(statement.span.start).line}`;
          proof = {
            pg,
            because: `no server is older than PostgreSQL ${pg}, because ${place} is written for it; --pg names the oldest`,
          };
        }
      }
    }
  }
  return proof;
}
