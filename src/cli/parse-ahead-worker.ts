import { once } from 'node:events';
import { workerData } from 'node:worker_threads';
import { loadParser, parseJson } from '../sql/parse.js';
import { textToParse } from '../sql/script.js';
import { Source } from '../sql/source.js';
import type { Line, Text } from './parse-ahead.js';

// Parses the texts in the order in which they will be needed, and stays a bounded way ahead of who needs them.

/** Characters of SQL that are parsed ahead: their trees take some twenty times as much. */
const farthest = 500_000;

const { passed, port }: Line = workerData;
const given = once(port, 'message');
await loadParser();
const [first] = await given;
const texts: readonly Text[] = first;

let ahead = 0;
let from = 0;
for (let at = 0; at < texts.length; at++) {
  const next = texts[at];
  if (next === undefined) break;
  ahead += next.text.length;
  for (;;) {
    const done = Atomics.load(passed, 0);
    for (; from < done; from++) ahead -= texts[from]?.text.length ?? 0;
    if (ahead <= farthest || at <= done) break;
    Atomics.wait(passed, 0, done);
  }
  // it has been parsed already where it was needed
  if (at < from) continue;
  const source = new Source('', next.text);
  const piece = { source, span: { start: 0, end: next.text.length }, rendered: next.text };
  const sql = textToParse(piece, { placeholders: next.placeholders });
  const json = parseJson(sql);
  // what is refused is refused again where it is needed, and reported there
  if (typeof json === 'string') port.postMessage({ at, sql, json });
}
port.close();
