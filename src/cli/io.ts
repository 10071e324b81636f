import { coloured, plain, type Style } from '../reporters/style.js';

/** The world as the command line sees it; passed in, so that tests run it in process. */
export interface Io {
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly stdout: Output;
  readonly stderr: Output;
  /** All of standard input. */
  readonly stdin: () => string;
}

export interface Output {
  readonly write: (text: string) => void;
  readonly isTerminal: boolean;
  /** Undefined when it is no terminal. */
  readonly columns: number | undefined;
}

/** Colours: for a terminal, unless https://no-color.org or a dumb terminal; FORCE_COLOR is for logs that show them. */
export function wantsColour(output: Output, env: Io['env']): boolean {
  if (env.NO_COLOR) return false;
  if (env.FORCE_COLOR !== undefined) return env.FORCE_COLOR !== '0';
  return output.isTerminal && env.TERM !== 'dumb';
}

/** The style for what is written to an output. */
export function styleFor(output: Output, env: Io['env']): Style {
  return wantsColour(output, env) ? coloured : plain;
}
