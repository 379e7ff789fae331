import * as z from 'zod';
import { fence } from '../kernel/answer-text.ts';
import { whenDone } from '../../safety/changes/dry-run.ts';
import { defineOperation } from '../kernel/operation.ts';
import { findAddress } from './find-address.ts';
import { renderForwardingAddress } from './render-settings.ts';
import { forwardingAddress } from './setting-schemas.ts';
import { accountAddressPattern } from '../../core/account-address.ts';

export const deleteForwardingAddress = defineOperation({
  name: 'delete_forwarding_address',
  route: 'DELETE /api/settings/forwardingAddresses/{forwardingEmail}',
  grant: 'settings',
  toolset: 'settings',
  summary: 'Remove an address that mail may be forwarded to.',
  input: { forwardingEmail: z.email({ pattern: accountAddressPattern }) },
  isDestructive: true,
  output: z.object({ before: forwardingAddress }),
  run: async ({ forwardingEmail }, { mailbox, apply }) => {
    const known = await mailbox.listForwardingAddresses();
    const before = findAddress(
      'forwarding address',
      'forwardingEmail',
      forwardingEmail,
      known,
      (one) => one.forwardingEmail,
    );
    return whenDone(apply('deleteForwardingAddress', before.forwardingEmail), () => ({ before }));
  },
  text: ({ before }) => ['Removed a forwarding address.', ...fence('settings', renderForwardingAddress(before))],
});
