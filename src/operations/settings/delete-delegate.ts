import * as z from 'zod';
import { fence } from '../kernel/answer-text.ts';
import { whenDone } from '../../safety/changes/dry-run.ts';
import { defineOperation } from '../kernel/operation.ts';
import { findAddress } from './find-address.ts';
import { renderDelegate } from './render-settings.ts';
import { delegate } from './setting-schemas.ts';
import { accountAddressPattern } from '../../core/account-address.ts';

export const deleteDelegate = defineOperation({
  name: 'delete_delegate',
  route: 'DELETE /api/settings/delegates/{delegateEmail}',
  grant: 'settings',
  toolset: 'settings',
  summary: 'Take from somebody the right to read and send mail of this account.',
  input: { delegateEmail: z.email({ pattern: accountAddressPattern }) },
  isDestructive: true,
  output: z.object({ before: delegate }),
  run: async ({ delegateEmail }, { mailbox, apply }) => {
    const known = await mailbox.listDelegates();
    const before = findAddress('delegate', 'delegateEmail', delegateEmail, known, (one) => one.delegateEmail);
    return whenDone(apply('deleteDelegate', before.delegateEmail), () => ({ before }));
  },
  text: ({ before }) => ['Removed a delegate.', ...fence('settings', renderDelegate(before))],
});
