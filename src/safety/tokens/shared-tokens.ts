import * as z from 'zod';
import { AppError } from '../../core/errors.ts';
import { openSealedText, sealText } from '../../core/keys/sealed-text.ts';
import type { SharedLedgers } from '../../store/shared-ledgers.ts';
import { knownTokens, principalOf, tokensFreshMs, type KnownTokens } from './check-token.ts';
import { hashOf, makeToken, ownerTokenName } from './owner-token.ts';
import type { KeyRing } from '../../core/keys/key-ring.ts';
import { storedToken, tokenToKeep, withAccount, type StoredToken } from './token-store.ts';
import type { Tokens } from './tokens.ts';

/** How exactly it is known when a token was last used. */
const noteEveryMs = 60_000;

const sealedOwner = z.object({ keyId: z.string(), sealed: z.base64() });

/** Puts tokens in the place of those that hosts share. */
export async function putSharedTokens(
  { records, keys }: SharedLedgers,
  { owner, tokens }: { readonly owner: string; readonly tokens: readonly StoredToken[] },
  nowMs: number,
): Promise<void> {
  await records.put('secret', { name: ownerTokenName, body: sealOwner(keys, owner), atMs: nowMs });
  for (const { name } of await records.list('token')) {
    if (tokens.every((token) => token.name !== name)) await records.take('token', name);
  }
  for (const token of tokens)
    await records.put('token', { name: token.name, body: JSON.stringify(token), atMs: nowMs });
}

/** Encrypts the owner's token again, with the newest key. */
export async function encryptOwnerToken(ledgers: SharedLedgers, nowMs: number): Promise<void> {
  const owner = await sharedTokens(ledgers, () => nowMs).owner();
  await ledgers.records.put('secret', { name: ownerTokenName, body: sealOwner(ledgers.keys, owner), atMs: nowMs });
}

function sealOwner(keys: KeyRing, token: string): string {
  // The administrator may have given this host another one since.
  keys.reload();
  const keyId = keys.currentId();
  const key = keys.derive(keyId, 'owner-token', '');
  if (key === undefined) throw new AppError('UNAVAILABLE', 'The key of this home was changed just now: try again.');
  return JSON.stringify({ keyId, sealed: Buffer.from(sealText(key, ownerTokenName, token)).toString('base64') });
}

/** The tokens that hosts share. The owner's can be printed again: it is kept encrypted with the key of the hosts. */
export function sharedTokens({ records, keys, place }: SharedLedgers, now: () => number): Tokens {
  const keyOf = (id: string): Uint8Array | undefined => keys.derive(id, 'owner-token', '');

  function unseal(body: string): string {
    const { keyId, sealed } = sealedOwner.parse(JSON.parse(body));
    const key = keyOf(keyId);
    const token = key === undefined ? undefined : openSealedText(key, ownerTokenName, Buffer.from(sealed, 'base64'));
    if (token !== undefined) return token;
    throw new AppError('UNAVAILABLE', `The owner's token in ${place} cannot be decrypted.`, {
      hint: 'Revoke it, so that a new one is made: gmail-llm token revoke owner',
    });
  }

  async function owner(): Promise<string> {
    const kept = await records.get('secret', ownerTokenName);
    if (kept !== undefined) return unseal(kept.body);
    // Another process may have come first; its token is read then.
    await records.add('secret', { name: ownerTokenName, body: sealOwner(keys, makeToken()), atMs: now() });
    return owner();
  }

  async function list() {
    return (await records.list('token')).map(({ body }) => storedToken.parse(JSON.parse(body)));
  }

  async function revoke(name: string): Promise<void> {
    const isOwner = name === ownerTokenName;
    const revoked = await records.take(isOwner ? 'secret' : 'token', name);
    await records.take('token-use', name);
    if (revoked === undefined && !isOwner) {
      throw new AppError('NOT_FOUND', `There is no token named ${name}.`, { field: 'name', got: name });
    }
  }

  return {
    owner,
    list,
    revoke,
    async create(token, at) {
      const text = makeToken();
      const { name } = token;
      const body = JSON.stringify(tokenToKeep(token, text, at));
      if (name === ownerTokenName || !(await records.add('token', { name, body, atMs: at.getTime() }))) {
        throw new AppError('CONFLICT', `There is a token named ${name} already.`, { field: 'name', got: name });
      }
      await records.take('token-use', name);
      return text;
    },
    async renameAccount(from, to) {
      const named = (await list()).filter(({ accounts }) => accounts?.includes(from) === true);
      for (const token of named) {
        const body = JSON.stringify(withAccount(token, from, to));
        await records.put('token', { name: token.name, body, atMs: now() });
      }
      return named.map(({ name }) => name);
    },
    async lastUsedMs(name) {
      return (await records.get('token-use', name))?.atMs;
    },
    lookUp(limit) {
      let version: string | undefined;
      let lookedAtMs = Number.NEGATIVE_INFINITY;
      let known: KnownTokens = new Map();
      let loading: Promise<void> | undefined;
      const notedMs = new Map<string, number>();

      async function load(): Promise<void> {
        const startedMs = performance.now();
        const current = await records.version('secret', 'token');
        if (current !== version) {
          known = knownTokens(hashOf(await owner()), await list(), limit);
          // Making the owner's token is a change, which is seen next time.
          version = current;
        }
        lookedAtMs = startedMs;
      }

      function noteUse(name: string): void {
        const nowMs = now();
        if (Math.abs(nowMs - (notedMs.get(name) ?? 0)) < noteEveryMs) return;
        notedMs.set(name, nowMs);
        // What it is for can wait.
        records.put('token-use', { name, body: '', atMs: nowMs }).catch(() => undefined);
      }

      return async (tokenHash) => {
        if (performance.now() - lookedAtMs >= tokensFreshMs) {
          loading ??= load().finally(() => (loading = undefined));
          await loading;
        }
        const principal = principalOf(known, tokenHash, now());
        if (principal !== undefined) noteUse(principal.name);
        return principal;
      };
    },
  };
}
