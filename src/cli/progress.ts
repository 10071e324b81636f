import { clip, visible } from '../reporters/terminal.js';
import type { Output } from './io.js';

/** A line that says how far the work is. */
export interface Progress {
  /** `doing`: what is under way. */
  readonly show: (done: number, doing?: string) => void;
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
    show: (done, doing) => {
      const now = Date.now();
      if (now < next) return;
      next = now + pause;
      shown = true;
      const room = (output.columns ?? 80) - 1;
      const line = `${done} of ${all} migrations${doing === undefined ? '' : `: ${visible(doing)}`}`;
      output.write(`\r\x1b[K${clip(line, room)}`);
    },
    clear: () => {
      if (shown) output.write('\r\x1b[K');
    },
  };
}
