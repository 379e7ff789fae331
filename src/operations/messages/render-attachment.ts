import { clipText } from '../../mail/text/clip-text.ts';
import { textOfFile } from '../../mail/mime/text-file.ts';
import { htmlToText } from '../../mail/html/html-to-text.ts';
import type { AnswerText } from '../kernel/answer-text.ts';
import type { FileAnswer } from '../kernel/operation.ts';
import { countOf, formatSize, oneLine } from '../kernel/render-text.ts';

/** What a model is shown of a text file: about 5,000 tokens. */
const shownChars = 20_000;

/** An attachment for a model: the text of a text file, and of anything else what it is and where its bytes are. */
export async function renderAttachment(
  file: FileAnswer,
  input: { readonly messageId: string; readonly attachment: string },
): Promise<AnswerText> {
  const { content, mimeType } = file;
  const facts = `${input.attachment} of message ${input.messageId}, ${formatSize(content.byteLength)}`;
  const name = `${oneLine(file.filename, 120)} (${oneLine(mimeType, 80)})`;
  const decoded = await textOfFile(file);
  if (decoded === undefined) {
    return [
      facts,
      { sections: [{ title: 'file name', text: name }] },
      `Not a text file. Its bytes: GET /api/messages/${input.messageId}/attachments/${input.attachment} on the REST server.`,
    ];
  }
  const whole = mimeType === 'text/html' ? htmlToText(decoded).text : decoded;
  const { text, remainingCharacters } = clipText(whole, shownChars);
  return [
    facts,
    { sections: [{ title: 'file', text: `${name}\n\n${text}` }] },
    ...(remainingCharacters > 0 ? [`${countOf(remainingCharacters, 'more character')} are not shown.`] : []),
  ];
}
