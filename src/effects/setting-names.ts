import { nearest } from '../did-you-mean.js';
import data from './data/settings.data.json' with { type: 'json' };
import { type Draft, fail, nothing } from './draft.js';

/** Parameters that pg_settings does not show (GUC_NO_SHOW_ALL), and the names that the grammar makes of SET's own forms. */
const unshown: readonly string[] = [
  'is_superuser',
  'role',
  'seed',
  'session_authorization',
  'default_with_oids',
  'ssl_renegotiation_limit',
];

/** Name -> the first and the last major that has it. */
export function datedNames(lines: readonly string[]): ReadonlyMap<string, readonly [number, number]> {
  return new Map(
    lines.map((line) => {
      const [name = '', ...more] = line.split(' ');
      const range = /^\d\d-\d\d$/.test(more.at(-1) ?? '') ? more.at(-1) : undefined;
      const [since = 0, until = 99] = (range ?? '0-99').split('-').map(Number);
      return [name, [since, until]];
    }),
  );
}

// names are compared without regard to case
const majors = datedNames(data.settings.map((line) => line.toLowerCase()));

/** The parameters that no server up to a major has. */
export function settingsAfter(pg: number): readonly string[] {
  return [...majors].flatMap(([name, [since]]) => (since > pg ? name : []));
}

/** The refusal of a parameter that a server of this major does not have; sure of one that another major has, and of one mistyped. */
export function unknownSetting(name: string | undefined, pg: number): Draft {
  // a name with a dot is one of an extension's, or made up for the session
  if (name === undefined || name.includes('.')) return nothing;
  const lower = name.toLowerCase();
  if (unshown.includes(lower) || oldNames.has(lower)) return nothing;
  const known = majors.get(lower);
  if (known !== undefined && known[0] <= pg && pg <= known[1]) return nothing;
  // servers that are like PostgreSQL have more
  const near = known === undefined ? nearest(lower, majors.keys()) : undefined;
  const hint = near === undefined ? '' : `, did you mean "${near}"?`;
  return fail(
    `unrecognized configuration parameter "${name}"${hint}`,
    '42704',
    known !== undefined || near !== undefined,
  );
}

/** map_old_guc_names of guc.c. */
const oldNames: ReadonlySet<string> = new Set(['sort_mem', 'vacuum_mem', 'ssl_ecdh_curve']);
