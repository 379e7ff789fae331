import * as z from 'zod';
import { tokenGrants, toolsets } from '../../core/grants.ts';
import { AppError } from '../../core/errors.ts';
import { ownerTokenName } from '../../safety/tokens/owner-token.ts';
import type { NewToken } from '../../safety/tokens/token-store.ts';
import { distinct } from '../kernel/distinct.ts';
import { defineHomeOperation } from '../kernel/define-home-operation.ts';
import type { HomeCall } from '../kernel/home-call.ts';
import { isoTime } from './iso-time.ts';
import { recordChange } from './record-change.ts';
import { accountAddress } from '../../mail/account-address.ts';

const grants = z.array(z.enum(tokenGrants)).readonly();
const toolset = z.enum(toolsets);

const tokenFacts = z
  .object({
    name: z.string(),
    grants,
    accounts: z.array(z.string()).readonly().exactOptional().describe('Missing: every account.'),
    toolsets: z.array(toolset).readonly().exactOptional().describe('Missing: those of the MCP server.'),
    createdAt: z.string().exactOptional(),
    expiresAt: z.iso.datetime().exactOptional(),
    isExpired: z.boolean(),
    lastUsedAt: z.iso.datetime().exactOptional().describe('To a minute.'),
  })
  .readonly()
  .meta({ id: 'Token' });

/** What `list_tokens` returns. */
export const tokenList = z.object({ tokens: z.array(tokenFacts).readonly() });
type TokenView = z.output<typeof tokenFacts>;

/** What `create_token` returns. */
export const createdToken = z.object({ name: z.string(), token: z.string().describe('Shown this once.') });

const name = z.string().regex(/^[\w.-]{1,64}$/, 'expected 1 to 64 letters, digits, dots, hyphens or underscores');

async function viewToken(
  { name: called, ...facts }: Omit<TokenView, 'isExpired' | 'lastUsedAt'>,
  { services: { safety }, nowMs }: HomeCall,
): Promise<TokenView> {
  const usedMs = await safety.tokens.lastUsedMs(called);
  return {
    name: called,
    ...facts,
    isExpired: facts.expiresAt !== undefined && Date.parse(facts.expiresAt) <= nowMs,
    ...(usedMs === undefined ? {} : { lastUsedAt: isoTime(usedMs) }),
  };
}

/** Throws `FORBIDDEN` where a token would make one that is good for more than itself. */
function refuseMore({ grants: wanted, toolsets: shown }: NewToken, { actor, caller }: HomeCall): void {
  if (actor.transport === 'cli') return;
  refuseOthers('grants', wanted, caller.grants);
  if (caller.toolsets !== undefined) refuseOthers('toolsets', shown ?? toolsets, caller.toolsets);
}

function refuseOthers(field: string, wanted: readonly string[], own: ReadonlySet<string>): void {
  const more = wanted.filter((value) => !own.has(value));
  if (more.length === 0) return;
  throw new AppError('FORBIDDEN', 'A token cannot create one that is good for more than itself.', {
    field,
    expected: [...own].join(', '),
    got: more.join(', '),
    hint: 'At the command line the owner can: `gmail-llm token create`.',
  });
}

export const listTokensOperation = defineHomeOperation({
  name: 'list_tokens',
  route: 'GET /api/admin/tokens',
  grant: 'admin',
  toolset: 'admin',
  summary: 'Access tokens: grants, accounts, expiry and last use, never the token itself.',
  input: {},
  output: tokenList,
  async run(_input, call) {
    const made = (await call.services.safety.tokens.list()).map(({ sha256: _hash, ...facts }) => facts);
    const all = [{ name: ownerTokenName, grants: tokenGrants }, ...made];
    return { tokens: await Promise.all(all.map((facts) => viewToken(facts, call))) };
  },
  text: ({ tokens }) =>
    tokens
      .map(({ name: called, grants: may, accounts, toolsets: shown, expiresAt, isExpired, lastUsedAt }) =>
        [
          `${called}: ${may.join(', ')}`,
          accounts === undefined ? 'all accounts' : accounts.join(', '),
          ...(shown === undefined ? [] : [`toolsets ${shown.join(', ')}`]),
          expiresAt === undefined ? 'never expires' : `${isExpired ? 'expired' : 'expires'} ${expiresAt}`,
          lastUsedAt === undefined ? 'never used' : `last used ${lastUsedAt}`,
        ].join('; '),
      )
      .join('\n'),
});

export const createTokenOperation = defineHomeOperation({
  name: 'create_token',
  route: 'POST /api/admin/tokens',
  grant: 'admin',
  summary: 'Create an access token, good for no more than the caller.',
  input: {
    name,
    grants: z.array(z.enum(tokenGrants)).min(1).overwrite(distinct),
    accounts: z
      .array(accountAddress)
      .min(1)
      .overwrite(distinct)
      .exactOptional()
      .describe('The only accounts that it is good for.'),
    toolsets: z
      .array(toolset)
      .min(1)
      .overwrite(distinct)
      .exactOptional()
      .describe('The only toolsets that agents with it are shown.'),
    expiresAt: z.iso.datetime({ offset: true }).exactOptional(),
  },
  output: createdToken,
  async run({ expiresAt, ...rights }, call) {
    if (expiresAt !== undefined && Date.parse(expiresAt) <= call.nowMs) {
      throw new AppError('INVALID_INPUT', 'A token expires at a time to come.', { field: 'expiresAt', got: expiresAt });
    }
    const wanted: NewToken = {
      ...rights,
      ...(expiresAt === undefined ? {} : { expiresAt: isoTime(Date.parse(expiresAt)) }),
    };
    refuseMore(wanted, call);
    const change = { operation: 'create_token', method: 'createToken', target: { ...wanted } };
    const token = await recordChange(call, change, () =>
      call.services.safety.tokens.create(wanted, new Date(call.nowMs)),
    );
    return { name: wanted.name, token };
  },
  text: ({ name: called, token }) => `${called}: ${token}`,
});

export const revokeTokenOperation = defineHomeOperation({
  name: 'revoke_token',
  route: 'DELETE /api/admin/tokens/{name}',
  grant: 'admin',
  summary: 'Make a token worthless at once.',
  input: { name },
  isDestructive: true,
  output: z.object({ name: z.string() }),
  async run({ name: called }, call) {
    const change = { operation: 'revoke_token', method: 'revokeToken', target: { name: called } };
    await recordChange(call, change, () => call.services.safety.tokens.revoke(called));
    return { name: called };
  },
  text: ({ name: called }) => `The token ${called} is revoked.`,
});
