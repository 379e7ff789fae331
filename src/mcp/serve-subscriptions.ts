import { INVALID_PARAMS, ProtocolError, type Server } from '@modelcontextprotocol/server';
import { currentContext, requestIdFrom } from '../core/context.ts';
import { AppError, errorFacts } from '../core/errors.ts';
import { checkEventQuery } from '../events/event-message.ts';
import { answerError } from '../operations/kernel/answer-error.ts';
import { renderAnswer } from '../operations/kernel/answer-text.ts';
import { parseMailUri } from '../operations/kernel/mail-uri.ts';
import type { Principal } from '../safety/tokens/check-token.ts';
import type { ResourceUpdates } from './resource-updates.ts';

/** Resources that one client is told of at once. */
const mostSubscriptions = 100;

/** Serves `resources/subscribe` of the 2025 revisions: the notifications come on the session's stream. */
export function serveSubscriptions(server: Server, principal: () => Principal, updates: ResourceUpdates): void {
  const subscriptions = new Map<string, () => void>();
  server.setRequestHandler('resources/subscribe', ({ params: { uri } }) => {
    const parsed = parseMailUri(uri);
    if (parsed === undefined) {
      throw new ProtocolError(INVALID_PARAMS, 'No such resource: the list of templates has the forms.');
    }
    if (parsed.place.kind === 'search') refuseFaultyQuery(parsed.place.q);
    if (subscriptions.size >= mostSubscriptions) {
      throw new ProtocolError(INVALID_PARAMS, `At most ${mostSubscriptions} resources can be subscribed to.`);
    }
    if (!subscriptions.has(uri)) {
      const tell = () => {
        // A client that has gone is not told.
        server.sendResourceUpdated({ uri }).catch(() => {});
      };
      subscriptions.set(uri, updates.listen({ principal, uris: [uri], tell }));
    }
    return {};
  });
  server.setRequestHandler('resources/unsubscribe', ({ params: { uri } }) => {
    subscriptions.get(uri)?.();
    subscriptions.delete(uri);
    return {};
  });
  // oxlint-disable-next-line unicorn/prefer-add-event-listener -- the SDK's servers have callbacks only
  server.onclose = () => {
    for (const end of subscriptions.values()) end();
    subscriptions.clear();
  };
}

/** What is not understood would never be told of. */
function refuseFaultyQuery(q: string): void {
  try {
    // Whether a query is understood does not depend on the time.
    checkEventQuery(q, { now: () => 0, timeZone: () => 'UTC' });
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    // It repeats the query, which may repeat a mail.
    const requestId = requestIdFrom(currentContext()?.requestId);
    throw new ProtocolError(INVALID_PARAMS, renderAnswer(answerError(errorFacts(error, requestId))));
  }
}
