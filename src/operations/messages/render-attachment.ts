import { clipText } from '../../mail/text/clip-text.ts';
import { decodeUnlabelled } from '../../mail/mime/decode-bytes.ts';
import { isText } from '../../mail/mime/text-file.ts';
import { htmlToText } from '../../mail/html/html-to-text.ts';
import type { FileAnswer } from '../kernel/operation.ts';
import { fenceMail, formatSize, oneLine } from '../kernel/render-text.ts';

/** What a model is shown of a text file: about 5,000 tokens. */
const shownChars = 20_000;

/** An attachment for a model: the text of a text file, and of anything else what it is and where its bytes are. */
export function renderAttachment(
  file: FileAnswer,
  input: { readonly messageId: string; readonly attachment: string },
): string {
  const facts = `${input.attachment} ${oneLine(file.filename, 120)} (${file.mimeType}, ${formatSize(file.content.byteLength)})`;
  if (!isText(file.mimeType, file.content)) {
    return `${facts}\nNot a text file. Its bytes: GET /api/messages/${input.messageId}/attachments/${input.attachment} on the REST server.`;
  }
  const decoded = decodeUnlabelled(file.content);
  const whole = file.mimeType === 'text/html' ? htmlToText(decoded).text : decoded;
  const { text, remainingCharacters } = clipText(whole, shownChars);
  const rest = remainingCharacters > 0 ? `\n${remainingCharacters} more characters are not shown.` : '';
  return `${facts}\n${fenceMail(input.messageId, text)}${rest}`;
}
