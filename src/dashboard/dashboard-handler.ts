import { AppError, errorCodes, errorFacts } from '../core/errors.ts';
import { runInContext } from '../core/context.ts';
import type { Assembly } from '../server/assemble.ts';
import { anyPath, type HttpHandler, type PublicExchange } from '../server/http-server.ts';
import { isFormToken } from '../safety/sessions/session-store.ts';
import { readAssets } from './assets.ts';
import { collectWhenQuiet } from './collect-when-quiet.ts';
import { errorContent, errorPage } from './error-page.ts';
import { sessionPage } from './layout.ts';
import { createLiveHub } from './live/live-hub.ts';
import { liveSources } from './live/live-sources.ts';
import { serveLive } from './live/serve-live.ts';
import { callHistory } from './logs/read-calls.ts';
import { makePageCall, type DashboardParts, type PageCall } from './page-call.ts';
import { actions, files, pages } from './pages.ts';
import { readForm } from './read-form.ts';
import { redirect, sendHtml } from './respond.ts';
import { match } from './router.ts';
import { checkOrigin } from './session/check-origin.ts';
import { openedMessages } from './session/opened-messages.ts';
import { openSession, sessionCookie, type OpenSession } from './session/open-session.ts';
import { sendSignedOut, sendSignInPage, signIn, signInPath } from './sign-in.ts';
import { supervisorOf } from './supervisor.ts';

const sessionAddress = /^\/s\/([\w-]{22})(\/.*)$/;

/** Sentences of what was done, for the page that is shown next; one for each session. */
type Notices = Map<string, string>;

/** Whether a request is for a page that somebody goes on to. `Sec-Purpose` is what browsers say when they read ahead. */
function isShown({ method, headers }: PublicExchange['request']): boolean {
  return method === 'GET' && headers['x-live'] === undefined && headers['sec-purpose'] === undefined;
}

/** The owner's page: sessions instead of tokens, pages and forms instead of JSON. */
export function createDashboardHandler({ home, configuration, services }: Assembly): HttpHandler {
  const parts: DashboardParts = {
    home,
    configuration,
    services,
    sessions: services.safety.sessions,
    supervisor: supervisorOf(home),
    opened: openedMessages(),
    calls: callHistory(home.logsFolder),
  };
  const assets = readAssets();
  const lookUp = services.safety.tokens.lookUp(configuration.grants);
  const hub = createLiveHub(liveSources(parts), (error) => services.logger.warn('cannot watch', { error }));
  const notices: Notices = new Map();
  const closing = new AbortController();
  const quiet = collectWhenQuiet();

  async function serveSession(exchange: PublicExchange, name: string, path: string): Promise<void> {
    const { request, response } = exchange;
    const open = await openSession(name, request, parts.sessions, lookUp);
    if (open === undefined) return sendSignedOut(exchange, assets, 401);
    const { requestId } = exchange;
    // Without a token's name: as at the shell, the owner takes back what anybody has done.
    const context = { requestId, transport: 'dashboard' } as const;
    await runInContext(context, async () => {
      if (path === '/live') {
        const isStillOpen = async () => (await openSession(name, request, parts.sessions, lookUp)) !== undefined;
        const signal = AbortSignal.any([exchange.signal, closing.signal]);
        await serveLive(response, hub, { isStillOpen, signal });
        return;
      }
      try {
        await (request.method === 'POST' ? act(exchange, path, open) : show(exchange, path, open));
      } catch (error) {
        const { status } = noted(error, exchange);
        const content = errorContent(error, exchange.requestId);
        const call = callOf(exchange, open, {});
        sendHtml(response, status, await sessionPage(assets, pages, { section: '', content, call, notice: undefined }));
      }
    });
  }

  function callOf(exchange: PublicExchange, open: OpenSession, fields: PageCall['fields']): PageCall {
    const query = new URLSearchParams(exchange.query);
    return makePageCall(parts, { ...open, fields, query, isShown: isShown(exchange.request), signal: exchange.signal });
  }

  async function act(exchange: PublicExchange, path: string, open: OpenSession): Promise<void> {
    const { request, response } = exchange;
    checkOrigin(request);
    const form = await readForm(request);
    if (!isFormToken(open.secret, form.get('form') ?? '')) {
      throw new AppError('FORBIDDEN', 'This form is not of this session.', { hint: 'Load the page again.' });
    }
    const { name } = open.session;
    if (path === '/sign-out') {
      await parts.sessions.end(name);
      redirect(response, '/', { 'set-cookie': sessionCookie(name, '') });
      return;
    }
    const found = match(actions, path);
    if (found === undefined) throw new AppError('NOT_FOUND', 'There is no such action.', { got: path });
    const { to, notice } = await found.found.run(form, callOf(exchange, open, found.fields));
    notices.set(name, notice);
    redirect(response, to);
  }

  async function show(exchange: PublicExchange, path: string, open: OpenSession): Promise<void> {
    const file = match(files, path);
    if (file !== undefined) return file.found.serve(callOf(exchange, open, file.fields), exchange.response);
    const found = match(pages, path);
    if (found === undefined) throw new AppError('NOT_FOUND', 'There is no such page.', { got: path });
    const { found: page, fields } = found;
    const call = callOf(exchange, open, fields);
    const content = await page.render(call);
    const { name } = open.session;
    const notice = notices.get(name);
    if (call.isShown) notices.delete(name);
    sendHtml(
      exchange.response,
      200,
      await sessionPage(assets, pages, { section: page.section, content, call, notice }),
    );
  }

  /** The status of an error; one of ours is logged. */
  function noted(error: unknown, { path, requestId }: PublicExchange): { readonly status: number } {
    if (!(error instanceof AppError)) services.logger.error('page failed', { path, error, requestId });
    return errorCodes[errorFacts(error, requestId).code];
  }

  async function serve(exchange: PublicExchange): Promise<void> {
    const { path, request, response, requestId } = exchange;
    const end = quiet.begin();
    try {
      if (request.method === 'POST' && path === '/open') return await signIn(exchange, parts, lookUp);
      const [, name, below] = sessionAddress.exec(path) ?? [];
      if (name !== undefined && below !== undefined) return await serveSession(exchange, name, below);
      if (request.method !== 'GET' && request.method !== 'HEAD') {
        throw new AppError('NOT_FOUND', 'There is no such action.', { got: path });
      }
      if (assets.serve(exchange)) return;
      if (path.startsWith(signInPath)) return sendSignInPage(exchange, assets);
      if (path === '/') return sendSignedOut(exchange, assets, 200);
      throw new AppError('NOT_FOUND', 'There is no such page.', { got: path });
    } catch (error) {
      const { status } = noted(error, exchange);
      sendHtml(response, status, errorPage(assets, error, requestId));
    } finally {
      end();
    }
  }

  return {
    name: 'dashboard',
    publicRoutes: new Map([[anyPath, serve]]),
    handle: () => Promise.reject(new Error('A route for any path has been there before.')),
    async close() {
      quiet.close();
      hub.close();
      closing.abort();
    },
  };
}
