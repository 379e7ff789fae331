import type { Configuration } from '../core/configuration.ts';
import { AppError } from '../core/errors.ts';
import type { PublicAnswer } from '../server/http-server.ts';

/**
 * `GET /`: leads a browser to the owner's page, on the host name under which it came here; a program is told that there is
 * nothing. Throws `NOT_FOUND`.
 */
export function leadToPage({ dashboardPort }: Pick<Configuration, 'dashboardPort'>): PublicAnswer {
  return ({ request, response }) => {
    const { accept = '', host = '' } = request.headers;
    const page = URL.parse(`http://${host}/`);
    if (!accept.includes('text/html') || page === null) {
      throw new AppError('NOT_FOUND', 'No such endpoint.', { got: '/', hint: '/docs and /openapi.json list them.' });
    }
    page.port = String(dashboardPort);
    response
      .writeHead(302, { location: page.href, 'content-length': 0, 'cache-control': 'no-store', vary: 'Accept' })
      .end();
  };
}
