import type { IncomingMessage } from 'node:http';
import { AppError } from '../core/errors.ts';
import { collectBody } from '../server/collect-body.ts';

/** A message with its text is the longest that a form holds. */
const maxFormBytes = 1_000_000;

/** The fields of a form. Throws `INVALID_INPUT` for another media type, `TOO_LARGE`. */
export async function readForm(request: IncomingMessage): Promise<URLSearchParams> {
  const [type = ''] = (request.headers['content-type'] ?? '').split(';');
  if (type.trim().toLowerCase() !== 'application/x-www-form-urlencoded') {
    throw new AppError('INVALID_INPUT', 'This address takes a form.', {
      field: 'Content-Type',
      expected: 'application/x-www-form-urlencoded',
      got: type === '' ? 'nothing' : type,
    });
  }
  const body = await collectBody(request, maxFormBytes);
  if (body === undefined) throw new AppError('TOO_LARGE', `A form has at most ${maxFormBytes} bytes.`);
  return new URLSearchParams(body.toString('utf8'));
}
