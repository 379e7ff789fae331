import { setTimeout as delay } from 'node:timers/promises';
import { AppError, messageOf } from '../core/errors.ts';
import type { JobResult, JobTurn } from '../core/jobs/job.ts';
import { logOf } from '../core/telemetry/log.ts';
import type { Feed } from '../store/feed/feed.ts';
import type { Webhook } from '../store/webhooks/webhook.ts';
import { deliver, type DeliverParts } from './deliver.ts';
import { isAbout } from './event-message.ts';
import { pendingWebhooks } from './pending-webhooks.ts';

/** Events that are made out for a webhook at once, and deliveries that are sent one after the other. */
const eventsAtOnce = 200;
const deliveriesAtOnce = 20;
/** While one webhook is slow, it is looked this often whether there is something for the others. */
const lookMs = 500;

const log = logOf('webhooks');

/** What a run of the dispatcher stands on. */
export interface DispatchParts extends Omit<DeliverParts, 'signal'> {
  readonly feed: Pick<Feed, 'read' | 'bounds' | 'append'>;
}

/** Makes out deliveries of what the feed has beyond a webhook's cursor; whether there were any events. */
async function enqueue(webhook: Webhook, { store, feed, now, ...access }: DispatchParts): Promise<boolean> {
  const { id, kinds, accounts, q, cursor } = webhook;
  const { oldest, newest } = await feed.bounds();
  if (cursor >= newest) return false;
  const after = Math.max(cursor, oldest);
  if (after > cursor) log.warn('events were forgotten before a webhook was told', { webhook: id, after: cursor });
  const filter = { ...(kinds === undefined ? {} : { kinds }), ...(accounts === undefined ? {} : { accounts }) };
  const page = await feed.read({ after, limit: eventsAtOnce, filter });
  const events = [];
  for (const event of page.events) {
    if (q === undefined || (await isAbout(event, q, { ...access, now }))) events.push(event);
  }
  await store.enqueue(id, { from: cursor, to: page.after, events, nowMs: now() });
  return true;
}

/** Everything that there is to do for one webhook. */
async function workFor(id: string, parts: DispatchParts, turn: JobTurn): Promise<number> {
  const { store, feed, now } = parts;
  for (let delivered = 0; ;) {
    const webhook = await store.get(id);
    if (webhook?.isOn !== true) return delivered;
    const hadEvents = await enqueue(webhook, parts);
    const due = await store.due(id, now(), deliveriesAtOnce);
    if (due.length === 0 && !hadEvents) return delivered;
    for (const delivery of due) {
      turn.refuseIfLost();
      const offReason = await deliver(webhook, delivery, { ...parts, signal: turn.signal });
      delivered += 1;
      if (offReason === undefined) continue;
      await store.update(id, { isOn: false, offReason });
      const cause = { by: 'job', job: 'webhooks' } as const;
      await feed.append([{ account: '', kind: 'webhookChanged', ids: { webhookId: id }, state: 'off', cause }]);
      log.warn('a webhook was turned off', { webhook: id, reason: offReason });
      return delivered;
    }
  }
}

/**
 * Tells webhooks of what has happened, until there is nothing left to tell. Each webhook is worked on by itself: a slow
 * one, or one whose mailbox cannot be read, holds nobody up.
 */
export async function dispatchWebhooks(parts: DispatchParts, turn: JobTurn): Promise<JobResult> {
  const active = new Map<string, Promise<void>>();
  let attempts = 0;
  const failures: unknown[] = [];
  const work = async (id: string) => {
    try {
      attempts += await workFor(id, parts, turn);
    } catch (error) {
      if (turn.signal.aborted) return;
      failures.push(error);
      log[error instanceof AppError ? 'warn' : 'error']('a webhook could not be served', { webhook: id, error });
    } finally {
      active.delete(id);
    }
  };
  const given = new Set<string>();
  while (!turn.signal.aborted) {
    for (const { id } of await pendingWebhooks(parts)) {
      // One that failed waits for the next run.
      if (active.has(id) || (failures.length > 0 && given.has(id))) continue;
      given.add(id);
      active.set(id, work(id));
    }
    if (active.size === 0) break;
    await Promise.race([...active.values(), delay(lookMs, undefined, { signal: turn.signal }).catch(() => {})]);
  }
  await Promise.all(active.values());
  turn.refuseIfLost();
  const [failure] = failures;
  if (failure !== undefined) throw new AppError('UNAVAILABLE', messageOf(failure), {}, failure);
  return { facts: { attempts } };
}
