import type { ParsedMail } from '../message.ts';
import { cleanText } from './clean-text.ts';
import { decodeText } from './decode-text.ts';
import { innerHeader } from './inner-header.ts';
import { isMessageType } from './media-type.ts';
import { parseMime } from './parse-mime.ts';
import { withCharsets } from './with-charsets.ts';

const textTypes =
  /^(?:text\/|message\/(?:delivery-status|global-delivery-status|disposition-notification|feedback-report)$|application\/(?:json|xml|ics|x-sh|javascript|yaml|x-yaml|sql|csv|[\w.-]+\+(?:json|xml))$)/i;

/** Bytes that are looked at to tell text from binary when the media type does not say. */
const sampleBytes = 4096;

/**
 * The text of a file that is text or a message, undefined for any other. A message is shown with the facts of its header
 * and the names of its own files.
 */
export async function textOfFile(file: {
  readonly mimeType: string;
  readonly content: Uint8Array;
  readonly charset?: string;
}): Promise<string | undefined> {
  const { mimeType, content, charset } = file;
  if (isMessageType(mimeType)) return textOfMessage(await parseMime(content));
  if (!isText(mimeType, content)) return undefined;
  const hints = { isHtml: mimeType === 'text/html', ...(charset === undefined ? {} : { declared: charset }) };
  return cleanText(await withCharsets((charsets) => decodeText(content, hints, charsets)));
}

async function textOfMessage(parsed: ParsedMail): Promise<string> {
  const { bodyText } = await import('../text/body-text.ts');
  const names = parsed.attachments.map(({ filename }) => filename);
  const files = names.length === 0 ? '' : `Attachments: ${names.join(', ')}\n`;
  return `${innerHeader(parsed)}${files}\n${bodyText(parsed).text}`;
}

/** By its media type or, where that says nothing, by having no NUL among its first bytes and being UTF-8. */
function isText(mimeType: string, content: Uint8Array): boolean {
  if (textTypes.test(mimeType)) return true;
  if (mimeType !== 'application/octet-stream' && mimeType !== '') return false;
  const sample = content.subarray(0, sampleBytes);
  if (sample.includes(0)) return false;
  try {
    // A sample may end inside a character; `stream` forgives that, and nothing else.
    new TextDecoder('utf-8', { fatal: true }).decode(sample, { stream: true });
    return true;
  } catch {
    return false;
  }
}
