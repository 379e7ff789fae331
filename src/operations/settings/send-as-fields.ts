import * as z from 'zod';
import { AppError } from '../../core/errors.ts';
import type { SendAsFields } from '../../mail/settings.ts';
import { line } from './setting-schemas.ts';

const replyToForm = 'expected an address, or "" for none';

/** What can be chosen of a send-as address; a field that is not given stays as it is. */
export const sendAsFields = {
  displayName: line(255).exactOptional(),
  replyToAddress: z.union([z.email(replyToForm), z.literal('')], replyToForm).exactOptional(),
  signature: z.string().max(50_000).exactOptional().describe('HTML.'),
  signaturePlainText: z.string().max(10_000).exactOptional().describe('Instead of HTML.'),
  isDefault: z.literal(true, 'expected true: make another address the default').exactOptional(),
  treatAsAlias: z.boolean().exactOptional(),
};

const entities: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };

/** Plain text as HTML that looks the same: nothing of it is taken for a tag, its lines stay lines. */
function htmlOf(text: string): string {
  return text.replaceAll(/[&<>"]/g, (character) => entities[character] ?? character).replaceAll(/\r?\n/g, '<br>');
}

/** The fields as a mailbox takes them. Throws `INVALID_INPUT` for a signature in two forms. */
export function chosenSendAs({
  signaturePlainText,
  ...fields
}: z.output<z.ZodObject<typeof sendAsFields>>): SendAsFields {
  if (signaturePlainText === undefined) return fields;
  if (fields.signature === undefined) return { ...fields, signature: htmlOf(signaturePlainText) };
  throw new AppError('INVALID_INPUT', 'Give the signature as text or as HTML.', {
    field: 'signaturePlainText',
    expected: 'signature or signaturePlainText',
    got: 'both',
  });
}
