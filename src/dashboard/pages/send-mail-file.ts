import type { ServerResponse } from 'node:http';
import { textToHtml } from '../../mail/html/escape-html.ts';
import type { Attachment, MailContent } from '../../mail/message.ts';
import type { FileAnswer } from '../../operations/kernel/operation.ts';
import { attachmentNamed } from '../../server/content-disposition.ts';

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

/** Sends a file to be kept and never to be shown: HTML and SVG that are opened at our address would be our page. */
export function sendDownload(response: ServerResponse, { filename, content }: FileAnswer): void {
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

/** Sends a message as it was laid out, for a frame of our pages. */
export async function sendFrame(
  response: ServerResponse,
  { text, html, attachments }: Pick<MailContent, 'text' | 'html'> & { readonly attachments: readonly Attachment[] },
): Promise<void> {
  const { framedHtml } = await import('../../mail/html/framed-html.ts');
  const page =
    html === undefined
      ? `<!doctype html>\n<meta charset="utf-8"><title>Message</title><style>body{font:14px/1.5 sans-serif}</style>\n${textToHtml(text ?? '')}`
      : framedHtml(html, picturesOf(attachments));
  response.writeHead(200, {
    ...fileHeaders,
    'content-type': 'text/html; charset=utf-8',
    'content-length': Buffer.byteLength(page),
    'content-security-policy': framePolicy,
  });
  response.end(page);
}
