import * as z from 'zod';
import { fence } from '../kernel/answer-text.ts';
import { whenDone } from '../../safety/changes/dry-run.ts';
import { defineOperation } from '../kernel/operation.ts';
import { renderForwardingAddress } from './render-settings.ts';
import { forwardingAddress } from './setting-schemas.ts';
import { accountAddressPattern } from '../../core/account-address.ts';

export const createForwardingAddress = defineOperation({
  name: 'create_forwarding_address',
  route: 'POST /api/settings/forwardingAddresses',
  grant: 'settings',
  toolset: 'settings',
  summary:
    'Add an address that mail may be forwarded to. On Gmail only a service account may, and its owner confirms it.',
  input: { forwardingEmail: z.email({ pattern: accountAddressPattern }) },
  output: forwardingAddress,
  run: ({ forwardingEmail }, { apply }) =>
    whenDone(apply('createForwardingAddress', forwardingEmail), (created) => created),
  text: (created) => [
    'Added a forwarding address. Nothing is forwarded to it yet.',
    ...fence('settings', renderForwardingAddress(created)),
  ],
});
