import { AppError, messageOf } from '../../core/errors.ts';
import { printableLine } from '../../mail/text/printable-text.ts';
import type { OutboxEntryView } from '../../operations/admin/outbox-view.ts';
import { readThread, thread } from '../../operations/threads/read-thread.ts';
import { html, type Part } from '../html/html.ts';
import { plural, state } from '../html/parts.ts';
import type { PageCall } from '../page-call.ts';
import { messagePath } from './mail-parts.ts';
import { subjectTitle } from './subject-title.ts';

/** Only its subject and who wrote last are shown. */
const readCharacters = 1000;

/** The conversation that a message is put into, by its newest message. */
export async function conversationOf({ account, threadId }: OutboxEntryView, call: PageCall): Promise<Part> {
  if (threadId === undefined) return undefined;
  try {
    const { messages } = await call.read(readThread, thread, { account, id: threadId, maxChars: readCharacters });
    const newest = messages.at(-1);
    if (newest === undefined) return undefined;
    return html`<a href="${call.link(messagePath(account, newest.id))}">${subjectTitle(newest.subject)}</a>
      <small>${plural(messages.length, 'message')}, the newest from ${printableLine(newest.from)}</small>`;
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    return state('warn', messageOf(error));
  }
}
