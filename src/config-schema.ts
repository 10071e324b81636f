import { z } from 'zod';

const level = z.enum(['error', 'warning', 'note', 'off']);

/** What the schema needs to know of the rest: the names that a configuration may use. */
export interface KnownNames {
  readonly rules: readonly { readonly id: string; readonly title: string }[];
  readonly frameworks: readonly string[];
}

/** The configuration file as zod checks it and as its JSON Schema is published. Loaded only where there is a file to check. */
export function configSchema({ rules, frameworks }: KnownNames) {
  const framework = z.enum(frameworks);
  return z.strictObject({
    $schema: z.string().optional().describe('Where editors find this schema.'),
    paths: z
      .array(z.string())
      .optional()
      .describe('Folders or files that are checked when the command line names none.'),
    ignore: z.array(z.string()).optional().describe('Globs of files that are no migrations, relative to this file.'),
    framework: z
      .union([framework, z.record(z.string(), framework)])
      .optional()
      .describe('The migration framework where detection is wrong: one for all, or one for each folder.'),
    pg: z
      .int()
      .min(13)
      .max(18)
      .optional()
      .describe('The oldest PostgreSQL major that the migrations run on. Default 14.'),
    rules: z
      .strictObject(Object.fromEntries(rules.map(({ id, title }) => [id, level.optional().describe(title)])))
      .optional()
      .describe('The level of a rule, or off.'),
    failOn: z
      .enum(['error', 'warning', 'note', 'never'])
      .optional()
      .describe('The lowest level that makes the exit code 1. Default error.'),
    transaction: z
      .enum(['none', 'file', 'batch'])
      .optional()
      .describe('How the runner wraps migrations, where the files cannot say it.'),
    lockTimeout: z
      .string()
      .optional()
      .describe(
        'The lock_timeout that the role or the database gives each session, or "set elsewhere" when it is not known.',
      ),
    timeZone: z.string().optional().describe('The TimeZone of the session that runs the migrations.'),
    settings: z
      .record(z.string(), z.string())
      .optional()
      .describe('Other settings that the role or the database gives each session, as "search_path": "app".'),
    placeholders: z.record(z.string(), z.string()).optional().describe('Values of the placeholders of the migrations.'),
    baseline: z.string().optional().describe('The file of known findings, relative to this file.'),
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
  const schema = configSchema(names);
  const result = schema.safeParse(value);
  if (result.success) return { config: result.data };
  const keysAt = (path: readonly PropertyKey[]) =>
    path[0] === 'rules' ? names.rules.map(({ id }) => id) : Object.keys(schema.shape);
  return { faults: result.error.issues.flatMap((issue) => faultsOf(issue, keysAt)) };
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
