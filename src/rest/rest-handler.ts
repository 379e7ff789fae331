import { currentContext, runInContext } from '../core/context.ts';
import { sendJson, type HttpHandler, type PublicAnswer } from '../server/http-server.ts';
import { invoke } from '../operations/kernel/invoke.ts';
import type { Services } from '../operations/kernel/services.ts';
import type { Operation } from '../operations/kernel/operation.ts';
import { itemPaths } from './created-at.ts';
import { docsAnswers } from './docs-page.ts';
import { leadToPage } from './lead-to-page.ts';
import { buildOpenApi } from './openapi.ts';
import type { PublicPath } from './public-paths.ts';
import { readInput } from './read-input.ts';
import { createRouter } from './router.ts';
import { createEventServer, eventsPath } from './serve-events.ts';
import { rightsOf } from '../safety/tokens/check-token.ts';
import { sendAnswer } from './send-answer.ts';
import { isUploadPath, serveUploads } from './serve-uploads.ts';

/** The REST server: routes and documents, all projections of the operations. */
export function createRestHandler(operations: readonly Operation[], services: Services): HttpHandler {
  const { route, methodsAt } = createRouter(operations);
  const itemPathOf = itemPaths(operations);
  const events = createEventServer(services);
  let openApi: unknown;
  const publicAnswers: Readonly<Record<PublicPath, PublicAnswer>> = {
    ...docsAnswers(),
    '/': leadToPage(services.configuration),
    '/openapi.json': ({ response }) => {
      openApi ??= buildOpenApi(operations);
      sendJson(response, 200, openApi);
    },
  };

  return {
    name: 'rest',
    publicRoutes: new Map(Object.entries(publicAnswers)),
    async handle(exchange) {
      const { request, response, path, signal, principal } = exchange;
      if (path === eventsPath) return events.serve(exchange);
      if (isUploadPath(path)) return serveUploads(exchange, services.safety.uploads);
      if (request.method === 'OPTIONS') {
        const methods = methodsAt(path);
        if (methods.length > 0) {
          response.writeHead(204, { allow: methods.join(', ') }).end();
          return;
        }
      }
      const { operation, fields } = route(request.method ?? 'GET', path, exchange.query);
      const input = await readInput(exchange, operation, fields);
      const call = () => invoke(services, operation, input, { ...rightsOf(principal), signal });
      // RFC 9111, 5.2.1.4: what is at hand is to be compared with where it comes from first.
      const isToBeFresh = request.headers['cache-control']?.includes('no-cache') === true;
      const context = currentContext();
      const answer = await (isToBeFresh && context !== undefined
        ? runInContext({ ...context, freshSinceMs: services.live.now() }, call)
        : call());
      await sendAnswer(request, response, { operation, itemPath: itemPathOf.get(operation) }, answer);
    },
    close: async () => events.close(),
  };
}
