import * as z from 'zod';
import { LinkList } from '../mail/blocks/link-list.ts';
import { bodyText } from '../mail/text/body-text.ts';
import type { Frame } from './frames.ts';

function decode(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('utf8');
}

const task = z.object({ hasText: z.boolean(), hasHtml: z.boolean(), contentIds: z.array(z.string()) });

/** Does the task of `bodyTextWithin`, in the parser process. */
export function readBody({ header, blobs: [plain = Buffer.alloc(0), rich = Buffer.alloc(0)] }: Frame): Frame {
  const { hasText, hasHtml, contentIds } = task.parse(header);
  const links = new LinkList();
  const content = {
    ...(hasText ? { text: decode(plain) } : {}),
    ...(hasHtml ? { html: decode(rich) } : {}),
    attachments: contentIds.map((contentId) => ({ contentId })),
  };
  const { text, ...facts } = bodyText(content, links);
  return { header: { ...facts, links: links.targets }, blobs: [Buffer.from(text)] };
}
