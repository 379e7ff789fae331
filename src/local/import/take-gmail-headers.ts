import { parseHeadersOnly } from '../../mail/mime/parse-mime.ts';

/** A message without the two headers that Google Takeout puts on it, and what they said. */
export interface WithoutGmailHeaders {
  readonly raw: Uint8Array;
  /** Label names in the language of the account; undefined where the message has no `X-Gmail-Labels`. */
  readonly labels?: readonly string[];
  /** `X-GM-THRID`, decimal. */
  readonly gmailThreadId?: string;
}

/** The most that both take. */
const searchedBytes = 64 * 1024;
/** A field of Takeout's, or one that Thunderbird puts above all others of an mbox that it opens. */
const fieldAbove = /(x-gmail-labels|x-gm-thrid|x-mozilla-[\w-]{1,20})[ \t]*:.*(?:\r?\n[ \t].*)*(?:\r?\n|$)/iy;

/**
 * Reads `X-Gmail-Labels` and `X-GM-THRID` and takes them out of the message, so that two exports of one message, with
 * other labels each, are one message. They count at the very beginning, where Takeout puts them: further down they are the
 * sender's, who would put the message where the owner's own are.
 */
export function takeGmailHeaders(raw: Uint8Array): WithoutGmailHeaders {
  const bytes = Buffer.from(raw.buffer, raw.byteOffset, raw.byteLength);
  const head = bytes.toString('latin1', 0, Math.min(bytes.length, searchedBytes));
  const values = new Map<string, string>();
  const kept: Buffer[] = [];
  let keptTo = 0;
  fieldAbove.lastIndex = 0;
  for (let match = fieldAbove.exec(head); match !== null; match = fieldAbove.exec(head)) {
    const { 0: field, 1: name = '', index } = match;
    const key = name.toLowerCase();
    if (values.has(key)) break;
    if (key.startsWith('x-mozilla-')) continue;
    const end = index + field.length;
    values.set(key, parseHeadersOnly(bytes.subarray(index, end)).headers[0]?.value ?? '');
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
