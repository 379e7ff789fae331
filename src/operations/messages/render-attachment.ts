import { currentContext } from '../../core/context.ts';
import { imageFacts } from '../../documents/image-size.ts';
import type { DocumentForm } from '../../documents/document.ts';
import type { TaskLimits } from '../../parser/parser-process.ts';
import { readDocument } from '../../parser/tasks.ts';
import type { AnswerText, FileLink } from '../kernel/answer-text.ts';
import type { Call } from '../kernel/call.ts';
import type { FileAnswer } from '../kernel/operation.ts';
import { mediaTypeOfFile } from './media-type-of-file.ts';
import { formatMailUri } from '../kernel/mail-uri.ts';
import { formatSize, oneLine } from '../kernel/render-text.ts';

/** Reading one attachment may take this long, however it is made. */
const attachmentDeadlineMs = 1200;

/** Of reading a file in this call. */
export function attachmentLimits({ signal }: Call): TaskLimits {
  return { deadlineMs: attachmentDeadlineMs, signal, time: currentContext()?.readingTime };
}

/** What a model is shown of a document at once, unless it asks for more: about 5,000 tokens. */
const shownChars = 20_000;

const formNames: Readonly<Record<DocumentForm, string>> = {
  text: 'text',
  html: 'HTML as text',
  pdf: 'PDF as text',
  docx: 'Word document as text',
  xlsx: 'Excel sheets as rows',
  pptx: 'PowerPoint slides as text',
  odf: 'OpenDocument as text',
  rtf: 'Rich Text as text',
  calendar: 'calendar as facts',
  contact: 'contact as facts',
  message: 'attached message as text',
  zip: 'archive, its list of files',
};

interface Input {
  readonly messageId: string;
  readonly attachment: string;
  readonly maxChars?: number | undefined;
  readonly offset: number;
}

function pictureFacts({ content, image }: FileAnswer): readonly string[] {
  const facts = imageFacts(content);
  if (facts === undefined) return ['No text can be read from this kind of file.'];
  const size = facts.width === undefined ? '' : `, ${facts.width} × ${facts.height} pixels`;
  return [`Picture${size}${image === undefined ? '; too large to be shown' : ', shown below'}.`];
}

/** Where the bytes are, for a client that can take them; of a file in an archive, those of the archive: its name is a sender's. */
function linkTo(file: FileAnswer, { messageId, attachment }: Input, { emailAddress }: Call): FileLink {
  const [handle = '', inside] = attachment.split('/', 2);
  const place = { kind: 'attachment', messageId, attachment: handle } as const;
  const link = { uri: formatMailUri({ place, account: emailAddress }), name: handle };
  return inside === undefined
    ? { ...link, mimeType: mediaTypeOfFile(file), sizeBytes: file.content.byteLength }
    : { ...link, mimeType: 'application/zip' };
}

/** An attachment for a model: its text in the form that was read, and of anything else what it is. */
export async function renderAttachment(file: FileAnswer, input: Input, call: Call): Promise<AnswerText> {
  const { content, mimeType } = file;
  const [handle = ''] = input.attachment.split('/');
  const facts = `${handle} of message ${input.messageId}, ${formatSize(content.byteLength)}`;
  const name = `${oneLine(file.filename, 120)} (${oneLine(mimeType, 80)})`;
  const range = { offset: input.offset, maxChars: input.maxChars ?? shownChars, timeZone: call.timeZone };
  const window = file.image === undefined ? await readDocument(file, range, attachmentLimits(call)) : undefined;
  if (window === undefined) {
    const link = file.image === undefined ? [linkTo(file, input, call)] : [];
    return [facts, { sections: [{ title: 'file name', text: name }] }, ...pictureFacts(file), ...link];
  }
  const { form, text, hasMore, notes } = window;
  const end = input.offset + text.length;
  const isPart = input.offset > 0 || hasMore;
  const shown = text === '' ? 'no text' : `characters ${input.offset + 1} to ${end}`;
  return [
    [`${facts}; ${formNames[form]}`, ...notes, ...(isPart ? [shown] : text.trim() === '' ? ['no text'] : [])].join(
      '; ',
    ),
    { sections: [{ title: 'file', text: `${name}\n\n${text}` }] },
    ...(hasMore ? [`More: the same call with offset ${end}.`] : []),
    ...(form === 'zip' ? [`A file in it is ${handle}/ and its name, in the field attachment.`] : []),
  ];
}
