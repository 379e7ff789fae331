import type { ServerResponse } from 'node:http';
import { parseRaw } from '../../operations/messages/message-view.ts';
import { readAttachment } from '../../operations/messages/read-attachment.ts';
import { readRawMessage } from '../../operations/messages/read-message.ts';
import type { FileAnswer, Operation } from '../../operations/kernel/operation.ts';
import { textToHtml } from '../../mail/html/escape-html.ts';
import type { Attachment } from '../../mail/message.ts';
import { attachmentNamed } from '../../server/content-disposition.ts';
import type { MailFile } from '../page.ts';
import type { PageCall } from '../page-call.ts';

/** Pictures of one message that are put into its frame; a newsletter has less. */
const maxPictureBytes = 10_000_000;

/** For what somebody else has written: nothing of it runs, loads, leads anywhere or is shown by anybody but our pages. */
const framePolicy =
  "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:; form-action 'none'; base-uri 'none'; frame-ancestors 'self'";

const fileHeaders = {
  'x-content-type-options': 'nosniff',
  'cache-control': 'no-store',
  'referrer-policy': 'no-referrer',
} as const;

async function fileOf(call: PageCall, operation: Operation, input: object): Promise<FileAnswer> {
  const answer = await call.invoke(operation, { account: call.fields.account, ...input });
  if (answer.kind === 'file') return answer.file;
  throw new Error(`${operation.name} returned no file`);
}

/** Sends a file to be kept and never to be shown: HTML and SVG that are opened at our address would be our page. */
function sendDownload(response: ServerResponse, { filename, content }: FileAnswer): void {
  response.writeHead(200, {
    ...fileHeaders,
    'content-type': 'application/octet-stream',
    'content-length': content.byteLength,
    'content-disposition': attachmentNamed(filename),
    'content-security-policy': "sandbox; default-src 'none'",
  });
  response.end(content);
}

/** The `data:` addresses of the pictures that came with a message, by content id. */
function picturesOf(attachments: readonly Attachment[]): (contentId: string) => string | undefined {
  const byId = new Map(attachments.flatMap((file) => (file.contentId === undefined ? [] : [[file.contentId, file]])));
  let left = maxPictureBytes;
  return (contentId) => {
    const file = byId.get(contentId);
    if (file === undefined || file.content.byteLength > left) return undefined;
    left -= file.content.byteLength;
    return `data:${file.mimeType};base64,${Buffer.from(file.content).toString('base64')}`;
  };
}

const frame: MailFile = {
  path: '/mail/{account}/{id}/frame',
  async serve(call, response) {
    const { content: raw } = await fileOf(call, readRawMessage, { id: call.fields.id });
    const { parsed: content } = await parseRaw(raw, call.signal);
    const text = `<!doctype html>\n<meta charset="utf-8"><title>Message</title><style>body{font:14px/1.5 sans-serif}</style>\n${textToHtml(content.text ?? '')}`;
    const { framedHtml } = await import('../../mail/html/framed-html.ts');
    const page = content.html === undefined ? text : framedHtml(content.html, picturesOf(content.attachments));
    response.writeHead(200, {
      ...fileHeaders,
      'content-type': 'text/html; charset=utf-8',
      'content-length': Buffer.byteLength(page),
      'content-security-policy': framePolicy,
    });
    response.end(page);
  },
};

const raw: MailFile = {
  path: '/mail/{account}/{id}/raw',
  async serve(call, response) {
    sendDownload(response, await fileOf(call, readRawMessage, { id: call.fields.id }));
  },
};

const attachment: MailFile = {
  path: '/mail/{account}/{id}/attachments/{attachment}',
  async serve(call, response) {
    const { id: messageId, attachment: handle } = call.fields;
    sendDownload(response, await fileOf(call, readAttachment, { messageId, attachment: handle }));
  },
};

/** What of a message is no page of ours. */
export const mailFiles: readonly MailFile[] = [frame, raw, attachment];
