/** How a terminal shows emphasis. Reporters get one passed in, so that they need not know the terminal. */
export interface Style {
  readonly red: (text: string) => string;
  readonly yellow: (text: string) => string;
  readonly cyan: (text: string) => string;
  readonly green: (text: string) => string;
  readonly bold: (text: string) => string;
  readonly dim: (text: string) => string;
}

const as =
  (on: number, off: number) =>
  (text: string): string =>
    text === '' ? '' : `\x1b[${on}m${text}\x1b[${off}m`;

const same = (text: string): string => text;

/** ANSI colours, for a terminal. */
export const coloured: Style = {
  red: as(31, 39),
  yellow: as(33, 39),
  cyan: as(36, 39),
  green: as(32, 39),
  bold: as(1, 22),
  dim: as(2, 22),
};

/** No colours: a pipe, a file, NO_COLOR. */
export const plain: Style = { red: same, yellow: same, cyan: same, green: same, bold: same, dim: same };
