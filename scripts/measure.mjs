// Asks real servers what a statement does: node scripts/measure.mjs --pg 13,18 --setup "create table …" "alter table …"
import { runProgram } from './run.mjs';

await runProgram('scripts/oracle/measure.ts', process.argv.slice(2));
