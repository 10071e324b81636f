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
  let later: NodeJS.Timeout | undefined;
  const draw = (text: string) => {
    next = Date.now() + pause;
    shown = true;
    output.write(`\r\x1b[K${clip(text, (output.columns ?? 80) - 1)}`);
  };
  return {
    show: (done, doing) => {
      const text = `${done} of ${all} migrations${doing === undefined ? '' : `: ${visible(doing)}`}`;
      clearTimeout(later);
      const wait = next - Date.now();
      // what then takes long is told as soon as it does, if it lets timers run
      if (wait > 0) later = setTimeout(draw, wait, text).unref();
      else draw(text);
    },
    clear: () => {
      clearTimeout(later);
      if (shown) output.write('\r\x1b[K');
    },
  };
}
