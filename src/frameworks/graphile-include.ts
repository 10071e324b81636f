import type { Piece } from '../sql/piece.js';
import type { FileEntry, Folder, MigrationProblem } from './framework.js';
import { markers, problem } from './sql-files.js';

const includeLine = /^--![ \t]*include[ \t]+(.*\.sql)[ \t]*$/gm;

/** A text with what it brings in from the folder fixtures/, where graphile-migrate 2 puts it: migration.js, compileIncludes. */
export interface Included {
  readonly pieces: readonly Piece[];
  readonly problems: readonly MigrationProblem[];
}

/** Reads a file from an index on together with the files that it includes. */
export function withIncludes(entry: FileEntry, from: number, folder: Folder, way: readonly string[] = []): Included {
  const source = entry.source();
  const pieces: Piece[] = [];
  const problems: MigrationProblem[] = [];
  let start = from;
  for (const line of markers(source.text, includeLine)) {
    if (line.start < from) continue;
    const [path = ''] = line.groups;
    // a path may not lead out of the folder
    const file = path.split('/').includes('..') ? undefined : folder.file(`fixtures/${path}`);
    const goesRound = file !== undefined && (file === entry || way.includes(file.path));
    const why = goesRound ? `fixtures/${path} includes the file that includes it` : `fixtures/${path} is not there`;
    pieces.push({ source, span: { start, end: line.start } });
    start = line.end;
    if (file === undefined || goesRound) {
      problems.push(problem('broken-include', `${why}, so graphile-migrate refuses it`, source, line));
      continue;
    }
    const inner = withIncludes(file, 0, folder, [...way, entry.path]);
    pieces.push(...inner.pieces);
    problems.push(...inner.problems);
  }
  return { pieces: [...pieces, { source, span: { start, end: source.text.length } }], problems };
}
