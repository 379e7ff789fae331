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
<link rel="stylesheet" href="/docs/swagger-ui.css">
<body>
<main id="api"></main>
<script src="/docs/swagger-ui-bundle.js"></script>
<script src="/docs/start.js"></script>
`;

const start = `SwaggerUIBundle({
  url: '/openapi.json',
  dom_id: '#api',
  tryItOutEnabled: true,
  displayRequestDuration: true,
  docExpansion: 'list',
  defaultModelsExpandDepth: 0,
});
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
export function docsAnswers(): Readonly<Record<Exclude<PublicPath, '/openapi.json'>, PublicAnswer>> {
  return {
    '/docs': (exchange) => send(exchange, 'text/html; charset=utf-8', page),
    '/docs/start.js': (exchange) => send(exchange, 'text/javascript; charset=utf-8', start),
    '/docs/swagger-ui.css': (exchange) => sendAsset(exchange, 'text/css; charset=utf-8', 'swagger-ui.css'),
    '/docs/swagger-ui-bundle.js': (exchange) =>
      sendAsset(exchange, 'text/javascript; charset=utf-8', 'swagger-ui-bundle.js'),
  };
}
