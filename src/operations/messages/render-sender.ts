import { isUnverified } from '../../mail/sender/read-verdict.ts';
import type { SenderView } from './message-schemas.ts';

/** What the receiving server's checks came to, in a word or two; empty where it says nothing. */
function verdictWord(verdict: SenderView): string {
  const { dmarc, dkim, spf } = verdict;
  const results =
    dmarc !== undefined && dmarc !== 'none'
      ? [`DMARC ${dmarc}`]
      : [...(spf === undefined ? [] : [`SPF ${spf}`]), ...(dkim === undefined ? [] : [`DKIM ${dkim}`])];
  return `${isUnverified(verdict) ? 'sender not verified: ' : ''}${results.join(', ')}`;
}

/** What a reader should know of a sender, in sentences of ours: not even a domain is named here. */
export function senderNotes(sender: SenderView | undefined): readonly string[] {
  if (sender === undefined) return [];
  const verdict = verdictWord(sender);
  return [
    ...(verdict === '' ? [] : [`${verdict.slice(0, 1).toUpperCase()}${verdict.slice(1)}.`]),
    ...(sender.isFirstContact === true ? ['First contact: this address has not written here before.'] : []),
    ...(sender.looksLikeKnown === true
      ? ["The sender's domain looks like one that is known here, but is another."]
      : []),
    ...(sender.mixesAlphabets === true ? ["The sender's domain mixes letters of alphabets that look alike."] : []),
    ...(sender.nameShowsAnotherAddress === true
      ? ["The sender's name shows another address than the one the message is from."]
      : []),
    ...(sender.repliesElsewhere === true ? ['A reply would go to another domain than the message is from.'] : []),
  ];
}

/** The same for a line of a list: only what a sender passes for somebody else by. */
export function disguiseWords({
  looksLikeKnown,
  mixesAlphabets,
  nameShowsAnotherAddress,
}: SenderView): readonly string[] {
  return [
    ...(looksLikeKnown === true ? ['look-alike domain'] : []),
    ...(mixesAlphabets === true ? ['domain of mixed alphabets'] : []),
    ...(nameShowsAnotherAddress === true ? ['name shows another address'] : []),
  ];
}
