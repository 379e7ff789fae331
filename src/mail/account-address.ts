import * as z from 'zod';
import { accountAddressPattern } from '../core/account-address.ts';

/**
 * The address of an account, in lower case. Without the JSON Schema format `email`, whose checkers refuse the hosts of a
 * local network (`me@localhost`).
 */
export const accountAddress = z.string().toLowerCase().regex(accountAddressPattern, 'expected an e-mail address');
