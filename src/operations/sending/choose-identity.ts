import { AppError } from '../../core/errors.ts';
import { comparableAddress } from '../../mail/compose/address-syntax.ts';
import type { Identity } from '../../mail/compose/message-input.ts';
import { receivingAddress } from '../../mail/compose/reply-recipients.ts';
import { htmlToText } from '../../mail/html/html-to-text.ts';
import type { MailContent } from '../../mail/message.ts';
import type { SendAs } from '../../mail/settings.ts';

/** Google confirms the primary address itself and says nothing of it. */
function isConfirmed({ isPrimary, verificationStatus }: SendAs): boolean {
  return isPrimary || verificationStatus === undefined || verificationStatus === 'accepted';
}

function named(from: string, known: readonly SendAs[]): SendAs {
  const wanted = comparableAddress(from.trim());
  const found = known.find(({ sendAsEmail }) => comparableAddress(sendAsEmail) === wanted);
  if (found === undefined) {
    throw new AppError('INVALID_INPUT', `This account does not send as ${from}.`, {
      field: 'from',
      expected: known
        .filter(isConfirmed)
        .map(({ sendAsEmail }) => sendAsEmail)
        .join(', '),
      got: from,
    });
  }
  if (isConfirmed(found)) return found;
  throw new AppError(
    'FORBIDDEN',
    `The owner of ${found.sendAsEmail} has not confirmed that this account sends as it.`,
    {
      field: 'from',
      got: found.verificationStatus ?? 'unknown',
      hint: 'Gmail has sent a confirmation to that address.',
    },
  );
}

/** The address that an answer comes from: the one that got the original; else the default. */
function fitting(known: readonly SendAs[], original: MailContent | undefined): SendAs | undefined {
  const confirmed = known.filter(isConfirmed);
  const addresses = confirmed.map(({ sendAsEmail }) => sendAsEmail);
  const receiving = original === undefined ? undefined : receivingAddress(original, addresses);
  return (
    confirmed.find(({ sendAsEmail }) => sendAsEmail === receiving) ??
    confirmed.find(({ isDefault }) => isDefault) ??
    confirmed.find(({ isPrimary }) => isPrimary)
  );
}

/** Whether a text ends with the signature already: its writer has put it there. */
function isSigned(body: string, signature: string): boolean {
  const [text, end] = [body, htmlToText(signature).text].map((each) => each.replaceAll(/\s+/g, ' ').trim());
  return end === undefined || end === '' || (text ?? '').endsWith(end);
}

/**
 * As whom a message is written: the send-as address that is named, else the one that `original` came to, else the
 * default; with its name, its reply-to address and, unless the text has it already, its signature. Throws
 * `INVALID_INPUT` for an address that is none of the account's, `FORBIDDEN` for one that is not confirmed.
 */
export function chooseIdentity(
  known: readonly SendAs[],
  wanted: {
    readonly from?: string;
    readonly original?: MailContent;
    readonly body: string;
    readonly hasSignature: boolean;
    readonly accountAddress: string;
  },
): Identity {
  const sendAs = wanted.from === undefined ? fitting(known, wanted.original) : named(wanted.from, known);
  if (sendAs === undefined) return { address: { name: '', address: wanted.accountAddress } };
  const { sendAsEmail, displayName, replyToAddress, signature } = sendAs;
  return {
    address: { name: displayName, address: sendAsEmail },
    ...(replyToAddress === '' ? {} : { replyTo: { name: '', address: replyToAddress } }),
    ...(wanted.hasSignature && !isSigned(wanted.body, signature) ? { signature } : {}),
  };
}
