import type { QueryClock, QueryValue } from './query-dates.ts';
import { readQueryAge, readQueryDate } from './query-dates.ts';
import { queryError } from './query-error.ts';
import type { QueryNode, TextField, TextNode } from './query.ts';
import { systemLabelNamed, systemLabelTerms } from '../system-labels.ts';
import { splitWords } from '../text/tokenize-text.ts';

/** What the values of a query are read against. */
export interface QueryOptions extends QueryClock {
  /** The account's own address: what `me` means. */
  readonly emailAddress: string;
}

/** An operator of the query language: `name:value`. */
export interface QueryOperator {
  readonly name: string;
  /** What the value makes of it. Throws `INVALID_INPUT` for a value it does not take. */
  readonly read: (value: QueryValue, options: QueryOptions) => QueryNode;
}

/** Words of a field, next to each other. Throws `INVALID_INPUT` where the value has no word, or asks for more than words. */
export function readWords(field: TextField, value: QueryValue): TextNode {
  const { position, text: got, isQuoted } = value;
  const words = splitWords(got);
  if (words.length === 0) {
    throw queryError('there is no word to look for.', { position, expected: 'a word of letters or digits', got });
  }
  if (!isQuoted && got.endsWith('*')) {
    const hint = 'Gmail has no wildcards; name the alternatives: {invoice invoices}.';
    throw queryError('only whole words can be looked for.', { position, expected: 'a whole word', got, hint });
  }
  if (!isQuoted && got.startsWith('-')) {
    const hint = `To leave out what matches, put the - in front: -${field}:…`;
    throw queryError('a - has no meaning here.', { position, expected: 'a word', got, hint });
  }
  return { kind: 'text', field, words };
}

function textOperator(name: string, field: TextField): QueryOperator {
  return { name, read: (value) => readWords(field, value) };
}

/** A field of addresses, in which `me` is the account itself. */
function addressOperator(name: string, field: TextField): QueryOperator {
  return {
    name,
    read: (value, { emailAddress }) => {
      const isMe = !value.isQuoted && value.text.toLowerCase() === 'me';
      return readWords(field, isMe ? { ...value, text: emailAddress } : value);
    },
  };
}

function afterOperator(name: string): QueryOperator {
  return { name, read: (value, options) => ({ kind: 'date', fromMs: readQueryDate(value, options) }) };
}

function beforeOperator(name: string): QueryOperator {
  return { name, read: (value, options) => ({ kind: 'date', beforeMs: readQueryDate(value, options) }) };
}

/** Binary multiples, as Gmail counts the size of an attachment. */
const sizeUnits: Readonly<Record<string, number>> = { '': 1, k: 1024, m: 1024 ** 2, g: 1024 ** 3 };

function readSize(value: QueryValue): number {
  const match = /^(\d{1,12})([kmg]?)b?$/i.exec(value.text);
  const bytes = Number(match?.[1]) * (sizeUnits[match?.[2]?.toLowerCase() ?? ''] ?? Number.NaN);
  if (Number.isSafeInteger(bytes)) return bytes;
  throw queryError('this is no size.', {
    position: value.position,
    expected: 'a whole number of bytes, or one with K, M or G, e.g. 5M',
    got: value.text,
  });
}

/** An operator whose values are keywords. */
function keywordOperator(name: string, extra: Readonly<Record<string, QueryNode>> = {}): QueryOperator {
  const labels = systemLabelTerms.filter((term) => term.operator === name);
  const nodes = new Map<string, QueryNode>([
    ...labels.map(({ value, label }): [string, QueryNode] => [value, { kind: 'label', label }]),
    ...Object.entries(extra),
  ]);
  return {
    name,
    read: (value) => {
      const node = nodes.get(value.text.toLowerCase());
      if (node !== undefined) return node;
      throw queryError(`${name}: does not know this value.`, {
        position: value.position,
        expected: `one of ${[...nodes.keys()].toSorted().join(', ')}`,
        got: value.text,
        ...(name === 'in' || name === 'is' ? { hint: 'For a label of your own, use label:.' } : {}),
      });
    },
  };
}

function notLabelled(label: string): QueryNode {
  return { kind: 'not', node: { kind: 'label', label } };
}

/** Archived: kept, received, and out of the inbox. */
const archived: QueryNode = { kind: 'and', nodes: ['INBOX', 'SENT', 'DRAFT', 'SPAM', 'TRASH'].map(notLabelled) };

function readLabel(value: QueryValue): QueryNode {
  if (value.text.trim() === '') {
    throw queryError('there is no label name.', { position: value.position, expected: 'a name', got: value.text });
  }
  return { kind: 'label', label: systemLabelNamed(value.text) ?? value.text };
}

function readMessageId(value: QueryValue): QueryNode {
  const messageId = value.text.replaceAll(/[<>\s]/g, '');
  if (messageId !== '') return { kind: 'messageId', messageId };
  throw queryError('there is no message id.', {
    position: value.position,
    expected: 'a Message-ID, e.g. rfc822msgid:abc@example.org',
    got: value.text,
  });
}

/** Every operator, in the order in which they are listed to a caller. The rules are Gmail's (support answer 7190). */
export const queryOperators: readonly QueryOperator[] = [
  addressOperator('from', 'from'),
  addressOperator('to', 'to'),
  addressOperator('cc', 'cc'),
  addressOperator('bcc', 'bcc'),
  textOperator('subject', 'subject'),
  { name: 'label', read: readLabel },
  keywordOperator('in', { anywhere: { kind: 'anywhere' }, archive: archived }),
  keywordOperator('is', { read: notLabelled('UNREAD') }),
  keywordOperator('has', {
    attachment: { kind: 'attachment' },
    userlabels: { kind: 'userLabels' },
    nouserlabels: { kind: 'not', node: { kind: 'userLabels' } },
  }),
  keywordOperator('category'),
  textOperator('filename', 'filename'),
  textOperator('list', 'list'),
  addressOperator('deliveredto', 'deliveredto'),
  afterOperator('after'),
  afterOperator('newer'),
  beforeOperator('before'),
  beforeOperator('older'),
  { name: 'newer_than', read: (value, options) => ({ kind: 'date', fromMs: readQueryAge(value, options) }) },
  { name: 'older_than', read: (value, options) => ({ kind: 'date', beforeMs: readQueryAge(value, options) }) },
  { name: 'larger', read: (value) => ({ kind: 'size', minBytes: readSize(value) + 1 }) },
  { name: 'smaller', read: (value) => ({ kind: 'size', belowBytes: readSize(value) }) },
  { name: 'size', read: (value) => ({ kind: 'size', minBytes: readSize(value) }) },
  { name: 'rfc822msgid', read: readMessageId },
];

const operatorsByName: ReadonlyMap<string, QueryOperator> = new Map(queryOperators.map((o) => [o.name, o]));

/** The operator of a name in any case, or undefined. */
export function queryOperatorNamed(name: string): QueryOperator | undefined {
  return operatorsByName.get(name.toLowerCase());
}
