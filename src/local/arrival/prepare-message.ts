import { bodyText } from '../../mail/text/body-text.ts';
import { formatAddresses } from '../../mail/mime/format-address.ts';
import type { IncomingMessage } from './incoming.ts';
import type { IndexedTexts } from '../search/index-texts.ts';
import { indexedTextsOf, snippetOf } from '../search/index-texts.ts';
import type { ThreadFacts } from '../threads/thread-facts.ts';
import { hashText, threadFactsOf } from '../threads/thread-facts.ts';

/** Everything of a message that the mailbox stores and that does not depend on what is there already. */
export interface PreparedMessage {
  readonly sha256: Uint8Array;
  /** Of the message's bytes in raw.db. */
  readonly rawKey: number;
  readonly labelNames: readonly string[];
  readonly internalDateMs: number;
  readonly sizeBytes: number;
  readonly messageId: string;
  readonly messageIdHash: number;
  readonly sender: string;
  readonly recipients: string;
  readonly cc: string;
  readonly bcc: string;
  readonly subject: string;
  readonly snippet: string;
  readonly attachmentNames: readonly string[];
  readonly texts: IndexedTexts;
  readonly threadFacts: ThreadFacts;
}

/** Works out what is stored of a message. `owner` is the address of the mailbox, in lower case. */
export function prepareMessage(
  message: IncomingMessage,
  { sha256, rawKey, owner }: { readonly sha256: Uint8Array; readonly rawKey: number; readonly owner: string },
): PreparedMessage {
  const { parsed, raw, internalDateMs, gmailThreadId } = message;
  const body = bodyText(parsed).text;
  return {
    sha256,
    rawKey,
    labelNames: message.labels,
    internalDateMs,
    sizeBytes: raw.length,
    messageId: parsed.messageId,
    messageIdHash: hashText(parsed.messageId),
    sender: formatAddresses(parsed.from),
    recipients: formatAddresses(parsed.to),
    cc: formatAddresses(parsed.cc),
    bcc: formatAddresses(parsed.bcc),
    subject: parsed.subject,
    snippet: snippetOf(body),
    attachmentNames: parsed.attachments.map(({ filename }) => filename),
    texts: indexedTextsOf(parsed, body),
    threadFacts: threadFactsOf(parsed, gmailThreadId, owner),
  };
}
