import { currentContext } from '../../core/context.ts';
import { AppError } from '../../core/errors.ts';
import type { MailboxReader } from '../../mail/mailbox.ts';
import type { Attachment, AttachmentFacts, ReadableMessage } from '../../mail/message.ts';
import { readBounce } from '../../mail/kinds/read-bounce.ts';
import { readWrittenBounce } from '../../mail/kinds/read-written-bounce.ts';
import { readReceipt } from '../../mail/kinds/read-receipt.ts';
import { shortenArmor } from '../../mail/kinds/shorten-armor.ts';
import { isSmime } from '../../mail/mime/media-type.ts';
import { parseHeadersOnly } from '../../mail/mime/parse-mime.ts';
import { textOfFile } from '../../mail/mime/text-file.ts';
import { readInvitation } from '../../parser/read-calendar-within.ts';
import type { Call } from '../kernel/call.ts';
import type { MessageKindView } from './kind-schemas.ts';
import type { MessageView } from './message-schemas.ts';
import { parseRaw } from './message-view.ts';

/** A report or an invitation that is larger is none: its bytes are not read. */
const maxPartBytes = 1_000_000;
/** Of a report, and of the message that it gives back, so much is read. */
const maxReportBytes = 64_000;

function isCalendar({ mimeType, filename }: AttachmentFacts): boolean {
  return /^(?:text\/calendar|application\/ics)$/i.test(mimeType) || /\.ics$/i.test(filename);
}

function isOfType(type: RegExp): (attachment: AttachmentFacts) => boolean {
  return ({ mimeType }) => type.test(mimeType);
}

const isDeliveryStatus = isOfType(/^message\/(?:global-)?delivery-status$/i);
const isReceipt = isOfType(/^message\/(?:global-)?disposition-notification$/i);
const isReturned = isOfType(/^(?:message\/(?:rfc822|global)|text\/rfc822-headers)$/i);
const isEncryptedPart = isOfType(/^application\/(?:x-)?pgp-encrypted$/i);
const isPgpSignature = isOfType(/^application\/(?:x-)?pgp-signature$/i);
const isSmimeSignature = isOfType(/^application\/(?:x-)?pkcs7-signature$/i);

/** What cryptography did to a message, by its structure. */
function sealOf({ content }: ReadableMessage): readonly MessageKindView[] {
  const type = content.headers.find(({ name }) => name === 'content-type')?.value.toLowerCase() ?? '';
  const { attachments } = content;
  const armored = shortenArmor(content.text ?? '');
  const isSealed = /^application\/(?:x-)?pkcs7-mime/.test(type);
  // Not all programs say what they did; what can be read is not encrypted.
  const isRead = isSealed && (content.text !== undefined || content.html !== undefined);
  const isSignedOnly = isRead || /smime-type\s*=\s*"?(?:signed-data|certs-only)/.test(type);
  if (attachments.some(isEncryptedPart) || armored.isEncrypted) return [{ kind: 'encrypted', method: 'OpenPGP' }];
  if (isSealed || attachments.some(({ mimeType }) => isSmime(mimeType))) {
    return [{ kind: isSignedOnly ? 'signed' : 'encrypted', method: 'S/MIME' }];
  }
  if (attachments.some(isPgpSignature) || armored.isSigned) return [{ kind: 'signed', method: 'OpenPGP' }];
  return attachments.some(isSmimeSignature) ? [{ kind: 'signed', method: 'S/MIME' }] : [];
}

/** A part of a message that was sent in several (RFC 2046 section 5.2.2). */
function partOf({ content }: ReadableMessage): readonly MessageKindView[] {
  const type = content.headers.find(({ name }) => name === 'content-type')?.value ?? '';
  if (!/^message\/partial\b/i.test(type)) return [];
  const numberOf = (name: string): number => Number(new RegExp(`${name}\\s*=\\s*"?(\\d{1,6})`, 'i').exec(type)?.[1]);
  const [number, total] = [numberOf('number'), numberOf('total')];
  if (!Number.isInteger(number)) return [];
  return [{ kind: 'part', number, ...(Number.isInteger(total) ? { total } : {}) }];
}

/** The text of a part, whatever its media type is called. */
async function textOf({ content, charset }: Attachment): Promise<string> {
  const part = { mimeType: 'text/plain', content: content.subarray(0, maxPartBytes) };
  return (await textOfFile({ ...part, ...(charset === undefined ? {} : { charset }) })) ?? '';
}

function reportText(report: Attachment): Promise<string> {
  return textOf({ ...report, content: report.content.subarray(0, maxReportBytes) });
}

/** The message that a report gives back, as far as it gives it back, and its id where it is in this mailbox. */
async function originalOf(
  returned: Uint8Array | undefined,
  namedId: string,
  mailbox: MailboxReader,
): Promise<{ originalMessageId: string; originalId?: string; originalSubject?: string }> {
  const header = returned === undefined ? undefined : parseHeadersOnly(returned.subarray(0, maxReportBytes));
  const messageId = namedId === '' ? (header?.messageId ?? '') : namedId;
  const subject = header === undefined ? {} : { originalSubject: header.subject };
  if (messageId === '') return { originalMessageId: '', ...subject };
  const { messages } = await mailbox.searchMessages({
    query: { kind: 'messageId', messageId },
    includeSpamTrash: true,
    maxResults: 1,
  });
  const [found] = messages;
  return { originalMessageId: messageId, ...(found === undefined ? {} : { originalId: found.id }), ...subject };
}

const methods = ['request', 'cancel', 'reply', 'counter', 'publish'] as const;

/** How long a calendar may take to be read; ordinary ones take a few milliseconds. */
const calendarWithinMs = 500;

/** The first event of a calendar file; none where it is no calendar, or one that takes too long to be read. */
async function invitationOf(source: string, signal: AbortSignal): Promise<readonly MessageKindView[]> {
  try {
    const time = currentContext()?.readingTime;
    const event = await readInvitation(source, { deadlineMs: calendarWithinMs, signal, time });
    if (event === undefined) return [];
    const { method, status, ...facts } = event;
    return [
      {
        kind: 'invitation',
        method: methods.find((one) => one === method.toLowerCase()) ?? 'publish',
        isCancelled: status === 'CANCELLED' || method === 'CANCEL',
        ...facts,
      },
    ];
  } catch (error) {
    if (error instanceof AppError && ['INVALID_INPUT', 'TOO_LARGE'].includes(error.code)) return [];
    throw error;
  }
}

/** Kinds that stand in a part of the message, of which the bytes have to be fetched. */
async function partKinds(message: ReadableMessage, call: Call): Promise<readonly MessageKindView[]> {
  const { attachments } = message.content;
  const isWanted = (one: AttachmentFacts): boolean => isCalendar(one) || isDeliveryStatus(one) || isReceipt(one);
  if (!attachments.some((one) => isWanted(one) && one.sizeBytes <= maxPartBytes)) return [];
  const { raw } = await call.mailbox.getRawMessage(message.summary.id);
  const { parsed } = await parseRaw(raw, call.signal);
  const find = (is: (one: AttachmentFacts) => boolean): Attachment | undefined => parsed.attachments.find(is);
  const [calendar, status, receipt] = [find(isCalendar), find(isDeliveryStatus), find(isReceipt)];
  const kinds: MessageKindView[] =
    calendar === undefined ? [] : [...(await invitationOf(await textOf(calendar), call.signal))];
  if (status !== undefined) {
    const bounce = readBounce(await reportText(status));
    kinds.push({ kind: 'bounce', ...bounce, ...(await originalOf(find(isReturned)?.content, '', call.mailbox)) });
  }
  if (receipt !== undefined) {
    const { recipient, disposition, originalMessageId } = readReceipt(await reportText(receipt));
    const original = await originalOf(find(isReturned)?.content, originalMessageId, call.mailbox);
    kinds.push({ kind: 'receipt', recipient, disposition, ...original });
  }
  return kinds;
}

/** A bounce that is written out as text alone. */
async function writtenBounce(
  { content }: ReadableMessage,
  mailbox: MailboxReader,
): Promise<readonly MessageKindView[]> {
  const bounce = readWrittenBounce(content);
  if (bounce === undefined) return [];
  const { recipients, returned } = bounce;
  const original = returned === '' ? undefined : Buffer.from(returned);
  return [{ kind: 'bounce', recipients, ...(await originalOf(original, '', mailbox)) }];
}

/** A view of a message with its kinds; without a body there are none to see. */
export async function withKinds(message: ReadableMessage, view: MessageView, call: Call): Promise<MessageView> {
  if (view.text === undefined) return view;
  const kinds = await readKinds(message, view, call);
  return kinds.length === 0 ? view : { ...view, kinds };
}

/**
 * What a message is beside a text: an invitation, a report, encrypted, a part of one. A message that shows no text, of which
 * no note says why, and that is nothing else is empty. Where a part cannot be fetched now, its kind is not told.
 */
async function readKinds(
  message: ReadableMessage,
  { text = '', notes = [] }: MessageView,
  call: Call,
): Promise<readonly MessageKindView[]> {
  const inParts = await partKindsOrNone(message, call);
  const isReport = inParts.some(({ kind }) => kind === 'bounce');
  const written = isReport ? [] : await writtenBounce(message, call.mailbox);
  const kinds = [...inParts, ...written, ...sealOf(message), ...partOf(message)];
  if (kinds.length > 0 || text.trim() !== '' || notes.length > 0 || message.problem !== undefined) return kinds;
  const { attachments } = message.content;
  const pictures = attachments.filter(({ mimeType }) => mimeType.startsWith('image/')).length;
  return [{ kind: 'empty', pictures, files: attachments.length - pictures }];
}

async function partKindsOrNone(message: ReadableMessage, call: Call): Promise<readonly MessageKindView[]> {
  try {
    return await partKinds(message, call);
  } catch (error) {
    const isPassing = error instanceof AppError && ['RATE_LIMITED', 'UNAVAILABLE', 'NOT_FOUND'].includes(error.code);
    if (!isPassing) throw error;
    return [];
  }
}
