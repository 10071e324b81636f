/** What has to be tidied up when the process is interrupted, newest last. */
const tasks: (() => Promise<void>)[] = [];

/** Signals and the exit codes that shells expect after them. */
const signals: readonly (readonly [NodeJS.Signals, number])[] = [
  ['SIGINT', 130],
  ['SIGTERM', 143],
  ['SIGHUP', 129],
];

/** Tidying up may not take longer: a server that does not answer must not hold the process. */
const patience = 10_000;

/** The listeners of the signals while there is something to tidy up: without them a signal ends the process even where PGlite computes. */
let listeners: (readonly [NodeJS.Signals, () => void])[] = [];
let ending = false;

/**
 * Has `task` run when a signal ends the process. A signal ends the process without its exit handlers; so it is turned into an exit,
 * which runs them too. The function that is given back takes the task off the list.
 */
export function onInterrupt(task: () => Promise<void>): () => void {
  listen();
  tasks.push(task);
  return () => {
    const at = tasks.indexOf(task);
    if (at >= 0) tasks.splice(at, 1);
    rest();
  };
}

/** What is done at once when the process exits, however it comes to that. */
const last = new Set<() => void>();

/** Has `task` run when the process exits, unless the function that is given back has taken it off the list. */
export function onExit(task: () => void): () => void {
  listen();
  last.add(task);
  return () => {
    last.delete(task);
    rest();
  };
}

/** Whether a signal has come: errors of work that was cut off are then no bugs. */
export function isInterrupted(): boolean {
  return ending;
}

/** From now on a signal is an exit. */
function listen(): void {
  if (listeners.length > 0) return;
  listeners = signals.map(([signal, code]) => [signal, () => void end(code)]);
  for (const [signal, listener] of listeners) process.on(signal, listener);
  process.once('exit', tidyAtOnce);
}

/** With nothing to tidy up left, a signal is left to the system. */
function rest(): void {
  if (ending || tasks.length > 0 || last.size > 0) return;
  for (const [signal, listener] of listeners) process.off(signal, listener);
  listeners = [];
  process.off('exit', tidyAtOnce);
}

function tidyAtOnce(): void {
  for (const task of last) task();
}

async function end(code: number): Promise<void> {
  // a second signal does not wait
  if (ending) process.exit(code);
  ending = true;
  setTimeout(() => process.exit(code), patience).unref();
  for (const task of tasks.splice(0).reverse()) await task().catch(() => {});
  process.exit(code);
}
