import { type AlterSubscriptionStmt, type Node, strings } from '../sql/tree.js';
import type { Applies } from './applies.js';
import type { OtherObject } from './catalog.js';
import { findOther, putOther, removeOther } from './others.js';
import { flagOf, storageOptions } from './storage-options.js';

export const subscriptionApplies: Applies = {
  CreateSubscriptionStmt: ({ subname, publication, options }, _statement, catalog) => {
    if (subname === undefined) return catalog;
    const connects = flagOf(options, 'connect') ?? true;
    return putOther(catalog, {
      kind: 'subscription',
      name: subname,
      relations: [],
      publications: strings(publication),
      ...disabled(!(flagOf(options, 'enabled') ?? connects)),
      ...slotOf(options),
    });
  },
  AlterSubscriptionStmt: (node, _statement, catalog) => {
    const old = findOther(catalog, 'subscription', node.subname);
    return old === undefined ? catalog : putOther(catalog, altered(old, node));
  },
  DropSubscriptionStmt: ({ subname }, _statement, catalog) =>
    subname === undefined ? catalog : removeOther(catalog, 'subscription', subname),
};

function altered(old: OtherObject, { kind, publication, options }: AlterSubscriptionStmt): OtherObject {
  const named = strings(publication);
  const { publications, disabled: was, slotless, ...rest } = old;
  const rests = (publications ?? []).filter((name) => !named.includes(name));
  const lists: { readonly [K in NonNullable<AlterSubscriptionStmt['kind']>]?: readonly string[] } = {
    ALTER_SUBSCRIPTION_SET_PUBLICATION: named,
    ALTER_SUBSCRIPTION_ADD_PUBLICATION: [...rests, ...named],
    ALTER_SUBSCRIPTION_DROP_PUBLICATION: rests,
  };
  const list = publications && ((kind && lists[kind]) ?? publications);
  const isEnabled = kind === 'ALTER_SUBSCRIPTION_ENABLED' ? flagOf(options, 'enabled') : undefined;
  const renamed = storageOptions(options).slot_name !== undefined;
  return {
    ...rest,
    ...(list && { publications: list }),
    ...disabled(isEnabled === undefined ? was === true : !isEnabled),
    ...(renamed ? slotOf(options) : slotless && { slotless }),
  };
}

function disabled(is: boolean): Pick<OtherObject, 'disabled'> {
  return is ? { disabled: true } : {};
}

/** slot_name = NONE parts a subscription from its slot. */
function slotOf(options: readonly Node[] | undefined): Pick<OtherObject, 'slotless'> {
  return storageOptions(options).slot_name?.toLowerCase() === 'none' ? { slotless: true } : {};
}
