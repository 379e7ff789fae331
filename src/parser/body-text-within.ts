import { setImmediate } from 'node:timers/promises';
import * as z from 'zod';
import { AppError } from '../core/errors.ts';
import { readOnce } from '../core/read-once.ts';
import type { LinkList } from '../mail/blocks/link-list.ts';
import type { MailContent } from '../mail/message.ts';
import { beginningOf } from '../mail/text/beginning-of.ts';
import type { BodyContent, BodyText } from '../mail/text/body-text.ts';
import { textOfBlob, type Frame } from './frames.ts';
import { parserProcess, type TaskLimits } from './parser-process.ts';

/**
 * What is read in place, where the most hostile body takes some 50 ms: HTML by its length, its tags and its rules. Of real
 * newsletters one in twenty has more.
 */
const inPlaceTextCharacters = 160_000;
const inPlaceHtmlCharacters = 100_000;
const inPlaceTags = 1000;
const inPlaceRules = 1000;
/** Each rule may have to be tried on each element. */
const inPlaceTrials = 100_000;
const inPlaceLines = 8000;

/** A body from this length on takes milliseconds. */
const turnCharacters = 5000;

/** What reads HTML is the most of the code that works on mail: programs that read no body do without. */
const bodyReader = readOnce(() => import('../mail/text/body-text.ts'));

function countOf(text: string, character: string): number {
  let count = 0;
  for (let at = text.indexOf(character); at >= 0; at = text.indexOf(character, at + 1)) count += 1;
  return count;
}

/** Whether a body takes too long to be read in a server: newsletters of 100 KB do not, hostile ones do. */
export function isHeavyBody({ text = '', html = '' }: Pick<MailContent, 'text' | 'html'>): boolean {
  if (text.length > inPlaceTextCharacters || countOf(text, '\n') > inPlaceLines) return true;
  if (html.length > inPlaceHtmlCharacters) return true;
  const [tags, rules] = [countOf(html, '<'), countOf(html, '{')];
  return tags > inPlaceTags || rules > inPlaceRules || tags * rules > inPlaceTrials;
}

/**
 * Where messages are, in the order in which they are read: those that no sender can make slow, then, the newest first, the
 * others. `bodies` are the oldest first.
 */
export function readingOrder(bodies: readonly Pick<MailContent, 'text' | 'html'>[]): readonly number[] {
  const newestFirst = [...bodies.keys()].toReversed();
  const { light = [], heavy = [] } = Object.groupBy(newestFirst, (at) =>
    isHeavyBody(bodies[at] ?? {}) ? 'heavy' : 'light',
  );
  return [...light, ...heavy];
}

const read = z.object({
  hiddenCharacters: z.number(),
  hiddenText: z.string(),
  isPlainDifferent: z.boolean(),
  notes: z.array(z.string()),
  links: z.array(z.object({ number: z.number(), url: z.string(), host: z.string(), isMisleading: z.boolean() })),
});

/** A body on its way to the parser process: its two forms as bytes, what else is known of it in the header. */
function bodyTask({ text, html, attachments }: BodyContent): Frame {
  const contentIds = attachments?.map(({ contentId }) => contentId).filter((id) => id !== undefined) ?? [];
  const header = { kind: 'body', hasText: text !== undefined, hasHtml: html !== undefined, contentIds };
  return { header, blobs: [Buffer.from(text ?? ''), Buffer.from(html ?? '')] };
}

/**
 * `bodyText` that never holds the server up: what is heavy is read in the parser process. Where that takes too long or too
 * much memory, the body is its plain text, or empty, and a note says so. Throws the reason of an aborted signal, and `UNAVAILABLE` when the
 * process does not start. `links` has to be empty.
 */
export async function bodyTextWithin(content: BodyContent, limits: TaskLimits, links?: LinkList): Promise<BodyText> {
  if (limits.time?.leftMs === 0) return unread('The call has taken its time, so nothing of its body is shown.');
  const { bodyText } = await bodyReader();
  if (!isHeavyBody(content)) {
    // Of many bodies in one call, each lets other calls through.
    if ((content.html?.length ?? 0) + (content.text?.length ?? 0) > turnCharacters) await setImmediate();
    return limits.time?.count(() => bodyText(content, links)) ?? bodyText(content, links);
  }
  try {
    const { header, blobs } = await parserProcess.run(bodyTask(content), limits);
    const { links: targets, ...facts } = read.parse(header);
    for (const link of targets) links?.addNumbered(link);
    return { text: textOfBlob(blobs[0]), ...facts };
  } catch (error) {
    if (!(error instanceof AppError && error.code === 'TOO_LARGE')) throw error;
    const { text } = content;
    if (content.html !== undefined && text !== undefined && !isHeavyBody({ text })) {
      const plain = bodyText({ text }, links);
      return { ...plain, notes: [...plain.notes, 'Its HTML takes too long to be read: this is its plain text.'] };
    }
    return unread('Its body takes too long to be read, so nothing of it is shown; body=html gives it as it was sent.');
  }
}

function unread(note: string): BodyText {
  return { text: '', hiddenCharacters: 0, hiddenText: '', isPlainDifferent: false, notes: [note] };
}

/**
 * Content whose body can be read in place: of a heavy one what is seen, as plain text, else the content itself. For what
 * works on whole messages, such as an answer that quotes one.
 */
export async function withLightBody<T extends BodyContent>(
  content: T,
  limits: TaskLimits,
): Promise<T | (Omit<T, 'html'> & { readonly text: string })> {
  if (!isHeavyBody(content)) return content;
  const { html: _html, ...rest } = content;
  const { text } = await bodyTextWithin(content, limits);
  return { ...rest, text: beginningOf(text, inPlaceTextCharacters, inPlaceLines) };
}
