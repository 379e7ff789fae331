import * as z from 'zod';
import { AppError } from '../../core/errors.ts';
import { fence } from '../kernel/answer-text.ts';
import { whenDone } from '../../safety/changes/dry-run.ts';
import { defineOperation } from '../kernel/operation.ts';
import { findAddress } from './find-address.ts';
import { renderSendAs } from './render-settings.ts';
import { sendAs } from './setting-schemas.ts';
import { accountAddressPattern } from '../../core/account-address.ts';

export const deleteSendAs = defineOperation({
  name: 'delete_send_as',
  route: 'DELETE /api/settings/sendAs/{sendAsEmail}',
  grant: 'settings',
  toolset: 'settings',
  summary: 'Remove an address that mail may be sent as.',
  input: { sendAsEmail: z.email({ pattern: accountAddressPattern }) },
  isDestructive: true,
  output: z.object({ before: sendAs }),
  run: async ({ sendAsEmail }, { mailbox, apply }) => {
    const known = await mailbox.listSendAs();
    const before = findAddress('send-as address', 'sendAsEmail', sendAsEmail, known, (one) => one.sendAsEmail);
    if (before.isPrimary) {
      throw new AppError('INVALID_INPUT', "The account's own address cannot be removed.", {
        field: 'sendAsEmail',
        expected: 'another address',
        got: sendAsEmail,
      });
    }
    return whenDone(apply('deleteSendAs', before.sendAsEmail), () => ({ before }));
  },
  text: ({ before }) => ['Removed a send-as address.', ...fence('settings', renderSendAs(before))],
});
