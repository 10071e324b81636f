import type { Catalog } from '../catalog/catalog.js';
import { findRelationNamed, isGone } from '../catalog/lookup.js';
import { quoteLiteral } from '../sql/names.js';
import { isKind, type SqlProblem, type Statement } from '../sql/statement.js';
import type { Observation } from './observe.js';
import type { StepTrace } from './report.js';
import type { Session } from './session.js';

/** What an error says that the server, not the migration, is in want of, and what people are told. */
interface Want {
  readonly pattern: RegExp;
  readonly say: (name: string) => string;
  /** Whether the migrations have made it: the error then says something else. */
  readonly made: (name: string, catalog: Catalog) => boolean;
}

const never = () => false;

const lacksExtension = (name: string) => `this server does not have the extension ${name}`;

const expects = (what: string, name: string) =>
  `the migrations expect the ${what} ${name}, which they do not create: something else does before them (--prepare runs such SQL)`;

const wants: readonly Want[] = [
  { pattern: /^extension "(.*)" is not available/, say: lacksExtension, made: never },
  { pattern: /^could not open extension control file ".*\/(.*)\.control"/, say: lacksExtension, made: never },
  {
    pattern: /^publication "(.*)" does not exist/,
    say: (name) => expects('publication', name),
    made: (name, { others }) => others.has(`publication ${name}`),
  },
  {
    pattern: /^could not access file "(.*)"/,
    say: (name) => `this server does not have the library ${name}`,
    made: never,
  },
  { pattern: /^role "(.*)" does not exist/, say: (name) => expects('role', name), made: never },
  {
    pattern: /^schema "(.*)" does not exist/,
    say: (name) => expects('schema', name),
    made: (name, { schemas }) => schemas.has(name),
  },
  {
    pattern: /^relation "(.*)" does not exist/,
    say: (name) => expects('table', name),
    made: (name, catalog) =>
      isGone(catalog, name.split('.')) || findRelationNamed(catalog, name.split('.')) !== undefined,
  },
];

/** What a statement failed for that the migrations take for granted and never made; for people. */
export function wantOf(
  error: Observation['error'],
  catalog: Catalog | undefined,
  lacking: ReadonlySet<string>,
): string | undefined {
  if (error === undefined || catalog === undefined) return undefined;
  for (const { pattern, say, made } of wants) {
    const [, name] = pattern.exec(error.message) ?? [];
    if (name !== undefined && !made(name, catalog)) return say(name);
  }
  return lacking.size > 0 && undefinedObject.has(error.code)
    ? `the server lacks extensions that may have it: ${[...lacking].sort().join(', ')}`
    : undefined;
}

/** A type or another object, a function or an operator, a table that is not there. */
const undefinedObject: ReadonlySet<string> = new Set(['42704', '42883', '42P01']);

/** Why an extension cannot be had on this server; undefined for a statement that creates none, or one that is there. */
export async function lackedBy(
  statement: Statement,
  session: Session,
): Promise<{ readonly extension: string; readonly why: string } | undefined> {
  if (!isKind(statement, 'CreateExtensionStmt')) return undefined;
  const name = statement.node.extname ?? '';
  const [there] = await session.query(
    `select 1 as one from pg_available_extensions where name = ${quoteLiteral(name)}`,
  );
  return there === undefined
    ? { extension: name, why: `${lacksExtension(name)}: what follows is run without it` }
    : undefined;
}

/** What may explain that a statement failed where nothing was predicted; for people. */
export function causeOf({ observed, differences }: StepTrace, remarks: readonly SqlProblem[]): string | undefined {
  return observed?.error === undefined || differences.length === 0 ? undefined : remarks[0]?.message;
}
