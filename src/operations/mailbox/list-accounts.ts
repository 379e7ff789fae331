import * as z from 'zod';
import { defineHomeOperation } from '../kernel/define-home-operation.ts';

export const listAccounts = defineHomeOperation({
  name: 'list_accounts',
  route: 'GET /api/accounts',
  grant: 'read',
  summary: 'The accounts that this token is good for.',
  input: {},
  output: z.object({
    accounts: z
      .array(z.object({ emailAddress: z.string(), isDefault: z.boolean().describe('Used where a call names none.') }))
      .readonly(),
  }),
  async run(_input, { services: { accounts }, caller, account }) {
    const allowed = (await accounts.list()).filter(
      (address) => caller.accounts?.has(address) !== false && (account ?? address) === address,
    );
    return {
      accounts: allowed.map((emailAddress) => ({
        emailAddress,
        isDefault: allowed.length === 1 || emailAddress === accounts.preferred,
      })),
    };
  },
  text: ({ accounts }) =>
    accounts.length === 0 ? 'No account is connected.' : accounts.map(({ emailAddress }) => emailAddress).join('\n'),
});
