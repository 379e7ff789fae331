import { AppError } from '../core/errors.ts';
import type { PublicExchange } from '../server/http-server.ts';
import type { TokenLookup } from '../safety/tokens/tokens.ts';
import type { Assets } from './assets.ts';
import { html } from './html/html.ts';
import { plainPage } from './layout.ts';
import { sessionPath, type DashboardParts } from './page-call.ts';
import { readForm } from './read-form.ts';
import { redirect, sendHtml } from './respond.ts';
import { checkOrigin } from './session/check-origin.ts';
import { ownerOf, sessionCookie } from './session/open-session.ts';

/** Where a one-time link leads; its code follows. */
export const signInPath = '/open/';

/** What somebody without a session sees, whatever the address: it says nothing about the session that was asked for. */
export function sendSignedOut({ response }: PublicExchange, assets: Assets, status: 200 | 401): void {
  const page = plainPage(
    assets,
    'Open your page',
    html`<p>This page belongs to the owner of this installation. On its machine, run</p>
      <pre><code>gmail-llm open</code></pre>
      <p>and follow the link that it prints. It works once, within two minutes.</p> `,
  );
  sendHtml(response, status, page);
}

/** The page of a one-time link: whatever follows links by itself only sees a button. Changes nothing. */
export function sendSignInPage({ response, path }: PublicExchange, assets: Assets): void {
  const code = path.slice(signInPath.length);
  const page = plainPage(
    assets,
    'Open your page',
    html`<form method="post" action="/open" data-submit>
      <input type="hidden" name="code" value="${code}" />
      <p>This opens a session in this browser.</p>
      <p><button>Open</button></p>
    </form> `,
  );
  sendHtml(response, 200, page);
}

/** Uses the link up and begins a session. Throws `FORBIDDEN` for a foreign page, a link that is over, and no owner's token. */
export async function signIn(
  { request, response }: PublicExchange,
  { sessions, services }: DashboardParts,
  lookUp: TokenLookup,
): Promise<void> {
  checkOrigin(request);
  const code = (await readForm(request)).get('code') ?? '';
  const link = await services.safety.signInLinks.take(code, services.now());
  const owner = link === undefined ? undefined : await ownerOf(link, lookUp);
  if (link === undefined || owner === undefined) {
    throw new AppError('FORBIDDEN', 'This link was used before, or is too old.', {
      hint: 'Run `gmail-llm open` again: each link works once, within two minutes.',
    });
  }
  const { name, secret } = await sessions.begin(link, request.headers['user-agent'] ?? '');
  services.logger.info('session opened', { tokenName: owner.name });
  redirect(response, `${sessionPath(name)}/`, { 'set-cookie': sessionCookie(name, secret) });
}
