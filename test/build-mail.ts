/** What a made-up message says. Everything has a value that does not matter unless a test gives one. */
export interface MailParts {
  readonly from?: string;
  readonly to?: string;
  readonly cc?: string;
  readonly bcc?: string;
  readonly subject?: string;
  /** As the header has it. */
  readonly date?: string;
  readonly messageId?: string;
  readonly references?: readonly string[];
  readonly inReplyTo?: string;
  readonly listId?: string;
  readonly deliveredTo?: string;
  readonly text?: string;
  /** Name and content of a file beside the text. */
  readonly attachment?: { readonly filename: string; readonly content: string };
}

/** A message with these parts as RFC 5322 bytes, UTF-8 throughout (RFC 6532). */
export function buildMail(parts: MailParts): Uint8Array {
  const { attachment } = parts;
  const text = parts.text ?? 'Nothing to say.';
  const headers: readonly (readonly [name: string, value: string | undefined])[] = [
    ['From', parts.from ?? 'Ann Lee <ann@example.org>'],
    ['To', parts.to],
    ['Cc', parts.cc],
    ['Bcc', parts.bcc],
    ['Delivered-To', parts.deliveredTo],
    ['List-Id', parts.listId],
    ['Date', parts.date],
    ['Message-ID', parts.messageId === undefined ? undefined : `<${parts.messageId}>`],
    ['References', parts.references?.map((id) => `<${id}>`).join(' ')],
    ['In-Reply-To', parts.inReplyTo === undefined ? undefined : `<${parts.inReplyTo}>`],
    ['Subject', parts.subject],
    ['Content-Type', attachment === undefined ? 'text/plain; charset=utf-8' : 'multipart/mixed; boundary="edge"'],
  ];
  const body =
    attachment === undefined
      ? [text]
      : [
          '--edge',
          'Content-Type: text/plain; charset=utf-8',
          '',
          text,
          '--edge',
          `Content-Type: application/octet-stream; name="${attachment.filename}"`,
          `Content-Disposition: attachment; filename="${attachment.filename}"`,
          'Content-Transfer-Encoding: base64',
          '',
          Buffer.from(attachment.content).toString('base64'),
          '--edge--',
        ];
  const lines = headers.flatMap(([name, value]) => (value === undefined ? [] : `${name}: ${value}`));
  return Buffer.from([...lines, '', ...body, ''].join('\r\n'));
}
