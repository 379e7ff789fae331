import { hash, randomBytes } from 'node:crypto';
import { readFileSync, statSync, utimesSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod';
import type { Awaitable } from '../../core/awaitable.ts';
import { systemCode } from '../../core/errors.ts';
import { isSameSecret } from '../../core/same-secret.ts';
import { hashOf } from '../tokens/owner-token.ts';
import { deleteFile, namesIn, writePrivateFile } from './private-folder.ts';
import type { LinkToken } from './sign-in-links.ts';

/** A session that nobody uses ends after this long, and every one after {@link sessionLifeMs}. */
const sessionIdleMs = 24 * 3_600_000;
export const sessionLifeMs = 14 * 24 * 3_600_000;
/** How exactly it is known when a session was last used. */
export const noteEveryMs = 60_000;

/** Sessions' names: 128 bits, as they are in paths. */
export const sessionNamePattern = /^[\w-]{22}$/;

/** A session as it is kept, under its name. */
export const storedSession = z.object({
  tokenName: z.string(),
  tokenSha256: z.string(),
  secretSha256: z.string(),
  createdMs: z.number(),
  browser: z.string(),
});

/** A session of the owner's page, without its secret. */
export interface Session extends LinkToken {
  readonly name: string;
  readonly createdMs: number;
  readonly lastUsedMs: number;
  /** What the browser calls itself. */
  readonly browser: string;
}

/** The sessions of a home, shared by its processes and kept when they start again. */
export interface SessionStore {
  /** Begins a session; the secret is for the cookie alone. */
  begin(token: LinkToken, browser: string): Awaitable<{ readonly name: string; readonly secret: string }>;
  /** The session of this name whose cookie holds this secret, and notes its use. Undefined for every other. */
  find(name: string, secret: string): Awaitable<Session | undefined>;
  /** Every session that has not ended, the one used last first. */
  list(): Awaitable<readonly Session[]>;
  end(name: string): Awaitable<void>;
}

/** What a form has to hold to change something: it follows from the cookie's secret, which no page can read. */
export function formTokenOf(secret: string): string {
  return hash('sha256', `form ${secret}`, 'base64url');
}

/** Whether a form's token is that of this secret. */
export function isFormToken(secret: string, given: string): boolean {
  return isSameSecret(formTokenOf(secret), given);
}

/** Whether a session has ended by itself. */
export function isOver({ lastUsedMs, createdMs }: Pick<Session, 'lastUsedMs' | 'createdMs'>, nowMs: number): boolean {
  return nowMs - lastUsedMs > sessionIdleMs || nowMs - createdMs > sessionLifeMs;
}

/** A new session: its name, its secret, and what is kept of it. */
export function sessionToKeep(
  { tokenName, tokenSha256 }: LinkToken,
  browser: string,
  nowMs: number,
): { readonly name: string; readonly secret: string; readonly kept: z.output<typeof storedSession> } {
  const name = randomBytes(16).toString('base64url');
  const secret = randomBytes(32).toString('base64url');
  const secretSha256 = hashOf(secret);
  return {
    name,
    secret,
    kept: { tokenName, tokenSha256, secretSha256, createdMs: nowMs, browser: browser.slice(0, 300) },
  };
}

/** The sessions in the files of a data folder, one private file for each. */
export function openSessionStore(dataFolder: string, now: () => number): SessionStore {
  const folder = join(dataFolder, 'sessions');

  function read(name: string): { readonly session: Session; readonly secretSha256: string } | undefined {
    if (!sessionNamePattern.test(name)) return undefined;
    const path = join(folder, name);
    try {
      const { mtimeMs: lastUsedMs } = statSync(path);
      const { secretSha256, ...facts } = storedSession.parse(JSON.parse(readFileSync(path, 'utf8')));
      const session = { name, lastUsedMs, ...facts };
      if (!isOver(session, now())) return { session, secretSha256 };
      deleteFile(folder, name);
      return undefined;
    } catch (error) {
      if (systemCode(error) === 'ENOENT') return undefined;
      throw error;
    }
  }

  function noteUse(name: string): void {
    try {
      utimesSync(join(folder, name), now() / 1000, now() / 1000);
    } catch (error) {
      // Ended meanwhile: the next request sees it.
      if (systemCode(error) !== 'ENOENT') throw error;
    }
  }

  return {
    begin(token, browser) {
      const { name, secret, kept } = sessionToKeep(token, browser, now());
      writePrivateFile(folder, name, kept);
      return { name, secret };
    },
    find(name, secret) {
      const found = read(name);
      if (found === undefined || !isSameSecret(found.secretSha256, hashOf(secret))) return undefined;
      const { session } = found;
      if (now() - session.lastUsedMs > noteEveryMs) noteUse(name);
      return session;
    },
    list() {
      const sessions = namesIn(folder).flatMap((name) => read(name)?.session ?? []);
      return sessions.toSorted((a, b) => b.lastUsedMs - a.lastUsedMs);
    },
    end: (name) => {
      if (sessionNamePattern.test(name)) deleteFile(folder, name);
    },
  };
}
