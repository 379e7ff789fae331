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

/** Another program of this host name can set a cookie of the same name and a shorter path: a browser sends both. */
const mostCookies = 4;

function cookiesOf({ headers: { cookie = '' } }: Pick<IncomingMessage, 'headers'>): readonly string[] {
  const pairs = cookie.split(/; */).filter((each) => each.startsWith(`${cookieName}=`));
  return pairs
    .map((pair) => pair.slice(cookieName.length + 1))
    .filter((secret) => secret !== '')
    .slice(0, mostCookies);
}

interface Shown {
  readonly session: Session;
  readonly secret: string;
}

async function shownBy(
  request: Pick<IncomingMessage, 'headers'>,
  name: string,
  sessions: SessionStore,
): Promise<Shown | undefined> {
  for (const secret of cookiesOf(request)) {
    const session = await sessions.find(name, secret);
    if (session !== undefined) return { session, secret };
  }
  return undefined;
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
  const shown = await shownBy(request, name, sessions);
  if (shown === undefined) return undefined;
  const { session, secret } = shown;
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
