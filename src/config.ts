import { existsSync, readFileSync } from 'node:fs';
import { basename, dirname, join, relative, resolve, sep } from 'node:path';
import type { Config, ConfigFault, KnownNames } from './config-schema.js';
import { didYouMean } from './did-you-mean.js';
import { readTextOf } from './read-text.js';
import { Source } from './sql/source.js';
import { UserError } from './user-error.js';

export type { Config } from './config-schema.js';

/** A configuration and where it comes from; its paths are relative to `folder`. */
export interface LoadedConfig {
  /** Relative to the working directory, with `/`; undefined when there is no file. */
  readonly file: string | undefined;
  /** Absolute. */
  readonly folder: string;
  readonly config: Config;
}

/** The files that are looked for, in the working directory and then upwards. */
export const configNames = ['lockkeeper.config.json', 'lockkeeper.config.jsonc', 'lockkeeper.config.yaml'] as const;

/**
 * Reads the configuration that `--config` names, or the nearest one at or above the working directory (a file of
 * {@link configNames}, or `lockkeeper` in package.json). Throws a UserError with file, line and a suggestion when it is wrong.
 */
export async function loadConfig(cwd: string, explicit: string | undefined, names: KnownNames): Promise<LoadedConfig> {
  const path = explicit === undefined ? nearest(cwd) : resolve(cwd, explicit);
  if (path === undefined) return { file: undefined, folder: cwd, config: {} };
  const file = shown(cwd, path);
  const source = new Source(file, readTextOf(path, `the configuration ${file}`));
  const { value, placeOf } =
    path.endsWith('.yaml') || path.endsWith('.yml') ? await readYaml(source) : await readJson(source);
  const { checkConfig } = await import('./config-schema.js');
  const prefix = isPackage(path) ? ['lockkeeper'] : [];
  const result = checkConfig(isPackage(path) ? propertyOf(value, 'lockkeeper') : value, names);
  if ('config' in result) return { file, folder: dirname(path), config: result.config };
  throw new UserError(describe(source, result.faults, (fault) => placeOf([...prefix, ...fault.path])));
}

function isPackage(path: string): boolean {
  return basename(path) === 'package.json';
}

function nearest(cwd: string): string | undefined {
  for (let at = cwd; ; at = dirname(at)) {
    const found = configNames.map((name) => join(at, name)).filter((path) => existsSync(path));
    const manifest = join(at, 'package.json');
    if (hasConfig(manifest)) found.push(manifest);
    const [first, second] = found;
    if (first !== undefined && second !== undefined) {
      throw new UserError(`two configurations in one folder: ${shown(cwd, first)} and ${shown(cwd, second)}`);
    }
    if (first !== undefined) return first;
    if (at === dirname(at)) return undefined;
  }
}

/** True when a package.json has a configuration; one that cannot be read is npm's to complain of. */
function hasConfig(manifest: string): boolean {
  try {
    const text = readFileSync(manifest, 'utf8');
    // most manifests are spared the parsing
    return text.includes('"lockkeeper"') && typeof propertyOf(JSON.parse(text), 'lockkeeper') === 'object';
  } catch {
    return false;
  }
}

function propertyOf(value: unknown, key: string): unknown {
  return typeof value === 'object' && value !== null
    ? Object.entries(value).find(([name]) => name === key)?.[1]
    : undefined;
}

function shown(cwd: string, path: string): string {
  return (relative(cwd, path) || '.').split(sep).join('/');
}

/** The value that a file holds, and the index at which the key of a path stands. */
interface Read {
  readonly value: unknown;
  readonly placeOf: (path: readonly (string | number)[]) => number;
}

async function readJson(source: Source): Promise<Read> {
  const { findNodeAtLocation, getNodeValue, parseTree, printParseErrorCode } = await import('jsonc-parser');
  const errors: import('jsonc-parser').ParseError[] = [];
  const tree = notTooDeep(source, () => parseTree(source.text, errors, { allowTrailingComma: true }));
  const [error] = errors;
  if (error !== undefined) {
    const words = printParseErrorCode(error.error)
      .replace(/(?<=[a-z])(?=[A-Z])/g, ' ')
      .toLowerCase();
    throw new UserError(`${at(source, error.offset)}: ${words}`);
  }
  return {
    value: tree === undefined ? undefined : notTooDeep(source, () => getNodeValue(tree)),
    placeOf: (path) => {
      const node = tree === undefined ? undefined : findNodeAtLocation(tree, [...path]);
      return (node?.parent?.type === 'property' ? node.parent.offset : node?.offset) ?? 0;
    },
  };
}

async function readYaml(source: Source): Promise<Read> {
  const { isMap, isNode, isScalar, parseDocument, visit } = await import('yaml');
  // its warnings would be told beside ours
  const document = parseDocument(source.text, { prettyErrors: false, logLevel: 'error' });
  const [error] = document.errors;
  if (error !== undefined) throw yamlFault(source, error);
  let alias = 0;
  visit(document, {
    Alias: (_, { range }) => {
      alias = range?.[0] ?? 0;
      return visit.BREAK;
    },
  });
  return {
    value: notTooDeep(source, () => plainValue(source, () => document.toJS(), alias)) ?? {},
    placeOf: (path) => {
      const parent = path.length < 2 ? document.contents : document.getIn(path.slice(0, -1), true);
      const pair = isMap(parent)
        ? parent.items.find(({ key }) => isScalar(key) && String(key.value) === String(path.at(-1)))
        : undefined;
      const node = isNode(pair?.key) ? pair.key : document.getIn(path, true);
      return isNode(node) ? (node.range?.[0] ?? 0) : 0;
    },
  };
}

function yamlFault(source: Source, { code, message, pos: [index] }: import('yaml').YAMLParseError): UserError {
  // it tells the end of the stack as a fault of the place that it had come to
  if (/call stack/i.test(message)) return tooDeep(source);
  const words = code === 'MULTIPLE_DOCS' ? 'a second document begins: a configuration is one' : message.toLowerCase();
  return new UserError(`${at(source, index)}: ${words}`);
}

function tooDeep({ file }: Source): UserError {
  return new UserError(`${file}: nested too deeply`);
}

/** An alias may lead nowhere, and a few of aliases may stand for more than any memory holds. */
function plainValue(source: Source, read: () => unknown, alias: number): unknown {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof ReferenceError)) throw error;
    const words = /^Unresolved alias/.test(error.message) ? 'an alias leads nowhere' : 'aliases stand for too much';
    throw new UserError(`${at(source, alias)}: ${words}`);
  }
}

function notTooDeep<T>(source: Source, read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (error instanceof RangeError) throw tooDeep(source);
    throw error;
  }
}

function at(source: Source, index: number): string {
  const { line, column } = source.position(index);
  return `${source.file}:${line}:${column}`;
}

/** The first fault in one line, and how many more there are. */
function describe(source: Source, faults: readonly ConfigFault[], placeOf: (fault: ConfigFault) => number): string {
  const sorted = faults.map((fault) => ({ fault, index: placeOf(fault) })).sort((a, b) => a.index - b.index);
  const [first] = sorted;
  if (first === undefined) return `${source.file} is not a configuration`;
  const { message, unknown } = first.fault;
  const suggestion = unknown === undefined ? '' : didYouMean(unknown.key, unknown.known);
  const more = sorted.length > 1 ? ` (and ${sorted.length - 1} more)` : '';
  return `${at(source, first.index)}: ${message}${suggestion}${more}`;
}
