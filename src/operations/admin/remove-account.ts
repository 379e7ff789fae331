import * as z from 'zod';
import { removeLogin, requireLogin } from '../../accounts/logins.ts';
import { AppError, messageOf } from '../../core/errors.ts';
import { defineHomeOperation } from '../kernel/define-home-operation.ts';

export const removeAccount = defineHomeOperation({
  name: 'remove_account',
  route: 'DELETE /api/admin/accounts/{emailAddress}',
  grant: 'admin',
  summary: 'Revoke the login of a Gmail account at Google and forget it.',
  input: { emailAddress: z.email().toLowerCase() },
  isDestructive: true,
  output: z.object({ emailAddress: z.string(), revoked: z.string().describe('What became of the login at Google.') }),
  async run({ emailAddress }, { services, actor, caller }) {
    const { home, configuration, safety } = services;
    const parts = { ...configuration, dataFolder: home.dataFolder };
    await requireLogin(parts, emailAddress);
    const log = safety.audit();
    const change = { method: 'removeLogin', target: { emailAddress }, from: 'connected' };
    const sequence = log.begin({ account: emailAddress, actor, operation: 'remove_account', ...change });
    try {
      const revoked = await removeLogin(parts, emailAddress, caller.signal);
      log.end(sequence, { kind: 'done', to: revoked });
      return { emailAddress, revoked };
    } catch (error) {
      const code = error instanceof AppError ? error.code : 'INTERNAL';
      log.end(sequence, { kind: 'failed', code, message: messageOf(error) });
      throw error;
    }
  },
  text: ({ emailAddress, revoked }) => `Forgotten: ${emailAddress}. ${revoked}`,
});
