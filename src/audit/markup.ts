import { place } from '../reporters/place.js';
import { visible } from '../reporters/terminal.js';
import { count } from '../reporters/words.js';
import { levels } from '../rule.js';
import type { Audit, Group, Item } from './facts.js';

/** Parts of the page that its sections share. */

/** More than this is counted, not shown: a browser must open the page. */
export const most = { findings: 150, tables: 25, oneWay: 200, statements: 60, links: 4, lanes: 8, columns: 30 };

/** Text as it is read: no markup, no control characters. */
export function text(words: string): string {
  return visible(words).replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

/** A name that may be long: it breaks between its words before it breaks in one. */
export function breakable(words: string): string {
  return text(words).replace(/(?<=[\w)])[_/-]+(?=\w)/g, '$&<wbr>');
}

export function attribute(words: string): string {
  return text(words).replaceAll('"', '&quot;');
}

export function inWords({ counts }: Group): string {
  const parts = levels
    .filter((level) => counts[level] > 0)
    .map((level) => `<span class="${level}">${count(counts[level], level)}</span>`);
  return parts.length === 0 ? '<span class="soft">none</span>' : parts.join(', ');
}

export function scrollable(label: string, body: string): string {
  return `<div class="wide" role="region" aria-label="${attribute(label)}" tabindex="0">${body}</div>`;
}

export function more(left: number, noun: string): string {
  return left > 0 ? `<p class="soft">and ${count(left, noun)} more</p>` : '';
}

/** How a page points at its findings. */
export interface Pointer {
  /** A link to a finding, or to its kind where that lists no more. */
  readonly to: (item: Item) => string;
  /** Links to the places of some findings, the gravest first, each place once, and how many more there are. */
  readonly places: (items: readonly Item[]) => string;
  /** The same for findings of one file that has been named: their lines. */
  readonly lines: (items: readonly Item[]) => string;
  /** A file as it is shown where the folder of all migrations has been named. */
  readonly short: (file: string) => string;
}

/** Points at the findings that the page lists. */
export function pointer({ hazards, blind, folder }: Audit): Pointer {
  const all = blind === undefined ? hazards : [...hazards, blind];
  const listed = new Set(all.flatMap(({ items }) => items.slice(0, most.findings)));
  const short = (file: string) => (file.startsWith(folder) ? file.slice(folder.length) : file);
  const lineOf = ({ diagnostic: { source, span } }: Item) => place(source, span).line;
  const placeOf = (item: Item) => `${nameOf(item.diagnostic.source.file)}:${lineOf(item)}`;
  const link = (item: Item, words: string) => {
    const target = listed.has(item) ? `finding-${item.number}` : `rule-${attribute(item.diagnostic.rule)}`;
    return `<a href="#${target}">${breakable(words)}</a>`;
  };
  const some = (items: readonly Item[], words: (item: Item) => string) => {
    const places = new Map<string, Item>();
    for (const item of gravestFirst(items)) if (!places.has(placeOf(item))) places.set(placeOf(item), item);
    const shown = [...places.values()].slice(0, most.links).map((item) => link(item, words(item)));
    return `${shown.join(', ')}${places.size > shown.length ? ` and ${places.size - shown.length} more` : ''}`;
  };
  return {
    to: (item) => link(item, placeOf(item)),
    short,
    places: (items) => some(items, placeOf),
    lines: (items) => some(items, (item) => `line ${lineOf(item)}`),
  };
}

/** The last part of a path, or two where it says too little. */
function nameOf(file: string): string {
  const parts = file.split('/');
  return /^(?:up|down|migration)\.\w+$/.test(parts.at(-1) ?? '') ? parts.slice(-2).join('/') : (parts.at(-1) ?? file);
}

export function gravestFirst(items: readonly Item[]): readonly Item[] {
  return items.toSorted((a, b) => levels.indexOf(a.diagnostic.level) - levels.indexOf(b.diagnostic.level));
}
