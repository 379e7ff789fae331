import { currentContext } from '../../core/context.ts';
import { AppError } from '../../core/errors.ts';
import { LinkList } from '../../mail/blocks/link-list.ts';
import type { MailboxReader } from '../../mail/mailbox.ts';
import type { ReadableMessage } from '../../mail/message.ts';
import type { FoldedText, ThreadText } from '../../mail/thread/fold-thread.ts';
import { bodyTextWithin } from '../../parser/body-text-within.ts';
import { foldThreadWithin } from '../../parser/fold-thread-within.ts';
import type { TaskLimits } from '../../parser/parser-process.ts';
import type { MessageView } from './message-schemas.ts';
import type { ReadingLimits } from './message-view.ts';

/** Processor time that folding a thread may take before its texts stay whole. */
const foldWithinMs = 300;

/** Text that may be a quote, or its introduction: a marked line, a line that ends with a colon, two header fields. */
const mayQuote = /^[ \t]*[>|]|[:：][ \t]*$|^\p{L}[^:：\n]{0,24}[:：].*\n+\p{L}[^:：\n]{0,24}[:：]/mu;

function threadText({ content }: ReadableMessage, text: string): ThreadText {
  const { from, messageId, references } = content;
  return { text, author: from[0] ?? { name: '', address: '' }, messageId, references };
}

/** Folding has a time beside that of the bodies, within that of the call. */
function foldLimits({ signal }: ReadingLimits): TaskLimits {
  return { deadlineMs: foldWithinMs, signal, time: currentContext()?.readingTime };
}

function withOwnText(view: MessageView, { text, foldedLines }: FoldedText): MessageView {
  return { ...view, ownText: text, ...(foldedLines === 0 ? {} : { foldedLines }) };
}

/** The messages of a thread, oldest first, with their own texts. `views` are of `messages`, in the same order. */
export async function foldViews(
  messages: readonly ReadableMessage[],
  views: readonly MessageView[],
  limits: ReadingLimits,
): Promise<readonly MessageView[]> {
  const texts = messages.map((message, index) => threadText(message, views[index]?.text ?? ''));
  const folded = await foldThreadWithin(texts, foldLimits(limits));
  return views.map((view, index) => withOwnText(view, folded[index] ?? { text: view.text ?? '', foldedLines: 0 }));
}

/**
 * One message with its own text. Its thread is read only where the text may quote something; where that cannot be done
 * now, the text stays whole.
 */
export async function foldView(
  message: ReadableMessage,
  view: MessageView,
  mailbox: MailboxReader,
  limits: ReadingLimits,
): Promise<MessageView> {
  const { id, threadId, text = '' } = view;
  if (threadId === id || !mayQuote.test(text)) return view;
  const { messages } = await threadOrNothing(threadId, mailbox);
  const before = messages.slice(
    0,
    messages.findIndex(({ summary }) => summary.id === id),
  );
  // Written like the text that is folded: the same words, links as numbers.
  const texts: ThreadText[] = [];
  for (const one of before) {
    const earlier = await bodyTextWithin(one.content, { deadlineMs: limits.time.leftMs, ...limits }, new LinkList());
    texts.push(threadText(one, earlier.text));
  }
  const all = [...texts, threadText(message, text)];
  const folded = (await foldThreadWithin(all, foldLimits(limits))).at(-1);
  return folded === undefined ? view : withOwnText(view, folded);
}

/** A thread that cannot be read now, or is gone, is no reason not to show the message. */
async function threadOrNothing(
  id: string,
  mailbox: MailboxReader,
): Promise<{ readonly messages: readonly ReadableMessage[] }> {
  try {
    return await mailbox.getThread(id);
  } catch (error) {
    const isPassing = error instanceof AppError && ['RATE_LIMITED', 'UNAVAILABLE', 'NOT_FOUND'].includes(error.code);
    if (!isPassing) throw error;
    return { messages: [] };
  }
}
