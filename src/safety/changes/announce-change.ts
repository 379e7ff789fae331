import { logOf } from '../../core/telemetry/log.ts';
import type { Actor } from '../../core/actor.ts';
import type { Cause } from '../../store/feed/event.ts';
import type { Feed, OwnChange } from '../../store/feed/feed.ts';

/** Where changes are announced: the feed of the home, opened when it is first needed. */
export type OpenFeed = () => Pick<Feed, 'begin'>;

const log = logOf('safety');

/** A call of ours as the cause of an event. */
export function callCause({ requestId, tokenName }: Actor, operation: string): Cause {
  return { by: 'call', requestId, operation, ...(tokenName === undefined ? {} : { tokenName }) };
}

async function orLogged<T>(account: string, work: () => Promise<T>): Promise<T | undefined> {
  try {
    return await work();
  } catch (error) {
    log.error('a change is missing in the feed', { account, error });
    return undefined;
  }
}

/**
 * Announces in the feed a change that is about to be made; what is returned says what became of it. A feed that fails is
 * logged, and keeps nobody from changing their mail.
 */
export async function announceChange(feed: OpenFeed, account: string, cause: Cause): Promise<OwnChange> {
  const own = await orLogged(account, () => feed().begin(account, cause));
  if (own === undefined) return { publish: async () => {}, abandon: async () => {} };
  return {
    publish: (events) => orLogged(account, () => own.publish(events)),
    abandon: () => orLogged(account, () => own.abandon()),
  };
}
