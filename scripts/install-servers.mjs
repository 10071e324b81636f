// Installs the PostgreSQL servers that the oracle measures on: node scripts/install-servers.mjs [major ...]
import { runProgram } from './run.mjs';

await runProgram('scripts/oracle/install.ts', process.argv.slice(2));
