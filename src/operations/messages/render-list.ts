import type { MessageCount } from '../../mail/mailbox.ts';
import type { Label } from '../../mail/message.ts';
import { clipText } from '../../mail/text/clip-text.ts';
import type { DraftSummaryView, MessageSummaryView, ThreadSummaryView } from './message-schemas.ts';
import type { Call } from '../kernel/call.ts';
import { fence, type AnswerText, type Fenced } from '../kernel/answer-text.ts';
import { cell, countOf, formatDay, formatSize, formatTime } from '../kernel/render-text.ts';
import { disguiseWords } from './render-sender.ts';
import { disguiseOfHeader } from './sender-facts.ts';
import {
  headOf,
  sharedLabels,
  sharedNames,
  systemNames,
  unsharedIds,
  userNames,
  type SharedLabel,
} from './label-names.ts';

/** Characters of a snippet that a list shows: enough to choose by, less than half of what is stored. */
const snippetChars = 60;

/** People of a thread that a list names; the others are counted. */
const shownParticipants = 4;

/** Files of a message that a list names; the others are counted. */
const shownFiles = 5;

/** What a list says of one hit: facts of the server, and words of others. */
interface Entry {
  readonly id: string;
  readonly ms: number;
  readonly facts: readonly string[];
  /** Columns. */
  readonly words: readonly string[];
}

type Files = Pick<MessageSummaryView, 'attachmentNames' | 'attachmentsTotal'>;

interface Page {
  readonly nextPageToken?: string | undefined;
}

/** A page of what was searched for. */
interface FoundPage extends Page {
  readonly isIndexing?: boolean | undefined;
}

function indexingNote({ isIndexing }: FoundPage): readonly string[] {
  if (isIndexing !== true) return [];
  return [
    'Mail that an older version stored is being indexed again (job renew-content): until then, words in another spelling (strasse for straße) may not be found in it.',
  ];
}

/** How many, as `57` or `more than 1,000`. */
function countText({ count, isMore }: MessageCount): string {
  return `${isMore ? 'more than ' : ''}${count.toLocaleString('en-US')}`;
}

/** `10 of 57 messages`; without a count, `10 messages`. */
function shownOf(shown: number, total: MessageCount | undefined, noun: string): string {
  if (total === undefined || (total.count === shown && !total.isMore)) return countOf(shown, noun);
  return `${shown} of ${countText(total)} ${noun}s`;
}

function leftOutNote(leftOut: MessageCount | undefined): readonly string[] {
  if (leftOut === undefined) return [];
  return [`${countText(leftOut)} more in spam or trash: includeSpamTrash=true shows them.`];
}

/**
 * A list for a model. First, for each hit, a numbered line of facts under the day it is of; then in a fence, under the
 * same numbers, what others wrote.
 */
function renderEntries(
  head: string,
  columns: string,
  shared: string,
  entries: readonly Entry[],
  { nextPageToken }: Page,
  timeZone: string,
): readonly (string | Fenced)[] {
  let day = '';
  const facts = entries.flatMap(({ id, ms, facts }, index) => {
    const line = [`${index + 1} ${id} ${formatTime(ms, timeZone)}`, facts.join(', ')].join(' ').trimEnd();
    const dayOf = formatDay(ms, timeZone);
    if (dayOf === day) return [line];
    day = dayOf;
    return [day, line];
  });
  const words = [
    ...(shared === '' ? [] : [shared]),
    ...entries.map(({ words }, index) => `${index + 1} ${words.filter((column) => column !== '').join(' | ')}`),
  ];
  const more = nextPageToken === undefined ? 'End of results.' : `More: pageToken ${nextPageToken}`;
  return [[head, ...facts].join('\n'), ...fence(columns, words.join('\n')), more];
}

function shownSubject(subject: string): string {
  return cell(subject, 120) || '(no subject)';
}

/** Whole words, as many as fit. */
function firstWords(snippet: string): string {
  const words = cell(snippet);
  const { text, remainingCharacters } = clipText(words, snippetChars);
  return remainingCharacters > 0 ? `${text}…` : text;
}

function bracketed(names: readonly string[]): string {
  return names.length === 0 ? '' : `[${names.map((name) => cell(name, 60)).join(', ')}]`;
}

/** How many files a message has; of many not all are named. */
function filesOf({ attachmentNames, attachmentsTotal = attachmentNames.length }: Files): number {
  return attachmentsTotal;
}

function shownFileNames(message: Files): string {
  const shown = message.attachmentNames.slice(0, shownFiles).map((name) => cell(name, 40));
  const more = filesOf(message) - shown.length;
  return [...shown, ...(more > 0 ? [`and ${more} more`] : [])].join(', ');
}

/** Where in a conversation a message is, as far as that is known. */
function threadFact({ id, threadId, threadMessages = 1 }: MessageSummaryView): readonly string[] {
  if (threadMessages > 1) return [`${threadMessages} in thread`];
  return threadId === id ? [] : ['reply'];
}

/** How many files there are, and how large the message is with them. */
function fileFact(message: MessageSummaryView): readonly string[] {
  return fileCount(message).map((count) => `${count} (${formatSize(message.sizeEstimate)})`);
}

function fileCount(message: Files): readonly string[] {
  const count = filesOf(message);
  return count === 0 ? [] : [countOf(count, 'file')];
}

/** A message that the account itself wrote is known by whom it went to. */
function correspondent(message: MessageSummaryView): string {
  const { from, to } = message;
  return isOwn(message) ? `to ${cell(to, 80) || 'nobody'}` : cell(from, 80);
}

function isOwn({ labelIds }: MessageSummaryView): boolean {
  return labelIds.includes('SENT') || labelIds.includes('DRAFT');
}

function messageEntry(
  message: MessageSummaryView,
  shared: readonly SharedLabel[],
  labels: readonly Label[],
  call: Pick<Call, 'emailAddress'>,
): Entry {
  const labelIds = unsharedIds(message.labelIds, shared);
  return {
    id: message.id,
    ms: Number(message.internalDate),
    facts: [
      ...systemNames(labelIds, labels),
      ...threadFact(message),
      ...fileFact(message),
      ...(message.isUnverified === true ? ['sender not verified'] : []),
      ...(isOwn(message) ? [] : disguiseWords(disguiseOfHeader(message.from, call))),
    ],
    words: [
      correspondent(message),
      shownSubject(message.subject),
      firstWords(message.snippet),
      bracketed(userNames(labelIds, labels)),
      shownFileNames(message),
    ],
  };
}

function threadEntry(thread: ThreadSummaryView, shared: readonly SharedLabel[], labels: readonly Label[]): Entry {
  const { messagesTotal, messagesUnread, participants } = thread;
  const names = participants.slice(0, shownParticipants).map((name) => cell(name, 60));
  const more = participants.length - names.length;
  const labelIds = unsharedIds(thread.labelIds, shared);
  return {
    id: thread.id,
    ms: Number(thread.internalDate),
    facts: [
      countOf(messagesTotal, 'message'),
      ...(messagesUnread === 0 ? [] : [`${messagesUnread} unread`]),
      ...systemNames(
        labelIds.filter((id) => id !== 'UNREAD'),
        labels,
      ),
    ],
    words: [
      `${names.join(', ')}${more > 0 ? ` and ${more} more` : ''}`,
      shownSubject(thread.subject),
      firstWords(thread.snippet),
      bracketed(userNames(labelIds, labels)),
    ],
  };
}

function draftEntry(draft: DraftSummaryView): Entry {
  const { message } = draft;
  return {
    id: draft.id,
    ms: Number(draft.internalDate),
    facts: [
      `message ${message.id}`,
      ...(message.threadId === message.id ? [] : [`thread ${message.threadId}`]),
      ...fileCount(draft),
    ],
    words: [
      draft.to === '' ? '(to nobody yet)' : `to ${cell(draft.to, 120)}`,
      shownSubject(draft.subject),
      firstWords(draft.snippet),
      shownFileNames(draft),
    ],
  };
}

function sharedUserNames(shared: readonly SharedLabel[], labels: readonly Label[]): string {
  return sharedNames(shared, (id) => userNames([id], labels).map((name) => `[${cell(name, 60)}]`)).join('; ');
}

/** Search results for a model. */
export async function renderMessageList(
  page: FoundPage & {
    readonly messages: readonly MessageSummaryView[];
    readonly total?: MessageCount | undefined;
    readonly leftOut?: MessageCount | undefined;
  },
  { pageToken }: { readonly pageToken?: string },
  call: Call,
): Promise<AnswerText> {
  const { messages, nextPageToken, total, leftOut } = page;
  const notes = [...leftOutNote(leftOut), ...indexingNote(page)];
  if (messages.length === 0) return ['No messages match.', ...notes];
  const labels = await call.mailbox.listLabels();
  const shared = sharedLabels(messages);
  const isPart = pageToken === undefined && nextPageToken !== undefined;
  const all = total ?? (isPart ? { count: messages.length, isMore: true } : undefined);
  const list = renderEntries(
    headOf(`${shownOf(messages.length, all, 'message')}, newest first`, shared, labels),
    'mail: from | subject | first words',
    sharedUserNames(shared, labels),
    messages.map((message) => messageEntry(message, shared, labels, call)),
    page,
    call.timeZone,
  );
  return [...list, ...notes];
}

/** As {@link renderMessageList}, for conversations: who took part instead of one sender. */
export async function renderThreadList(
  page: FoundPage & { readonly threads: readonly ThreadSummaryView[] },
  _input: unknown,
  call: Call,
): Promise<AnswerText> {
  const { threads } = page;
  if (threads.length === 0 && page.nextPageToken === undefined) return ['No threads match.', ...indexingNote(page)];
  const labels = await call.mailbox.listLabels();
  const shared = sharedLabels(threads);
  const list = renderEntries(
    headOf(`${countOf(threads.length, 'thread')}, newest match first`, shared, labels),
    'mail: people | subject | first words of the newest',
    sharedUserNames(shared, labels),
    threads.map((thread) => threadEntry(thread, shared, labels)),
    page,
    call.timeZone,
  );
  return [...list, ...indexingNote(page)];
}

/** As {@link renderMessageList}, for drafts: to whom instead of from whom. */
export function renderDraftList(
  page: Page & { readonly drafts: readonly DraftSummaryView[] },
  _input: unknown,
  call: Call,
): AnswerText {
  const { drafts } = page;
  if (drafts.length === 0 && page.nextPageToken === undefined) return 'No drafts.';
  return renderEntries(
    `${countOf(drafts.length, 'draft')}, newest first`,
    'drafts: to | subject | first words',
    '',
    drafts.map(draftEntry),
    page,
    call.timeZone,
  );
}
