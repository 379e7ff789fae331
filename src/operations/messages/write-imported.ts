import { createHash } from 'node:crypto';
import { recipientsOf } from '../../mail/compose/finish-message.ts';
import { writeMessage } from '../../mail/compose/write-message.ts';
import { AppError } from '../../core/errors.ts';

/** What is known of a message whose bytes nobody has. */
export interface ImportedFields {
  readonly from: string;
  readonly to?: readonly string[];
  /** ISO 8601. */
  readonly date?: string;
  readonly subject?: string;
  readonly text?: string;
}

/**
 * The message as plain text with these fields and nothing else; the same fields, with a date, are the same bytes. Throws
 * `INVALID_INPUT` for what is no address.
 */
export function writeImported(fields: ImportedFields, nowMs: number): Uint8Array {
  const [address, ...others] = recipientsOf([fields.from], 'from');
  if (address === undefined || others.length > 0) {
    throw new AppError('INVALID_INPUT', 'A message is from one sender.', {
      field: 'from',
      expected: 'ann@example.org or Ann <ann@example.org>',
      got: fields.from,
    });
  }
  const hash = createHash('sha256').update(JSON.stringify(fields)).digest('hex').slice(0, 40);
  const message = {
    from: { address },
    to: [...(fields.to ?? [])],
    subject: fields.subject ?? '',
    body: fields.text ?? '',
    format: 'text',
  } as const;
  const time = {
    nowMs: fields.date === undefined ? nowMs : Date.parse(fields.date),
    messageId: `${hash}@imported.gmail-llm.invalid`,
    boundary: hash,
    locale: 'en',
    timeZone: 'UTC',
  };
  return writeMessage(message, time).raw;
}
