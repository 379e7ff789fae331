import { parseHeadersOnly } from '../../mail/mime/parse-mime.ts';

/** A message without the two headers that Google Takeout puts on it, and what they said. */
export interface WithoutGmailHeaders {
  readonly raw: Uint8Array;
  /** Label names in the language of the account; undefined where the message has no `X-Gmail-Labels`. */
  readonly labels?: readonly string[];
  /** `X-GM-THRID`, decimal. */
  readonly gmailThreadId?: string;
}

/** Takeout puts both first, so they are not looked for behind this many bytes of a header. */
const searchedBytes = 64 * 1024;
const takeoutHeader = /^(x-gmail-labels|x-gm-thrid)[ \t]*:.*(?:\r?\n[ \t].*)*(?:\r?\n|$)/gim;
const headerEnd = /\r?\n\r?\n/;

/**
 * Reads `X-Gmail-Labels` and `X-GM-THRID` and takes them out of the message, so that two exports of one message, with
 * other labels each, are one message. Of several the first counts and the others stay.
 */
export function takeGmailHeaders(raw: Uint8Array): WithoutGmailHeaders {
  const bytes = Buffer.from(raw.buffer, raw.byteOffset, raw.byteLength);
  const head = bytes.toString('latin1', 0, Math.min(bytes.length, searchedBytes));
  const block = head.slice(0, headerEnd.exec(head)?.index);
  const values = new Map<string, string>();
  const kept: Buffer[] = [];
  let keptTo = 0;
  for (const { 0: field, 1: name = '', index } of block.matchAll(takeoutHeader)) {
    if (values.has(name.toLowerCase())) continue;
    const end = index + field.length;
    values.set(name.toLowerCase(), parseHeadersOnly(bytes.subarray(index, end)).headers[0]?.value ?? '');
    kept.push(bytes.subarray(keptTo, index));
    keptTo = end;
  }
  if (values.size === 0) return { raw };

  const labels = values.get('x-gmail-labels');
  const threadId = values.get('x-gm-thrid') ?? '';
  return {
    raw: Buffer.concat([...kept, bytes.subarray(keptTo)]),
    ...(labels === undefined ? {} : { labels: splitLabelList(labels) }),
    ...(/^\d{1,20}$/.test(threadId) ? { gmailThreadId: threadId } : {}),
  };
}

/** Splits at commas; a name that holds one itself stands in double quotes, which are doubled inside. */
function splitLabelList(list: string): string[] {
  const names = Array.from(list.matchAll(/\s*("(?:[^"]|"")*"|[^,]*)\s*(?:,|$)/g), ([, name = '']) =>
    name.startsWith('"') && name.endsWith('"') ? name.slice(1, -1).replaceAll('""', '"') : name.trim(),
  );
  return names.filter((name) => name !== '');
}
