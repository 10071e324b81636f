import dbmate from './dbmate.js';
import type { Framework } from './framework.js';
import plain from './plain.js';

/** Every framework. Of two that claim a folder on equal evidence the one that stands first wins; plain SQL is what is left. */
export const frameworks: readonly Framework[] = [dbmate, plain];
