import { randomBytes, randomUUID } from 'node:crypto';
import type { MessageInput, WritingTime, WrittenMessage } from '../../mail/compose/message-input.ts';
import type { FileToAttach } from '../../mail/compose/message-to-write.ts';
import { writeForward } from '../../mail/compose/write-forward.ts';
import { writeMessage } from '../../mail/compose/write-message.ts';
import { writeReply } from '../../mail/compose/write-reply.ts';
import type { Grant } from '../../core/grants.ts';
import { AppError } from '../../core/errors.ts';
import type { MailboxReader } from '../../mail/mailbox.ts';
import type { MailContent } from '../../mail/message.ts';
import type { SendAs } from '../../mail/settings.ts';
import type { Uploads } from '../../safety/uploads.ts';
import { requireGrant } from '../kernel/require-grant.ts';
import { chooseIdentity } from './choose-identity.ts';
import { collectFiles } from './collect-files.ts';
import { hashContent } from './hash-content.ts';
import type { MessageFields } from './message-fields.ts';
import { readForForward, readForReply } from './read-original.ts';

/** What writing needs of a call. */
export interface WritingCall {
  readonly grants: ReadonlySet<Grant>;
  readonly mailbox: MailboxReader;
  readonly uploads: Uploads;
  readonly emailAddress: string;
  readonly signal: AbortSignal;
  readonly nowMs: number;
  readonly timeZone: string;
}

/** A message that was written. */
export interface Writing extends WrittenMessage {
  /**
   * Makes the SHA-256 (hex) of what was asked: of the message as it would be with a fixed date, message id and boundary.
   * The same call comes to the same hash.
   */
  readonly hash: () => string;
}

/** What stands in place of date, id and boundary where only the content counts. */
const fixed = { nowMs: 0, messageId: 'content@gmail-llm', boundary: 'contentonly' };

let hostLocale: string | undefined;

/** Date, ids and language of a message that is written now. */
export function writingTime({ emailAddress, nowMs, timeZone }: WritingCall): WritingTime {
  hostLocale ??= new Intl.DateTimeFormat().resolvedOptions().locale;
  const domain = emailAddress.slice(emailAddress.lastIndexOf('@') + 1);
  return {
    nowMs,
    // Gmail puts its own in its place when it sends.
    messageId: `${randomUUID()}@${domain}`,
    boundary: randomBytes(16).toString('hex'),
    locale: hostLocale,
    timeZone,
  };
}

function refuseBoth({ replyTo, forward, replyAll }: MessageFields): void {
  if (replyTo !== undefined && forward !== undefined) {
    throw new AppError('INVALID_INPUT', 'A message answers another or passes one on, not both.', {
      field: 'forward',
      expected: 'replyTo or forward',
      got: 'both',
    });
  }
  if (replyAll && replyTo === undefined) {
    throw new AppError('INVALID_INPUT', 'replyAll says whom an answer goes to, and there is no replyTo.', {
      field: 'replyTo',
      expected: 'the id of the message that is answered',
      got: 'nothing',
    });
  }
}

/** Throws `FORBIDDEN` where mail would be quoted, passed on or attached for somebody who may not read it. */
export function refuseUnread({ replyTo, forward, attachments = [] }: MessageFields, call: WritingCall): void {
  if (replyTo !== undefined) requireGrant('Answering a message', 'read', call);
  if (forward !== undefined) requireGrant('Passing a message on', 'read', call);
  if (attachments.some(({ messageId }) => messageId !== undefined)) {
    requireGrant('Attaching a file of a message', 'read', call);
  }
}

/** A picture that the text names (`![](cid:photo.png)`) is shown there; any other file is attached. */
function withContentIds(files: readonly FileToAttach[], body: string): readonly FileToAttach[] {
  const named = new Set(Array.from(body.matchAll(/\(cid:([\w.@+-]{1,200})\)/g), ([, name = '']) => name));
  return files.map((file) => (named.delete(file.filename) ? { ...file, contentId: file.filename } : file));
}

/** What the fields say of any message, new, answer or forward; files that are not given are none. */
export async function inputOf(
  fields: MessageFields,
  call: WritingCall,
  known: readonly SendAs[],
  original?: MailContent,
): Promise<MessageInput> {
  const { to, cc, bcc, subject, body = '', format, from, signature, attachments = [] } = fields;
  const files = await collectFiles(attachments, call);
  return {
    from: chooseIdentity(known, {
      ...(from === undefined ? {} : { from }),
      ...(original === undefined ? {} : { original }),
      body,
      hasSignature: signature,
      accountAddress: call.emailAddress,
    }),
    ...(to === undefined ? {} : { to }),
    ...(cc === undefined ? {} : { cc }),
    ...(bcc === undefined ? {} : { bcc }),
    ...(subject === undefined ? {} : { subject }),
    body,
    format,
    files: withContentIds(files, format === 'markdown' ? body : ''),
  };
}

function withFiles(input: MessageInput, more: readonly FileToAttach[]): MessageInput {
  return { ...input, files: [...(input.files ?? []), ...more] };
}

/** How the message comes out at a given time; everything that has to be read has been. */
async function writer(
  fields: MessageFields,
  call: WritingCall,
  kept: readonly FileToAttach[],
): Promise<(time: WritingTime) => WrittenMessage> {
  refuseBoth(fields);
  refuseUnread(fields, call);
  const { mailbox, signal, emailAddress } = call;
  const known = await mailbox.listSendAs();
  const { replyTo, replyAll, forward, format } = fields;
  if (replyTo !== undefined) {
    const { summary, parsed } = await readForReply(mailbox, replyTo, format, signal);
    const input = withFiles(await inputOf(fields, call, known, parsed), kept);
    const ownAddresses = [emailAddress, ...known.map(({ sendAsEmail }) => sendAsEmail)];
    const reply = { ...input, original: parsed, threadId: summary.threadId, all: replyAll, ownAddresses };
    return (time) => writeReply(reply, time);
  }
  if (forward !== undefined) {
    const { summary, parsed, raw, problem } = await readForForward(mailbox, forward, signal);
    const input = withFiles(await inputOf(fields, call, known, parsed), kept);
    // What cannot be taken apart is passed on whole.
    const as = problem === undefined ? 'inline' : 'attachment';
    return (time) => writeForward({ ...input, original: parsed, raw, threadId: summary.threadId, as }, time);
  }
  const input = withFiles(await inputOf(fields, call, known), kept);
  return (time) => writeMessage(input, time);
}

/**
 * Writes a message: new, an answer or a forward, with files that it is to keep besides those given. Throws `INVALID_INPUT` and `TOO_LARGE` as `mail/compose` does,
 * `NOT_FOUND` for a message, attachment or upload that is not there, `FORBIDDEN` for an address not confirmed and for mail
 * that the caller may not read.
 */
export async function writeMail(
  fields: MessageFields,
  call: WritingCall,
  kept: readonly FileToAttach[] = [],
): Promise<Writing> {
  const write = await writer(fields, call, kept);
  const time = writingTime(call);
  return { ...write(time), hash: () => hashContent(write({ ...time, ...fixed }).raw) };
}
