import type { Source, Span } from '../../sql/source.js';

/** A part of a changelog, the same whether it was written in XML, YAML or JSON. */
export interface Element {
  readonly name: string;
  readonly attributes: ReadonlyMap<string, string>;
  readonly children: readonly Element[];
  /** The text within it, entities and escapes resolved. */
  readonly text: string;
  readonly source: Source;
  /** The whole of it. */
  readonly span: Span;
  /** Where `text` stands word for word; absent when something in it was escaped, indented or put together. */
  readonly verbatim?: Span;
}

/** What is made of an element while it is read. */
export interface Draft {
  name: string;
  attributes: Map<string, string>;
  children: Element[];
  text: string;
  source: Source;
  span: { start: number; end: number };
  verbatim?: Span;
}

/** An attribute, or undefined when it is absent or empty. */
export function attribute(element: Element, ...names: readonly string[]): string | undefined {
  for (const name of names) {
    const value = element.attributes.get(name);
    if (value !== undefined && value !== '') return value;
  }
  return undefined;
}

/** An attribute that is true or false. */
export function flag(element: Element, name: string, otherwise: boolean): boolean {
  const value = element.attributes.get(name);
  return value === undefined || value === '' ? otherwise : value.toLowerCase() === 'true';
}

/** The children of a name. */
export function childrenOf(element: Element, ...names: readonly string[]): readonly Element[] {
  return element.children.filter((child) => names.includes(child.name));
}

/** An element without anything in it, in the place of another. */
export function emptyElement(like: Element, name: string): Element {
  return { name, attributes: new Map(), children: [], text: '', source: like.source, span: like.span };
}
