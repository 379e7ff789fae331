import { parseArgs } from 'node:util';
import type * as z from 'zod';
import { parseConfiguration, type Configuration } from '../core/configuration.ts';
import { meantHint } from '../core/did-you-mean.ts';
import {
  grants as mailGrants,
  mailToolsets,
  tokenGrants,
  toolsets as allToolsets,
  type Grant,
  type Toolset,
} from '../core/grants.ts';
import { listForm, readList } from '../core/read-list.ts';
import { parseDuration, parseMoment } from '../core/duration.ts';
import { AppError } from '../core/errors.ts';
import { fillHome } from '../core/home.ts';
import { unservedToolsets } from '../core/unserved-toolsets.ts';
import {
  createdToken,
  createTokenOperation,
  listTokensOperation,
  revokeTokenOperation,
  tokenList,
} from '../operations/admin/token-operations.ts';
import { ownerTokenName } from '../safety/tokens/owner-token.ts';
import type { NewToken } from '../safety/tokens/token-store.ts';
import { invokeAsOwner, valueFor } from './as-owner.ts';
import type { CommandContext } from './command.ts';
import { withServices } from './with-services.ts';
import { isAccountAddress } from '../core/account-address.ts';
import { withTokens } from './with-tokens.ts';

const usage =
  'token [create NAME --grants LIST [--accounts LIST] [--toolsets LIST] [--expires TIME]|list [--json]|revoke NAME]';

type TokenView = z.output<typeof tokenList>['tokens'][number];
type Values = ReturnType<typeof parseTokenArguments>['values'];

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

function parseToolsets(text: string): readonly Toolset[] {
  const { named, unknown } = readList(allToolsets, text, mailToolsets);
  const [got] = unknown;
  if (named.length > 0 && got === undefined) return named;
  throw new AppError('INVALID_INPUT', got === undefined ? 'No toolset is named.' : 'There is no such toolset.', {
    field: '--toolsets',
    expected: `${listForm(allToolsets)}; all is every one but admin`,
    got: got ?? 'nothing',
    hint: meantHint(got ?? '', allToolsets, 'docs/mcp.md says what is in each.'),
  });
}

function parseAccounts(text: string): readonly string[] {
  const accounts = text
    .toLowerCase()
    .split(',')
    .map((word) => word.trim());
  const wrong = accounts.find((account) => !isAccountAddress(account));
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
  values: {
    readonly grants?: string;
    readonly accounts?: string;
    readonly toolsets?: string;
    readonly expires?: string;
  },
  nowMs: number,
): NewToken {
  const { grants, accounts, toolsets, expires } = values;
  return {
    name: nameFrom(name),
    grants: parseGrants(grants),
    ...(accounts === undefined ? {} : { accounts: parseAccounts(accounts) }),
    ...(toolsets === undefined ? {} : { toolsets: parseToolsets(toolsets) }),
    ...(expires === undefined ? {} : { expiresAt: parseExpiry(expires, nowMs) }),
  };
}

/** The line that says which toolsets of a token the MCP server does not list; empty where it has all. */
export function unservedLine({ toolsets = [] }: NewToken, configuration: Configuration): string {
  const text = unservedToolsets(toolsets, configuration);
  return text === undefined ? '' : `${text}\n`;
}

/** A token on one line: its name, grants, when it was created, accounts, toolsets, expiry and last use. */
function tokenLine({
  name,
  grants,
  createdAt,
  accounts,
  toolsets,
  expiresAt,
  isExpired,
  lastUsedAt,
}: TokenView): string {
  const used = lastUsedAt === undefined ? 'never used' : `last used ${lastUsedAt}`;
  if (name === ownerTokenName) return [name, 'all grants', used].join('\t');
  return [
    name,
    grants.join(','),
    createdAt,
    accounts === undefined ? 'all accounts' : accounts.join(','),
    ...(toolsets === undefined ? [] : [`toolsets ${toolsets.join(',')}`]),
    expiresAt === undefined ? 'never expires' : `${isExpired ? 'expired' : 'expires'} ${expiresAt}`,
    used,
  ].join('\t');
}

function nameFrom(name: string | undefined): string {
  if (name !== undefined && /^[\w.-]{1,64}$/.test(name)) return name;
  throw new AppError('INVALID_INPUT', 'A token has a name of its own.', {
    field: 'NAME',
    expected: '1 to 64 letters, digits, dots, hyphens or underscores',
    got: name ?? 'nothing',
  });
}

async function run(
  verb: string,
  name: string | undefined,
  values: Values,
  { environment, signal, stderr }: CommandContext,
): Promise<string> {
  switch (verb) {
    case 'create': {
      const { token, wanted } = await withServices(environment, async (assembly) => {
        const asked = newToken(name, values, assembly.services.now());
        const made = await valueFor(assembly, createTokenOperation, createdToken, asked, { signal });
        return { ...made, wanted: asked };
      });
      stderr.write(unservedLine(wanted, parseConfiguration(environment)));
      return `${token}\n`;
    }
    case 'list': {
      const { tokens } = await withServices(environment, (assembly) =>
        valueFor(assembly, listTokensOperation, tokenList, {}, { signal }),
      );
      if (values.json === true) return `${JSON.stringify(tokens, undefined, 2)}\n`;
      return tokens.map((token) => `${tokenLine(token)}\n`).join('');
    }
    case 'revoke': {
      const input = { name: nameFrom(name) };
      await withServices(environment, (assembly) => invokeAsOwner(assembly, revokeTokenOperation, input, { signal }));
      return '';
    }
    default:
      throw new AppError('INVALID_INPUT', `There is no verb ${verb}.`, {
        expected: 'create, list or revoke',
        got: verb,
      });
  }
}

/** `gmail-llm token`: prints, makes, lists and revokes the tokens of the servers. */
export async function runToken(context: CommandContext): Promise<number> {
  const { home, stdout } = context;
  const { values, positionals } = parseTokenArguments(context.arguments);
  const [verb, name, ...more] = positionals;
  if (more.length > 0) {
    throw new AppError('INVALID_INPUT', 'There are words too many.', { got: more.join(' ') });
  }
  if (values.json === true && verb !== 'list') {
    throw new AppError('INVALID_INPUT', 'Only a list is given as JSON.', { field: '--json', expected: usage });
  }
  fillHome(home);
  stdout.write(
    verb === undefined
      ? `${await withTokens(context, (tokens) => tokens.owner())}\n`
      : await run(verb, name, values, context),
  );
  return 0;
}

function parseTokenArguments(words: readonly string[]) {
  const text = { type: 'string' } as const;
  const options = { grants: text, accounts: text, toolsets: text, expires: text, json: { type: 'boolean' } } as const;
  try {
    return parseArgs({ args: [...words], options, allowPositionals: true });
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new AppError('INVALID_INPUT', reason, { expected: usage }, error);
  }
}
