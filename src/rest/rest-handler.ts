import type { IncomingMessage, ServerResponse } from 'node:http';
import { AppError } from '../core/errors.ts';
import { sendJson, type HttpHandler, type Exchange, type PublicAnswer } from '../server/http-server.ts';
import { invoke, type Services } from '../operations/kernel/invoke.ts';
import type { FileAnswer, Operation } from '../operations/kernel/operation.ts';
import { fieldTypes, readTextFields } from '../operations/kernel/text-fields.ts';
import { docsAnswers } from './docs-page.ts';
import { buildOpenApi } from './openapi.ts';
import type { PublicPath } from './public-paths.ts';
import { readBody } from './read-body.ts';
import { createRouter } from './router.ts';
import { takeUpload, uploadsPath } from './take-upload.ts';
import { rightsOf } from '../safety/tokens/check-token.ts';

/** A media type that may stand in a header as it is: mail names them, so they are not trusted. */
const safeMediaType = /^[\w.+-]{1,80}\/[\w.+-]{1,80}$/;

function sendFile(response: ServerResponse, { filename, mimeType, content }: FileAnswer): void {
  response.writeHead(200, {
    'content-type': safeMediaType.test(mimeType) ? mimeType : 'application/octet-stream',
    'content-length': content.byteLength,
    // RFC 6266: only the encoded form can carry every name.
    'content-disposition': `attachment; filename*=UTF-8''${encodeURIComponent(filename).replace(/['()*]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`)}`,
    'x-content-type-options': 'nosniff',
    'content-security-policy': 'sandbox',
  });
  response.end(content);
}

function mergeFields(
  inPath: Readonly<Record<string, string>>,
  others: Readonly<Record<string, unknown>>,
): Readonly<Record<string, unknown>> {
  for (const name of Object.keys(inPath)) {
    if (name in others) {
      throw new AppError('INVALID_INPUT', `${name} stands in the path already.`, { field: name, expected: 'it once' });
    }
  }
  return { ...inPath, ...others };
}

async function inputOf(exchange: Exchange, operation: Operation): Promise<Readonly<Record<string, unknown>>> {
  if (operation.method === 'GET' || operation.method === 'DELETE') {
    return exchange.query === '' ? {} : readTextFields(operation, new URLSearchParams(exchange.query));
  }
  if (exchange.query !== '') {
    throw new AppError('INVALID_INPUT', `${operation.method} takes its fields in the body.`, {
      field: 'query',
      got: exchange.query,
    });
  }
  return readBody(exchange.request);
}

/**
 * The input with the key of an `Idempotency-Key` header, where the operation takes one. A quoted key, as the IETF's draft
 * has it, is the same as a bare one. Throws `INVALID_INPUT` where header and body differ.
 */
function withIdempotencyKey(
  input: Readonly<Record<string, unknown>>,
  operation: Operation,
  request: IncomingMessage,
): Readonly<Record<string, unknown>> {
  const header = request.headers['idempotency-key'];
  if (header === undefined || !fieldTypes(operation).has('idempotencyKey')) return input;
  const idempotencyKey = String(header).replace(/^"(.*)"$/, '$1');
  const { idempotencyKey: given = idempotencyKey } = input;
  if (given === idempotencyKey) return { ...input, idempotencyKey };
  throw new AppError('INVALID_INPUT', 'The Idempotency-Key header and the field idempotencyKey differ.', {
    field: 'idempotencyKey',
    expected: idempotencyKey,
    got: String(given),
  });
}

/** The REST server: routes and documents, all projections of the operations. */
export function createRestHandler(operations: readonly Operation[], services: Services): HttpHandler {
  const route = createRouter(operations);
  let openApi: unknown;
  const publicAnswers: Readonly<Record<PublicPath, PublicAnswer>> = {
    ...docsAnswers(),
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
      if (path === uploadsPath) return takeUpload(exchange, services.safety.uploads);
      const { operation, fields } = route(request.method ?? 'GET', path);
      const input = withIdempotencyKey(mergeFields(fields, await inputOf(exchange, operation)), operation, request);
      const answer = await invoke(services, operation, input, { ...rightsOf(principal), signal });
      if (answer.kind === 'file') sendFile(response, answer.file);
      else sendJson(response, answer.isPending === true ? 202 : 200, answer.value);
    },
    close: async () => {},
  };
}
