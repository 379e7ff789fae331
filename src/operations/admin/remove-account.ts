import * as z from 'zod';
import { removeLogin, requireLogin } from '../../accounts/logins.ts';
import { defineHomeOperation } from '../kernel/define-home-operation.ts';
import { recordChange } from './record-change.ts';
import { accountAddress } from '../../mail/account-address.ts';

export const removeAccount = defineHomeOperation({
  name: 'remove_account',
  route: 'DELETE /api/admin/accounts/{emailAddress}',
  grant: 'admin',
  summary: 'Revoke the login of a Gmail account at Google and forget it.',
  input: { emailAddress: accountAddress },
  isDestructive: true,
  output: z.object({ emailAddress: z.string(), revoked: z.string().describe('What became of the login at Google.') }),
  async run({ emailAddress }, call) {
    const { home, configuration, live } = call.services;
    const parts = { ...configuration, live, dataFolder: home.dataFolder };
    await requireLogin(parts, emailAddress);
    const target = { emailAddress };
    const change = { account: emailAddress, operation: 'remove_account', method: 'removeLogin', target };
    const revoked = await recordChange(call, change, () => removeLogin(parts, emailAddress, call.caller.signal));
    return { emailAddress, revoked };
  },
  text: ({ emailAddress, revoked }) => `Forgotten: ${emailAddress}. ${revoked}`,
});
