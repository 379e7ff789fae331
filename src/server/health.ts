import type { Accounts } from '../accounts/accounts.ts';
import { AppError, messageOf } from '../core/errors.ts';
import { version } from '../core/version.ts';
import { sendJson, type PublicAnswer } from './http-server.ts';

/**
 * `/health/live`: the process answers. `/health/ready`: a mailbox can be opened and its login is good, else 503 with the reason. When several
 * accounts are connected and none is the default, the first stands for all.
 */
export function answerHealth(accounts: Accounts): readonly (readonly [string, PublicAnswer])[] {
  return [
    ['/health/live', ({ response }) => sendJson(response, 200, { status: 'live', version, pid: process.pid })],
    [
      '/health/ready',
      async ({ response, requestId }) => {
        try {
          const { emailAddress } = await openAny(accounts);
          sendJson(response, 200, { status: 'ready', version, pid: process.pid, account: emailAddress });
        } catch (error) {
          const code = error instanceof AppError ? error.code : 'INTERNAL';
          const reason = error instanceof AppError ? error.message : messageOf(error);
          sendJson(response, 503, { status: 'unready', version, pid: process.pid, code, reason, requestId });
        }
      },
    ],
  ];
}

async function openAny(accounts: Accounts) {
  try {
    return await accounts.check();
  } catch (error) {
    const [first] = accounts.list();
    if (error instanceof AppError && error.code === 'INVALID_INPUT' && first !== undefined)
      return accounts.check(first);
    throw error;
  }
}
