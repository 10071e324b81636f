/** The placeholder syntaxes of the runners: `${x}`, `:x` `:'x'` `:"x"`, `{{x}}`, `$%x%$`. */
export type PlaceholderSyntax = 'dollar-brace' | 'colon' | 'double-brace' | 'dollar-percent';

/** A word that a runner replaces before PostgreSQL sees the text. Indexes are UTF-16 indexes of the text that was lexed. */
export interface Placeholder {
  readonly syntax: PlaceholderSyntax;
  /** As its author wrote it, without the delimiters. */
  readonly name: string;
  readonly start: number;
  readonly end: number;
}

/** What stands in for a placeholder while the statement is parsed. */
export type StandIn = 'identifier' | 'nothing' | 'number' | 'string' | 'itself';

/** The placeholder at `at`, where one may begin, or undefined. It ends on the line it begins on. */
export function placeholderAt(text: string, at: number): Placeholder | undefined {
  const two = text.slice(at, at + 2);
  if (two === '${') return delimited(text, at, 'dollar-brace', '}', 2);
  if (two === '$%') return delimited(text, at, 'dollar-percent', '%$', 2);
  if (two === '{{') return delimited(text, at, 'double-brace', '}}', 2);
  if (two === ":'") return delimited(text, at, 'colon', "'", 2);
  if (two === ':"') return delimited(text, at, 'colon', '"', 2);
  const [name] = /^:[A-Za-z_][A-Za-z0-9_]*/.exec(text.slice(at, at + 100)) ?? [];
  return name === undefined ? undefined : { syntax: 'colon', name: name.slice(1), start: at, end: at + name.length };
}

const longest = 500;

function delimited(
  text: string,
  start: number,
  syntax: PlaceholderSyntax,
  close: string,
  open: number,
): Placeholder | undefined {
  const rest = text.slice(start, start + longest);
  const end = rest.indexOf(close, open);
  if (end <= open) return undefined;
  const name = rest.slice(open, end);
  if (syntax === 'colon' ? !/^\w+$/.test(name) : /[\r\n]/.test(name)) return undefined;
  return { syntax, name: name.trim(), start, end: start + end + close.length };
}

/** A text of the placeholder's length that stands in for it; the same for the same name. */
export function standIn(placeholder: Placeholder, text: string, as: StandIn): string {
  const written = text.slice(placeholder.start, placeholder.end);
  const length = written.length;
  if (as === 'itself') return written;
  if (as === 'nothing') return ' '.repeat(length);
  if (as === 'number') return '1'.padEnd(length);
  const name = placeholder.name.toLowerCase().replace(/[^a-z0-9]/g, '_');
  if (as === 'string' || written.startsWith(":'")) return `'${name.slice(0, length - 2).padEnd(length - 2, '_')}'`;
  if (written.startsWith(':"')) return `"_${name}"`;
  if (isControl(placeholder)) return ' '.repeat(length);
  return `_${name}`.padEnd(length, '_');
}

/** How a placeholder is shown in a name, whatever blanks its author left in it. */
function shown({ syntax, name }: Placeholder): string {
  const [open, close] = delimiters[syntax];
  return `${open}${name}${close}`;
}

const delimiters: Readonly<Record<PlaceholderSyntax, readonly [open: string, close: string]>> = {
  'dollar-brace': ['${', '}'],
  'double-brace': ['{{', '}}'],
  'dollar-percent': ['$%', '%$'],
  colon: [':', ''],
};

/** What placeholders have left in the text that the parser gets. */
export interface StandIns {
  /** How each placeholder is shown, by what stands in for it. */
  readonly names: ReadonlyMap<string, string>;
  /** Those that the runner replaces within quotes too. */
  readonly syntaxes: readonly PlaceholderSyntax[];
}

export const noStandIns: StandIns = { names: new Map(), syntaxes: [] };

const withinText: Readonly<Record<PlaceholderSyntax, RegExp>> = {
  'dollar-brace': /\$\{[^}\r\n]+\}/,
  'double-brace': /\{\{.+?\}\}/,
  'dollar-percent': /\$%.+?%\$/,
  // psql looks into no string
  colon: /$^/,
};

const leading = new RegExp(
  `^(?:${Object.values(withinText)
    .map(({ source }) => source)
    .join('|')})+`,
);

/** How far a text consists of placeholders, from its first character on. */
export function placeholdersAhead(text: string): number {
  return leading.exec(text)?.[0].length ?? 0;
}

/** Whether a text is known only when a placeholder in it has been replaced. */
export function hasPlaceholder(text: string, syntaxes: readonly PlaceholderSyntax[]): boolean {
  return syntaxes.some((syntax) => withinText[syntax].test(text));
}

/** Whether a text is a placeholder, or has one, of any runner. */
export function mayBeReplaced(text: string): boolean {
  return /^:\w+$/.test(text) || Object.values(withinText).some((pattern) => pattern.test(text));
}

/** How placeholders are shown, by what stands in for them in a text; `offset` is where the text begins. */
export function standInsOf(
  text: string,
  placeholders: readonly Placeholder[],
  offset = 0,
): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  for (const placeholder of placeholders) {
    const standing = text.slice(placeholder.start - offset, placeholder.end - offset);
    const [, name, value] = /^"?(_[a-z0-9_]*)"?$|^'(\w+)'$/.exec(standing) ?? [];
    const left = name ?? value;
    if (left !== undefined) found.set(left, shown(placeholder));
  }
  return found;
}

/** Whether a placeholder steers what its template gives, and leaves nothing itself. */
export function isControl({ syntax, name }: Placeholder): boolean {
  return syntax === 'double-brace' && control.test(name);
}

/** Whether it only ends or goes on with what another one has begun. */
export function isContinued(placeholder: Placeholder): boolean {
  return isControl(placeholder) && /^(?:-\s*)?(?:end|else|elif|\/\*)/.test(placeholder.name);
}

/** Words of Go templates and Jinja that steer and leave nothing. */
const control =
  /^(-\s*)?(if|else|elif|end|endif|range|for|endfor|with|define|template|block|set|include|\/\*)\b|^-?\s*\/\*/;
