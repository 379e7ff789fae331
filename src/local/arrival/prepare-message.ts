import { AppError, messageOf } from '../../core/errors.ts';
import { isUnverified, readVerdict } from '../../mail/sender/read-verdict.ts';
import { formatAddresses } from '../../mail/mime/format-address.ts';
import { withoutNul } from '../../mail/text/without-nul.ts';
import { bodyTextWithin } from '../../parser/body-text-within.ts';
import { storedMailLimits } from '../../parser/stored-mail-limits.ts';
import type { MessageContent } from '../../store/mail/message-rows.ts';
import { RefusedContent } from '../../store/refused-content.ts';
import type { IncomingMessage } from './incoming.ts';
import { indexedTextsOf, snippetOf } from '../search/index-texts.ts';
import type { ThreadFacts } from '../threads/thread-facts.ts';
import { threadFactsOf } from '../threads/thread-facts.ts';

/** Everything of a message that does not depend on what is in the mailbox already. */
export interface PreparedMessage {
  readonly sha256: Uint8Array;
  /** Of the message's bytes in the store. */
  readonly bytesKey: number;
  readonly labelNames: readonly string[];
  readonly internalDateMs: number;
  readonly content: MessageContent;
  readonly threadFacts: ThreadFacts;
}

/** What a message is prepared with; `owner` is the address of the mailbox, in lower case. */
interface Place {
  readonly sha256: Uint8Array;
  readonly bytesKey: number;
  readonly owner: string;
}

/**
 * Works out what is stored of a message. Throws `RefusedContent` where a message is such that nothing can be made of it, which is a
 * fault of ours, and of one message.
 */
export async function prepareMessage(message: IncomingMessage, place: Place): Promise<PreparedMessage> {
  try {
    return await prepare(message, place);
  } catch (error) {
    if (error instanceof AppError) throw error;
    throw new RefusedContent(messageOf(error), error);
  }
}

async function prepare(message: IncomingMessage, { sha256, bytesKey, owner }: Place): Promise<PreparedMessage> {
  const { parsed, raw, internalDateMs, gmailThreadId } = message;
  const body = (await bodyTextWithin(parsed, storedMailLimits.body)).text;
  const threadFacts = threadFactsOf(parsed, gmailThreadId, owner);
  const { subjectHash, hasReferences, participantHashes } = threadFacts;
  return {
    sha256,
    bytesKey,
    labelNames: message.labels,
    internalDateMs,
    content: {
      sizeBytes: raw.length,
      messageId: withoutNul(parsed.messageId),
      sender: withoutNul(formatAddresses(parsed.from)),
      recipients: withoutNul(formatAddresses(parsed.to)),
      cc: withoutNul(formatAddresses(parsed.cc)),
      bcc: withoutNul(formatAddresses(parsed.bcc)),
      subject: withoutNul(parsed.subject),
      snippet: withoutNul(snippetOf(body)),
      isUnverified: isUnverified(readVerdict(parsed.headers, false)),
      attachmentNames: parsed.attachments.map(({ filename }) => withoutNul(filename)),
      texts: await indexedTextsOf(parsed, body),
      subjectHash,
      hasReferences,
      participantHashes,
    },
    threadFacts,
  };
}
