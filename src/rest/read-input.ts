import type { IncomingMessage } from 'node:http';
import { AppError } from '../core/errors.ts';
import { HttpError } from '../server/http-error.ts';
import type { Exchange } from '../server/http-server.ts';
import type { Operation } from '../operations/kernel/operation.ts';
import { fieldTypes, readTextFields } from '../operations/kernel/text-fields.ts';
import { maxImportBytes } from '../operations/messages/import-message.ts';
import { mediaTypeOf, readBody, readBytes, refuseBody } from './read-body.ts';
import { readQuery } from './read-query.ts';

type Fields = Readonly<Record<string, unknown>>;

function mergeFields(inPath: Readonly<Record<string, string>>, others: Fields): Fields {
  for (const name of Object.keys(inPath)) {
    if (name in others) {
      throw new AppError('INVALID_INPUT', `${name} is in the path already.`, { field: name, expected: 'it once' });
    }
  }
  return { ...inPath, ...others };
}

function queryFields({ query }: Exchange, operation: Operation): Fields {
  return query === '' ? {} : readTextFields(operation, readQuery(query));
}

async function bodyFields(exchange: Exchange, operation: Operation): Promise<Fields> {
  const { request, query } = exchange;
  if (mediaTypeOf(request) === 'message/rfc822') {
    if (!fieldTypes(operation).has('raw')) {
      const details = { field: 'Content-Type', expected: 'application/json', got: 'message/rfc822' };
      throw new HttpError(415, 'Only an import takes a whole message as its body.', details);
    }
    // The body is the message itself, so the other fields are in the query.
    const bytes = await readBytes(request, maxImportBytes);
    return mergeFields({ raw: bytes.toString('base64') }, queryFields(exchange, operation));
  }
  if (query !== '') {
    throw new AppError('INVALID_INPUT', `${operation.method} takes its fields in the body.`, {
      field: 'query',
      got: query,
    });
  }
  return readBody(request);
}

/**
 * The input with the key of an `Idempotency-Key` header, where the operation takes one. A quoted key, as the IETF's draft
 * has it, is the same as a bare one. Throws `INVALID_INPUT` for an empty header, and where header and body differ.
 */
function withIdempotencyKey(input: Fields, operation: Operation, request: IncomingMessage): Fields {
  const header = request.headers['idempotency-key'];
  if (header === undefined || !fieldTypes(operation).has('idempotencyKey')) return input;
  if (header === '') {
    // Who sends one wants the message once; without it a repetition would be a second message.
    const details = { field: 'Idempotency-Key', expected: '1 to 200 visible ASCII characters', got: 'nothing' };
    throw new AppError('INVALID_INPUT', 'The Idempotency-Key header is empty.', details);
  }
  const idempotencyKey = String(header).replace(/^"(.*)"$/, '$1');
  const given = input['idempotencyKey'] ?? idempotencyKey;
  if (given === idempotencyKey) return { ...input, idempotencyKey };
  throw new AppError('INVALID_INPUT', 'The Idempotency-Key header and the field idempotencyKey differ.', {
    field: 'idempotencyKey',
    expected: idempotencyKey,
    got: typeof given === 'string' ? given : JSON.stringify(given),
  });
}

/** What an operation is given: the fields of the path, with those of the query or of the body. */
export async function readInput(
  exchange: Exchange,
  operation: Operation,
  inPath: Readonly<Record<string, string>>,
): Promise<Fields> {
  const isInQuery = operation.method === 'GET' || operation.method === 'DELETE';
  if (isInQuery) await refuseBody(exchange.request);
  const others = isInQuery ? queryFields(exchange, operation) : await bodyFields(exchange, operation);
  return withIdempotencyKey(mergeFields(inPath, others), operation, exchange.request);
}
