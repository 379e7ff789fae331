import { isAccountAddress } from '../../core/account-address.ts';
import { AppError } from '../../core/errors.ts';

/** An address as mailboxes are known by it: in lower case. Throws `INVALID_INPUT` for what is no address. */
export function accountAddress(emailAddress: string): string {
  const address = emailAddress.toLowerCase();
  if (isAccountAddress(address)) return address;
  throw new AppError('INVALID_INPUT', 'This is no e-mail address.', {
    field: 'account',
    expected: 'an address such as ann@example.org',
    got: emailAddress,
  });
}
