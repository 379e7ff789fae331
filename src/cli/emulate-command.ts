import { once } from 'node:events';
import { parseArgs } from 'node:util';
import { AppError, messageOf } from '../core/errors.ts';
import { fillHome, type Home } from '../core/home.ts';
import type { EmulatorOptions } from '../emulator/start-emulator.ts';
import { startEmulator } from '../emulator/start-emulator.ts';
import { demoAddress } from '../local/demo/demo-messages.ts';
import { fillDemoMailbox } from '../local/demo/fill-demo-mailbox.ts';
import { listLocalAccounts, localMailboxFolder } from '../store/sqlite/mail/local-mailboxes.ts';
import type { CommandContext } from './command.ts';
import { refuseSharedStore } from './refuse-shared-store.ts';

const usage = 'emulate [--port N] [--account ADDRESS] [--token-seconds N] [--latency-ms N]';

/**
 * `gmail-llm emulate`: the Gmail emulator on the local mailboxes of the home, until it is told to stop. The first line on
 * standard output is one JSON object with all that a client needs; `--account` says of which mailbox, all are served.
 * Throws `INVALID_INPUT` for wrong arguments, `NOT_FOUND` for an account that is not here, `UNAVAILABLE` for a port that
 * is taken.
 */
export async function runEmulate(context: CommandContext): Promise<number> {
  const { arguments: words, home, stdout, stderr, signal } = context;
  refuseSharedStore(context, '`emulate`', 'Give it a home of its own: GMAIL_HOME, with GMAIL_STORE unset.');
  const { account, port, settings } = readArguments(words);
  fillHome(home);
  const accounts = chooseAccounts(home, account?.toLowerCase());
  const emulator = await startEmulator({ accounts, port, settings });
  try {
    const [credentials] = emulator.accounts;
    if (credentials === undefined) throw new Error('an emulator was started without an account');
    const { emailAddress, accessToken, refreshToken, clientId, clientSecret } = credentials;
    if (emailAddress === demoAddress) await fillDemoMailbox(emulator.mailbox(emailAddress), new Date());
    const { rootUrl } = emulator;
    stdout.write(`${JSON.stringify({ rootUrl, accessToken, refreshToken, clientId, clientSecret, emailAddress })}\n`);
    stderr.write(`Gmail for ${emailAddress} is emulated at ${rootUrl} until Ctrl-C.\n`);
    if (!signal.aborted) await once(signal, 'abort');
    return 0;
  } finally {
    await emulator.close();
  }
}

/** Every local mailbox, the named one first; the demo mailbox where there is no other. */
function chooseAccounts({ dataFolder }: Home, named: string | undefined): EmulatorOptions['accounts'] {
  const own = listLocalAccounts(dataFolder).filter((address) => address !== demoAddress);
  const known = own.length === 0 ? [demoAddress] : own;
  if (named !== undefined && !known.includes(named)) {
    throw new AppError('NOT_FOUND', `There is no mailbox of ${named} here.`, {
      field: '--account',
      expected: known.join(' or '),
      got: named,
      hint: `\`gmail-llm import --account ${named} PATH…\` makes one.`,
    });
  }
  const addresses = named === undefined ? known : [named, ...known.filter((address) => address !== named)];
  return addresses.map((emailAddress) => ({ emailAddress, folder: localMailboxFolder(dataFolder, emailAddress) }));
}

function readArguments(words: readonly string[]) {
  const { port, account, 'token-seconds': tokenSeconds, 'latency-ms': latencyMs } = parseWords(words);
  return {
    account,
    port: readNumber('--port', port ?? '0', 0, 65_535),
    settings: {
      ...(tokenSeconds === undefined
        ? {}
        : { accessTokenSeconds: readNumber('--token-seconds', tokenSeconds, 1, 86_400) }),
      ...(latencyMs === undefined ? {} : { latencyMs: readNumber('--latency-ms', latencyMs, 0, 60_000) }),
    },
  };
}

function parseWords(words: readonly string[]) {
  const text = { type: 'string' } as const;
  try {
    return parseArgs({
      args: [...words],
      options: { port: text, account: text, 'token-seconds': text, 'latency-ms': text },
    }).values;
  } catch (error) {
    throw new AppError('INVALID_INPUT', messageOf(error), { expected: usage }, error);
  }
}

function readNumber(option: string, text: string, least: number, most: number): number {
  const value = Number(text);
  if (/^\d{1,9}$/.test(text) && value >= least && value <= most) return value;
  throw new AppError('INVALID_INPUT', `${option} takes a number.`, {
    field: option,
    expected: `${least} to ${most}`,
    got: text,
  });
}
