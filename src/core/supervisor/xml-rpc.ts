/** A value of XML-RPC; whole numbers within 32 bits go over the wire as `int`, others as `double`. */
export type XmlRpcValue = string | number | boolean | readonly XmlRpcValue[] | { readonly [name: string]: XmlRpcValue };

/** An answer that is a fault. */
export interface XmlRpcFault {
  readonly faultCode: number;
  readonly faultString: string;
}

/** Arrays and structs within each other; more is an attack, not a call. */
const deepest = 32;

/** What XML 1.0 cannot hold: control characters but tab, line feed and carriage return, and two more (production 2). */
const unholdable = /(?![\t\n\r])\p{Cc}(?<![\u007f-\u009f])|[\ufffe\uffff]/gu;

/** Text for XML 1.0: what it cannot hold, lone surrogates too, becomes U+FFFD. */
function escapeText(text: string): string {
  return text
    .toWellFormed()
    .replaceAll(unholdable, '\ufffd')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('\r', '&#13;');
}

function encodeValue(value: XmlRpcValue): string {
  if (typeof value === 'string') return `<value><string>${escapeText(value)}</string></value>`;
  if (typeof value === 'boolean') return `<value><boolean>${value ? 1 : 0}</boolean></value>`;
  if (typeof value === 'number') {
    const isInt = Number.isInteger(value) && Math.abs(value) < 2 ** 31;
    return isInt ? `<value><int>${value}</int></value>` : `<value><double>${value}</double></value>`;
  }
  if (isList(value)) {
    return `<value><array><data>${value.map(encodeValue).join('')}</data></array></value>`;
  }
  const members = Object.entries(value).map(
    ([name, member]) => `<member><name>${escapeText(name)}</name>${encodeValue(member)}</member>`,
  );
  return `<value><struct>${members.join('')}</struct></value>`;
}

function isList(value: XmlRpcValue): value is readonly XmlRpcValue[] {
  return Array.isArray(value);
}

const prologue = '<?xml version="1.0"?>';

export function encodeCall(method: string, parameters: readonly XmlRpcValue[]): string {
  const list = parameters.map((parameter) => `<param>${encodeValue(parameter)}</param>`).join('');
  return `${prologue}<methodCall><methodName>${escapeText(method)}</methodName><params>${list}</params></methodCall>`;
}

export function encodeResult(value: XmlRpcValue): string {
  return `${prologue}<methodResponse><params><param>${encodeValue(value)}</param></params></methodResponse>`;
}

export function encodeFault(code: number, text: string): string {
  const fault = encodeValue({ faultCode: code, faultString: text });
  return `${prologue}<methodResponse><fault>${fault}</fault></methodResponse>`;
}

/** A start tag (`name`), an end tag (`/name`) or text between tags. */
type Token = { readonly tag: string } | { readonly text: string };

const entities: Readonly<Record<string, string>> = { lt: '<', gt: '>', amp: '&', quot: '"', apos: "'" };

function unescapeText(text: string): string {
  return text.replaceAll(
    /&(?:#x([\da-f]{1,6})|#(\d{1,7})|(\w+));|&/gi,
    (whole, hex?: string, decimal?: string, name?: string) => {
      if (name !== undefined) {
        const character = entities[name];
        if (character !== undefined) return character;
      } else if (whole !== '&') {
        const code = hex === undefined ? Number(decimal) : Number.parseInt(hex, 16);
        if (code <= 0x10ffff) return String.fromCodePoint(code);
      }
      throw new Error(`an entity of XML instead of ${whole}`);
    },
  );
}

function tokenize(xml: string): readonly Token[] {
  const tokens: Token[] = [];
  const body = xml.replace(/^\ufeff?\s*<\?xml[^>]*\?>/, '');
  const pattern = /<(\/?)([A-Za-z][\w.]*)\s*(\/?)>|([^<]+)|</g;
  for (const [, close, name, empty, text] of body.matchAll(pattern)) {
    if (name !== undefined) {
      tokens.push({ tag: `${close ?? ''}${name}` });
      if (empty === '/') tokens.push({ tag: `/${name}` });
    } else if (text !== undefined) {
      // XML turns every line end into a line feed.
      tokens.push({ text: unescapeText(text.replaceAll(/\r\n?/g, '\n')) });
    } else {
      throw new Error('plain tags: no document type, comment, attribute or section is read');
    }
  }
  return tokens;
}

/** Reads tokens one after the other; spaces between tags count for nothing. */
class TokenReader {
  readonly #tokens: readonly Token[];
  #next = 0;

  constructor(xml: string) {
    this.#tokens = tokenize(xml);
  }

  /** The next token is this tag; it is passed by. */
  skips(tag: string): boolean {
    let index = this.#next;
    let token = this.#tokens[index];
    while (token !== undefined && 'text' in token && token.text.trim() === '') token = this.#tokens[++index];
    if (token === undefined || !('tag' in token) || token.tag !== tag) return false;
    this.#next = index + 1;
    return true;
  }

  expect(tag: string): void {
    if (!this.skips(tag)) throw new Error(`<${tag}>`);
  }

  /** The text up to the next tag, which may be empty. */
  text(): string {
    const token = this.#tokens[this.#next];
    if (token === undefined || !('text' in token)) return '';
    this.#next += 1;
    return token.text;
  }

  expectEnd(): void {
    const rest = this.text();
    if (rest.trim() !== '' || this.#next < this.#tokens.length) throw new Error('nothing more');
  }
}

function readNumber(text: string): number {
  const number = Number(text.trim());
  if (text.trim() === '' || !Number.isFinite(number)) throw new Error('a number');
  return number;
}

const scalars: Readonly<Record<string, (text: string) => XmlRpcValue>> = {
  int: (text) => Math.trunc(readNumber(text)),
  i4: (text) => Math.trunc(readNumber(text)),
  double: readNumber,
  boolean: (text) => text.trim() === '1',
  string: (text) => text,
  'dateTime.iso8601': (text) => text,
  base64: (text) => Buffer.from(text, 'base64').toString('utf8'),
};

function readValue(reader: TokenReader, depth: number): XmlRpcValue {
  if (depth > deepest) throw new Error(`at most ${deepest} values within each other`);
  reader.expect('value');
  for (const [tag, read] of Object.entries(scalars)) {
    if (!reader.skips(tag)) continue;
    const value = read(reader.text());
    reader.expect(`/${tag}`);
    reader.expect('/value');
    return value;
  }
  if (reader.skips('array')) {
    const values: XmlRpcValue[] = [];
    reader.expect('data');
    while (!reader.skips('/data')) values.push(readValue(reader, depth + 1));
    reader.expect('/array');
    reader.expect('/value');
    return values;
  }
  if (reader.skips('struct')) {
    const members = new Map<string, XmlRpcValue>();
    while (!reader.skips('/struct')) {
      reader.expect('member');
      reader.expect('name');
      const name = reader.text();
      reader.expect('/name');
      members.set(name, readValue(reader, depth + 1));
      reader.expect('/member');
    }
    reader.expect('/value');
    return Object.fromEntries(members);
  }
  // A value without a type is a string.
  const text = reader.text();
  reader.expect('/value');
  return text;
}

function readParameters(reader: TokenReader): readonly XmlRpcValue[] {
  const parameters: XmlRpcValue[] = [];
  if (!reader.skips('params')) return parameters;
  while (!reader.skips('/params')) {
    reader.expect('param');
    parameters.push(readValue(reader, 0));
    reader.expect('/param');
  }
  return parameters;
}

/** The call that a request's body is. Throws an Error that says what was expected. */
export function decodeCall(xml: string): { readonly method: string; readonly parameters: readonly XmlRpcValue[] } {
  const reader = new TokenReader(xml);
  reader.expect('methodCall');
  reader.expect('methodName');
  const method = reader.text().trim();
  reader.expect('/methodName');
  if (method === '') throw new Error('a method name');
  const parameters = readParameters(reader);
  reader.expect('/methodCall');
  reader.expectEnd();
  return { method, parameters };
}

/** The result or the fault that a response's body is. Throws an Error that says what was expected. */
export function decodeResponse(xml: string): { readonly result: XmlRpcValue } | { readonly fault: XmlRpcFault } {
  const reader = new TokenReader(xml);
  reader.expect('methodResponse');
  if (reader.skips('fault')) {
    const fault = readValue(reader, 0);
    if (typeof fault !== 'object' || isList(fault)) throw new Error('a struct in <fault>');
    const { faultCode, faultString } = fault;
    if (typeof faultCode !== 'number' || typeof faultString !== 'string') throw new Error('faultCode and faultString');
    return { fault: { faultCode, faultString } };
  }
  const [result] = readParameters(reader);
  if (result === undefined) throw new Error('one result');
  return { result };
}
