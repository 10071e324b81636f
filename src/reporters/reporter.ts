import type { Report } from '../diagnostic.js';
import type { Style } from './style.js';

/** What a reporter must be told of the world around it. */
export interface ReporterOptions {
  readonly style: Style;
  /** Columns of the terminal; a file has no end, and 120 is used. */
  readonly width: number;
  /** Lockkeeper's own version. */
  readonly version: string;
  /**
   * The path from the repository's root to the working directory, '' or with a final slash. Code hosts (SARIF, GitHub, GitLab) know a
   * file by its path from there, every other format by its path from the working directory.
   */
  readonly prefix: string;
  /** Where the code host shows a line of a file (a path from the working directory); undefined where it does not. */
  readonly linkTo?: ((file: string, line: number) => string | undefined) | undefined;
}

/** Writes a report down: the whole text, with one final newline. Pure. */
export type Reporter = (report: Report, options: ReporterOptions) => string;
