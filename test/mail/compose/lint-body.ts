/** What a leaf part declares of itself. */
export interface BodyFacts {
  readonly type: string;
  readonly encoding: string;
  readonly parameters: ReadonlyMap<string, string>;
}

/** Faults of the body of a part that holds no parts. */
export function lintBody(body: string, { type, encoding, parameters }: BodyFacts, fault: (what: string) => void): void {
  const lines = body.split('\r\n');
  const charset = parameters.get('charset')?.toLowerCase();
  if (encoding === 'quoted-printable') lintQuotedPrintable(lines, fault);
  else if (encoding === 'base64') lintBase64(lines, fault);
  else if (encoding === '7bit' || encoding === '8bit') lintIdentity(lines, type, encoding, fault);
  else fault(`RFC 2045 6.1: encoding ${encoding}`);
  if (type.startsWith('text/') && encoding !== 'base64' && charset === undefined)
    fault('RFC 2046 4.1.2: text without a charset');
  if (charset === 'utf-8' && !isUtf8(decode(body, encoding))) fault('RFC 2046 4.1.2: the text is not UTF-8');
  if (parameters.get('format')?.toLowerCase() === 'flowed')
    lintFlowed(decode(body, encoding).toString().split(/\r?\n/), fault);
}

function lintQuotedPrintable(lines: readonly string[], fault: (what: string) => void): void {
  for (const line of lines) {
    if (line.length > 76) fault(`RFC 2045 6.7 (5): a line of ${line.length} characters`);
    if (/[^\t -~]/.test(line)) fault('RFC 2045 6.7 (2): a byte that must be encoded');
    if (/=(?![\dA-F]{2}|$)/.test(line)) fault(`RFC 2045 6.7 (1): a stray = in ${JSON.stringify(line)}`);
    if (/[\t ]$/.test(line)) fault('RFC 2045 6.7 (3): white space at the end of a line');
    if (/^\.$|^From /.test(line)) fault('RFC 2049 3: a line that programs on the way change');
  }
  if (lines.at(-1)?.endsWith('=') === true) fault('RFC 2045 6.7 (3): a soft line break at the end');
}

function lintBase64(lines: readonly string[], fault: (what: string) => void): void {
  if (lines.some((line) => line.length > 76)) fault('RFC 2045 6.8: a line over 76 characters');
  const text = lines.join('');
  if (!/^[A-Za-z0-9+/]*={0,2}$/.test(text)) fault('RFC 2045 6.8: a character that is not of base64');
  if (text.length % 4 !== 0) fault('RFC 2045 6.8: an incomplete group');
}

function lintIdentity(lines: readonly string[], type: string, encoding: string, fault: (what: string) => void): void {
  const text = lines.join('\n');
  if (encoding === '7bit' && /[\x80-\xff]/.test(text)) fault('RFC 2045 2.7: eight-bit bytes in 7bit');
  if (/[\p{Cc}--[\t\n\x80-\x9f]]/v.test(text)) fault('RFC 2045 2.7: control characters');
  if (!type.startsWith('text/')) return;
  if (lines.some((line) => line.length > 78)) fault('RFC 5322 2.1.1: a line over 78 characters');
  if (lines.some((line) => /^\.$|^From |[\t ]$/.test(line)))
    fault('RFC 2049 3: a line that programs on the way change');
}

/** RFC 3676 section 4. */
function lintFlowed(lines: readonly string[], fault: (what: string) => void): void {
  if (lines.some((line) => line.startsWith('From '))) fault('RFC 3676 4.4: From without a stuffed space');
  if (lines.some((line) => line.length > 79)) fault('RFC 3676 4.2: a line over 78 characters');
  if (lines.some((line) => /^>+[^ >]/.test(line))) fault('RFC 3676 4.5: a quoted line without a stuffed space');
}

function decode(body: string, encoding: string): Buffer {
  if (encoding === 'base64') return Buffer.from(body, 'base64');
  if (encoding !== 'quoted-printable') return Buffer.from(body, 'latin1');
  const text = body.replaceAll(/=\r\n/g, '');
  const bytes = text.replaceAll(/=([\dA-F]{2})/g, (_all, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
  return Buffer.from(bytes, 'latin1');
}

/** Whether bytes are UTF-8. */
export function isUtf8(bytes: Uint8Array): boolean {
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    return true;
  } catch {
    return false;
  }
}
