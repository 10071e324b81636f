import type { OtherObject } from '../catalog/catalog.js';
import { findOther } from '../catalog/others.js';
import { flagOf } from '../catalog/storage-options.js';
import { type AlterSubscriptionStmt, type Node, strings } from '../sql/tree.js';
import type { Predict, PredictTable } from './context.js';
import { all, type Draft, fail, forbidden, nothing } from './draft.js';
import { optionsOf, textOf } from './options.js';

// CREATE, ALTER and DROP SUBSCRIPTION: subscriptioncmds.c. They lock no table of the user's; what is refused was measured.

/** The code of a refusal that had one of its own only since 14. */
function refuse(message: string, code: string, pg: number): Draft {
  return fail(message, pg < 14 ? '42601' : code);
}

/** The publisher is asked, which may not answer. */
function asks(pg: number): Draft {
  return fail('could not connect to the publisher', pg < 14 ? 'XX000' : '08006', false);
}

function optionRefusal(options: readonly Node[] | undefined, pg: number): Draft | undefined {
  const given = optionsOf(options);
  if (textOf(given.get('streaming'))?.toLowerCase() === 'parallel' && pg < 16)
    return fail('streaming requires a Boolean value', '42601');
  const origin = textOf(given.get('origin'))?.toLowerCase();
  if (origin !== undefined && origin !== 'none' && origin !== 'any')
    return fail(`unrecognized origin value: "${origin}"`, '22023');
  const commit = textOf(given.get('synchronous_commit'))?.toLowerCase();
  return commit === undefined || commits.has(commit)
    ? undefined
    : fail(`invalid value for parameter "synchronous_commit": "${commit}"`, '22023');
}

const commits: ReadonlySet<string> = new Set('local remote_write remote_apply on off true false yes no 1 0'.split(' '));

/** Options that rule one another out (parse_subscription_options). */
function conflict(options: readonly Node[] | undefined): Draft | undefined {
  if (flagOf(options, 'connect') === false) {
    const wrong = ['enabled', 'create_slot', 'copy_data'].find((name) => flagOf(options, name));
    return wrong === undefined
      ? undefined
      : fail(`connect = false and ${wrong} = true are mutually exclusive options`, '42601');
  }
  if (!isNone(options)) return undefined;
  const open = ['enabled', 'create_slot'].find((name) => flagOf(options, name) !== false);
  return open === undefined
    ? undefined
    : fail(`subscription with slot_name = NONE must also set ${open} = false`, '42601');
}

function isNone(options: readonly Node[] | undefined): boolean {
  return textOf(optionsOf(options).get('slot_name'))?.toLowerCase() === 'none';
}

function namedTwice(publications: readonly string[], pg: number): Draft | undefined {
  const twice = publications.find((name, at) => publications.indexOf(name) !== at);
  return twice === undefined ? undefined : refuse(`publication name "${twice}" used more than once`, '42710', pg);
}

/** libpq reads it before anybody is asked; what a placeholder puts there is not known. */
function unreadable(conninfo: string | undefined): Draft | undefined {
  const text = conninfo?.trim() ?? '';
  return text === '' || text.includes('=') || text.includes('://')
    ? undefined
    : fail('invalid connection string syntax', '42601', false);
}

/** A replication slot cannot be rolled back. */
const create: Predict<'CreateSubscriptionStmt'> = ({ subname, conninfo, publication, options }, { catalog, pg }) => {
  const early = optionRefusal(options, pg) ?? conflict(options);
  if (early !== undefined) return early;
  const connects = flagOf(options, 'connect') ?? true;
  const slot = flagOf(options, 'create_slot') ?? connects;
  const refused =
    (findOther(catalog, 'subscription', subname) && fail(`subscription "${subname}" already exists`, '42710')) ??
    namedTwice(strings(publication), pg);
  return all(slot ? forbidden : nothing, refused, unreadable(conninfo), connects ? asks(pg) : nothing);
};

type Alter = (node: AlterSubscriptionStmt, known: OtherObject, pg: number) => Draft;

const changePublications: Alter = ({ kind, publication, options }, { name, publications, disabled }, pg) => {
  const named = strings(publication);
  const twice = namedTwice(named, pg);
  if (twice !== undefined) return twice;
  const misfit = publications && memberRefusal(kind, name, named, publications);
  if (misfit !== undefined) return misfit;
  if (flagOf(options, 'refresh') === false) return nothing;
  return disabled
    ? refuse('ALTER SUBSCRIPTION with refresh is not allowed for disabled subscriptions', '55000', pg)
    : refreshed(pg);
};

/** Since 14 a refresh drops slots at the publisher. */
function refreshed(pg: number): Draft {
  return all(pg < 14 ? nothing : forbidden, asks(pg));
}

function memberRefusal(
  kind: AlterSubscriptionStmt['kind'],
  name: string,
  named: readonly string[],
  publications: readonly string[],
): Draft | undefined {
  const has = (one: string) => publications.includes(one);
  const again = kind === 'ALTER_SUBSCRIPTION_ADD_PUBLICATION' ? named.find(has) : undefined;
  if (again !== undefined) return fail(`publication "${again}" is already in subscription "${name}"`, '42710');
  if (kind !== 'ALTER_SUBSCRIPTION_DROP_PUBLICATION') return undefined;
  const absent = named.find((one) => !has(one));
  if (absent !== undefined) return fail(`publication "${absent}" is not in subscription "${name}"`, '42P17');
  return publications.every((one) => named.includes(one))
    ? fail('cannot drop all the publications from a subscription', '42P17')
    : undefined;
}

/** Settings of the slot at the publisher: it is asked to change them. */
const setOptions: Alter = ({ options }, { disabled, slotless }, pg) => {
  const wrong = optionRefusal(options, pg);
  if (wrong !== undefined) return wrong;
  if (isNone(options) && !disabled) return refuse('cannot set slot_name = NONE for enabled subscription', '55000', pg);
  const twoPhase = flagOf(options, 'two_phase');
  const failover = flagOf(options, 'failover');
  if (twoPhase === undefined && failover === undefined) return nothing;
  if (!disabled) return fail('cannot set option for enabled subscription', '55000');
  // prepared transactions may be on their way only where two_phase was on
  if (failover === undefined && twoPhase) return nothing;
  return slotless
    ? fail('cannot set option for a subscription that does not have a slot name', '55000')
    : all(forbidden, asks(pg));
};

const alters: { readonly [K in NonNullable<AlterSubscriptionStmt['kind']>]?: Alter } = {
  ALTER_SUBSCRIPTION_CONNECTION: ({ conninfo }) => unreadable(conninfo) ?? nothing,
  ALTER_SUBSCRIPTION_SET_PUBLICATION: changePublications,
  ALTER_SUBSCRIPTION_ADD_PUBLICATION: changePublications,
  ALTER_SUBSCRIPTION_DROP_PUBLICATION: changePublications,
  ALTER_SUBSCRIPTION_OPTIONS: setOptions,
  ALTER_SUBSCRIPTION_ENABLED: ({ options }, { slotless }, pg) =>
    slotless && flagOf(options, 'enabled')
      ? refuse('cannot enable subscription that does not have a slot name', '55000', pg)
      : nothing,
  ALTER_SUBSCRIPTION_REFRESH: (_node, { disabled }, pg) =>
    disabled
      ? refuse('ALTER SUBSCRIPTION ... REFRESH is not allowed for disabled subscriptions', '55000', pg)
      : refreshed(pg),
};

const alter: Predict<'AlterSubscriptionStmt'> = (node, { catalog, pg }) => {
  const { subname, kind } = node;
  const row = kind && alters[kind];
  const known = findOther(catalog, 'subscription', subname);
  if (known !== undefined) return row?.(node, known, pg) ?? nothing;
  // one that the history does not show is taken for one that lets it be done
  const disabled = kind === 'ALTER_SUBSCRIPTION_OPTIONS' ? { disabled: true as const } : {};
  const assumed: OtherObject = { kind: 'subscription', name: '', relations: [], ...disabled };
  const { failure: _unheard, ...draft } = row?.(node, assumed, pg) ?? nothing;
  return all(draft, fail(`subscription "${subname}" does not exist`, '42704', false));
};

/** Logical replication, on the side that receives. */
export const subscriptions: PredictTable = {
  CreateSubscriptionStmt: create,
  AlterSubscriptionStmt: alter,
  DropSubscriptionStmt: ({ subname, missing_ok }, { catalog, pg }) => {
    const known = findOther(catalog, 'subscription', subname);
    if (known?.slotless) return nothing;
    if (known !== undefined) return all(forbidden, asks(pg));
    return missing_ok ? forbidden : all(forbidden, fail(`subscription "${subname}" does not exist`, '42704', false));
  },
};
