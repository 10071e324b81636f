import { spawn } from 'node:child_process';

/** Ends a server and removes its folder when the process that started it is gone, however that came: SIGKILL runs no handler. */
export interface Watchdog {
  /** From now on this process is to be ended too. */
  watch(pid: number | undefined): void;
  /** All is tidied up: there is nothing to do any more. */
  dismiss(): void;
}

/**
 * Reads lines until the pipe breaks, which the kernel does when our process is gone. A number is only killed while the folder says that it is
 * the server's, so that nobody else's process is met who has got the number since.
 */
const program = `
const { readFileSync, rmSync } = require('node:fs');
const [, folder] = process.argv;
let heard = '';
const attempt = (work) => {
  try {
    return work();
  } catch {
    return undefined;
  }
};
const isServer = (pid) =>
  attempt(() => readFileSync(folder + '/data/postmaster.pid', 'utf8').split('\\n')[0]) === pid;
// what is ending still writes into the folder
const remove = (tries) => {
  const isGone = attempt(() => (rmSync(folder, { recursive: true, force: true }), true));
  if (!isGone && tries > 0) setTimeout(remove, 200, tries - 1);
};
process.stdin.on('data', (chunk) => (heard += chunk));
process.stdin.on('error', () => {});
process.stdin.on('close', () => {
  if (heard.includes('done')) return;
  for (const pid of heard.split('\\n').filter(isServer)) attempt(() => process.kill(Number(pid), 'SIGQUIT'));
  setTimeout(remove, 200, 50);
});
`;

/** A process of its own, which no signal to our group reaches, that waits for our end and then tidies up this folder. */
export function startWatchdog(folder: string): Watchdog {
  const child = spawn(process.execPath, ['-e', program, folder], {
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
    env: { ...process.env, NODE_OPTIONS: '' },
  });
  // without it the server still ends with every exit that is not SIGKILL
  child.on('error', () => {});
  child.stdin.on('error', () => {});
  child.unref();
  if ('unref' in child.stdin && typeof child.stdin.unref === 'function') child.stdin.unref();
  return {
    watch: (pid) => void child.stdin.write(`${pid}\n`),
    dismiss: () => void child.stdin.end('done\n'),
  };
}
