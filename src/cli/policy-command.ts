import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { AppError, messageOf } from '../core/errors.ts';
import { policyOf, type Policy } from '../safety/policy/policy.ts';
import { createPolicyFileReader } from '../safety/policy/read-policy.ts';
import type { CommandContext } from './command.ts';
import { withServices } from './with-services.ts';

const usage = 'policy [check]';

const sendingInWords = {
  direct: 'leave at once',
  confirm: 'wait until a person approves them: `gmail-llm outbox`',
  off: 'are refused',
} as const;

const strangersInWords = {
  allow: 'may be written to',
  'refuse-if-seen-in-mail': 'are refused if their address stands in received mail',
  refuse: 'are refused',
} as const;

function listed(
  { all, none }: { readonly all: string; readonly none: string },
  allow: readonly string[] | undefined,
  deny: readonly string[],
): string {
  const allowed = allow === undefined ? all : allow.length === 0 ? none : `only ${allow.join(', ')}`;
  return deny.length === 0 ? allowed : `${allowed}, never ${deny.join(', ')}`;
}

/** The rules of one account, a line each. */
function describe({ sending, recipients, limits, attachments, graceSeconds }: Policy): readonly string[] {
  const { allow, deny, strangers, maxPerMessage } = recipients;
  return [
    `Sends: ${sendingInWords[sending]}`,
    ...(graceSeconds === 0 ? [] : [`Grace: ${graceSeconds} seconds in which \`undo\` takes a send back`]),
    `Recipients: ${listed({ all: 'anybody', none: 'only the account itself' }, allow, deny)}; at most ${maxPerMessage} of a message`,
    `Strangers, never written to before: ${strangersInWords[strangers]}`,
    `Limits: ${limits.perHour} messages in an hour, ${limits.perDay} in a day`,
    `Attachments: ${listed({ all: 'any type', none: 'none' }, attachments.allowTypes, attachments.denyTypes)}; at most ${attachments.maxTotalMegabytes} MB together`,
  ];
}

function readVerb(words: readonly string[]): 'show' | 'check' {
  let positionals: readonly string[];
  try {
    positionals = parseArgs({ args: [...words], options: {}, allowPositionals: true }).positionals;
  } catch (error) {
    throw new AppError('INVALID_INPUT', messageOf(error), { expected: usage }, error);
  }
  if (positionals.length === 0) return 'show';
  if (positionals.length === 1 && positionals[0] === 'check') return 'check';
  throw new AppError('INVALID_INPUT', 'There is no such verb.', { expected: usage, got: positionals.join(' ') });
}

/**
 * `gmail-llm policy`: the rules that hold for each account now; `check` says whether the file is in order and which of
 * its accounts are not connected. Both end with `FORBIDDEN` and every fault when the file cannot be understood.
 */
export async function runPolicy({ arguments: words, environment, home, stdout }: CommandContext): Promise<number> {
  const verb = readVerb(words);
  const file = join(home.folder, 'policy.json');
  const policy = createPolicyFileReader(file)();
  const accounts = await withServices(environment, ({ services }) => services.accounts.list());
  const source = policy === undefined ? `There is no ${file}: the defaults hold.` : `${file} is in order.`;
  const named = Object.keys(policy?.accounts ?? {});
  const unknown = named.filter((address) => !accounts.includes(address));
  const warnings = unknown.map((address) => `No account ${address} is connected: its rules hold for nobody.`);
  if (verb === 'check') {
    stdout.write(`${[source, ...warnings].join('\n')}\n`);
    return 0;
  }
  const shown = accounts.flatMap((address) => [
    '',
    address,
    ...describe(policyOf(policy ?? {}, address)).map((line) => `  ${line}`),
  ]);
  stdout.write(`${[source, ...warnings, ...shown].join('\n')}\n`);
  return 0;
}
