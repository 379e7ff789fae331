import { baseSubject } from '../../mail/text/base-subject.ts';
import type { ParsedMail } from '../../mail/message.ts';
import { hashText } from '../../mail/text/hash-text.ts';

/** What decides which thread a message belongs to. Hashes are integers below 2^53. */
export interface ThreadFacts {
  /** Of the message id and each reference, together with the base subject: a message shares a thread with each. */
  readonly linkHashes: readonly number[];
  readonly hasReferences: boolean;
  /** Of the base subject; undefined for an empty one, which joins nothing. */
  readonly subjectHash?: number;
  /** Of everyone the message is from or to, without the owner of the mailbox unless there is nobody else. */
  readonly participantHashes: Uint32Array<ArrayBuffer>;
  /** Of Gmail's own thread id, where the archive told it. */
  readonly gmailThreadHash?: number;
}

/** Participants kept of a message, the first named: enough to recognise a conversation, and a bound. */
const maxParticipants = 16;

/** Reads the facts off a message. `owner` is the address of the mailbox, in lower case. */
export function threadFactsOf(parsed: ParsedMail, gmailThreadId: string | undefined, owner: string): ThreadFacts {
  const subject = baseSubject(parsed.subject);
  const messageIds = [parsed.messageId, ...parsed.references].filter((id) => id !== '');
  const addresses = [...parsed.from, ...parsed.to, ...parsed.cc, ...parsed.bcc]
    .map(({ address }) => address.toLowerCase())
    .filter((address) => address !== '');
  const others = addresses.filter((address) => address !== owner);
  const participants = [...new Set(others.length > 0 ? others : addresses)].slice(0, maxParticipants);
  return {
    linkHashes: [...new Set(messageIds)].map((id) => hashText(`link\0${id}\0${subject}`)),
    hasReferences: parsed.references.some((id) => id !== parsed.messageId),
    ...(subject === '' ? {} : { subjectHash: hashText(`subject\0${subject}`) }),
    participantHashes: Uint32Array.from(participants, (address) => hashText(address) % 2 ** 32),
    ...(gmailThreadId === undefined ? {} : { gmailThreadHash: hashText(`gmail\0${gmailThreadId}`) }),
  };
}

/** Everything by which later messages may find the thread of this one. */
export function linksOf({ gmailThreadHash, linkHashes }: ThreadFacts): readonly number[] {
  return gmailThreadHash === undefined ? linkHashes : [gmailThreadHash, ...linkHashes];
}
