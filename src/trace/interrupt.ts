/** What has to be tidied up when the process is interrupted, newest last. */
const tasks: (() => Promise<void>)[] = [];

/** Signals and the exit codes that shells expect after them. */
const signals = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 } as const;

/** Tidying up may not take longer: a server that does not answer must not hold the process. */
const patience = 10_000;

let listening = false;
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
  };
}

/** What is done at once when the process exits, however it comes to that. */
const last = new Set<() => void>();

/** Has `task` run when the process exits, unless the function that is given back has taken it off the list. */
export function onExit(task: () => void): () => void {
  listen();
  last.add(task);
  return () => void last.delete(task);
}

/** Whether a signal has come: errors of work that was cut off are then no bugs. */
export function isInterrupted(): boolean {
  return ending;
}

/** From now on a signal is an exit. */
function listen(): void {
  if (listening) return;
  listening = true;
  for (const [signal, code] of Object.entries(signals)) process.on(signal, () => void end(code));
  process.once('exit', () => {
    for (const task of last) task();
  });
}

async function end(code: number): Promise<void> {
  // a second signal does not wait
  if (ending) process.exit(code);
  ending = true;
  setTimeout(() => process.exit(code), patience).unref();
  for (const task of tasks.splice(0).reverse()) await task().catch(() => {});
  process.exit(code);
}
