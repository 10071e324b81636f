import type { Piece } from '../sql/piece.js';
import type { Span } from '../sql/source.js';
import { nameOf } from './files.js';
import type { FileEntry, Framework, Migration, MigrationProblem, Script, TransactionPlan } from './framework.js';
import {
  behind,
  compareText,
  describe,
  filesNamed,
  isBlank,
  type Marker,
  marked,
  markedFolders,
  markers,
  notRun,
  oneLine,
  problem,
  settleIds,
  unreadable,
} from './sql-files.js';

const fileName = /^(\d+)(.*)\.sql$/;
const sectionMarker = /^--\s*migrate:(up|down)(?:[ \t]*$|[ \t]+(\S.*)$)/gm;
const anyMarker = /^--\s*migrate:(?:up|down)(?:[ \t]*\r?$|[ \t]+\S)/m;

const wrapped: TransactionPlan = {
  scope: 'migration',
  batch: 'script',
  optedOut: false,
  why: 'dbmate wraps each section in a transaction',
  mindsEnd: 'pq: unexpected transaction status idle',
  optOut: 'write transaction:false behind -- migrate:up',
};
const unwrapped: TransactionPlan = {
  scope: 'none',
  batch: 'script',
  optedOut: true,
  why: 'dbmate sends a section in one message, which makes one transaction of several statements even with transaction:false',
  optOut: 'keep the statement alone in a section with transaction:false',
};

/** dbmate 2: `-- migrate:up` and `-- migrate:down` in one file. A file may hold several pairs, each run in a transaction of its own. */
export default {
  id: 'dbmate',
  title: 'dbmate',
  detect: (project) => markedFolders(project, fileName, anyMarker),
  read(folder) {
    const here = folder.byFolder.get(folder.path) ?? [];
    const files = filesNamed(here, fileName).toSorted((a, b) => compareText(nameOf(a.path), nameOf(b.path)));
    const others = filesNamed(here, /\.sql$/i).filter((entry) => anyMarker.test(entry.read() ?? ''));
    return {
      framework: 'dbmate',
      root: folder.path,
      migrations: settleIds(files.flatMap(read)),
      problems: notRun(
        others.filter((entry) => !files.includes(entry)),
        'dbmate wants <number>_<name>.sql',
      ),
      assumptions: [],
    };
  },
} satisfies Framework;

interface Section {
  readonly direction: string;
  readonly marker: Marker;
  readonly piece: Piece;
}

function read(entry: FileEntry): readonly Migration[] {
  const [, version = '', rest = ''] = fileName.exec(nameOf(entry.path)) ?? [];
  const source = entry.source();
  const { text } = source;
  const found = markers(text, sectionMarker);
  const sections = found.map((marker, at): Section => {
    const span = { start: marker.next, end: found[at + 1]?.start ?? text.length };
    return { direction: marker.groups[0] ?? '', marker, piece: { source, span } };
  });
  const lineless = oneLine(entry, 'dbmate');
  const problems = lineless.length > 0 ? lineless : [...unreadable([entry]), ...faults(entry, sections)];
  const ups = sections.filter(({ direction }) => direction === 'up');
  const pairs = ups.map((up) => {
    const next = sections[sections.indexOf(up) + 1];
    return { up, down: next?.direction === 'down' ? next : undefined };
  });
  const common = { name: describe(rest), file: entry.path };
  if (pairs.length === 0 || lineless.length > 0) {
    const nothing: Script = { pieces: [], transaction: wrapped };
    return [{ ...common, id: version, up: nothing, down: { none: 'missing' }, problems }];
  }
  return pairs.map(({ up, down }, at) => ({
    ...common,
    id: at === 0 ? version : `${version}#${at + 1}`,
    up: scriptOf(up),
    down: down === undefined ? { none: 'missing' } : scriptOf(down),
    problems: at === 0 ? problems : [],
  }));
}

function scriptOf({ marker, piece }: Section): Script {
  const options = marker.groups[1] ?? '';
  const asked = options.split(/\s+/).includes('transaction:false');
  return {
    pieces: [piece],
    transaction: asked ? unwrapped : wrapped,
    ...(options === '' && { optOut: behind(piece.source, marker, 'transaction:false') }),
  };
}

/** dbmate refuses a file without both sections or with statements before them, and passes over options it does not know. */
function faults(entry: FileEntry, sections: readonly Section[]): readonly MigrationProblem[] {
  const source = entry.source();
  if (entry.fault() !== undefined) return [];
  const found: MigrationProblem[] = [...marked(entry, 'dbmate refuses the file')];
  const [first] = sections;
  if (!sections.some(({ direction }) => direction === 'up'))
    return [problem('section-missing', `${nameOf(entry.path)} has no -- migrate:up, so dbmate refuses it`, source)];
  if (first !== undefined && !isBlank(source.text.slice(0, first.marker.start))) {
    const message = `${nameOf(entry.path)} has statements before -- migrate:up, so dbmate refuses it`;
    found.push(problem('statement-outside-section', message, source, firstLine(source.text, first.marker.start)));
  }
  if (first?.direction === 'down') {
    const message = `${nameOf(entry.path)} has -- migrate:down before -- migrate:up, so dbmate refuses it`;
    found.push(problem('section-missing', message, source, first.marker));
  }
  const ups = sections.filter(({ direction }) => direction === 'up');
  const lonely = ups.filter((up) => sections[sections.indexOf(up) + 1]?.direction !== 'down');
  for (const { marker } of lonely) {
    const message = `${nameOf(entry.path)} has no -- migrate:down for this section, so dbmate refuses it`;
    found.push(problem('section-missing', message, source, marker));
  }
  for (const [at, { direction, marker }] of sections.entries()) {
    if (at === 0 || direction !== 'down' || sections[at - 1]?.direction !== 'down') continue;
    const message = `${nameOf(entry.path)} has a second -- migrate:down for this section, so dbmate refuses it`;
    found.push(problem('marker-refused', message, source, marker));
  }
  for (const { marker } of ups.slice(1)) {
    const message = 'dbmate 2.36 notes the version once for each -- migrate:up of a file, and the second time fails';
    found.push(problem('marker-refused', message, source, marker));
  }
  for (const { marker } of sections) {
    const odd = (marker.groups[1] ?? '').split(/\s+/).filter((word) => word !== '' && !known.test(word));
    if (odd.length === 0) continue;
    const message = `dbmate passes over ${odd.join(' ')}: the option is written transaction:false`;
    found.push(problem('opt-out-ignored', message, source, marker));
  }
  return found;
}

const known = /^transaction:(?:true|false)$/;

function firstLine(text: string, before: number): Span {
  const start = text.slice(0, before).search(/^[ \t]*(?!--)\S/m);
  const end = text.indexOf('\n', start);
  return { start: Math.max(0, start), end: end === -1 ? before : end };
}
