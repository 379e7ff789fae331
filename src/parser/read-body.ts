import * as z from 'zod';
import { LinkList } from '../mail/blocks/link-list.ts';
import { bodyText } from '../mail/text/body-text.ts';
import { textOfBlob, type Frame } from './frames.ts';

const task = z.object({ hasText: z.boolean(), hasHtml: z.boolean(), contentIds: z.array(z.string()) });

/** Does the task of `bodyTextWithin`, in the parser process. */
export function readBody({ header, blobs: [plain, rich] }: Frame): Frame {
  const { hasText, hasHtml, contentIds } = task.parse(header);
  const links = new LinkList();
  const content = {
    ...(hasText ? { text: textOfBlob(plain) } : {}),
    ...(hasHtml ? { html: textOfBlob(rich) } : {}),
    attachments: contentIds.map((contentId) => ({ contentId })),
  };
  const { text, ...facts } = bodyText(content, links);
  return { header: { ...facts, links: links.targets }, blobs: [Buffer.from(text)] };
}
