import { parseConfiguration } from '../../core/configuration.ts';
import { AppError } from '../../core/errors.ts';
import { grants as mailGrants } from '../../core/grants.ts';
import { isLoopback } from '../../core/loopback.ts';
import { hashOf } from '../../safety/tokens/owner-token.ts';
import type { NewToken } from '../../safety/tokens/token-store.ts';
import type { Tokens } from '../../safety/tokens/tokens.ts';
import type { CommandContext } from '../command.ts';
import { newToken } from '../token-command.ts';
import type { Target } from './target.ts';

/** Options that say what a client's token is good for. */
export const tokenOptions = ['grants', 'accounts', 'toolsets', 'expires'] as const;
type TokenOptions = Readonly<Partial<Record<(typeof tokenOptions)[number], string>>>;

/** What a token for the client is to be good for; undefined for one that needs none. Throws `INVALID_INPUT`. */
export function rightsFor(
  target: Target,
  options: TokenOptions,
  { environment }: Pick<CommandContext, 'environment'>,
  nowMs: number,
): NewToken | undefined {
  const configuration = parseConfiguration(environment);
  const isOpen = configuration.auth === 'none' && isLoopback(configuration.host);
  const own = mailGrants.filter((grant) => configuration.grants.has(grant)).join(',');
  const rights = newToken(target.tokenName, { ...options, grants: options.grants ?? own }, nowMs);
  const isHttp = target.client.transport === 'http';
  if (isHttp && !isOpen) return rights;
  const usable: readonly string[] = isHttp ? [] : ['grants', 'toolsets'];
  const unusable = tokenOptions.find((option) => options[option] !== undefined && !usable.includes(option));
  if (unusable === undefined) return undefined;
  const [reason, expected] = isHttp
    ? ['The server asks for no token (GMAIL_AUTH=none), so that nothing limits one client.', 'none of these options']
    : [`${target.client.title} starts a server of its own, which asks for no token.`, '--grants and --toolsets alone'];
  throw new AppError('INVALID_INPUT', reason, { field: `--${unusable}`, expected, got: `--${unusable}` });
}

function isSameSet(one: readonly string[] = [], other: readonly string[] = []): boolean {
  return one.toSorted().join(' ') === other.toSorted().join(' ');
}

/** The token in an entry, if it is the one that was made for it, is still good, and is what is asked for. */
export async function goodTokenIn(
  entry: unknown,
  rights: NewToken,
  options: TokenOptions,
  tokens: Tokens,
  nowMs: number,
): Promise<string | undefined> {
  const token = /Bearer ([\w-]+)/.exec(JSON.stringify(entry) ?? '')?.[1];
  const known = (await tokens.list()).find(({ name }) => name === rights.name);
  if (token === undefined || known === undefined || known.sha256 !== hashOf(token)) return undefined;
  const isAlive = known.expiresAt === undefined || Date.parse(known.expiresAt) > nowMs;
  const isAsked =
    options.expires === undefined &&
    (['grants', 'accounts', 'toolsets'] as const).every(
      (option) => options[option] === undefined || isSameSet(known[option], rights[option]),
    );
  return isAlive && isAsked ? token : undefined;
}

/** Revokes the token of a name; returns whether there was one. */
export async function revokeIfThere(tokens: Tokens, name: string): Promise<boolean> {
  const isThere = (await tokens.list()).some((token) => token.name === name);
  if (isThere) await tokens.revoke(name);
  return isThere;
}
