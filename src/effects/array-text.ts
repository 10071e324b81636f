/**
 * The elements of an array as text, NULL as undefined: array_in of arrayfuncs.c. 'malformed' for what no server reads; where the dimensions
 * do not fit each other, nothing is said.
 */
export function arrayElements(text: string): readonly (string | undefined)[] | 'malformed' {
  const body = /^\s*(?:(?:\[\s*[-+]?\d+\s*(?::\s*[-+]?\d+\s*)?\])+\s*=\s*)?(\{.*\})\s*$/s.exec(text)?.[1];
  if (body === undefined) return 'malformed';
  const elements: (string | undefined)[] = [];
  let depth = 0;
  for (let at = 0; at < body.length; ) {
    const sign = body[at] ?? '';
    if (depth === 0 && at > 0) return 'malformed';
    if (sign === '{') depth++;
    if (sign === '}') depth--;
    if (/[{},\s]/.test(sign)) {
      at++;
      continue;
    }
    const [whole = '', quoted] = element.exec(body.slice(at)) ?? [];
    if (whole === '') return 'malformed';
    elements.push(
      quoted !== undefined ? unescaped(quoted) : /^null$/i.test(whole.trim()) ? undefined : unescaped(whole.trim()),
    );
    at += whole.length;
  }
  return depth === 0 ? elements : 'malformed';
}

const element = /^(?:"((?:[^"\\]|\\.)*)"|(?:[^{},"\\]|\\.)+)(?=\s*[,}])/s;

function unescaped(text: string): string {
  return text.replace(/\\(.)/gs, '$1');
}
