import type { IncomingMessage } from 'node:http';
import { AppError } from '../../core/errors.ts';
import type { Principal } from '../../safety/tokens/check-token.ts';
import type { TokenLookup } from '../../safety/tokens/tokens.ts';
import type { LinkToken } from '../../safety/sessions/sign-in-links.ts';
import { sessionLifeMs, type Session, type SessionStore } from '../../safety/sessions/session-store.ts';
import { sessionPath } from '../page-call.ts';

const cookieName = 'gmail-llm-session';

/** A session that a request has shown, with what it may do. */
export interface OpenSession {
  readonly session: Session;
  readonly rights: Principal;
  /** Of the cookie. */
  readonly secret: string;
}

/**
 * The cookie of a session. Cookies know no ports: without its path every program of this host name would be sent it. The
 * path holds the session's name, which nobody else knows.
 */
export function sessionCookie(name: string, secret: string): string {
  const seconds = secret === '' ? 0 : Math.floor(sessionLifeMs / 1000);
  return `${cookieName}=${secret}; Path=${sessionPath(name)}/; Max-Age=${seconds}; HttpOnly; SameSite=Strict`;
}

function cookieOf({ headers: { cookie = '' } }: Pick<IncomingMessage, 'headers'>): string {
  const pair = cookie.split(/; */).find((each) => each.startsWith(`${cookieName}=`));
  return pair?.slice(cookieName.length + 1) ?? '';
}

/** The token of a link or a session, if it still counts and is the owner's. Throws `FORBIDDEN` for a token of an agent. */
export async function ownerOf(
  { tokenName, tokenSha256 }: LinkToken,
  lookUp: TokenLookup,
): Promise<Principal | undefined> {
  const principal = await lookUp(tokenSha256);
  if (principal === undefined) return undefined;
  if (principal.grants.has('admin') && principal.accounts === undefined) return principal;
  throw new AppError('FORBIDDEN', `The token ${tokenName} is not one of the owner.`, {
    expected: 'the grant admin, for every account',
    got: [...principal.grants].join(', '),
  });
}

/** The session that a request's cookie opens. Undefined without one, and where its token was revoked: that ends it. */
export async function openSession(
  name: string,
  request: Pick<IncomingMessage, 'headers'>,
  sessions: SessionStore,
  lookUp: TokenLookup,
): Promise<OpenSession | undefined> {
  const secret = cookieOf(request);
  const session = secret === '' ? undefined : await sessions.find(name, secret);
  if (session === undefined) return undefined;
  let rights: Principal | undefined;
  try {
    rights = await ownerOf(session, lookUp);
  } catch (error) {
    // Expired, or no longer the owner's.
    if (!(error instanceof AppError)) throw error;
  }
  if (rights !== undefined) return { session, rights, secret };
  await sessions.end(name);
  return undefined;
}
