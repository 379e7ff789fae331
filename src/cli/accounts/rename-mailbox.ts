import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { AppError, messageOf } from '../../core/errors.ts';
import { isJsonObject } from '../../core/json-object.ts';
import { readSettings } from '../../core/settings.ts';
import { demoAddress } from '../../local/demo/demo-messages.ts';
import { hasLocalMailbox, localMailboxFolder } from '../../store/sqlite/mail/local-mailboxes.ts';
import { createPolicyFileReader } from '../../safety/policy/read-policy.ts';
import { renameTokenAccount } from '../../safety/tokens/token-store.ts';
import type { Assembly } from '../../server/assemble.ts';
import { writeSettings } from '../write-settings.ts';
import { requireLocalMailbox, requireNothingToSend } from './local-account.ts';

/**
 * Gives a local mailbox another address, in the settings, the policy, tokens and webhooks too, and returns what else was
 * changed, a sentence each. The mailbox itself comes last: stopped before it, the same rename completes the rest.
 *
 * Throws `NOT_FOUND`, `INVALID_INPUT` for the demo mailbox or what is no address, `CONFLICT` where the new address has a
 * mailbox already or messages wait to be sent. Nobody may have the mailbox open.
 */
export async function renameMailbox(assembly: Assembly, from: string, to: string): Promise<readonly string[]> {
  const { folder, dataFolder } = assembly.home;
  requireLocalMailbox(dataFolder, from);
  requireFreeAddress(dataFolder, to);
  await requireNothingToSend(assembly, from);
  const policy = policyText(join(folder, 'policy.json'), from, to);

  const done: string[] = [];
  // With the rules under both addresses the mailbox is at no moment without them.
  if (policy !== undefined) {
    replaceFile(policy.file, policy.both);
    done.push(`policy.json has its rules under ${to}.`);
  }
  if (readSettings(folder).values.get('GMAIL_ACCOUNT')?.toLowerCase() === from) {
    writeSettings(folder, 'GMAIL_ACCOUNT', to);
    done.push(`GMAIL_ACCOUNT is ${to} in the settings.`);
  }
  const tokens = renameTokenAccount(dataFolder, from, to);
  if (tokens.length > 0) done.push(`Tokens that are good for it: ${tokens.join(', ')}.`);
  const webhooks = await renameInWebhooks(assembly, from, to);
  if (webhooks.length > 0) done.push(`Webhooks that are told of it: ${webhooks.join(', ')}.`);
  renameSync(localMailboxFolder(dataFolder, from), localMailboxFolder(dataFolder, to));
  if (policy !== undefined) replaceFile(policy.file, policy.renamed);
  return done;
}

function requireFreeAddress(dataFolder: string, to: string): void {
  const folder = localMailboxFolder(dataFolder, to);
  if (to === demoAddress) {
    throw new AppError('INVALID_INPUT', 'This is the address of the demo mailbox.', {
      field: 'NEW',
      expected: 'an address of your own',
      got: to,
    });
  }
  if (!hasLocalMailbox(dataFolder, to) && !existsSync(folder)) return;
  throw new AppError('CONFLICT', `There is a mailbox of ${to} already.`, {
    field: 'NEW',
    got: to,
    hint: 'To bring mail together, export one and import it into the other.',
  });
}

/** The policy with the rules of both addresses, and of the new one alone; undefined where `from` has none of its own. */
function policyText(
  file: string,
  from: string,
  to: string,
): { readonly file: string; readonly both: string; readonly renamed: string } | undefined {
  // A policy that cannot be understood is not rewritten.
  if (createPolicyFileReader(file)()?.accounts?.[from] === undefined) return undefined;
  const policy: unknown = JSON.parse(readFileSync(file, 'utf8'));
  const accounts = isJsonObject(policy) && isJsonObject(policy.accounts) ? policy.accounts : {};
  const rules = Object.entries(accounts).find(([address]) => address.toLowerCase() === from)?.[1];
  const others = Object.fromEntries(Object.entries(accounts).filter(([address]) => address.toLowerCase() !== from));
  const textWith = (changed: object): string =>
    `${JSON.stringify({ ...(isJsonObject(policy) ? policy : {}), accounts: changed }, undefined, 2)}\n`;
  return { file, both: textWith({ ...accounts, [to]: rules }), renamed: textWith({ ...others, [to]: rules }) };
}

function replaceFile(file: string, text: string): void {
  try {
    writeFileSync(`${file}.new`, text, { mode: 0o600 });
    renameSync(`${file}.new`, file);
  } catch (error) {
    throw new AppError('UNAVAILABLE', `${file} cannot be written: ${messageOf(error)}.`, {}, error);
  }
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
