import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { deserialize, serialize } from 'node:v8';
import type { History } from '../frameworks/framework.js';
import { type Memory, type Packed, pack, type Reached, unpack } from '../replay/memory.js';
import type { ReplayOptions } from '../replay/replay.js';
import { textOf } from '../sql/piece.js';
import { version } from '../version.js';

/** The contexts of a working directory's histories, as an earlier run has left them. Nothing but time depends on what is kept. */
export interface ContextStore {
  readonly memory: (history: History) => Memory | undefined;
  /** The index of the first migration of a history that is replayed, where those before `first` are context. */
  readonly from: (history: History, first: number) => number;
}

/** What a replay is told besides the history. */
type Given = Pick<ReplayOptions, 'pg' | 'settings'>;

/** Fewer migrations than this are replayed faster than their context is read. */
const worthwhile = 50;

/** Whether a folder holds contexts at all. */
export function hasContexts(folder: string): boolean {
  return existsSync(folder);
}

/**
 * Contexts in a folder, one file a history: the catalog before the first migration that was judged, under the digest of all that it follows
 * from. A file that cannot be read, is damaged, or follows from other texts, another server major or another Lockkeeper counts as
 * none; one that cannot be written is not.
 */
export function contextStore(folder: string, cwd: string, given: Given): ContextStore {
  const recalled = new Map<History, Reached | undefined>();
  const fileOf = ({ framework, root }: History) => join(folder, hash([cwd, framework, root].join('\n')).slice(0, 24));
  const recall = (history: History, first: number) => {
    if (!recalled.has(history)) recalled.set(history, read(fileOf(history), history, given));
    const reached = recalled.get(history);
    return reached !== undefined && reached.next <= first ? reached : undefined;
  };
  return {
    from: (history, first) => recall(history, first)?.next ?? 0,
    memory: (history) => ({
      recall: (first) => recall(history, first),
      keep: (reached) => {
        const known = recall(history, reached.next)?.next ?? 0;
        if (reached.next - known >= worthwhile) write(folder, fileOf(history), history, given, reached);
      },
    }),
  };
}

const digestLength = 64;

function read(file: string, history: History, given: Given): Reached | undefined {
  try {
    const bytes = readFileSync(file);
    const [sum, digest] = [0, 1].map((at) => bytes.toString('latin1', at * digestLength, (at + 1) * digestLength));
    const body = bytes.subarray(2 * digestLength);
    if (sum !== hash(body)) return undefined;
    const packed: Packed = deserialize(body);
    const fits = packed.next <= history.migrations.length && digest === digestOf(history, packed.next, given);
    return fits ? unpack(packed, history) : undefined;
  } catch {
    return undefined;
  }
}

function write(folder: string, file: string, history: History, given: Given, reached: Reached): void {
  try {
    const body = serialize(pack(reached));
    mkdirSync(folder, { recursive: true });
    // two runs at once: each puts a whole file in its place
    const draft = `${file}.${process.pid}`;
    writeFileSync(draft, Buffer.concat([Buffer.from(hash(body) + digestOf(history, reached.next, given)), body]));
    renameSync(draft, file);
  } catch {
    // a repository that cannot be written to is judged all the same
  }
}

/** The name of the chunk that this is in changes with all that it is built from. */
const build = `${version} ${basename(import.meta.url)}`;

/** Of all that the catalog before a migration follows from. */
function digestOf({ framework, migrations }: History, next: number, { pg, settings }: Given): string {
  const scripts = migrations.slice(0, next).map(({ up, problems, afterUnread = false }) => {
    const pieces = up.pieces.map((piece) => [piece.source.file, piece.span.start, piece.span.end, textOf(piece)]);
    return [up.transaction, up.placeholders, up.psql, pieces, problems.map(({ rule }) => rule), afterUnread];
  });
  return hash(JSON.stringify([build, pg, settings.search_path, framework, scripts]));
}

function hash(content: string | Buffer): string {
  return createHash('sha256').update(content).digest('hex');
}
