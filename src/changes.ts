import type { History, Migration, MigrationProblem, Script } from './frameworks/framework.js';
import { lex } from './sql/lexer.js';
import { Source, type Span } from './sql/source.js';

/** The same migrations at three moments, each read by its framework. */
export interface Moments {
  /** As they are to be judged. */
  readonly now: readonly History[];
  /** As they were when the branch was made, or in the last commit. */
  readonly before: readonly History[];
  /** As they will be once they are merged: with what the base has gained meanwhile. */
  readonly merged: readonly History[];
}

/** What is known of the branch that the migrations go into. */
export interface Published {
  /** As people know it: `origin/main`. */
  readonly name: string;
  /** Files that were there before but that the base has not got: what they hold has not been applied. */
  readonly unpublished: ReadonlySet<string>;
}

/** A history of now with the problems of its changes, and the ids of the migrations in it that are added or edited. */
export interface ChangedHistory {
  readonly history: History;
  readonly changed: ReadonlySet<string>;
}

/**
 * Compares migrations with what they were. Edited, deleted and renamed ones that the base has are problems, for databases have
 * run them; so are new ones that take a version of the base or sort before its newest one. With no base only the changed ones are
 * told. A renamed or moved migration with the same text is not changed.
 */
export function compareHistories(
  { now, before, merged }: Moments,
  base: Published | undefined,
): readonly ChangedHistory[] {
  const pairs = pairUp(now.flatMap(entriesOf), before.flatMap(entriesOf));
  const found = now.map((history): ChangedHistory => {
    const own = entriesOf(history);
    const changed = own.filter((entry) => isChanged(entry, pairs.formerOf.get(entry.key)));
    const fresh = own.filter((entry) => !pairs.formerOf.has(entry.key));
    const known = base === undefined ? [] : [...edits(own, pairs, base), ...clashes(fresh, merged, pairs, base)];
    const renamed = base === undefined ? [] : renames(own, pairs, base);
    return {
      history: withProblems(history, known, renamed),
      changed: new Set(changed.map(({ migration }) => migration.id)),
    };
  });
  return base === undefined ? found : withDeletions(found, before, pairs, base);
}

/** A migration of a history; the key is the same at every moment. */
interface Entry {
  readonly key: string;
  readonly history: History;
  readonly migration: Migration;
}

function entriesOf(history: History): readonly Entry[] {
  return history.migrations.map((migration) => ({ key: `${migration.file}\n${migration.id}`, history, migration }));
}

interface Pairs {
  /** What a migration of now was before, by its key. */
  readonly formerOf: ReadonlyMap<string, Entry>;
  /** Those before that are nowhere now. */
  readonly gone: readonly Entry[];
}

/** What makes two migrations the same one, best first. The last two are a renamed and a moved file. */
const likenesses: readonly ((entry: Entry) => string)[] = [
  ({ key }) => key,
  ({ migration }) => `${migration.file}\n${textOf(migration.up)}`,
  ({ history, migration }) => `${history.framework}\n${history.root}\n${migration.id}`,
  ({ migration }) => `${nameOf(migration.file)}\n${migration.id}\n${textOf(migration.up)}`,
  ({ migration }) => (isEmpty(migration) ? `${migration.file}\n${migration.id}` : textOf(migration.up)),
];

function pairUp(now: readonly Entry[], before: readonly Entry[]): Pairs {
  const formerOf = new Map<string, Entry>();
  let rest = now;
  let gone = before;
  for (const likeness of likenesses) {
    if (rest.length === 0 || gone.length === 0) break;
    const candidates = new Map(gone.map((entry) => [likeness(entry), entry]));
    const taken = new Set<Entry>();
    rest = rest.filter((entry) => {
      const former = candidates.get(likeness(entry));
      if (former === undefined || taken.has(former)) return true;
      taken.add(former);
      formerOf.set(entry.key, former);
      return false;
    });
    gone = gone.filter((entry) => !taken.has(entry));
  }
  return { formerOf, gone };
}

function isEmpty({ up }: Migration): boolean {
  return textOf(up).trim() === '';
}

function textOf({ pieces }: Script): string {
  return pieces.map(({ source, span }) => lines(source.slice(span))).join('\n');
}

function lines(text: string): string {
  return text.replaceAll('\r\n', '\n');
}

function allText({ up, down }: Migration): string {
  return 'none' in down ? textOf(up) : `${textOf(up)}\n${textOf(down)}`;
}

function isChanged({ migration }: Entry, former: Entry | undefined): boolean {
  return former === undefined || allText(migration) !== allText(former.migration);
}

function nameOf(file: string): string {
  const parts = file.split('/');
  const last = parts.at(-1) ?? file;
  // frameworks of a folder for each migration
  return /^(?:up|down|migration|migrate)\.\w+$/.test(last) ? parts.slice(-2).join('/') : last;
}

/** Runners that keep a checksum of the text, comments included, and refuse or warn when it changes. */
const checksummed: ReadonlySet<string> = new Set([
  'flyway',
  'sqlx',
  'refinery',
  'prisma',
  'prisma-next',
  'graphile-migrate',
  'atlas',
]);

/** Whether a database that has run the one would notice the other. */
function differs(now: Entry, former: Entry): boolean {
  const [a, b] = [textOf(now.migration.up), textOf(former.migration.up)];
  if (a === b) return false;
  return checksummed.has(now.history.framework) || withoutComments(a) !== withoutComments(b);
}

function withoutComments(text: string): string {
  const { statements, comments } = lex(text);
  return statements
    .map(({ start, end }) => {
      const inside = comments.filter((comment) => comment.start >= start && comment.end <= end);
      const bare = inside.reduceRight(
        (rest, comment) => rest.slice(0, comment.start - start) + rest.slice(comment.end - start),
        text.slice(start, end),
      );
      return bare.replace(/\s+/g, ' ').trim();
    })
    .join(';\n');
}

function isPublished(entry: Entry | undefined, { unpublished }: Published): entry is Entry {
  return entry !== undefined && !unpublished.has(entry.migration.file);
}

/** A problem and the migration of now that it belongs to. */
interface OwnProblem {
  readonly id: string;
  readonly problem: MigrationProblem;
}

function edits(own: readonly Entry[], { formerOf }: Pairs, base: Published): readonly OwnProblem[] {
  return own.flatMap((entry) => {
    const former = formerOf.get(entry.key);
    if (!isPublished(former, base) || entry.migration.repeatable || !differs(entry, former)) return [];
    const place = firstDifference(entry.migration, former.migration);
    const message = `migration ${entry.migration.id} is already on ${base.name}: a database that has run it keeps what it was`;
    return place === undefined ? [] : [owned(entry, 'applied-migration-edited', message, place)];
  });
}

function owned({ migration }: Entry, rule: string, message: string, place: Place): OwnProblem {
  return { id: migration.id, problem: { rule, message, ...place } };
}

interface Place {
  readonly source: Source;
  readonly span: Span;
}

/** The rest of the line on which the text begins to differ. */
function firstDifference({ up }: Migration, former: Migration): Place | undefined {
  const old = former.up.pieces.map(({ source, span }) => source.slice(span));
  const changed = up.pieces.findIndex(({ source, span }, at) => source.slice(span) !== old[at]);
  const piece = up.pieces[changed] ?? up.pieces.at(-1);
  if (piece === undefined) return undefined;
  const { source, span } = piece;
  const text = source.slice(span);
  const other = old[changed] ?? '';
  let same = 0;
  while (same < text.length && text[same] === other[same]) same++;
  const start = Math.max(text.lastIndexOf('\n', same - 1) + 1, 0);
  const newline = text.indexOf('\n', same);
  const end = newline === -1 ? text.length : newline;
  return { source, span: { start: span.start + start, end: span.start + Math.max(start, end) } };
}

function placeOf({ up, file }: Migration): Place {
  const [piece] = up.pieces;
  return { source: piece?.source ?? new Source(file, ''), span: { start: 0, end: 0 } };
}

function renames(own: readonly Entry[], { formerOf }: Pairs, base: Published): readonly MigrationProblem[] {
  return own.flatMap((entry) => {
    const former = formerOf.get(entry.key);
    if (!isPublished(former, base) || entry.migration.repeatable) return [];
    const [name, old] = [nameOf(entry.migration.file), nameOf(former.migration.file)];
    if (name === old && entry.migration.id === former.migration.id) return [];
    const consequence =
      entry.migration.id === former.migration.id
        ? 'a runner that knows migrations by their names runs it again'
        : `a database that has run ${former.migration.id} runs it again as ${entry.migration.id}`;
    const message = `${name} is ${old} on ${base.name}: ${consequence}`;
    return [{ rule: 'applied-migration-renamed', message, ...placeOf(entry.migration) }];
  });
}

/** New migrations whose version the base has given to another, or that sort before its newest one. */
function clashes(
  fresh: readonly Entry[],
  merged: readonly History[],
  { formerOf }: Pairs,
  base: Published,
): readonly OwnProblem[] {
  const freshKeys = new Set(fresh.map(({ key }) => key));
  return fresh.flatMap((entry) => {
    const { migration, history } = entry;
    if (migration.repeatable) return [];
    const all = merged
      .filter(({ framework, root }) => framework === history.framework && root === history.root)
      .flatMap(entriesOf)
      .filter((other) => !other.migration.repeatable);
    const onBase = (other: Entry) => {
      if (freshKeys.has(other.key)) return false;
      const former = formerOf.get(other.key);
      return former === undefined || isPublished(former, base);
    };
    const twin = twinOf(entry, all.filter(onBase), all);
    if (twin !== undefined) {
      const message = `version ${migration.id} is also that of ${nameOf(twin.migration.file)} on ${base.name}`;
      return [owned(entry, 'version-taken', message, placeOf(migration))];
    }
    const at = all.findIndex(({ key }) => key === entry.key);
    const newest = all.findLast(onBase);
    if (newest === undefined || at === -1 || all.indexOf(newest) < at) return [];
    const message = `${migration.id} sorts before ${newest.migration.id}, which is already on ${base.name}`;
    return [owned(entry, 'migration-out-of-order', message, placeOf(migration))];
  });
}

/**
 * The migration of the base with the same version, where the framework's reader minds it once both are in one folder. It then
 * knows the later one by another id.
 */
function twinOf({ migration }: Entry, onBase: readonly Entry[], merged: readonly Entry[]): Entry | undefined {
  const self = merged.find((other) => other.migration.file === migration.file);
  if (isDuplicate(migration) || self === undefined) return undefined;
  return onBase.find(({ migration: other }) =>
    isDuplicate(self.migration)
      ? other.id === migration.id
      : isDuplicate(other) && versionOf(other) === versionOf(migration),
  );
}

function isDuplicate({ problems }: Migration): boolean {
  return problems.some(({ rule }) => rule === 'duplicate-version');
}

/** The version with which a file's name begins. */
function versionOf({ id, file }: Migration): string {
  return /^[VUvu]?(\d+(?:[._]\d+)*)/.exec(nameOf(file))?.[1] ?? id;
}

function withProblems(history: History, own: readonly OwnProblem[], loose: readonly MigrationProblem[]): History {
  const migrations = history.migrations.map((migration) => {
    const more = own.filter(({ id }) => id === migration.id).map(({ problem }) => problem);
    return more.length === 0 ? migration : { ...migration, problems: [...migration.problems, ...more] };
  });
  return { ...history, migrations, problems: [...history.problems, ...loose] };
}

function withDeletions(
  found: readonly ChangedHistory[],
  before: readonly History[],
  { gone }: Pairs,
  base: Published,
): readonly ChangedHistory[] {
  const deleted = new Set(gone.filter((entry) => isPublished(entry, base)));
  const told = (history: History): readonly MigrationProblem[] =>
    [...deleted]
      .filter((entry) => entry.history.framework === history.framework && entry.history.root === history.root)
      .map((entry) => {
        // several histories may share a folder
        deleted.delete(entry);
        const { migration } = entry;
        const message = `${nameOf(migration.file)} is on ${base.name} but no longer here: databases that have run it keep what it did, new ones never get it`;
        const { source } = placeOf(migration);
        return { rule: 'applied-migration-deleted', message, source, span: { start: 0, end: 0 } };
      });
  const stillThere = (history: History) =>
    found.some((each) => each.history.framework === history.framework && each.history.root === history.root);
  // what remains of a folder that is gone as a whole
  const ruins = before
    .filter((history) => !stillThere(history))
    .map((history) => ({
      history: { ...history, migrations: [], problems: told(history) },
      changed: new Set<string>(),
    }))
    .filter(({ history }) => history.problems.length > 0);
  return [
    ...found.map((each) => ({
      ...each,
      history: { ...each.history, problems: [...each.history.problems, ...told(each.history)] },
    })),
    ...ruins,
  ];
}
