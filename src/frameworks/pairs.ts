import type { FileEdit, FileEntry, Folder, Migration, Script, TransactionPlan } from './framework.js';
import { otherHalf, wayBackAlone } from './halves.js';
import { compareNumbers, compareText, script, settleIds, unreadable, withoutZeros } from './sql-files.js';

/** A file that holds one direction of a migration, as its name says. */
export interface VersionedFile {
  readonly entry: FileEntry;
  readonly version: string;
  /** The description, for people and for telling two migrations of one version apart. */
  readonly name: string;
  readonly direction: 'up' | 'down';
}

export interface PairOptions {
  /** How the runner executes a file. */
  readonly plan: (entry: FileEntry) => TransactionPlan;
  /** How versions are ordered; by their value if absent. Where they are texts, 1 and 001 are two. */
  readonly compare?: (a: string, b: string) => number;
  /** What a migration without a down file lacks; default `missing`. */
  readonly noDown?: 'missing' | 'framework';
  readonly more?: Partial<Script>;
  /** What is written so that the runner opens no transaction for a file. */
  readonly optOut?: (entry: FileEntry) => readonly FileEdit[];
  /** Where the runner takes code as well: the folder in which the other half of a migration may stand. */
  readonly folder?: Folder;
}

/** Joins up and down files of one version to migrations, in the order of the versions. */
export function migrationsOf(files: readonly VersionedFile[], options: PairOptions): readonly Migration[] {
  const compare = options.compare ?? compareNumbers;
  const same = compare === compareText ? (version: string) => version : withoutZeros;
  const versions = new Map<string, VersionedFile[]>();
  for (const file of files) {
    const version = same(file.version);
    const together = versions.get(version);
    if (together === undefined) versions.set(version, [file]);
    else together.push(file);
  }
  const sorted = [...versions].toSorted(([a], [b]) => compare(a, b));
  const migrations = sorted.flatMap(([, together]) => pairs(together).map((pair) => migrationOf(pair, options)));
  return settleIds(migrations, { same });
}

interface Pair {
  readonly up?: VersionedFile;
  readonly down?: VersionedFile;
}

/** Of several up files of a version each takes the down file of its own name, or what is left. */
function pairs(files: readonly VersionedFile[]): readonly Pair[] {
  const ups = files.filter(({ direction }) => direction === 'up');
  const downs = files.filter(({ direction }) => direction === 'down');
  const take = (wanted: (file: VersionedFile) => boolean) => {
    const at = downs.findIndex(wanted);
    return at === -1 ? undefined : downs.splice(at, 1)[0];
  };
  const named = ups.map((up) => ({ up, down: take(({ name }) => name === up.name) }));
  const all = named.map(({ up, down }): Pair => {
    const own = down ?? take(() => true);
    return own === undefined ? { up } : { up, down: own };
  });
  return [...all, ...downs.map((down): Pair => ({ down }))];
}

function migrationOf({ up, down }: Pair, options: PairOptions): Migration {
  const { plan, noDown = 'missing', folder } = options;
  const main = up ?? down;
  const { entry, version, name } = main ?? { entry: undefined, version: '', name: '' };
  const entries = [up, down].flatMap((file) => file?.entry ?? []);
  const half = folder && entry && otherHalf(folder, entry);
  const alone = up === undefined && down !== undefined ? [wayBackAlone(down.entry, half)] : [];
  const empty: TransactionPlan = { scope: 'none', batch: 'statement', optedOut: false, why: 'there is no up file' };
  return {
    id: version,
    name,
    file: entry?.path ?? '',
    up: up === undefined ? { pieces: [], transaction: empty } : script([up.entry], plan(up.entry), moreOf(up, options)),
    down:
      down === undefined
        ? { none: half === undefined ? noDown : 'framework' }
        : script([down.entry], plan(down.entry), moreOf(down, options)),
    problems: [...unreadable(entries), ...alone],
  };
}

function moreOf({ entry }: VersionedFile, { more = {}, optOut }: PairOptions): Partial<Script> {
  return optOut === undefined ? more : { ...more, optOut: optOut(entry) };
}
