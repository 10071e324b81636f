import { folderOf } from './files.js';
import type { Folder } from './framework.js';
import { isSql } from './plain-names.js';

/** SQL files that no framework claims: how many there are, and the deepest folder that has most of them below it. */
export interface Heap {
  readonly path: string;
  readonly files: number;
}

/** A folder is the place of a heap when no more than a fifth of the files lies elsewhere. */
const most = 0.8;

/** Where a project keeps its SQL, when nothing says how it is run: undefined when it has none. */
export function heapOf(folder: Folder): Heap | undefined {
  const below = new Map<string, number>();
  let all = 0;
  for (const { path } of folder.files) {
    if (!isSql(path)) continue;
    all++;
    for (let at = folderOf(path); at !== folder.path && at !== ''; at = folderOf(at))
      below.set(at, (below.get(at) ?? 0) + 1);
  }
  if (all === 0) return undefined;
  const [deepest] = [...below].filter(([, count]) => count >= all * most).sort(([a], [b]) => b.length - a.length);
  return deepest === undefined ? { path: folder.path, files: all } : { path: deepest[0], files: deepest[1] };
}
