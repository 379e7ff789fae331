import type { Label } from '../../mail/message.ts';
import type { DraftSummaryView, MessageSummaryView, ThreadSummaryView } from './message-schemas.ts';
import type { Call } from '../kernel/operation.ts';
import { formatMinute, oneLine } from '../kernel/render-text.ts';

/** Characters of a snippet that a list shows: enough to choose by, a third of what is stored. */
const snippetChars = 90;

/** People of a thread that a list names; the others are counted. */
const shownParticipants = 4;

/** Labels that say nothing in a list: nearly every message has one of them. */
const quietLabels = new Set(['INBOX', 'CATEGORY_PERSONAL']);

/** Names of a message's labels, in the words a person uses. */
export function labelNames(labelIds: readonly string[], labels: readonly Label[]): readonly string[] {
  return labelIds
    .filter((id) => !quietLabels.has(id))
    .map((id) => oneLine(labels.find((label) => label.id === id && label.type === 'user')?.name ?? id.toLowerCase()));
}

/** One line of facts, and under it the first words of the text. */
function entry(facts: readonly string[], snippet: string): string {
  const words = oneLine(snippet, snippetChars);
  return words === '' ? facts.join(' | ') : `${facts.join(' | ')}\n  ${words}`;
}

function brackets(facts: readonly string[]): readonly string[] {
  return facts.length === 0 ? [] : [`[${facts.join(', ')}]`];
}

function shownSubject(subject: string): string {
  return oneLine(subject, 120) || '(no subject)';
}

function messageEntry(message: MessageSummaryView, labels: readonly Label[], timeZone: string): string {
  const facts = [...labelNames(message.labelIds, labels), ...message.attachmentNames.map((name) => oneLine(name, 40))];
  return entry(
    [
      message.id,
      formatMinute(Number(message.internalDate), timeZone),
      oneLine(message.from, 80),
      shownSubject(message.subject),
      ...brackets(facts),
      ...(message.threadId === message.id ? [] : [`thread ${message.threadId}`]),
    ],
    message.snippet,
  );
}

function threadEntry(thread: ThreadSummaryView, labels: readonly Label[], timeZone: string): string {
  const { messagesTotal, messagesUnread, participants } = thread;
  const names = participants.slice(0, shownParticipants).map((name) => oneLine(name, 60));
  const more = participants.length - names.length;
  const facts = [
    `${messagesTotal} message${messagesTotal === 1 ? '' : 's'}`,
    ...(messagesUnread === 0 ? [] : [`${messagesUnread} unread`]),
    ...labelNames(
      thread.labelIds.filter((id) => id !== 'UNREAD'),
      labels,
    ),
  ];
  return entry(
    [
      thread.id,
      formatMinute(Number(thread.internalDate), timeZone),
      `${names.join(', ')}${more > 0 ? ` and ${more} more` : ''}`,
      shownSubject(thread.subject),
      ...brackets(facts),
    ],
    thread.snippet,
  );
}

function draftEntry(draft: DraftSummaryView, timeZone: string): string {
  return entry(
    [
      draft.id,
      formatMinute(Number(draft.internalDate), timeZone),
      draft.to === '' ? '(to nobody yet)' : `to ${oneLine(draft.to, 120)}`,
      shownSubject(draft.subject),
      ...brackets(draft.attachmentNames.map((name) => oneLine(name, 40))),
      `message ${draft.message.id}`,
      ...(draft.message.threadId === draft.message.id ? [] : [`thread ${draft.message.threadId}`]),
    ],
    draft.snippet,
  );
}

interface Page {
  readonly nextPageToken?: string | undefined;
}

function withMore(entries: readonly string[], { nextPageToken }: Page): string {
  const more = nextPageToken === undefined ? 'That is all.' : `More: the same call with pageToken ${nextPageToken}`;
  return [...entries, more].join('\n');
}

/** Search results for a model: one line of facts and one of text for each message, then how to get the next page. */
export async function renderMessageList(
  page: Page & { readonly messages: readonly MessageSummaryView[] },
  input: { readonly q: string },
  call: Call,
): Promise<string> {
  if (page.messages.length === 0) return input.q === '' ? 'No messages.' : `No messages match ${oneLine(input.q)}`;
  const labels = await call.mailbox.listLabels();
  return withMore(
    page.messages.map((message) => messageEntry(message, labels, call.timeZone)),
    page,
  );
}

/** As {@link renderMessageList}, for conversations: who took part instead of one sender. */
export async function renderThreadList(
  page: Page & { readonly threads: readonly ThreadSummaryView[] },
  input: { readonly q: string },
  call: Call,
): Promise<string> {
  if (page.threads.length === 0 && page.nextPageToken === undefined)
    return input.q === '' ? 'No threads.' : `No threads match ${oneLine(input.q)}`;
  const labels = await call.mailbox.listLabels();
  return withMore(
    page.threads.map((thread) => threadEntry(thread, labels, call.timeZone)),
    page,
  );
}

/** As {@link renderMessageList}, for drafts: to whom instead of from whom. */
export function renderDraftList(
  page: Page & { readonly drafts: readonly DraftSummaryView[] },
  _input: unknown,
  call: Call,
): string {
  if (page.drafts.length === 0 && page.nextPageToken === undefined) return 'No drafts.';
  return withMore(
    page.drafts.map((draft) => draftEntry(draft, call.timeZone)),
    page,
  );
}
