import type { Output } from './io.js';

/** A line that says how far the work is. */
export interface Progress {
  readonly show: (done: number) => void;
  readonly clear: () => void;
}

/** Milliseconds before the first line, so that short work shows none, and between two. */
const patience = 400;
const pause = 100;

/** On a terminal a line that rewrites itself; elsewhere nothing. */
export function progress(output: Output, all: number): Progress {
  if (!output.isTerminal) return { show: () => {}, clear: () => {} };
  let next = Date.now() + patience;
  let shown = false;
  return {
    show: (done) => {
      const now = Date.now();
      if (now < next) return;
      next = now + pause;
      shown = true;
      output.write(`\r\x1b[K${done} of ${all} migrations`);
    },
    clear: () => {
      if (shown) output.write('\r\x1b[K');
    },
  };
}
