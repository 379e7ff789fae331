import * as z from 'zod';
import { AppError } from '../../core/errors.ts';
import { defineOperation } from '../kernel/operation.ts';
import { refuseNothing } from '../kernel/refuse-nothing.ts';
import { noteIfLocal } from '../kernel/render-text.ts';
import { checkForwarding } from './check-forwarding.ts';
import { changeSetting } from './change-setting.ts';
import { renderAutoForwarding, renderChange } from './render-settings.ts';
import { autoForwarding, disposition, notApplied } from './setting-schemas.ts';
import { accountAddressPattern } from '../../core/account-address.ts';

const fields = {
  enabled: z.boolean().exactOptional(),
  emailAddress: z.email({ pattern: accountAddressPattern }).exactOptional().describe('A confirmed forwarding address.'),
  disposition: disposition.exactOptional().describe('What becomes of the copy here.'),
};

function missing(field: string, expected: string): AppError {
  return new AppError('INVALID_INPUT', `Forwarding needs ${field}.`, { field, expected, got: 'nothing' });
}

export const updateAutoForwarding = defineOperation({
  name: 'update_auto_forwarding',
  route: 'PATCH /api/settings/autoForwarding',
  grant: 'settings',
  toolset: 'settings',
  summary: 'Forward all arriving mail to an address, or stop doing so. On Gmail only a service account may.',
  input: fields,
  isDestructive: true,
  output: autoForwarding.extend({ before: autoForwarding, notApplied }),
  run: (input, call) => {
    refuseNothing(input, Object.keys(fields));
    return changeSetting(call, 'autoForwarding', async (before) => {
      const wanted = { ...before, ...input };
      if (!wanted.enabled) return wanted;
      // Gmail wants both as soon as mail is forwarded.
      if (wanted.emailAddress === undefined) throw missing('emailAddress', 'a confirmed forwarding address');
      if (wanted.disposition === undefined) throw missing('disposition', disposition.options.join(', '));
      await checkForwarding(call.mailbox, 'emailAddress', wanted.emailAddress);
      return wanted;
    });
  },
  text: ({ before, notApplied, ...after }, _input, { delivery }) => [
    ...renderChange(renderAutoForwarding(after), renderAutoForwarding(before), notApplied),
    ...(after.enabled ? noteIfLocal(delivery, 'This local mailbox keeps the setting, but forwards nothing.') : []),
  ],
});
