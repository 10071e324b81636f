// What reading the files of a folder and parsing them with libpg-query takes, and nothing else: `node bench/parse.mjs FOLDER`.
// The least that any program can take that parses with it in one thread.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { loadModule, parseSync } from 'libpg-query';

const [folder] = process.argv.slice(2);
await loadModule();
let statements = 0;
for (const file of readdirSync(folder)) statements += parseSync(readFileSync(join(folder, file), 'utf8')).stmts.length;
console.log(`${statements} statements`);
