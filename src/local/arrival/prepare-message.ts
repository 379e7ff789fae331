import { AppError, messageOf } from '../../core/errors.ts';
import { isUnverified, readVerdict } from '../../mail/sender/read-verdict.ts';
import { formatAddresses } from '../../mail/mime/format-address.ts';
import { withoutNul } from '../../mail/text/without-nul.ts';
import { bodyTextWithin } from '../../parser/body-text-within.ts';
import { storedMailLimits } from '../../parser/stored-mail-limits.ts';
import { RefusedContent } from '../../store/refused-content.ts';
import type { IncomingMessage, MadeContent } from './incoming.ts';
import { indexedTextsOf, snippetOf } from '../search/index-texts.ts';
import { threadFactsOf } from '../threads/thread-facts.ts';

/** Everything of a message that does not depend on what is in the mailbox already. */
export interface PreparedMessage extends MadeContent {
  readonly sha256: Uint8Array;
  /** Of the message's bytes in the store. */
  readonly bytesKey: number;
  readonly labelNames: readonly string[];
  readonly internalDateMs: number;
}

/** Works out what is stored of a message. `owner` is the address of the mailbox, in lower case. */
export async function prepareMessage(
  message: IncomingMessage,
  { sha256, bytesKey, owner }: { readonly sha256: Uint8Array; readonly bytesKey: number; readonly owner: string },
): Promise<PreparedMessage> {
  const { labels, internalDateMs } = message;
  return { sha256, bytesKey, labelNames: labels, internalDateMs, ...(await makeContent(message, owner)) };
}

type Source = Pick<IncomingMessage, 'parsed' | 'raw' | 'gmailThreadId'>;

/**
 * {@link prepareMessage} as far as a message's bytes and its owner decide. Throws `RefusedContent` where a message is such that
 * nothing can be made of it, which is a fault of ours, and of one message.
 */
export async function makeContent(message: Source, owner: string): Promise<MadeContent> {
  try {
    return await contentOf(message, owner);
  } catch (error) {
    if (error instanceof AppError) throw error;
    throw new RefusedContent(messageOf(error), error);
  }
}

async function contentOf({ parsed, raw, gmailThreadId }: Source, owner: string): Promise<MadeContent> {
  const body = (await bodyTextWithin(parsed, storedMailLimits.body)).text;
  const threadFacts = threadFactsOf(parsed, gmailThreadId, owner);
  const { subjectHash, hasReferences, participantHashes } = threadFacts;
  return {
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
