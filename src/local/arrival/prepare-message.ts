import { isUnverified, readVerdict } from '../../mail/sender/read-verdict.ts';
import { formatAddresses } from '../../mail/mime/format-address.ts';
import { withoutNul } from '../../mail/text/without-nul.ts';
import { bodyTextWithin } from '../../parser/body-text-within.ts';
import { storedMailLimits } from '../../parser/stored-mail-limits.ts';
import type { MessageContent } from '../../store/mail/message-rows.ts';
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

/** Works out what is stored of a message. `owner` is the address of the mailbox, in lower case. */
export async function prepareMessage(
  message: IncomingMessage,
  { sha256, bytesKey, owner }: { readonly sha256: Uint8Array; readonly bytesKey: number; readonly owner: string },
): Promise<PreparedMessage> {
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
