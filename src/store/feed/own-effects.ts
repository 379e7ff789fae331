import type { EventIds, NewEvent } from './event.ts';

/** What a change of ours does to one message, as far as history has not reported it yet. */
export interface OwnEffect {
  readonly kind: NewEvent['kind'];
  readonly messageId: string;
  readonly added: readonly string[];
  readonly removed: readonly string[];
}

type Change = Pick<NewEvent, 'kind' | 'ids'>;

const isWithin = (some: readonly string[], all: readonly string[]) => some.every((one) => all.includes(one));
const without = (all: readonly string[], some: readonly string[]) => all.filter((one) => !some.includes(one));

/** The effect that history will report for an event. */
export function effectOf({ kind, ids }: Change): OwnEffect {
  return {
    kind,
    messageId: ids.messageId ?? '',
    added: ids.addedLabelIds ?? [],
    removed: ids.removedLabelIds ?? [],
  };
}

/**
 * What is left of an effect once history has reported this event of it, or undefined when the event is not of it. Gmail
 * may report one change of labels in several records.
 */
export function takeFromEffect(effect: OwnEffect, { kind, ids }: Change): OwnEffect | 'nothing left' | undefined {
  if (effect.kind !== kind || effect.messageId !== ids.messageId) return undefined;
  const { addedLabelIds = [], removedLabelIds = [] }: EventIds = ids;
  if (kind !== 'labelsChanged') return 'nothing left';
  if (!isWithin(addedLabelIds, effect.added) || !isWithin(removedLabelIds, effect.removed)) return undefined;
  const rest = { added: without(effect.added, addedLabelIds), removed: without(effect.removed, removedLabelIds) };
  return rest.added.length + rest.removed.length === 0 ? 'nothing left' : { ...effect, ...rest };
}
