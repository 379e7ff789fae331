import type { FeedEvent } from '../../src/store/feed/event.ts';

/** Labels that a message gets one after the other and keeps: whoever sees one has to see those before. */
export const stepCount = 20;

/** What is wrong with the events of a message that got its labels one after the other. */
export function feedFaultsOf(
  events: readonly FeedEvent[],
  stepLabelIds: readonly string[],
  steppedId: string,
): readonly string[] {
  const steps = events.flatMap(({ ids: { messageId, addedLabelIds = [] } }) =>
    messageId === steppedId ? addedLabelIds.filter((id) => stepLabelIds.includes(id)) : [],
  );
  const added = events.flatMap(({ kind, ids }) => (kind === 'messageAdded' ? [ids.messageId ?? ''] : []));
  const lost = events.filter(({ kind }) => kind === 'historyLost');
  return [
    ...(JSON.stringify(steps) === JSON.stringify(stepLabelIds.slice(stepCount - steps.length))
      ? []
      : [`steps ${steps.join()}`]),
    ...(steps.length === stepCount ? [] : [`${steps.length} of ${stepCount} steps`]),
    ...(new Set(added).size === added.length ? [] : ['a message was added twice']),
    ...lost.map(({ sequence }) => `history lost at ${sequence}`),
  ];
}
