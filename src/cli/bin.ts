#!/usr/bin/env node
import { readFileSync } from 'node:fs';
import module from 'node:module';
import { fileURLToPath } from 'node:url';
import { setFlagsFromString } from 'node:v8';
import type { Io, Output } from './io.js';

// V8 optimizes the parser's largest function as soon as it has run a little, and a process that ends waits for it: 300 ms of
// one core to check one file. With this budget only long work, which gains by it, is optimized.
setFlagsFromString('--wasm-tiering-budget=100000000');

// Node 22 keeps what it has compiled, 20 of the 120 ms of a small check: beside the program, as the folder of temporary files is
// everybody's. Where that cannot be written nothing is kept.
const keepCompiled: unknown = Reflect.get(module, 'enableCompileCache');
if (typeof keepCompiled === 'function') keepCompiled(fileURLToPath(new URL('.compiled', import.meta.url)));
const { main } = await import('./main.js');

function output(stream: NodeJS.WriteStream): Output {
  // a reader that has seen enough (`| head`) is no fault of ours
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') process.exit(process.exitCode ?? 0);
    throw error;
  });
  // a terminal that nobody has told its size (of a container, of a CI) has 0 columns
  return {
    write: (text) => stream.write(text),
    isTerminal: stream.isTTY === true,
    columns: stream.columns || undefined,
  };
}

const io: Io = {
  cwd: process.cwd(),
  env: process.env,
  stdout: output(process.stdout),
  stderr: output(process.stderr),
  stdin: () => readFileSync(0, 'utf8'),
};

// not process.exit: what is still being written to a pipe would be cut off
process.exitCode = await main(process.argv.slice(2), io);
