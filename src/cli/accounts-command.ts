import { randomUUID } from 'node:crypto';
import { parseArgs } from 'node:util';
import { AppError, messageOf } from '../core/errors.ts';
import { accountStates, listAllAccounts } from '../operations/admin/list-all-accounts.ts';
import { recordChange } from '../operations/admin/record-change.ts';
import { removeAccount } from '../operations/admin/remove-account.ts';
import type { Assembly } from '../server/assemble.ts';
import { countMessages, removeMailbox } from './accounts/remove-mailbox.ts';
import { renameMailbox } from './accounts/rename-mailbox.ts';
import { rotateKey } from './accounts/rotate-key.ts';
import { textFor, valueFor } from './as-owner.ts';
import { askYes } from './ask-yes.ts';
import { requireStopped } from './backup/require-stopped.ts';
import type { CommandContext } from './command.ts';
import { formatCount } from './progress-bar.ts';
import { withServices } from './with-services.ts';

const usage = 'accounts [list [--json]|rename ADDRESS NEW|remove ADDRESS [--yes]|rotate-key]';

function readWords(words: readonly string[]) {
  try {
    return parseArgs({
      args: [...words],
      options: { json: { type: 'boolean' }, yes: { type: 'boolean' } },
      allowPositionals: true,
    });
  } catch (error) {
    throw new AppError('INVALID_INPUT', messageOf(error), { expected: usage }, error);
  }
}

async function list(assembly: Assembly, isJson: boolean, signal: AbortSignal): Promise<string> {
  if (!isJson) return textFor(assembly, listAllAccounts, {}, { signal });
  const { accounts } = await valueFor(assembly, listAllAccounts, accountStates, {}, { signal });
  return JSON.stringify(accounts, undefined, 2);
}

function required(word: string | undefined, question: string, field: string): string {
  if (word !== undefined) return word.toLowerCase();
  throw new AppError('INVALID_INPUT', question, { field, expected: usage, got: 'nothing' });
}

/** A change that no operation makes, as the files are moved that servers have open; in the audit log all the same. */
function recordOwnChange<T>(
  { services }: Assembly,
  change: { readonly account: string; readonly operation: string; readonly target: object },
  make: () => Promise<T>,
): Promise<T> {
  const actor = { transport: 'cli', requestId: randomUUID() } as const;
  return recordChange({ services, actor }, { ...change, method: change.operation }, make);
}

/** Servers on whichever host see in a second what became of a mailbox in a database; its files have to be free. */
function requireFilesFree({ home, configuration }: Assembly): void {
  if (configuration.store === undefined) requireStopped(home);
}

/** Settings are each host's own, and what runs has read them already. */
function elsewhere({ configuration }: Assembly, address: string, how: string): readonly string[] {
  if (configuration.store === undefined) return [];
  return [
    `On each host whose GMAIL_ACCOUNT was ${address}: gmail-llm config ${how}, then gmail-llm ctl restart gmail-servers:*`,
  ];
}

async function rename(assembly: Assembly, words: readonly string[], signal: AbortSignal): Promise<string> {
  const from = required(words[0], 'Which account?', 'ADDRESS');
  const to = required(words[1], 'What is its new address?', 'NEW');
  const { accounts } = await valueFor(assembly, listAllAccounts, accountStates, {}, { signal });
  const isLocal = accounts.some(({ emailAddress, kind }) => emailAddress === from && kind === 'local');
  if (!isLocal && accounts.some(({ emailAddress }) => emailAddress === from)) {
    throw new AppError('INVALID_INPUT', `${from} is an account at Google, which gives it its address.`, {
      field: 'ADDRESS',
      expected: 'a local mailbox',
      got: from,
      hint: `Where Google has renamed it: gmail-llm login --account ${to}, then gmail-llm accounts remove ${from}.`,
    });
  }
  requireFilesFree(assembly);
  const change = { account: from, operation: 'rename_account', target: { from, to } };
  const done = await recordOwnChange(assembly, change, () => renameMailbox(assembly, from, to));
  return [`${from} is ${to} now.`, ...done, ...elsewhere(assembly, from, `set GMAIL_ACCOUNT ${to}`)].join('\n');
}

async function remove(
  assembly: Assembly,
  address: string,
  isSure: boolean,
  context: CommandContext,
): Promise<string | undefined> {
  const { signal } = context;
  const { accounts } = await valueFor(assembly, listAllAccounts, accountStates, {}, { signal });
  const kinds = accounts.filter(({ emailAddress }) => emailAddress === address).map(({ kind }) => kind);
  if (!kinds.includes('local') || kinds.includes('gmail')) {
    const said = await textFor(assembly, removeAccount, { emailAddress: address }, { signal });
    return kinds.includes('local') ? `${said}\nIts local mailbox stays; the same command again deletes it.` : said;
  }
  requireFilesFree(assembly);
  const messages = await countMessages(assembly, address);
  const what = `the local mailbox ${address} and its mail (messages: ${formatCount(messages)})`;
  if (!isSure) {
    if (!process.stdin.isTTY) {
      throw new AppError('INVALID_INPUT', `This would delete ${what}; nothing was deleted.`, {
        expected: '--yes, or a person at a terminal',
        got: 'no terminal',
        hint: 'Keep a copy first: gmail-llm export, or gmail-llm backup.',
      });
    }
    if (!(await askYes(`Delete ${what}, for good?`, context))) return undefined;
  }
  const change = { account: address, operation: 'remove_account', target: { emailAddress: address, messages } };
  const done = await recordOwnChange(assembly, change, () => removeMailbox(assembly, address));
  return [`Deleted: ${what}.`, ...done, ...elsewhere(assembly, address, 'unset GMAIL_ACCOUNT')].join('\n');
}

/** How many words each verb takes. */
const mostWords: Readonly<Record<string, number>> = { list: 0, rename: 2, remove: 1, 'rotate-key': 0 };

/**
 * `gmail-llm accounts`: lists local mailboxes and Gmail logins, renames and deletes local mailboxes, revokes and forgets a
 * login, encrypts all logins under a new key. Throws `NOT_FOUND` for an account that is not there, `CONFLICT` where servers
 * have the mailbox open, `INVALID_INPUT` for other words.
 */
export async function runAccounts(context: CommandContext): Promise<number> {
  const { environment, stdout, stderr, signal } = context;
  const { values, positionals } = readWords(context.arguments);
  const [verb = 'list', ...words] = positionals;
  const most = mostWords[verb];
  if (most === undefined) {
    throw new AppError('INVALID_INPUT', `There is no verb ${verb}.`, { expected: usage, got: verb });
  }
  const isMisplaced = (values.json === true && verb !== 'list') || (values.yes === true && verb !== 'remove');
  if (words.length > most || isMisplaced) {
    throw new AppError('INVALID_INPUT', 'Unexpected argument for `accounts`.', {
      expected: usage,
      got: context.arguments.join(' '),
    });
  }
  const said = await withServices(environment, (assembly) => {
    switch (verb) {
      case 'rename':
        return rename(assembly, words, signal);
      case 'remove':
        return remove(assembly, required(words[0], 'Which account?', 'ADDRESS'), values.yes === true, context);
      case 'rotate-key':
        return rotateKey(assembly);
      default:
        return list(assembly, values.json === true, signal);
    }
  });
  if (said === undefined) stderr.write('Nothing was deleted.\n');
  else stdout.write(`${said}\n`);
  return 0;
}
