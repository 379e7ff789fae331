import { AppError } from '../core/errors.ts';
import { HttpError, methodNotAllowed } from '../server/http-error.ts';
import { sendJson, type Exchange } from '../server/http-server.ts';
import { maxUploadBytes, type Uploads } from '../safety/uploads.ts';
import { readBytes } from './read-body.ts';
import { readQuery } from './read-query.ts';

/** Where files to be attached are sent. */
export const uploadsPath = '/api/uploads';

const mediaType = /^[a-z0-9][\w!#$&^.+-]{0,126}\/[a-z0-9][\w!#$&^.+-]{0,126}$/;
/** What forms of web pages send: the file would be inside of something else. */
const formTypes = new Set(['multipart/form-data', 'application/x-www-form-urlencoded']);

function filenameIn(query: string): string {
  const fields = readQuery(query);
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
  throw new HttpError(415, 'An upload is the bytes of one file, with its media type.', {
    field: 'Content-Type',
    expected: 'such as application/pdf',
    got: type,
    hint: "With curl: -H 'Content-Type: application/pdf' --data-binary @report.pdf",
  });
}

/** Takes the bytes of one file and answers 201 with its `uploadId`. */
async function add({ request, response, query }: Exchange, uploads: Uploads): Promise<void> {
  const filename = filenameIn(query);
  const mimeType = mediaTypeIn(request.headers['content-type']);
  const content = await readBytes(request, maxUploadBytes);
  const upload = await uploads.add({ filename, mimeType, content });
  response.setHeader('location', `${uploadsPath}/${upload.uploadId}`);
  sendJson(response, 201, upload);
}

/** Whether a path is that of the uploads or of one of them. */
export function isUploadPath(path: string): boolean {
  return path === uploadsPath || path.startsWith(`${uploadsPath}/`);
}

/**
 * Serves files that are to be attached to a message later: a POST keeps one for an hour, a GET of its own address tells
 * its facts to whoever made it. Throws `FORBIDDEN` without a grant to write, `INVALID_INPUT`, `NOT_FOUND`, `TOO_LARGE`
 * above `maxUploadBytes`, and an `HttpError` for another method or for what forms of web pages send.
 */
export async function serveUploads(exchange: Exchange, uploads: Uploads): Promise<void> {
  const { request, response, path, principal } = exchange;
  const uploadId = path.slice(uploadsPath.length + 1);
  const method = request.method ?? '';
  const allowed = uploadId === '' ? ['POST', 'OPTIONS'] : ['GET', 'HEAD', 'OPTIONS'];
  if (!allowed.includes(method)) throw methodNotAllowed(method, allowed);
  if (method === 'OPTIONS') {
    response.writeHead(204, { allow: allowed.join(', ') }).end();
    return;
  }
  if (!principal.grants.has('draft') && !principal.grants.has('send')) {
    throw new AppError('FORBIDDEN', 'An upload needs the grant "draft" or "send".', { expected: 'draft or send' });
  }
  if (uploadId === '') return add(exchange, uploads);
  const { filename, mimeType, content } = await uploads.read(uploadId, 'uploadId');
  sendJson(response, 200, { uploadId, filename, mimeType, sizeBytes: content.byteLength });
}
