import { AppError } from '../../core/errors.ts';
import type { MailboxReader } from '../../mail/mailbox.ts';

/** Throws `INVALID_INPUT` for an address whose owner has not agreed to be forwarded to. */
export async function checkForwarding(mailbox: MailboxReader, field: string, address: string): Promise<void> {
  const known = await mailbox.listForwardingAddresses();
  const accepted = known
    .filter(({ verificationStatus }) => verificationStatus === 'accepted')
    .map(({ forwardingEmail }) => forwardingEmail);
  if (accepted.some((one) => one.toLowerCase() === address.toLowerCase())) return;
  throw new AppError('INVALID_INPUT', 'Mail can be forwarded to confirmed forwarding addresses only.', {
    field,
    expected: accepted.join(' or ') || 'nothing: there is no confirmed forwarding address',
    got: address,
    hint: 'create_forwarding_address adds one, which its owner then confirms.',
  });
}
