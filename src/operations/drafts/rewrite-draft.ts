import { trimEndOf } from '../../core/trim-end-of.ts';
import { composeMessage } from '../../mail/compose/compose-message.ts';
import { finishMessage, recipientsOf } from '../../mail/compose/finish-message.ts';
import { isMessageId } from '../../mail/compose/header-text.ts';
import type { Identity } from '../../mail/compose/message-input.ts';
import type { FileToAttach } from '../../mail/compose/message-to-write.ts';
import { attachedFile } from '../../mail/compose/quote-message.ts';
import { formatAddresses } from '../../mail/mime/format-address.ts';
import type { Draft } from '../../mail/mailbox.ts';
import type { Address, ParsedMail } from '../../mail/message.ts';
import type { SendAs } from '../../mail/settings.ts';
import { parseOutgoing } from '../sending/preview-message.ts';
import type { MessageFields } from '../sending/message-fields.ts';
import { readForForward } from '../sending/read-original.ts';
import { inputOf, refuseUnread, writeMail, writingTime, type WritingCall } from '../sending/write-mail.ts';

/** A draft as it is to be filed anew. */
export interface Rewriting {
  readonly raw: Uint8Array;
  /** The thread it is meant for; undefined for one that answers nothing. */
  readonly threadId?: string;
  readonly warnings: readonly string[];
}

/** What makes a draft an answer. */
interface Ancestry {
  readonly inReplyTo?: string;
  readonly references: readonly string[];
}

function ancestryOf({ headers, references }: ParsedMail): Ancestry {
  const header = headers.find(({ name }) => name === 'in-reply-to')?.value ?? '';
  const inReplyTo = /<([^<>\s]+)>/.exec(header)?.[1] ?? header.trim();
  return { ...(isMessageId(inReplyTo) ? { inReplyTo } : {}), references: references.filter(isMessageId) };
}

/** A header's addresses as fields give them. */
function asField(addresses: readonly Address[]): string[] {
  return addresses.map((address) => formatAddresses([address]));
}

/** The draft's recipients, each list unless another is given. */
function recipientFields(fields: MessageFields, { to, cc, bcc }: ParsedMail): Pick<MessageFields, 'to' | 'cc' | 'bcc'> {
  return { to: fields.to ?? asField(to), cc: fields.cc ?? asField(cc), bcc: fields.bcc ?? asField(bcc) };
}

/** The draft's own address, if the account still sends as it. */
function ownFrom({ from }: ParsedMail, known: readonly SendAs[]): string | undefined {
  const address = from[0]?.address.toLowerCase();
  return known.find(({ sendAsEmail }) => sendAsEmail.toLowerCase() === address)?.sendAsEmail;
}

function isAttached({ isInline, contentId }: ParsedMail['attachments'][number]): boolean {
  return !isInline || contentId === undefined;
}

/** A file of the draft that nothing shows: as an attachment, without an id. */
function keptFile(attachment: ParsedMail['attachments'][number]): FileToAttach {
  const { filename, mimeType, content } = attachedFile(attachment);
  return { filename, mimeType, content };
}

/** The HTML of a draft with the pictures that it shows, under ids that can be written. */
function keptHtml({ html, attachments }: ParsedMail, seed: string): { html?: string; files: FileToAttach[] } {
  let shown = html;
  const files = attachments
    .filter((attachment) => !isAttached(attachment))
    .map((picture, index) => {
      const contentId = `${seed}.${index + 1}@kept`;
      shown = shown?.replaceAll(`cid:${picture.contentId}`, `cid:${contentId}`);
      return { ...keptFile(picture), contentId };
    });
  return { ...(shown === undefined ? {} : { html: shown }), files };
}

/** The draft written anew as an answer or a forward: what is not given is the draft's, what the original brings besides. */
async function requote(
  fields: MessageFields,
  call: WritingCall,
  parsed: ParsedMail,
  known: readonly SendAs[],
): Promise<Rewriting> {
  const from = fields.from ?? ownFrom(parsed, known);
  const isNamed = [parsed.to, parsed.cc, parsed.bcc].some((list) => list.length > 0);
  const keeps = isNamed && !fields.replyAll;
  const brought = fields.forward === undefined ? [] : await attachmentsOf(fields.forward, call);
  const kept = fields.attachments === undefined ? parsed.attachments.filter(isAttached) : [];
  return writeMail(
    {
      ...fields,
      ...(keeps ? recipientFields(fields, parsed) : {}),
      ...(fields.subject === undefined && parsed.subject !== '' ? { subject: parsed.subject } : {}),
      ...(from === undefined ? {} : { from }),
    },
    call,
    kept.filter(({ content }) => !brought.some((other) => Buffer.compare(other, content) === 0)).map(keptFile),
  );
}

/** What a forward brings along by itself. */
async function attachmentsOf(id: string, { mailbox, signal }: WritingCall): Promise<readonly Uint8Array[]> {
  const { parsed } = await readForForward(mailbox, id, signal);
  return parsed.attachments.map(({ content }) => content);
}

/** The draft with another text; what it answers and what is attached stay. */
async function retext(
  fields: MessageFields,
  call: WritingCall,
  parsed: ParsedMail,
  known: readonly SendAs[],
): Promise<Rewriting> {
  const from = fields.from ?? ownFrom(parsed, known);
  const ancestry = ancestryOf(parsed);
  const input = await inputOf({ ...fields, ...(from === undefined ? {} : { from }) }, call, known);
  const kept = fields.attachments === undefined ? parsed.attachments.filter(isAttached).map(keptFile) : [];
  const recipients = recipientFields(fields, parsed);
  const { raw, warnings } = finishMessage({
    input: { ...input, bcc: recipients.bcc ?? [] },
    time: writingTime(call),
    to: recipientsOf(recipients.to, 'to'),
    cc: recipientsOf(recipients.cc, 'cc'),
    subject: fields.subject ?? parsed.subject,
    files: kept,
    ...ancestry,
  });
  const hadQuote = /^>/m.test(parsed.text ?? '') || /class="?gmail_quote/.test(parsed.html ?? '');
  const hasQuote = /^>/m.test(fields.body ?? '');
  return {
    raw,
    warnings: [
      ...warnings,
      ...(hadQuote && !hasQuote
        ? ['What it quoted is gone with the old text: give replyTo or forward again to quote it.']
        : []),
    ],
  };
}

/** Writing ends a text with a line break: without this, every change would add one. */
function withoutLastBreaks(text: string): string {
  return trimEndOf(text, '\r\n');
}

/** The draft with its text as it is, byte for byte in what its readers see. */
async function readdress(
  fields: MessageFields,
  call: WritingCall,
  parsed: ParsedMail,
  known: readonly SendAs[],
): Promise<Rewriting> {
  const { to, cc, bcc, subject, from, attachments } = fields;
  const time = writingTime(call);
  const input = await inputOf({ ...fields, signature: false }, call, known);
  const identity: Identity =
    from === undefined && parsed.from[0] !== undefined
      ? { address: parsed.from[0], ...(parsed.replyTo[0] === undefined ? {} : { replyTo: parsed.replyTo[0] }) }
      : input.from;
  const kept = keptHtml(parsed, time.boundary);
  const attached =
    attachments === undefined ? parsed.attachments.filter(isAttached).map(keptFile) : (input.files ?? []);
  const raw = composeMessage({
    from: identity.address,
    ...(identity.replyTo === undefined ? {} : { replyTo: [identity.replyTo] }),
    to: to === undefined ? parsed.to : recipientsOf(to, 'to'),
    cc: cc === undefined ? parsed.cc : recipientsOf(cc, 'cc'),
    bcc: bcc === undefined ? parsed.bcc : recipientsOf(bcc, 'bcc'),
    subject: subject ?? parsed.subject,
    dateMs: time.nowMs,
    messageId: time.messageId,
    ...ancestryOf(parsed),
    text: withoutLastBreaks(parsed.text ?? ''),
    ...(kept.html === undefined ? {} : { html: withoutLastBreaks(kept.html) }),
    files: [...attached, ...kept.files],
    boundary: time.boundary,
  });
  return { raw, warnings: [] };
}

/**
 * The draft with the fields that are given; the others stay as they are. A new text takes the place of all of the old
 * one, quote and signature included, unless what is answered or passed on is named again. Throws as `writeMail`, and
 * `UNSUPPORTED` for a draft that cannot be read.
 */
export async function rewriteDraft(
  {
    message,
  }: { readonly message: Pick<Draft['message'], 'raw'> & { readonly summary: { readonly threadId?: string } } },
  fields: MessageFields,
  call: WritingCall,
): Promise<Rewriting> {
  refuseUnread(fields, call);
  const parsed = await parseOutgoing(message.raw, call.signal);
  const known = await call.mailbox.listSendAs();
  if (fields.replyTo !== undefined || fields.forward !== undefined) return requote(fields, call, parsed, known);
  const rewritten = await (fields.body === undefined ? readdress : retext)(fields, call, parsed, known);
  const isAnswer = ancestryOf(parsed).references.length > 0;
  const { threadId } = message.summary;
  return { ...rewritten, ...(isAnswer && threadId !== undefined ? { threadId } : {}) };
}
