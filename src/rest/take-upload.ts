import { AppError } from '../core/errors.ts';
import { collectBody } from '../server/collect-body.ts';
import { sendJson, type Exchange } from '../server/http-server.ts';
import { maxUploadBytes, type Uploads } from '../safety/uploads.ts';

/** Where files to be attached are sent. */
export const uploadsPath = '/api/uploads';

const mediaType = /^[a-z0-9][\w!#$&^.+-]{0,126}\/[a-z0-9][\w!#$&^.+-]{0,126}$/;
/** What forms of web pages send: the file would be inside of something else. */
const formTypes = new Set(['multipart/form-data', 'application/x-www-form-urlencoded']);

function filenameIn(query: string): string {
  const fields = new URLSearchParams(query);
  const unknown = [...fields.keys()].find((name) => name !== 'filename');
  const filename = fields.getAll('filename');
  if (unknown !== undefined || filename.length !== 1 || !/^[^/\\\p{Cc}]{1,255}$/u.test(filename[0] ?? '')) {
    throw new AppError('INVALID_INPUT', 'An upload needs its file name.', {
      field: unknown ?? 'filename',
      expected: `POST ${uploadsPath}?filename=report.pdf, a name without / and \\`,
      got: query === '' ? 'nothing' : query.slice(0, 300),
    });
  }
  return filename[0] ?? '';
}

function mediaTypeIn(header: string | undefined): string {
  const type = (header ?? 'application/octet-stream').split(';')[0]?.trim().toLowerCase() ?? '';
  if (mediaType.test(type) && !type.startsWith('multipart/') && !formTypes.has(type)) return type;
  throw new AppError('INVALID_INPUT', 'An upload is the bytes of one file, with its media type.', {
    field: 'Content-Type',
    expected: 'such as application/pdf',
    got: type,
    hint: "With curl: -H 'Content-Type: application/pdf' --data-binary @report.pdf",
  });
}

/**
 * Takes the bytes of one file, to be attached to a message later: answers 201 with its `uploadId`. Throws `FORBIDDEN`
 * without a grant to write, `INVALID_INPUT`, `TOO_LARGE` above `maxUploadBytes`.
 */
export async function takeUpload({ request, response, query, principal }: Exchange, uploads: Uploads): Promise<void> {
  if (request.method !== 'POST') {
    throw new AppError('NOT_FOUND', `This address does not answer ${request.method}.`, {
      field: 'method',
      expected: 'POST',
      got: request.method ?? '',
    });
  }
  if (!principal.grants.has('draft') && !principal.grants.has('send')) {
    throw new AppError('FORBIDDEN', 'An upload needs the grant "draft" or "send".', { expected: 'draft or send' });
  }
  const filename = filenameIn(query);
  const mimeType = mediaTypeIn(request.headers['content-type']);
  const content = await collectBody(request, maxUploadBytes);
  if (content === undefined) {
    throw new AppError('TOO_LARGE', 'The upload is too large.', { expected: `at most ${maxUploadBytes} bytes` });
  }
  sendJson(response, 201, uploads.add({ filename, mimeType, content }));
}
