import type { ParsedMail } from '../../../src/mail/message.ts';
import type { FileFacts, Reading } from './other-parsers.ts';
import { factsOf } from './other-parsers.ts';

/** Two readings of one field that are not the same, and the rule by which ours is the one that we want. */
export interface Difference {
  readonly field: string;
  /** Undefined where no rule explains it. */
  readonly rule?: string;
  readonly ours: unknown;
  readonly theirs: unknown;
}

/** A message as one character a byte, what we make of it, and what another parser does of it. */
export interface Compared {
  readonly parser: 'Python' | 'postal-mime';
  readonly latin1: string;
  readonly parsed: ParsedMail;
  readonly theirs: Reading;
}

type Rule<T> = readonly [rule: string, applies: (ours: T, theirs: T, compared: Compared) => boolean];

/** Every difference between our reading of a message and another parser's. */
export function differencesIn(compared: Compared): readonly Difference[] {
  const { parsed, theirs } = compared;
  const found: Difference[] = [];
  const compare = <T>(field: string, ours: T, other: T, isSame: boolean, rules: readonly Rule<T>[]): void => {
    if (isSame) return;
    const rule = rules.find(([, applies]) => applies(ours, other, compared))?.[0];
    found.push({ field, ours, theirs: other, ...(rule === undefined ? {} : { rule }) });
  };
  compare('subject', parsed.subject, theirs.subject, squeeze(parsed.subject) === squeeze(theirs.subject), subjectRules);
  for (const field of ['from', 'to', 'cc'] as const) {
    const all = parsed[field].map(({ address }) => address);
    const ours = (field === 'from' ? all.slice(0, Math.max(1, theirs.from.length)) : all).filter((text) => text !== '');
    compare(field, ours, theirs[field], ours.join() === theirs[field].join(), addressRules(field));
  }
  compare('date', parsed.dateMs, theirs.dateMs, parsed.dateMs === theirs.dateMs, dateRules);
  const plain = theirs.plain.join('\n');
  compare('text', parsed.text ?? '', plain, squeeze(parsed.text ?? '') === squeeze(plain), textRules);
  const html = theirs.html.join('\n');
  compare('html', parsed.html ?? '', html, squeeze(parsed.html ?? '') === squeeze(html), htmlRules);
  const files = parsed.attachments.map(({ mimeType, content }) => factsOf(mimeType, content));
  compare('files', files, theirs.files, JSON.stringify(files) === JSON.stringify(theirs.files), fileRules);
  return found;
}

const squeeze = (text: string): string => text.replaceAll(/[\s\p{Cc}]+/gu, ' ').trim();
const withoutSpaces = (text: string): string => text.replaceAll(/[\s\p{Cc}]+/gu, '');
const withoutQuotes = (text: string): string => text.replaceAll(/[\s>]+/g, '');
const asciiOf = (text: string): string => text.replaceAll(/[^!-~]+/g, '').replaceAll('?', '');
const wordsOf = (text: string): string => text.replaceAll(/[^\p{L}\p{N}]+/gu, '');
const headerOf = ({ latin1 }: Compared, name: string): string =>
  new RegExp(`^${name}[ \\t]*:(.*(?:\\r?\\n[ \\t].*)*)`, 'im').exec(latin1)?.[1] ?? '';
const has =
  (pattern: RegExp) =>
  (_ours: unknown, _theirs: unknown, { latin1 }: Compared): boolean =>
    pattern.test(latin1);

const undeclared = 'bytes are read in the charset that they are of, whatever is declared or not';
const isDecodedBetter = (ours: string, theirs: string): boolean => asciiOf(ours) === asciiOf(theirs);
/** Two bytes a character, the second of which may be ASCII: no letters are left to compare. */
const isOfWideCharset = (ours: string, theirs: string): boolean =>
  hasWide(ours) && (!hasWide(theirs) || unreadable(ours) < unreadable(theirs));
const unreadable = (text: string): number => text.split('\ufffd').length - 1;
const hasWide = (text: string): boolean =>
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}]/u.test(text);

const subjectRules: readonly Rule<string>[] = [
  ['a space that is written is kept, none is added', (ours, theirs) => withoutSpaces(ours) === withoutSpaces(theirs)],
  [undeclared, isDecodedBetter],
  [undeclared, isOfWideCharset],
  [undeclared, (_ours, theirs) => /[\ufffd\udc80-\udcff]|\\udc/.test(theirs)],
];

function addressRules(name: string): readonly Rule<readonly string[]>[] {
  const header =
    (pattern: RegExp) =>
    (_ours: unknown, _theirs: unknown, compared: Compared): boolean =>
      pattern.test(headerOf(compared, name));
  return [
    [
      'a word is a name, and no address without an @',
      (ours, theirs) => ours.join() === theirs.filter((text) => text.includes('@')).join(),
    ],
    ['list archives write " at " for the @', header(/ at |@end\|ng|@ @/)],
    [undeclared, header(/[\u0080-\u00ff]/)],
    ['a colon that begins no group, and a semicolon that ends none, are text', header(/[:;]/)],
    ['an encoded word is text, never an address', header(/=\?/)],
    [
      'control characters are dropped',
      (ours, theirs) => ours.map(withoutSpaces).join() === theirs.map(withoutSpaces).join(),
    ],
    ['a bracket or quote that does not close means nothing', header(/[<>"()]/)],
  ];
}

const dateRules: readonly Rule<number | undefined>[] = [
  [
    'RFC 5322 section 4.3: a year of three digits counts from 1900',
    (_ours, theirs) => theirs !== undefined && theirs < 0,
  ],
  ['dates of other forms than that of RFC 5322 are read', (ours, theirs) => ours !== undefined && theirs === undefined],
  [
    'a zone of hours behind GMT is ahead by them, and a fraction of minutes is nothing',
    (_ours, _theirs, compared) => /GMT[+-]\d{1,2}\s*$|[+-]\d{4}\.\d+\s*$/.test(headerOf(compared, 'date')),
  ],
  [
    'a zone that is none counts as UTC',
    (_ours, _theirs, compared) => /\d{5}\s*$|[A-Z]{1,5}\s*$/.test(headerOf(compared, 'date').trim()),
  ],
  [
    'a comment is passed over, and the zone behind it read',
    (_ours, _theirs, compared) => headerOf(compared, 'date').includes('('),
  ],
  ['a day that the calendar does not have is no date', (ours) => ours === undefined],
];

const isFlowed = has(/format="?flowed/i);
const hasMessage = has(/message\/(?:rfc822|delivery-status|partial|external-body|news)|multipart\/digest/i);

const textRules: readonly Rule<string>[] = [
  ['white space is kept as it is written', (ours, theirs) => withoutSpaces(ours) === withoutSpaces(theirs)],
  [
    'a message whose parts are not all in plain text has no text of its own',
    (ours, _, { parsed }) => ours === '' && parsed.html !== undefined,
  ],
  [
    'format=flowed: paragraphs are joined across lines of one depth',
    (ours, theirs, compared) => isFlowed(ours, theirs, compared) && withoutQuotes(ours) === withoutQuotes(theirs),
  ],
  [undeclared, isDecodedBetter],
  [undeclared, isOfWideCharset],
  // oxlint-disable-next-line no-control-regex -- ESC begins the sequences of ISO 2022
  [undeclared, has(/\u001B\$|charset="?utf-?(?:7|16|32)/i)],
  ['an attached message is shown with its header, or is a file', hasMessage],
  ['uuencoded files are files', has(/^begin [0-7]{3,4} /m)],
  ['every kind of text is text', has(/^content-type:\s*"?text\/(?!plain|html)/im)],
  [
    'of alternatives the last is read',
    (ours, _, { theirs }) => theirs.plain.some((text) => squeeze(text) === squeeze(ours)),
  ],
  ['a multipart without parts is text', (_, theirs) => theirs === ''],
  ['base64 ends where plain text begins', has(/base64/i)],
  ['what quoted-printable cannot be stays as it is written', has(/quoted-printable/i)],
  ['text of a part without a header is kept', (ours, theirs) => ours.length > theirs.length],
  ['a list footer without HTML belongs to both forms', (ours, theirs) => wordsOf(theirs).includes(wordsOf(ours))],
];

const htmlRules: readonly Rule<string>[] = [
  ['white space is kept as it is written', (ours, theirs) => withoutSpaces(ours) === withoutSpaces(theirs)],
  [
    'parts in plain text are in the HTML too',
    (ours, _, { theirs }) => theirs.html.every((text) => squeeze(ours).includes(squeeze(text))),
  ],
  [undeclared, isDecodedBetter],
  [undeclared, isOfWideCharset],
  ['parts in plain text are in the HTML too', (ours) => ours.includes('<div>')],
  [
    'of alternatives the last is read',
    (ours, _, { theirs }) => theirs.html.some((text) => squeeze(text) === squeeze(ours)),
  ],
  ['an attached message is shown with its header, or is a file', hasMessage],
  ['base64 ends where plain text begins', has(/base64/i)],
  ['HTML that is a file is no text of the message', (ours) => ours === ''],
];

/** The kinds of part that other parsers take apart or read in another way than as the bytes of a file. */
const notAsBytes = /^(?:message|multipart|text)\//;

const fileRules: readonly Rule<readonly FileFacts[]>[] = [
  [
    'messages, reports and texts are files as they are sent, and text where they are text',
    (ours, theirs) => JSON.stringify(binary(ours)) === JSON.stringify(binary(theirs)),
  ],
  [
    'uuencoded files are files',
    (ours, theirs, compared) =>
      ours.length > theirs.length && has(/^begin [0-7]{3,4} |uuencode/im)(ours, theirs, compared),
  ],
  ['files of attached messages are in those messages', hasMessage],
  ['base64 that is damaged is read as far as it is base64', has(/base64/i)],
  [
    'the line break before a boundary is no part of a file, and none within it is changed',
    (ours, theirs, { parser }) => parser === 'postal-mime' && typesOf(binary(ours)) === typesOf(binary(theirs)),
  ],
];

const typesOf = (files: readonly FileFacts[]): string => files.map(({ mimeType }) => mimeType).join();

const binary = (files: readonly FileFacts[]): readonly FileFacts[] =>
  files.filter(({ mimeType }) => !notAsBytes.test(mimeType));
