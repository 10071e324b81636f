#!/usr/bin/env node
import { readFileSync } from 'node:fs';
import type { Io, Output } from './io.js';
import { main } from './main.js';

function output(stream: NodeJS.WriteStream): Output {
  // a reader that has seen enough (`| head`) is no fault of ours
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') process.exit(process.exitCode ?? 0);
    throw error;
  });
  return { write: (text) => stream.write(text), isTerminal: stream.isTTY === true, columns: stream.columns };
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
