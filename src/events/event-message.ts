import { undefinedIfNotFound } from '../core/undefined-if-not-found.ts';
import type { Mailbox } from '../mail/mailbox.ts';
import type { MessageSummary, ReadableMessage } from '../mail/message.ts';
import { parseQuery } from '../mail/query/parse-query.ts';
import type { QueryNode } from '../mail/query/query.ts';
import { bodyTextWithin, withLightBody } from '../parser/body-text-within.ts';
import type { FeedEvent } from '../store/feed/event.ts';

/** Longest text of a message that goes out with an event. */
const longestText = 20_000;

/** How long the body of a message may take to be read before nothing of it is looked at. */
const readWithinMs = 800;

/** What is needed to look at the messages that events are about. */
export interface MessageAccess {
  readonly open: (account: string) => Promise<Mailbox>;
  readonly now: () => number;
  /** IANA name of the zone in which days begin. */
  readonly timeZone: () => string;
}

/** What a message says, for receivers that have asked for it. All of it is the words of whoever wrote the message. */
export interface EventMessage {
  readonly from: string;
  readonly to: string;
  readonly subject: string;
  readonly snippet: string;
  readonly text: string;
}

async function messageOf({ account, ids }: FeedEvent, { open }: MessageAccess): Promise<ReadableMessage | undefined> {
  if (ids.messageId === undefined) return undefined;
  return undefinedIfNotFound((await open(account)).getMessage(ids.messageId));
}

function parseFor(
  q: string,
  emailAddress: string,
  { now, timeZone }: Pick<MessageAccess, 'now' | 'timeZone'>,
): QueryNode {
  return parseQuery(q, { emailAddress, nowMs: now(), timeZone: timeZone() });
}

/** Throws `INVALID_INPUT` for a query that is not understood. */
export function checkEventQuery(q: string, clock: Pick<MessageAccess, 'now' | 'timeZone'>): void {
  parseFor(q, 'anybody@example.org', clock);
}

/** Whether an event is about a message that matches a query; one that is gone, or about no message, matches none. */
export async function isAbout(event: FeedEvent, q: string, access: MessageAccess): Promise<boolean> {
  if (event.kind === 'messageDeleted') return false;
  const message = await messageOf(event, access);
  return message !== undefined && (await matcherOf(event, message, q, access))(message.summary);
}

/** Whether an event changes what a search finds: its message matches now, or may have matched before. */
export async function changesSearch(event: FeedEvent, q: string, access: MessageAccess): Promise<boolean> {
  const { messageId, addedLabelIds = [], removedLabelIds = [] } = event.ids;
  // Messages of a label that is gone, and messages that are gone: nobody knows any more whether they matched.
  if (event.kind === 'labelChanged') return true;
  if (messageId === undefined) return false;
  const message = await messageOf(event, access);
  if (message === undefined) return true;
  const { summary } = message;
  const matches = await matcherOf(event, message, q, access);
  const before = [...summary.labelIds.filter((id) => !addedLabelIds.includes(id)), ...removedLabelIds];
  return matches(summary) || matches({ ...summary, labelIds: before });
}

/** Says whether the message of an event matches a query, with the labels that it has or others: it is read once. */
async function matcherOf(
  { account }: FeedEvent,
  message: ReadableMessage,
  q: string,
  access: MessageAccess,
): Promise<(summary: MessageSummary) => boolean> {
  const query = parseFor(q, account, access);
  const labels = await (await access.open(account)).listLabels();
  const content = await withLightBody(message.content, { deadlineMs: readWithinMs });
  const { evaluateQuery } = await import('../mail/query/evaluate-query.ts');
  return (summary) => evaluateQuery(query, { summary, content, labels });
}

/** What the message of an event says, or undefined where there is none any more. */
export async function readEventMessage(event: FeedEvent, access: MessageAccess): Promise<EventMessage | undefined> {
  const message = await messageOf(event, access);
  if (message === undefined) return undefined;
  const { from, to, subject, snippet } = message.summary;
  const { text } = await bodyTextWithin(message.content, { deadlineMs: readWithinMs });
  return { from, to, subject, snippet, text: text.slice(0, longestText) };
}
