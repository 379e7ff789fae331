import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { systemLabelIds } from '../../src/mail/message.ts';
import type { ParsedMail } from '../../src/mail/message.ts';
import { parseQuery } from '../../src/mail/query/parse-query.ts';
import { printQuery } from '../../src/mail/query/print-query.ts';
import type { QueryNode } from '../../src/mail/query/query.ts';
import { asksForSpamOrTrash, textFields } from '../../src/mail/query/query.ts';
import { evaluateQuery } from '../../src/mail/query/evaluate-query.ts';

const options = { nowMs: Date.UTC(2026, 10, 22), timeZone: 'America/New_York', emailAddress: 'ann@example.org' };

const word = fc.oneof(
  fc.constantFrom('or', 'AND', 'NOT', 'me', 'invoice', 'Zoë', '東', 'a_b', '2024'),
  fc.stringMatching(/^\w{1,8}$/),
);
const seconds = fc.integer({ min: 0, max: 99_999_999_999 });

const leaf: fc.Arbitrary<QueryNode> = fc.oneof(
  fc
    .tuple(fc.constantFrom(...textFields), fc.array(word, { minLength: 1, maxLength: 3 }))
    .map(([field, words]): QueryNode => ({ kind: 'text', field, words })),
  fc
    .tuple(fc.stringMatching(/^x\w{1,8}$/), fc.stringMatching(/^y\w{1,8}$/), fc.integer({ min: 1, max: 250 }))
    .map(([left, right, within]): QueryNode => ({
      kind: 'text',
      field: 'anywhere',
      words: [left],
      near: { words: [right], within },
    })),
  fc
    .constantFrom(...systemLabelIds, 'Work', 'a b/c', 'A&E', 'über-uns', '(x)')
    .map((label): QueryNode => ({ kind: 'label', label })),
  fc.constantFrom<QueryNode>({ kind: 'attachment' }, { kind: 'userLabels' }, { kind: 'anywhere' }),
  seconds.map((second): QueryNode => ({ kind: 'date', fromMs: second * 1000 })),
  seconds.map((second): QueryNode => ({ kind: 'date', beforeMs: second * 1000 })),
  fc.nat().map((minBytes): QueryNode => ({ kind: 'size', minBytes })),
  fc.nat().map((belowBytes): QueryNode => ({ kind: 'size', belowBytes })),
  fc
    .stringMatching(/^[a-z0-9.{}()-]{1,9}@[a-z.]{1,9}$/)
    .map((messageId): QueryNode => ({ kind: 'messageId', messageId })),
);

/** Trees as the parser makes them: no list of one, no list directly inside one of its own kind. */
const tree = fc.letrec<{ node: QueryNode; list: QueryNode }>((tie) => ({
  node: fc.oneof(
    { maxDepth: 5 },
    leaf,
    tie('list'),
    tie('node').map((node): QueryNode => ({ kind: 'not', node })),
  ),
  list: fc
    .record({
      kind: fc.constantFrom('and' as const, 'or' as const),
      nodes: fc.array(fc.oneof({ maxDepth: 5 }, leaf, tie('node')), { minLength: 2, maxLength: 4 }),
    })
    .map(({ kind, nodes }) => ({ kind, nodes: nodes.flatMap((node) => (node.kind === kind ? node.nodes : [node])) })),
})).node;

const shortTree = tree.filter((node) => printQuery(node).length <= 2000);

test('the canonical text of a tree is read back as the same tree, whatever the time zone', () => {
  fc.assert(
    fc.property(shortTree, fc.constantFrom('UTC', 'Asia/Tokyo', 'America/New_York'), (node, timeZone) => {
      assert.deepEqual(parseQuery(printQuery(node), { ...options, timeZone }), node);
    }),
    { numRuns: 1000 },
  );
});

test('a query is read, or refused at a position inside of it', () => {
  const piece = fc.constantFrom(
    'a',
    'b ',
    ' ',
    '-',
    '+',
    '"',
    '(',
    ')',
    '{',
    '}',
    ' OR ',
    ' AND ',
    'from:',
    'after:',
    'in:',
    'is:unread',
    '2024/01/02',
    'label:',
    'x:',
    '*',
    '@',
    '7d',
    'newer_than:',
    'or ',
    '東',
    '\u0301',
    '\ud83e\udd16',
  );
  fc.assert(
    fc.property(fc.array(fc.oneof(piece, fc.string({ maxLength: 3 })), { maxLength: 25 }), (pieces) => {
      const text = pieces.join('');
      try {
        const node = parseQuery(text, options);
        assert.deepEqual(parseQuery(printQuery(node), options), node);
      } catch (error) {
        const { code, details } = error as { code?: string; details?: { field?: string; position?: number } };
        assert.equal(code, 'INVALID_INPUT');
        assert.equal(details?.field, 'q');
        assert.ok(Number.isInteger(details.position) && Number(details.position) <= text.length);
      }
    }),
    { numRuns: 2000 },
  );
});

const parsed: ParsedMail = {
  from: [{ name: 'Ann Lee', address: 'ann@example.org' }],
  to: [{ name: 'Bob', address: 'bob@example.org' }],
  cc: [{ name: '', address: 'carl@example.org' }],
  bcc: [],
  replyTo: [],
  deliveredTo: ['bob+mail@example.org'],
  subject: 'Invoice for March',
  messageId: 'one@example.org',
  references: [],
  listId: 'The list <list.example.org>',
  text: 'Please find the invoice of 12 March enclosed.',
  attachments: [
    { filename: 'March.pdf', mimeType: 'application/pdf', isInline: false, sizeBytes: 0, content: new Uint8Array() },
  ],
  headers: [],
};
const message = {
  content: parsed,
  labels: [
    { id: 'INBOX', name: 'INBOX', type: 'system' as const },
    { id: 'Label_1', name: 'Work/Big Bills', type: 'user' as const },
  ],
  summary: {
    id: '1',
    threadId: '1',
    internalDate: String(Date.UTC(2026, 2, 12, 9)),
    historyId: '1',
    sizeEstimate: 5000,
    from: '',
    to: '',
    cc: '',
    bcc: '',
    subject: '',
    snippet: '',
    labelIds: ['INBOX', 'Label_1'],
    attachmentNames: ['March.pdf'],
  },
};

const answers: readonly (readonly [query: string, matches: boolean])[] = [
  ['', true],
  ['INVOICE', true],
  ['invoices', false],
  ['"invoice for"', true],
  ['"for invoice"', false],
  ['"march please"', false],
  ['from:ann', true],
  ['from:an', false],
  ['from:org.example', false],
  ['from:me', true],
  ['to:carl', true],
  ['cc:bob', false],
  ['deliveredto:bob', true],
  ['list:list.example.org', true],
  ['filename:pdf', true],
  ['subject:(march -april)', true],
  ['label:work-big-bills', true],
  ['label:"Work/Big Bills"', true],
  ['label:work', false],
  ['in:inbox -is:unread', true],
  ['has:userlabels has:attachment', true],
  ['after:2026/03/12 before:2026/03/13', true],
  ['before:2026/03/12', false],
  ['larger:5000', false],
  ['size:5000 smaller:5001', true],
  ['rfc822msgid:one@example.org', true],
  ['april OR invoice march', true],
  ['{april (invoice may)}', false],
];

for (const [query, matches] of answers) {
  test(`an invoice of March ${matches ? 'matches' : 'does not match'} ${query}`, () => {
    assert.equal(evaluateQuery(parseQuery(query, options), message), matches);
  });
}

test('only a query that is not negated asks for spam or trash', () => {
  for (const query of ['in:spam', 'a {b in:trash}', 'in:anywhere', 'label:spam'])
    assert.equal(asksForSpamOrTrash(parseQuery(query, options)), true, query);
  for (const query of ['', '-in:spam', 'spam', 'in:archive'])
    assert.equal(asksForSpamOrTrash(parseQuery(query, options)), false, query);
});
