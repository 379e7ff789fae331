import type { HistoryRecord, Mailbox } from '../../src/mail/mailbox.ts';
import type { FeedEvent } from '../../src/store/feed/event.ts';

/** One change of a message, as its mailbox's history has it. */
type Step =
  | { readonly kind: 'added'; readonly labelIds: readonly string[] }
  | { readonly kind: 'deleted' }
  | { readonly kind: 'labels'; readonly added: readonly string[]; readonly removed: readonly string[] };

/** What became of each message of an account, change by change, in the order of its history. */
export type AccountSteps = ReadonlyMap<string, readonly Step[]>;

/** Every record of a mailbox's history after a place. */
async function historyAfter(mailbox: Mailbox, startHistoryId: string): Promise<readonly HistoryRecord[]> {
  const all: HistoryRecord[] = [];
  let pageToken: string | undefined;
  do {
    const page = await mailbox.listHistory({
      startHistoryId,
      maxResults: 500,
      ...(pageToken === undefined ? {} : { pageToken }),
    });
    all.push(...page.history);
    pageToken = page.nextPageToken;
  } while (pageToken !== undefined);
  return all;
}

/** Reads what became of each message after a place in the history. */
export async function readSteps(mailbox: Mailbox, startHistoryId: string): Promise<AccountSteps> {
  const steps = new Map<string, Step[]>();
  const note = (id: string, step: Step): void => void steps.set(id, [...(steps.get(id) ?? []), step]);
  for (const record of await historyAfter(mailbox, startHistoryId)) {
    for (const { message } of record.messagesAdded ?? [])
      note(message.id, { kind: 'added', labelIds: message.labelIds });
    const relabelled = new Map<string, { added: readonly string[]; removed: readonly string[] }>();
    for (const { message, labelIds } of record.labelsAdded ?? []) {
      relabelled.set(message.id, { added: labelIds, removed: [] });
    }
    for (const { message, labelIds } of record.labelsRemoved ?? []) {
      relabelled.set(message.id, { added: relabelled.get(message.id)?.added ?? [], removed: labelIds });
    }
    for (const [id, change] of relabelled) note(id, { kind: 'labels', ...change });
    for (const { message } of record.messagesDeleted ?? []) note(message.id, { kind: 'deleted' });
  }
  return steps;
}

const keyOf = (labelIds: Iterable<string>): string => [...labelIds].toSorted().join(' ');

/** The states that a message went through from one to the next, as its labels; `gone` at the end of one that was deleted. */
function statesOf(initial: readonly string[] | undefined, steps: readonly Step[]): readonly string[] {
  const states = initial === undefined ? [] : [keyOf(initial)];
  let labels = new Set(initial ?? []);
  for (const step of steps) {
    switch (step.kind) {
      case 'added':
        labels = new Set(step.labelIds);
        break;
      case 'labels':
        for (const id of step.added) labels.add(id);
        for (const id of step.removed) labels.delete(id);
        break;
      case 'deleted':
        labels = new Set(['gone']);
    }
    states.push(keyOf(labels));
  }
  return states;
}

/** What one reader saw of a message, in this order: its labels, or undefined for no message. */
export type Sightings = readonly (readonly string[] | undefined)[];

/** What a reader saw that never was, or not in that order. */
export function impossibleSightings(
  id: string,
  initial: readonly string[] | undefined,
  steps: readonly Step[],
  sightings: Sightings,
): readonly string[] {
  const states = statesOf(initial, steps);
  let at = 0;
  for (const labelIds of sightings) {
    const seen = labelIds === undefined ? 'gone' : keyOf(labelIds);
    // Before a message is there, it is not.
    if (seen === 'gone' && initial === undefined && at === 0) continue;
    const next = states.indexOf(seen, at);
    if (next < 0) {
      const word = states.includes(seen) ? 'was seen again after what came later' : 'never was';
      return [`${id}: "${seen}" ${word}`];
    }
    at = next;
  }
  return [];
}

function stepOf({ kind, ids }: FeedEvent): string | undefined {
  if (kind === 'messageAdded') return 'added';
  if (kind === 'messageDeleted') return 'deleted';
  if (kind !== 'labelsChanged') return undefined;
  return `+${keyOf(ids.addedLabelIds ?? [])} -${keyOf(ids.removedLabelIds ?? [])}`;
}

/** Where the events of a feed are not the changes of the account, each once, in the order of each message. */
export function feedFaults(steps: AccountSteps, events: readonly FeedEvent[]): readonly string[] {
  const told = new Map<string, string[]>();
  for (const event of events) {
    const step = stepOf(event);
    const { messageId } = event.ids;
    if (step !== undefined && messageId !== undefined) told.set(messageId, [...(told.get(messageId) ?? []), step]);
  }
  const ids = new Set([...steps.keys(), ...told.keys()]);
  return [...ids].flatMap((id) => {
    const expected = (steps.get(id) ?? []).map((step) =>
      step.kind === 'labels' ? `+${keyOf(step.added)} -${keyOf(step.removed)}` : step.kind,
    );
    const found = told.get(id) ?? [];
    return JSON.stringify(expected) === JSON.stringify(found)
      ? []
      : [`${id}: ${expected.join(', ')} became ${found.join(', ')}`];
  });
}
