import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { AppError } from '../core/errors.ts';
import { packageFolder } from '../core/home.ts';
import type { PublicPath } from './public-paths.ts';
import type { PublicAnswer, PublicExchange } from '../server/http-server.ts';

const page = `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>gmail-llm API</title>
<link rel="icon" href="data:,">
<meta name="color-scheme" content="light dark">
<link rel="stylesheet" href="/docs/swagger-ui.css">
<link rel="stylesheet" href="/docs/page.css">
<body>
<main id="api"></main>
<script src="/docs/swagger-ui-bundle.js"></script>
<script src="/docs/start.js"></script>
`;

/**
 * The page follows the scheme of the system, as the owner's page does. A token that was entered is kept for this tab alone,
 * until it is taken out again.
 */
const start = `const dark = matchMedia('(prefers-color-scheme: dark)');
const follow = () => document.documentElement.classList.toggle('dark-mode', dark.matches);
dark.addEventListener('change', follow);
follow();

const kept = 'token';
const ui = SwaggerUIBundle({
  url: '/openapi.json',
  dom_id: '#api',
  tryItOutEnabled: true,
  displayRequestDuration: true,
  docExpansion: 'list',
  defaultModelsExpandDepth: 0,
  syntaxHighlight: { theme: 'agate' },
  onComplete() {
    const token = sessionStorage.getItem(kept);
    if (token !== null) ui.preauthorizeApiKey('token', token);
    ui.getStore().subscribe(() => {
      const value = ui.authSelectors.authorized().getIn(['token', 'value']);
      if (value === undefined) sessionStorage.removeItem(kept);
      else sessionStorage.setItem(kept, value);
    });
  },
});
`;

/** What the sheet of Swagger UI has too pale to read (WCAG 2.2, 1.4.3), in both schemes. */
const styles = `html { background: #fff; }
html.dark-mode { background: #1c2022; }
.highlight-code span[style*="211, 99, 99"], .microlight span[style*="211, 99, 99"] { color: #f2a0a0 !important; }
.swagger-ui .opblock .opblock-summary-method { color: #fff; }
.swagger-ui .opblock.opblock-get .opblock-summary-method { background: #1a62b0; }
.swagger-ui .opblock.opblock-post .opblock-summary-method { background: #12734a; }
.swagger-ui .opblock.opblock-put .opblock-summary-method { background: #8f5600; }
.swagger-ui .opblock.opblock-patch .opblock-summary-method { background: #0b6b7d; }
.swagger-ui .opblock.opblock-delete .opblock-summary-method { background: #b3261e; }
.swagger-ui .info .title small { background: #59606e; }
.swagger-ui .info .title small.version-stamp { background: #4a6b00; }
.swagger-ui .btn.execute { background: #1a62b0; border-color: #1a62b0; color: #fff; }
.swagger-ui .download-contents { background: #4f5566; }
html:not(.dark-mode) .swagger-ui .info .url,
html:not(.dark-mode) .swagger-ui a.link,
html:not(.dark-mode) .swagger-ui .info a { color: #1a62b0; }
html:not(.dark-mode) .swagger-ui .btn.authorize { color: #0b6b43; border-color: #0b6b43; }
html:not(.dark-mode) .swagger-ui .btn.authorize svg { fill: #0b6b43; }
html:not(.dark-mode) .swagger-ui .btn.cancel { color: #b3261e; border-color: #b3261e; }
html:not(.dark-mode) .swagger-ui .parameter__in { color: #595959; }
@media (prefers-reduced-motion: reduce) {
  .swagger-ui * { transition: none !important; animation: none !important; }
}
`;

/** Nothing is loaded from anywhere else, and no mail that an answer shows can run or send anything. */
const policy =
  "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

function send({ response }: PublicExchange, contentType: string, content: string | Buffer): void {
  response.writeHead(200, {
    'content-type': contentType,
    'content-length': Buffer.byteLength(content),
    'content-security-policy': policy,
    'x-content-type-options': 'nosniff',
    'referrer-policy': 'no-referrer',
  });
  response.end(content);
}

/** A file that the build puts beside the program. */
async function sendAsset(exchange: PublicExchange, contentType: string, name: string): Promise<void> {
  const path = join(packageFolder(), 'dist', 'docs', name);
  let content: Buffer;
  try {
    content = await readFile(path);
  } catch (error) {
    throw new AppError('UNAVAILABLE', `The page's file ${name} is missing.`, { hint: 'Run: npm run build' }, error);
  }
  send(exchange, contentType, content);
}

/** `/docs`: the API's page, with everything it needs served from here, so that it works with no internet. */
export function docsAnswers(): Readonly<Record<Exclude<PublicPath, '/' | '/openapi.json'>, PublicAnswer>> {
  return {
    '/docs': (exchange) => send(exchange, 'text/html; charset=utf-8', page),
    '/docs/page.css': (exchange) => send(exchange, 'text/css; charset=utf-8', styles),
    '/docs/start.js': (exchange) => send(exchange, 'text/javascript; charset=utf-8', start),
    '/docs/swagger-ui.css': (exchange) => sendAsset(exchange, 'text/css; charset=utf-8', 'swagger-ui.css'),
    '/docs/swagger-ui-bundle.js': (exchange) =>
      sendAsset(exchange, 'text/javascript; charset=utf-8', 'swagger-ui-bundle.js'),
  };
}
