import type { MessagePort, Worker } from 'node:worker_threads';
import type { History, Migration, Script } from '../frameworks/framework.js';
import { setAhead } from '../sql/parse.js';
import { textOf } from '../sql/piece.js';
import type { PlaceholderSyntax } from '../sql/placeholder.js';

/** A text that will be parsed. */
export interface Text {
  readonly text: string;
  readonly placeholders: readonly PlaceholderSyntax[];
}

/** What the worker is given at its start. */
export interface Line {
  /** One number that both threads see: how many of the texts are behind. */
  readonly passed: Int32Array<SharedArrayBuffer>;
  /** The texts come over it, once, in the order in which they will be needed; their trees go back. */
  readonly port: MessagePort;
}

/** What the worker answers: libpg-query's JSON for a text. */
interface Parsed {
  readonly at: number;
  readonly sql: string;
  readonly json: string;
}

/** Below this many texts a thread costs more than it saves. */
const worthwhile = 150;
/** Characters that are handed to the worker at most: they are kept twice. */
const most = 50_000_000;
/** Characters that are passed before the worker is woken: a call of the system for each text took a thirtieth of a whole run. */
const often = 50_000;

/** A thread that parses the scripts of histories ahead of the replay that needs them. */
export interface ParseAhead {
  /** Starts it, if that many files make it worth its while: it is ready by the time that they have been read. */
  readonly expect: (files: number) => void;
  /** Gives it its work. */
  readonly begin: (
    histories: readonly History[],
    isJudged: (history: History, migration: Migration, index: number) => boolean,
    /** The first migration that is replayed, given the first that is judged. */
    from: (history: History, first: number) => number,
  ) => void;
  readonly end: () => void;
}

/** Where the thread is behind, or cannot be had, the replay parses by itself: nothing but time depends on it. */
export function parseAhead(): ParseAhead {
  let thread: Thread | undefined;
  return {
    expect: (files) => {
      if (files >= worthwhile) thread ??= start();
    },
    begin: (histories, isJudged, from) => {
      const texts = textsOf(histories, isJudged, from);
      if (texts.length < worthwhile) return;
      thread ??= start();
      thread.mine.postMessage(texts);
      setAhead(receiver(texts, thread));
    },
    end: () => {
      setAhead(undefined);
      thread?.mine.close();
      thread?.worker.terminate();
      thread = undefined;
    },
  };
}

interface Thread {
  readonly worker: Worker;
  readonly mine: MessagePort;
  readonly passed: Line['passed'];
  readonly receive: (port: MessagePort) => { readonly message: Parsed } | undefined;
}

function start(): Thread {
  // only large work loads it, and an import would wait for a turn of the event loop, which reading files does not give
  const threads = process.getBuiltinModule('node:worker_threads');
  const { port1: mine, port2: port } = new threads.MessageChannel();
  const passed = new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT));
  const workerData: Line = { passed, port };
  const worker = new threads.Worker(new URL('./parse-ahead-worker.js', import.meta.url), {
    workerData,
    transferList: [port],
  });
  worker.on('error', () => {});
  worker.unref();
  mine.unref();
  return { worker, mine, passed, receive: threads.receiveMessageOnPort };
}

/** The texts in the order of the replay; those of a way back only where it is judged. */
function textsOf(
  histories: readonly History[],
  isJudged: (history: History, migration: Migration, index: number) => boolean,
  from: (history: History, first: number) => number,
): readonly Text[] {
  const texts: Text[] = [];
  let room = most;
  const add = ({ pieces, placeholders = [] }: Script) => {
    for (const piece of pieces) {
      const text = textOf(piece);
      room -= text.length;
      if (room >= 0) texts.push({ text, placeholders });
    }
  };
  for (const history of histories) {
    const judged = history.migrations.map((migration, index) => isJudged(history, migration, index));
    const start = from(history, judged.indexOf(true));
    for (const [index, { up, down }] of history.migrations.slice(0, judged.lastIndexOf(true) + 1).entries()) {
      if (index < start) continue;
      add(up);
      if (judged[index] && !('none' in down)) add(down);
    }
  }
  return texts;
}

function receiver(texts: readonly Text[], { passed, mine, receive }: Thread): (sql: string) => string | undefined {
  const positions = new Map<string, number>();
  for (const [at, { text }] of texts.entries()) if (!positions.has(text)) positions.set(text, at);
  const received = new Map<string, Parsed>();
  let asleep = 0;
  const pass = (at: number, characters: number) => {
    if (at < Atomics.load(passed, 0)) return;
    Atomics.store(passed, 0, at + 1);
    asleep += characters;
    if (asleep < often) return;
    asleep = 0;
    Atomics.notify(passed, 0);
  };
  return (sql) => {
    for (let one = receive(mine); one !== undefined; one = receive(mine)) {
      const parsed = one.message;
      if (parsed.at >= Atomics.load(passed, 0)) received.set(parsed.sql, parsed);
    }
    const parsed = received.get(sql);
    received.delete(sql);
    const at = parsed?.at ?? positions.get(sql);
    if (at !== undefined) pass(at, sql.length);
    return parsed?.json;
  };
}
