import { randomBytes } from 'node:crypto';
import { isSameSecret } from '../../core/same-secret.ts';
import type { SharedLedgers } from '../../store/shared-ledgers.ts';
import type { StoredRecord } from '../../store/records/record-store.ts';
import { hashOf } from '../tokens/owner-token.ts';
import {
  isOver,
  noteEveryMs,
  sessionNamePattern,
  sessionToKeep,
  storedSession,
  type Session,
  type SessionStore,
} from './session-store.ts';
import { linkLifeMs, storedLink, type SignInLinks } from './sign-in-links.ts';

/** The sessions of the owner's page that hosts share: whichever serves a page knows them. */
export function sharedSessions({ records }: SharedLedgers, now: () => number): SessionStore {
  function read({
    name,
    body,
    atMs: lastUsedMs,
  }: StoredRecord): { session: Session; secretSha256: string } | undefined {
    const { secretSha256, ...facts } = storedSession.parse(JSON.parse(body));
    const session = { name, lastUsedMs, ...facts };
    return isOver(session, now()) ? undefined : { session, secretSha256 };
  }

  return {
    async begin(token, browser) {
      const { name, secret, kept } = sessionToKeep(token, browser, now());
      await records.add('session', { name, body: JSON.stringify(kept), atMs: now() });
      return { name, secret };
    },
    async find(name, secret) {
      const record = sessionNamePattern.test(name) ? await records.get('session', name) : undefined;
      const found = record === undefined ? undefined : read(record);
      if (found === undefined || !isSameSecret(found.secretSha256, hashOf(secret))) return undefined;
      if (now() - found.session.lastUsedMs > noteEveryMs) {
        // A store that takes no changes, a standby or one whose disk is full, still has what is read.
        await records.touch('session', name, now()).catch(() => undefined);
      }
      return found.session;
    },
    async list() {
      const sessions = (await records.list('session')).flatMap((record) => read(record)?.session ?? []);
      return sessions.toSorted((a, b) => b.lastUsedMs - a.lastUsedMs);
    },
    async end(name) {
      await records.take('session', name);
    },
  };
}

/** The links that open a session, on whichever host they are followed. */
export function sharedSignInLinks({ records }: SharedLedgers): SignInLinks {
  return {
    async create(token, nowMs) {
      await records.forgetBefore('sign-in-link', nowMs - linkLifeMs);
      const code = randomBytes(24).toString('base64url');
      const body = JSON.stringify({ ...token, expiresMs: nowMs + linkLifeMs });
      await records.add('sign-in-link', { name: hashOf(code), body, atMs: nowMs });
      return code;
    },
    async take(code, nowMs) {
      const record = await records.take('sign-in-link', hashOf(code));
      if (record === undefined) return undefined;
      const { tokenName, tokenSha256, expiresMs } = storedLink.parse(JSON.parse(record.body));
      return nowMs < expiresMs ? { tokenName, tokenSha256 } : undefined;
    },
  };
}
