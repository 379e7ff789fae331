import { AsyncLocalStorage } from 'node:async_hooks';
import type { ServerEvent, ServerEventBus } from '@modelcontextprotocol/server';
import { AppError } from '../core/errors.ts';
import { changesSearch, checkEventQuery, isAbout, type MessageAccess } from '../events/event-message.ts';
import { followFeed } from '../events/follow-feed.ts';
import { parseMailUri, type MailUri } from '../operations/kernel/mail-uri.ts';
import { knownLabelIds } from '../operations/labels/resolve-labels.ts';
import type { Services } from '../operations/kernel/services.ts';
import type { Principal } from '../safety/tokens/check-token.ts';
import type { FeedEvent } from '../store/feed/event.ts';

/** Somebody who wants to be told when resources change. */
interface Listener {
  readonly principal: () => Principal;
  readonly uris: readonly string[];
  readonly tell: (uri: string) => void;
}

/** Tells clients that what they have subscribed to has changed. */
export interface ResourceUpdates {
  /** What streams of `subscriptions/listen` (2026-07-28) listen to. */
  readonly bus: ServerEventBus;
  /** Does what opens such a stream, so that it is known whose it is and what it is about. */
  readonly as: <T>(principal: Principal, uris: readonly string[], work: () => T) => T;
  /** Tells of changes of these resources, as far as the principal's token is good for them, until the return is called. */
  readonly listen: (listener: Listener) => () => void;
  readonly close: () => void;
}

type Parts = Pick<Services, 'feed' | 'accounts' | 'now' | 'timeZone'>;

/** Makes the updates of a server out of the feed, which is read only while somebody listens. */
export function resourceUpdates(services: Parts): ResourceUpdates {
  const listeners = new Set<Listener>();
  const opening = new AsyncLocalStorage<Pick<Listener, 'principal' | 'uris'>>();
  let following: AbortController | undefined;

  function tellOf(events: readonly FeedEvent[]): Promise<unknown> {
    return Promise.all(
      Array.from(listeners, async (listener) => {
        // Its stream is ended in a moment; until then it is told nothing.
        if ((await listener.principal().isStillAllowed?.()) === false) return;
        for (const uri of listener.uris) {
          const parsed = parseMailUri(uri);
          if (parsed === undefined || !(await isAnyAbout(events, parsed, listener.principal(), services))) continue;
          if (listeners.has(listener)) listener.tell(uri);
        }
      }),
    );
  }

  /** Everything may have changed. */
  function tellAll(): void {
    for (const { uris, tell } of listeners) for (const uri of uris) tell(uri);
  }

  function listen(listener: Listener): () => void {
    listeners.add(listener);
    if (following === undefined) {
      following = new AbortController();
      void followFeed(services.feed, following.signal, { take: tellOf, onGap: tellAll });
    }
    return () => {
      listeners.delete(listener);
      if (listeners.size > 0) return;
      following?.abort();
      following = undefined;
    };
  }

  return {
    listen,
    as: (principal, uris, work) => opening.run({ principal: () => principal, uris }, work),
    bus: {
      publish() {
        // The feed is what tells.
      },
      subscribe(take: (event: ServerEvent) => void) {
        const whose = opening.getStore();
        if (whose === undefined) return () => {};
        return listen({ ...whose, tell: (uri) => take({ kind: 'resource_updated', uri }) });
      },
    },
    close() {
      listeners.clear();
      following?.abort();
      following = undefined;
    },
  };
}

/** The account that a URI means, where the principal may see it. */
async function accountOf(
  { account }: MailUri,
  { accounts: allowed }: Principal,
  { accounts }: Parts,
): Promise<string | undefined> {
  const visible = (await accounts.list()).filter((known) => allowed === undefined || allowed.has(known));
  const [only] = visible;
  const meant = account?.toLowerCase() ?? accounts.preferred ?? (visible.length === 1 ? only : undefined);
  return meant !== undefined && (allowed === undefined || allowed.has(meant)) ? meant : undefined;
}

async function isAnyAbout(
  events: readonly FeedEvent[],
  uri: MailUri,
  principal: Principal,
  services: Parts,
): Promise<boolean> {
  if (!principal.grants.has('read')) return false;
  const account = await accountOf(uri, principal, services);
  if (account === undefined) return false;
  const isOfPlace = await placeCheck(uri, account, services);
  for (const event of events) {
    if (event.account !== account) continue;
    // Nobody knows what happened in between.
    if (event.kind === 'historyLost' || (await isOfPlace(event))) return true;
  }
  return false;
}

/** Whether an event changes what is at a place. */
async function placeCheck(
  { place }: MailUri,
  account: string,
  services: Parts,
): Promise<(event: FeedEvent) => boolean | Promise<boolean>> {
  switch (place.kind) {
    case 'message':
      return ({ ids }) => ids.messageId === place.id;
    case 'thread':
      return ({ ids }) => ids.threadId === place.id;
    case 'attachment':
      return ({ kind, ids }) => kind === 'messageDeleted' && ids.messageId === place.messageId;
    case 'inbox':
      return (event) => hasLabel(event, 'INBOX');
    case 'label': {
      const labels = await (await services.accounts.open(account)).listLabels();
      const ids = labelIdsOf(place.label, labels);
      return (event) => ids.some((id) => hasLabel(event, id));
    }
    case 'person': {
      const q = `{from:${place.address} to:${place.address}}`;
      return (event) => event.kind === 'messageAdded' && isAbout(event, q, accessOf(services));
    }
    case 'search': {
      const access = accessOf(services);
      return isQuery(place.q, access) ? (event) => changesSearch(event, place.q, access) : () => false;
    }
  }
}

function accessOf({ accounts, now, timeZone }: Parts): MessageAccess {
  return { open: (address) => accounts.open(address), now, timeZone: () => timeZone };
}

function isQuery(q: string, access: MessageAccess): boolean {
  try {
    checkEventQuery(q, access);
    return true;
  } catch (error) {
    if (error instanceof AppError) return false;
    throw error;
  }
}

/** The label that a name or an id means; none where there is no such label, or no more. */
function labelIdsOf(wanted: string, labels: Parameters<typeof knownLabelIds>[2]): readonly string[] {
  try {
    return knownLabelIds('label', [wanted], labels);
  } catch (error) {
    if (error instanceof AppError) return [];
    throw error;
  }
}

function hasLabel({ ids }: FeedEvent, labelId: string): boolean {
  const { labelIds = [], addedLabelIds = [], removedLabelIds = [] } = ids;
  return [...labelIds, ...addedLabelIds, ...removedLabelIds, ids.labelId].includes(labelId);
}
