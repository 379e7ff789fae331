import { parseArgs } from 'node:util';
import { AppError, messageOf } from '../core/errors.ts';
import { openCredentialStore } from '../gmail/credentials/open-credential-store.ts';
import { accountStates, listAllAccounts } from '../operations/admin/list-all-accounts.ts';
import { removeAccount } from '../operations/admin/remove-account.ts';
import type { Assembly } from '../server/assemble.ts';
import { textFor, valueFor } from './as-owner.ts';
import type { CommandContext } from './command.ts';
import { withServices } from './with-services.ts';

const usage = 'accounts [list [--json]|remove ADDRESS|rotate-key]';

function readWords(words: readonly string[]) {
  try {
    return parseArgs({ args: [...words], options: { json: { type: 'boolean' } }, allowPositionals: true });
  } catch (error) {
    throw new AppError('INVALID_INPUT', messageOf(error), { expected: usage }, error);
  }
}

async function list(assembly: Assembly, isJson: boolean, signal: AbortSignal): Promise<string> {
  if (!isJson) return textFor(assembly, listAllAccounts, {}, { signal });
  const { accounts } = await valueFor(assembly, listAllAccounts, accountStates, {}, { signal });
  return JSON.stringify(accounts, undefined, 2);
}

function remove(assembly: Assembly, named: string | undefined, signal: AbortSignal): Promise<string> {
  if (named === undefined) {
    throw new AppError('INVALID_INPUT', 'Which account?', { field: 'ADDRESS', expected: usage, got: 'nothing' });
  }
  return textFor(assembly, removeAccount, { emailAddress: named }, { signal });
}

/** The key is the home's, on whose disk it has to be: no operation changes it. */
function rotateKey({ home, configuration: { keyStore } }: Assembly): string {
  const store = openCredentialStore(home.dataFolder, { keyStore });
  try {
    store.rotateKey();
    return 'Every login is encrypted with a new key, and the old key is gone. Mail kept on disk is read from Gmail anew.';
  } finally {
    store.close();
  }
}

/**
 * `gmail-llm accounts`: lists local mailboxes and Gmail logins, revokes and forgets a login, encrypts all of them under
 * a new key. Throws `NOT_FOUND` for a login that is not there, `INVALID_INPUT` for other words.
 */
export async function runAccounts(context: CommandContext): Promise<number> {
  const { environment, stdout, signal } = context;
  const { values, positionals } = readWords(context.arguments);
  const [verb = 'list', address, ...more] = positionals;
  const isTooMuch = more.length > 0 || (address !== undefined && verb !== 'remove');
  if (isTooMuch || (values.json === true && verb !== 'list')) {
    throw new AppError('INVALID_INPUT', 'Unexpected argument for `accounts`.', {
      expected: usage,
      got: context.arguments.join(' '),
    });
  }
  const said = await withServices(environment, (assembly) => {
    switch (verb) {
      case 'list':
        return list(assembly, values.json === true, signal);
      case 'remove':
        return remove(assembly, address, signal);
      case 'rotate-key':
        return rotateKey(assembly);
      default:
        throw new AppError('INVALID_INPUT', `There is no verb ${verb}.`, { expected: usage, got: verb });
    }
  });
  stdout.write(`${said}\n`);
  return 0;
}
