import type { Recovered } from './recover.js';
import type { SqlProblem } from './statement.js';

/** What only another database understands. It is looked for in what PostgreSQL's grammar refuses. */
const dialects: readonly { readonly name: string; readonly marks: RegExp }[] = [
  {
    name: 'MySQL',
    marks:
      /`[\w$]+`|\b(?:auto_increment|unsigned|(?:tiny|medium|long)text|on\s+update\s+current_timestamp|delimiter|change\s+column|modify\s+column|lock\s+tables|utf8mb4|on\s+duplicate\s+key|insert\s+ignore|replace\s+into)\b|\b(?:engine|charset)\s*=|\bcharacter\s+set\b|\b(?:tiny|medium|big)?int\s*\(\d+\)|\b(?:unique\s+)?(?:key|index)\s+\w+\s*\(/i,
  },
  {
    name: 'Oracle',
    marks:
      /\bn?varchar2\b|\bnumber\s*\(|^[ \t]*\/[ \t]*$|\bsysdate\b|\bcreate\s+(?:or\s+replace\s+)?(?:package|synonym)\b|\bmodify\s*\(|\badd\s*\(|\bexecute\s+immediate\b|\benable\s+validate\b|\bcache\s+\d+\s+noorder\b/im,
  },
  {
    name: 'SQLite',
    marks: /\bautoincrement\b|\bpragma\b|\bwithout\s+rowid\b|\)\s*strict\b|\binsert\s+or\s+(?:replace|ignore)\b/i,
  },
  {
    name: 'Microsoft SQL Server',
    marks:
      /(?:^|[\s.(,])\[[a-z_][\w ]*\]|^[ \t]*go[ \t]*$|\bn(?:var)?char\s*\(|\bidentity\s*\(\d|\bsp_rename\b|\buniqueidentifier\b|\b(?:non)?clustered\b|\bobject_id\s*\(/im,
  },
];

/**
 * One problem in place of many, when a script is written for another database: at least half of the statements that the grammar
 * refuses bear its marks, and they are no small part of the script.
 */
export function foreignDialect(readings: readonly Recovered[]): SqlProblem | undefined {
  const failures = readings.flatMap((reading) => reading.failures);
  const total = failures.length + readings.reduce((sum, reading) => sum + reading.drafts.length, 0);
  const many = failures.length * 2 >= total || (failures.length >= 3 && failures.length * 10 >= total);
  if (failures.length === 0 || !many) return undefined;
  for (const { name, marks } of dialects) {
    const marked = failures.filter((failure) => marks.test(failure.text));
    const [first] = marked;
    if (first === undefined || marked.length * 2 < failures.length) continue;
    const found = marks.exec(first.text)?.[0].trim() ?? '';
    return {
      ...first.problem,
      rule: 'not-understood',
      message: `this is written for ${name} ("${found}"), not for PostgreSQL: none of it is judged`,
    };
  }
  return undefined;
}
