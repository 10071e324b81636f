import type { Statement } from './sql/statement.js';

/** Does something with a statement; if that throws, it is our bug, and the error says at which statement. */
export function blaming<T>(doing: string, statement: Statement, work: () => T): T {
  try {
    return work();
  } catch (cause) {
    const { source, span, text } = statement;
    const message = cause instanceof Error ? cause.message : String(cause);
    throw new Error(`${doing} ${source.file}:${source.position(span.start).line}: ${message}\n${text}`, { cause });
  }
}
