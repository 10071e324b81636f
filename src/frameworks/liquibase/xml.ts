import type { Source, Span } from '../../sql/source.js';
import type { MigrationProblem } from '../framework.js';
import { problem } from '../sql-files.js';
import type { Draft, Element } from './element.js';

/** A changelog as elements below `databaseChangeLog`, as far as it can be read. */
export interface Document {
  readonly root: Element | undefined;
  readonly problems: readonly MigrationProblem[];
}

/** Reads XML. Only the five entities of XML itself are known: none that a document declares is expanded. The first fault is reported; what stands before it counts. */
export async function readXml(source: Source): Promise<Document> {
  const { SaxesParser } = await import('saxes');
  const { text } = source;
  const parser = new SaxesParser();
  const open: Draft[] = [];
  let root: Element | undefined;
  let fault: MigrationProblem | undefined;
  const close = (draft: Draft, end: number, closing: number) => {
    draft.span.end = end;
    const verbatim = wordForWord(text, draft.span.start, closing);
    const element: Element = { ...draft, ...(verbatim && { verbatim }) };
    const parent = open.at(-1);
    if (parent === undefined) root ??= element;
    else parent.children.push(element);
  };
  parser.on('error', (error) => {
    if (fault !== undefined) return;
    const at = Math.min(parser.position, text.length);
    const message = `${source.file} is no well-formed XML: ${error.message.replace(/^\d+:\d+: /, '')}`;
    fault = problem('unreadable-migration', message, source, lineAround(text, at));
  });
  parser.on('opentag', ({ name, attributes }) => {
    const start = text.lastIndexOf('<', parser.position - 1);
    open.push({
      name: name.replace(/^.*:/, name.startsWith('ext:') ? 'ext:' : ''),
      attributes: new Map(Object.entries(attributes).map(([key, value]) => [key, String(value)])),
      children: [],
      text: '',
      source,
      span: { start, end: parser.position },
    });
  });
  const add = (part: string) => {
    const last = open.at(-1);
    if (last !== undefined) last.text += part;
  };
  parser.on('text', add);
  parser.on('cdata', add);
  parser.on('closetag', () => {
    const draft = open.pop();
    if (draft !== undefined) close(draft, parser.position, text.lastIndexOf('<', parser.position - 1));
  });
  parser.write(text).close();
  // a truncated file: what was open ends with the text
  for (let draft = open.pop(); draft !== undefined; draft = open.pop()) close(draft, text.length, text.length);
  return { root, problems: fault === undefined ? [] : [fault] };
}

/** Where the text of an element stands as it is: nothing but text without entities, or one CDATA section. */
function wordForWord(text: string, start: number, closing: number): Span | undefined {
  const open = text.indexOf('>', start);
  if (open === -1 || open + 1 > closing) return undefined;
  const inner = text.slice(open + 1, closing);
  const cdata = /^\s*<!\[CDATA\[([\s\S]*)\]\]>\s*$/.exec(inner);
  if (cdata !== null) {
    const from = open + 1 + inner.indexOf('<![CDATA[') + 9;
    return { start: from, end: from + (cdata[1] ?? '').length };
  }
  return /[<&]/.test(inner) ? undefined : { start: open + 1, end: closing };
}

function lineAround(text: string, at: number): Span {
  const start = text.lastIndexOf('\n', Math.max(0, at - 1)) + 1;
  const end = text.indexOf('\n', at);
  return { start, end: end === -1 ? text.length : end };
}
