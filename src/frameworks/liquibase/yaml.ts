import type { Node, Pair, ParsedNode } from 'yaml';
import type { Source, Span } from '../../sql/source.js';
import { whyNot } from '../formats.js';
import type { MigrationProblem } from '../framework.js';
import { problem } from '../sql-files.js';
import type { Draft, Element } from './element.js';
import type { Document } from './xml.js';

/**
 * Reads YAML or JSON as the elements that the same changelog has in XML: a map under a key is an element of that name, a list
 * under a key holds its children, a value that is no map is an attribute, and the text of an element that has no other name for it.
 */
export async function readYaml(source: Source): Promise<Document> {
  const { parseDocument, isMap, isSeq, isScalar, isAlias } = await import('yaml');
  const document = parseDocument(source.text, { logLevel: 'silent', prettyErrors: false, uniqueKeys: false });
  const problems: MigrationProblem[] = document.errors.slice(0, 1).map((fault) => {
    const message = `${source.file} is no well-formed YAML: ${whyNot(fault)}`;
    return problem('unreadable-migration', message, source, around(source, fault.pos[0]));
  });

  const spanOf = (node: Node): Span => ({ start: node.range?.[0] ?? 0, end: node.range?.[1] ?? 0 });
  const fill = (draft: Draft, value: unknown, depth: number): void => {
    if (depth > 60) return;
    if (isAlias(value)) fill(draft, value.resolve(document), depth + 1);
    else if (isMap(value)) for (const pair of lastOfEach(value.items)) take(draft, pair, depth);
    else if (isSeq(value)) for (const item of value.items) fill(draft, item, depth + 1);
    else if (isScalar(value) && value.value !== null && value.value !== undefined) draft.text += String(value.value);
  };
  /** Of a key that is written twice Liquibase takes the last: measured on 4.28. */
  const lastOfEach = (pairs: readonly Pair[]): readonly Pair[] => {
    const last = new Map(pairs.map((pair) => [isScalar(pair.key) ? pair.key.value : pair.key, pair]));
    return last.size === pairs.length ? pairs : pairs.filter((pair) => [...last.values()].includes(pair));
  };
  const take = (draft: Draft, pair: Pair, depth: number): void => {
    const key = isScalar(pair.key) ? String(pair.key.value) : '';
    const resolved = isAlias(pair.value) ? pair.value.resolve(document) : pair.value;
    if (isScalar(resolved)) {
      // a key without a value says nothing, but that nothing is to be rolled back
      if (resolved.value === null && key !== 'rollback') return;
      const value = String(resolved.source ?? resolved.value ?? '');
      if (textual.has(key) && draft.name !== 'databaseChangeLog')
        place(draft, key, resolved, String(resolved.value ?? ''));
      else draft.attributes.set(key, value);
      return;
    }
    if (transparent.has(key)) fill(draft, resolved, depth + 1);
    else draft.children.push(element(key, pair, resolved, depth + 1));
  };
  /** The SQL of an element: `sql: {sql: …}`, `createView: {selectQuery: …}`; of a change set `rollback: …` is an element. */
  const place = (draft: Draft, key: string, node: ParsedNode | Node, text: string): void => {
    const span = spanOf(node);
    const verbatim = source.text.slice(span.start, span.end) === text ? span : undefined;
    if (draft.name === 'changeSet' || draft.name === 'rollback') {
      const own: Element = {
        name: key,
        attributes: new Map(),
        children: [],
        text,
        source,
        span,
        ...(verbatim && { verbatim }),
      };
      draft.children.push(own);
    } else {
      draft.attributes.set(key, text);
      if (key === 'comment') return;
      draft.text = text;
      draft.span = { start: draft.span.start, end: Math.max(draft.span.end, span.end) };
      if (verbatim !== undefined) draft.verbatim = verbatim;
    }
  };
  const element = (name: string, pair: Pair, value: unknown, depth: number): Element => {
    const start = isScalar(pair.key) ? (pair.key.range?.[0] ?? 0) : 0;
    const end = isMap(value) || isSeq(value) ? (value.range?.[1] ?? start) : start;
    const draft: Draft = { name, attributes: new Map(), children: [], text: '', source, span: { start, end } };
    fill(draft, value, depth);
    return draft;
  };

  const { contents } = document;
  if (!isMap(contents)) return { root: undefined, problems };
  const pair = contents.items.find(({ key }) => isScalar(key) && key.value === 'databaseChangeLog');
  return { root: pair === undefined ? undefined : element('databaseChangeLog', pair, pair.value, 0), problems };
}

/** Keys that only hold a list; in XML their members stand directly in the element. */
const transparent = new Set(['changes', 'columns']);
const textual = new Set([
  'sql',
  'selectQuery',
  'procedureText',
  'procedureBody',
  'functionText',
  'triggerBody',
  'triggerText',
  'rollback',
  'where',
  'comment',
]);

function around(source: Source, at: number): Span {
  const end = source.text.indexOf('\n', at);
  return { start: Math.min(at, source.text.length), end: end === -1 ? source.text.length : end };
}
