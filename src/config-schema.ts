import * as z from 'zod';

const level = z.enum(['error', 'warning', 'note', 'off']);

const transaction = z
  .enum(['none', 'file', 'batch'])
  .describe(
    'How the runner wraps migrations, where the files cannot say it: not at all, each file, all that are pending.',
  );
const placeholders = z
  .record(z.string(), z.string())
  .describe('Values of the placeholders of the migrations, by name.');

/** What the schema needs to know of the rest: the names that a configuration may use. */
export interface KnownNames {
  readonly rules: readonly { readonly id: string; readonly title: string }[];
  readonly frameworks: readonly string[];
}

/** The configuration file as zod checks it and as its JSON Schema is published. Loaded only where there is a file to check. */
export function configSchema({ rules, frameworks }: KnownNames) {
  const framework = z.enum(frameworks);
  return z.strictObject({
    $schema: z.string().exactOptional().describe('Where editors find this schema.'),
    paths: z
      .array(z.string())
      .exactOptional()
      .describe('Folders or files that are checked when the command line names none.'),
    ignore: z
      .array(z.string())
      .exactOptional()
      .describe('Globs of folders that hold no migrations, relative to this file.'),
    framework: framework.exactOptional().describe('The migration framework of every folder, where detection is wrong.'),
    overrides: z
      .array(
        z.strictObject({
          paths: z
            .string()
            .describe('A glob of folders, relative to this file. Of several that cover a folder the last one counts.'),
          framework: framework.exactOptional(),
          transaction: transaction.exactOptional(),
          placeholders: placeholders.exactOptional(),
        }),
      )
      .exactOptional()
      .describe('What is different in some folders.'),
    pg: z
      .int()
      .min(13)
      .max(18)
      .exactOptional()
      .describe(
        'The oldest PostgreSQL major that the migrations run on. Default: 14, or what earlier migrations are written for.',
      ),
    rules: z
      .strictObject(Object.fromEntries(rules.map(({ id, title }) => [id, level.exactOptional().describe(title)])))
      .exactOptional()
      .describe('The level of a rule, or off.'),
    failOn: z
      .enum(['error', 'warning', 'note', 'never'])
      .exactOptional()
      .describe('The lowest level that makes the exit code 1. Default error.'),
    transaction: transaction.exactOptional(),
    lockTimeout: z
      .string()
      .exactOptional()
      .describe(
        'The lock_timeout that the role or the database gives each session, or "set elsewhere" when it is not known.',
      ),
    timeZone: z.string().exactOptional().describe('The TimeZone of the session that runs the migrations.'),
    settings: z
      .record(z.string(), z.string())
      .exactOptional()
      .describe('Other settings that the role or the database gives each session, as "search_path": "app".'),
    placeholders: placeholders.exactOptional(),
    baseline: z.string().exactOptional().describe('The file of known findings, relative to this file.'),
  });
}

export type Config = z.infer<ReturnType<typeof configSchema>>;

/** What is wrong, at which keys. */
export interface ConfigFault {
  readonly path: readonly (string | number)[];
  readonly message: string;
  /** The key that does not exist, and those that do. */
  readonly unknown?: { readonly key: string; readonly known: readonly string[] };
}

/** Checks a configuration that has been read: the configuration, or every fault in it. */
export function checkConfig(
  value: unknown,
  names: KnownNames,
): { config: Config } | { faults: readonly ConfigFault[] } {
  const trap = trapIn(value, [], new Set());
  if (trap !== undefined) return { faults: [{ path: trap, message: 'unknown key "__proto__"' }] };
  const schema = configSchema(names);
  const result = schema.safeParse(value);
  if (result.success) return { config: result.data };
  const keysAt = (path: readonly PropertyKey[]) => {
    if (path[0] === 'rules') return names.rules.map(({ id }) => id);
    return path[0] === 'overrides'
      ? Object.keys(schema.shape.overrides.unwrap().element.shape)
      : Object.keys(schema.shape);
  };
  return { faults: result.error.issues.flatMap((issue) => faultsOf(issue, keysAt)) };
}

/** The way to a key `__proto__`, which zod passes over where any key is allowed. */
function trapIn(
  value: unknown,
  path: readonly (string | number)[],
  seen: Set<unknown>,
): readonly (string | number)[] | undefined {
  if (typeof value !== 'object' || value === null || seen.has(value)) return undefined;
  seen.add(value);
  const isList = Array.isArray(value);
  for (const [key, inner] of Object.entries(value)) {
    const way = [...path, isList ? Number(key) : key];
    const trap = key === '__proto__' ? way : trapIn(inner, way, seen);
    if (trap !== undefined) return trap;
  }
  return undefined;
}

function faultsOf(
  issue: z.core.$ZodIssue,
  keysAt: (path: readonly PropertyKey[]) => readonly string[],
): readonly ConfigFault[] {
  const path = issue.path.map((key) => (typeof key === 'number' ? key : String(key)));
  if (issue.code === 'unrecognized_keys') {
    const what = path[0] === 'rules' ? 'unknown rule' : 'unknown key';
    return issue.keys.map((key) => ({
      path: [...path, key],
      message: `${what} "${key}"`,
      unknown: { key, known: keysAt(path) },
    }));
  }
  const where = path.length === 0 ? '' : `${path.join('.')}: `;
  const first = issue.message.charAt(0).toLowerCase() + issue.message.slice(1);
  return [{ path, message: `${where}${first}` }];
}
