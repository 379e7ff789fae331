import * as z from 'zod';
import type { Grant } from '../../core/grants.ts';
import { AppError } from '../../core/errors.ts';
import { maxSendBytes } from '../../mail/mailbox.ts';
import { whenDone } from '../../safety/changes/dry-run.ts';
import { labelNameOrId } from '../labels/label-schemas.ts';
import { defineOperation } from '../kernel/operation.ts';
import { requireGrant } from '../kernel/require-grant.ts';
import { knownLabelIds } from '../labels/resolve-labels.ts';
import { writeImported, type ImportedFields } from './write-imported.ts';

/** The most that a message may have that is imported whole: what Gmail takes of one. */
export const maxImportBytes = maxSendBytes;

/** How every message begins: the name of a header field and a colon (RFC 5322 section 2.2). */
const headerField = /^[\x21-\x39\x3b-\x7e]+[ \t]*:/;

/** The message's bytes. Throws `INVALID_INPUT` when it is given in no form or in both, or is no message. */
function messageBytes(raw: string | undefined, text: string | undefined): Uint8Array {
  if ((raw === undefined) === (text === undefined)) {
    throw new AppError('INVALID_INPUT', 'The message is given in one form.', {
      field: 'raw',
      expected: 'raw, or from and the other fields',
      got: raw === undefined ? 'neither' : 'both',
    });
  }
  // Lines of a message end with CR LF (RFC 5322 section 2.1), whatever a text's lines end with.
  const bytes = raw === undefined ? Buffer.from((text ?? '').replaceAll(/\r?\n/g, '\r\n')) : Buffer.from(raw, 'base64');
  const beginning = bytes.toString('latin1', 0, 200);
  if (headerField.test(beginning)) return bytes;
  throw new AppError('INVALID_INPUT', 'This is no message.', {
    field: raw === undefined ? 'text' : 'raw',
    expected: 'RFC 5322: header fields such as "From: ann@example.org", an empty line, the body',
    got: JSON.stringify(beginning.slice(0, 40)),
  });
}

/** The message's bytes, whichever way it is given. Throws `FORBIDDEN` for a whole message from whoever may not send. */
function bytesOf(
  { raw, from, ...fields }: Partial<ImportedFields> & { readonly raw?: string },
  { grants, nowMs }: { readonly grants: ReadonlySet<Grant>; readonly nowMs: number },
): Uint8Array {
  if (from !== undefined && raw === undefined) return writeImported({ from, ...fields }, nowMs);
  const { text, ...others } = { ...fields, ...(from === undefined ? {} : { from }) };
  const [other] = Object.keys(others);
  if (other !== undefined) {
    throw new AppError('INVALID_INPUT', 'A message is given whole, or by its fields.', {
      field: other,
      expected: raw === undefined ? 'from, with the other fields' : 'raw alone',
      got: other,
    });
  }
  // What a message is made of can make whoever shows it fetch, answer or believe something: that is for senders.
  requireGrant('Importing a whole message', 'send', { grants });
  return messageBytes(raw, text);
}

export const importMessage = defineOperation({
  name: 'import_message',
  route: 'POST /api/messages/import',
  grant: 'organize',
  toolset: 'data',
  summary: 'File a message that came another way: by its fields, or whole, which needs `send` too. Nothing is sent.',
  input: {
    raw: z
      .string()
      .regex(/^[\w+/\s-]+(?:={1,2}\s*)?$/, 'expected base64 or base64url')
      .exactOptional()
      .describe('The whole message, base64 or base64url.'),
    from: z.string().min(1).max(320).exactOptional().describe('Instead of raw: who wrote it.'),
    to: z.array(z.string().max(320)).max(100).exactOptional(),
    date: z.iso.datetime({ offset: true }).exactOptional(),
    subject: z.string().max(2000).exactOptional(),
    text: z.string().exactOptional().describe('With from: the body. Alone: a whole message.'),
    labelIds: z
      .array(labelNameOrId)
      .max(100)
      .default([])
      .describe('Label names or ids, e.g. INBOX, UNREAD; none: archived and read.'),
  },
  output: z.object({ id: z.string(), threadId: z.string(), labelIds: z.array(z.string()).readonly() }),
  run: async ({ labelIds, ...given }, { mailbox, apply, grants, nowMs }) => {
    const bytes = bytesOf(given, { grants, nowMs });
    const labels = labelIds.length === 0 ? [] : knownLabelIds('labelIds', labelIds, await mailbox.listLabels());
    return whenDone(apply('importMessage', { raw: bytes, labelIds: labels }), (filed) => filed);
  },
  text: ({ id, threadId, labelIds }) =>
    `Imported as message ${id} in thread ${threadId}, labels: ${labelIds.join(', ') || 'none'}`,
});
