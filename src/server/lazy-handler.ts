import { anyPath, type HttpHandler, type PublicAnswer } from './http-server.ts';

/** A handler whose code is read when it is needed. */
export interface LazyHandler extends HttpHandler {
  /** Reads it now; what the first request would do. */
  readonly load: () => Promise<void>;
}

/**
 * A handler that is loaded by its first request or by `load`, whichever comes first: a server can listen, and say that it
 * is well, before it has read what its calls need. `publicPaths` are those of the handler's public routes.
 */
export function lazyHandler(options: {
  readonly name: HttpHandler['name'];
  readonly publicPaths: readonly string[];
  readonly load: () => Promise<HttpHandler>;
}): LazyHandler {
  let loading: Promise<HttpHandler> | undefined;
  const loaded = (): Promise<HttpHandler> => (loading ??= options.load());

  const answer: PublicAnswer = async (exchange) => {
    const handler = await loaded();
    const route = handler.publicRoutes.get(exchange.path) ?? handler.publicRoutes.get(anyPath);
    if (route === undefined) throw new Error(`${options.name} has no public route ${exchange.path}`);
    await route(exchange);
  };
  return {
    name: options.name,
    publicRoutes: new Map(options.publicPaths.map((path) => [path, answer])),
    async handle(exchange) {
      const handler = await loaded();
      await handler.handle(exchange);
    },
    async close() {
      const handler = await loading?.catch(() => undefined);
      await handler?.close();
    },
    async load() {
      await loaded();
    },
  };
}
