import { readdirSync, readFileSync } from 'node:fs';
import { Source } from '../src/sql/source.js';

/** Every SQL file of the fixtures, by path. */
export function fixtureSources(): readonly Source[] {
  const root = new URL('../fixtures/', import.meta.url);
  return readdirSync(root, { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.sql'))
    .toSorted()
    .map((path) => new Source(`fixtures/${path}`, readFileSync(new URL(path, root), 'utf8')));
}
