import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { AppError } from '../../core/errors.ts';
import { isJsonObject } from '../../core/json-object.ts';
import { replaceFile } from '../../core/replace-file.ts';
import { readSettings } from '../../core/settings.ts';
import { demoAddress } from '../../local/demo/demo-messages.ts';
import type { PolicySource } from '../../safety/policy/policy-source.ts';
import type { Assembly } from '../../server/assemble.ts';
import { accountAddress } from '../../store/mail/account-address.ts';
import { addressTaken } from '../../store/mail/mailboxes.ts';
import { writeSettings } from '../write-settings.ts';
import { requireLocalMailbox, requireNothingToSend } from './local-account.ts';
import { replaceSharedAccount } from './shared-account.ts';

/**
 * Gives a local mailbox another address, in the settings, the policy, tokens and webhooks too, and returns what else was
 * changed, a sentence each. The mailbox itself comes last: stopped before it, the same rename completes the rest.
 *
 * Throws `NOT_FOUND`, `INVALID_INPUT` for the demo mailbox or what is no address, `CONFLICT` where the new address has a
 * mailbox already or messages wait to be sent. Nobody may have its files open.
 */
export async function renameMailbox(assembly: Assembly, from: string, to: string): Promise<readonly string[]> {
  const { home, services } = assembly;
  const { policySource, tokens } = services.safety;
  await requireLocalMailbox(assembly, from);
  await requireFreeAddress(assembly, to);
  await requireNothingToSend(assembly, from);
  const policyFile = join(home.folder, 'policy.json');
  const rules = await renamedRules(policySource, from, to);
  const replace = async (text: string): Promise<void> => {
    await policySource.replace?.(text, services.now());
    // Where hosts share the policy, a copy of it here has to say the same.
    if (existsSync(policyFile)) replaceFile(policyFile, text);
  };

  const done: string[] = [];
  // With the rules under both addresses the mailbox is at no moment without them.
  if (rules !== undefined) {
    await replace(rules.both);
    done.push(`${policySource.replace === undefined ? 'policy.json' : 'The policy'} has its rules under ${to}.`);
  }
  if (readSettings(home.folder).values.get('GMAIL_ACCOUNT')?.toLowerCase() === from) {
    writeSettings(home.folder, 'GMAIL_ACCOUNT', to);
    done.push(`GMAIL_ACCOUNT is ${to} in the settings.`);
  }
  if (await replaceSharedAccount(assembly, from, to)) done.push(`GMAIL_ACCOUNT is ${to} for all hosts.`);
  const renamed = await tokens.renameAccount(from, to);
  if (renamed.length > 0) done.push(`Tokens that are good for it: ${renamed.join(', ')}.`);
  const webhooks = await renameInWebhooks(assembly, from, to);
  if (webhooks.length > 0) done.push(`Webhooks that are told of it: ${webhooks.join(', ')}.`);
  await services.mailboxes.rename(from, to);
  if (rules !== undefined) await replace(rules.renamed);
  return done;
}

async function requireFreeAddress({ services: { mailboxes } }: Assembly, to: string): Promise<void> {
  if (accountAddress(to) === demoAddress) {
    throw new AppError('INVALID_INPUT', 'This is the address of the demo mailbox.', {
      field: 'NEW',
      expected: 'an address of your own',
      got: to,
    });
  }
  if (await mailboxes.has(to)) throw addressTaken(to);
}

/** The policy with the rules of both addresses, and of the new one alone; undefined where `from` has none of its own. */
async function renamedRules(
  source: PolicySource,
  from: string,
  to: string,
): Promise<{ readonly both: string; readonly renamed: string } | undefined> {
  // A policy that cannot be understood is not rewritten.
  if ((await source.read())?.accounts?.[from] === undefined) return undefined;
  const policy: unknown = JSON.parse((await source.text()) ?? '{}');
  const accounts = isJsonObject(policy) && isJsonObject(policy.accounts) ? policy.accounts : {};
  const rules = Object.entries(accounts).find(([address]) => address.toLowerCase() === from)?.[1];
  const others = Object.fromEntries(Object.entries(accounts).filter(([address]) => address.toLowerCase() !== from));
  const textWith = (changed: object): string =>
    `${JSON.stringify({ ...(isJsonObject(policy) ? policy : {}), accounts: changed }, undefined, 2)}\n`;
  return { both: textWith({ ...accounts, [to]: rules }), renamed: textWith({ ...others, [to]: rules }) };
}

async function renameInWebhooks({ services }: Assembly, from: string, to: string): Promise<readonly string[]> {
  if (!services.webhooks.hasAny()) return [];
  const store = services.webhooks.store();
  const named = (await store.list()).filter(({ accounts }) => accounts?.includes(from) === true);
  for (const { id, kinds, accounts = [], q, includes } of named) {
    const rules = {
      includes,
      accounts: accounts.map((account) => (account === from ? to : account)),
      ...(kinds === undefined ? {} : { kinds }),
      ...(q === undefined ? {} : { q }),
    };
    await store.update(id, { rules });
  }
  return named.map(({ id }) => id);
}
