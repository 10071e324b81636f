import type { SqlProblem } from '../sql/statement.js';
import type { StepTrace } from './report.js';

/** What an error says that the server, not the migration, is in want of. */
const wants: readonly (readonly [RegExp, (name: string) => string])[] = [
  [/^extension "(.*)" is not available/, (name) => `this server does not have the extension ${name}`],
  [
    /^could not open extension control file ".*\/(.*)\.control"/,
    (name) => `this server does not have the extension ${name}`,
  ],
  [/^role "(.*)" does not exist/, (name) => `the migrations expect the role ${name}, which this server does not have`],
  [
    /^schema "(.*)" does not exist/,
    (name) => `the migrations expect the schema ${name}, which they do not create: something else does before them`,
  ],
  [/^could not access file "(.*)"/, (name) => `this server does not have the library ${name}`],
];

/** What may explain that a statement failed where nothing was predicted; for people. */
export function causeOf({ observed, differences }: StepTrace, remarks: readonly SqlProblem[]): string | undefined {
  const error = observed?.error;
  if (error === undefined || differences.length === 0) return undefined;
  for (const [pattern, say] of wants) {
    const [, name] = pattern.exec(error.message) ?? [];
    if (name !== undefined) return say(name);
  }
  return remarks[0]?.message;
}
