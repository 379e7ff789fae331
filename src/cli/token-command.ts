import { parseArgs } from 'node:util';
import { grants as mailGrants, listForm, readList, tokenGrants, type Grant } from '../core/configuration.ts';
import { parseDuration, parseMoment } from '../core/duration.ts';
import { AppError } from '../core/errors.ts';
import { fillHome } from '../core/home.ts';
import { createToken, listTokens, revokeToken, type NewToken, type StoredToken } from '../safety/tokens/token-store.ts';
import { lastUsedMs } from '../safety/tokens/token-uses.ts';
import { ownerToken, ownerTokenName } from '../safety/tokens/owner-token.ts';
import type { CommandContext } from './command.ts';

const usage = 'token [create NAME --grants LIST [--accounts LIST] [--expires TIME]|list|revoke NAME]';

function parseGrants(text: string | undefined): readonly Grant[] {
  const { named, unknown } = readList(tokenGrants, text ?? '', mailGrants);
  const [got] = unknown;
  if (named.length > 0 && got === undefined) return named;
  throw new AppError('INVALID_INPUT', got === undefined ? 'A token needs grants.' : 'There is no such grant.', {
    field: '--grants',
    expected: `${listForm(tokenGrants)}; all is every one but admin`,
    got: got ?? 'nothing',
  });
}

function parseAccounts(text: string): readonly string[] {
  const accounts = text
    .toLowerCase()
    .split(',')
    .map((word) => word.trim());
  const wrong = accounts.find((account) => !/^[^\s@<>]+@[^\s@<>]+$/.test(account));
  if (wrong === undefined) return [...new Set(accounts)];
  throw new AppError('INVALID_INPUT', 'A token is limited to accounts by their addresses.', {
    field: '--accounts',
    expected: 'addresses, comma-separated',
    got: wrong,
  });
}

/** When a token expires: after a duration or at a moment. */
function parseExpiry(text: string, nowMs: number): string {
  const duration = parseDuration(text);
  const expiresMs = duration === undefined ? parseMoment(text) : nowMs + duration;
  if (expiresMs !== undefined && expiresMs > nowMs) return new Date(expiresMs).toISOString();
  throw new AppError('INVALID_INPUT', 'A token expires at a time to come.', {
    field: '--expires',
    expected: '12h, 30d or 2027-01-31',
    got: text,
  });
}

/** What a new token is to be good for, from the words of a command. Throws `INVALID_INPUT`. */
export function newToken(
  name: string | undefined,
  values: { readonly grants?: string; readonly accounts?: string; readonly expires?: string },
): NewToken {
  const { grants, accounts, expires } = values;
  return {
    name: nameFrom(name),
    grants: parseGrants(grants),
    ...(accounts === undefined ? {} : { accounts: parseAccounts(accounts) }),
    ...(expires === undefined ? {} : { expiresAt: parseExpiry(expires, Date.now()) }),
  };
}

/** A token on one line: its name, grants, when it was created, accounts, expiry and last use. */
function tokenLine(dataFolder: string, { name, grants, createdAt, accounts, expiresAt }: StoredToken): string {
  return [
    name,
    grants.join(','),
    createdAt,
    accounts === undefined ? 'all accounts' : accounts.join(','),
    expiresAt === undefined
      ? 'never expires'
      : `${Date.parse(expiresAt) <= Date.now() ? 'expired' : 'expires'} ${expiresAt}`,
    lastUse(dataFolder, name),
  ].join('\t');
}

function lastUse(dataFolder: string, name: string): string {
  const usedMs = lastUsedMs(dataFolder, name);
  return usedMs === undefined ? 'never used' : `last used ${new Date(usedMs).toISOString()}`;
}

function nameFrom(name: string | undefined): string {
  if (name !== undefined && /^[\w.-]{1,64}$/.test(name)) return name;
  throw new AppError('INVALID_INPUT', 'A token has a name of its own.', {
    field: 'NAME',
    expected: '1 to 64 letters, digits, dots, hyphens or underscores',
    got: name ?? 'nothing',
  });
}

/** `gmail-llm token`: prints, makes, lists and revokes the tokens of the servers. */
export async function runToken({ arguments: words, home, stdout }: CommandContext): Promise<number> {
  const { values, positionals } = parseTokenArguments(words);
  const [verb, name, ...more] = positionals;
  if (more.length > 0) {
    throw new AppError('INVALID_INPUT', 'There are words too many.', { got: more.join(' ') });
  }
  fillHome(home);
  const { dataFolder } = home;
  switch (verb) {
    case undefined:
      stdout.write(`${ownerToken(dataFolder)}\n`);
      return 0;
    case 'create':
      stdout.write(`${createToken(dataFolder, newToken(name, values), new Date())}\n`);
      return 0;
    case 'list':
      stdout.write(`${ownerTokenName}\tall grants\t${lastUse(dataFolder, ownerTokenName)}\n`);
      for (const token of listTokens(dataFolder)) {
        stdout.write(`${tokenLine(dataFolder, token)}\n`);
      }
      return 0;
    case 'revoke':
      revokeToken(dataFolder, nameFrom(name));
      return 0;
    default:
      throw new AppError('INVALID_INPUT', `There is no verb ${verb}.`, {
        expected: 'create, list or revoke',
        got: verb,
      });
  }
}

function parseTokenArguments(words: readonly string[]) {
  const text = { type: 'string' } as const;
  const options = { grants: text, accounts: text, expires: text };
  try {
    return parseArgs({ args: [...words], options, allowPositionals: true });
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new AppError('INVALID_INPUT', reason, { expected: usage }, error);
  }
}
