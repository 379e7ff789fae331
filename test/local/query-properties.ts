import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite, test } from 'node:test';
import type { TestContext } from 'node:test';
import * as fc from 'fast-check';
import type { IncomingMessage } from '../../src/local/arrival/incoming.ts';
import type { LocalMailbox } from '../../src/local/open-local-mailbox.ts';
import { asksForSpamOrTrash, textFields } from '../../src/mail/query/query.ts';
import type { QueryNode } from '../../src/mail/query/query.ts';
import { parseMime } from '../../src/mail/mime/parse-mime.ts';
import type { EvaluatedMessage } from '../../src/mail/query/evaluate-query.ts';
import { evaluateQuery } from '../../src/mail/query/evaluate-query.ts';
import { tokenizeText } from '../../src/mail/text/tokenize-text.ts';
import { isHeavyBody } from '../../src/parser/body-text-within.ts';
import { numbersFrom } from '../fuzz/mutate.ts';
import { randomQuery, tryQuery } from './random-queries.ts';
import { incoming } from './temporary-mailbox.ts';

const dayMs = 24 * 60 * 60 * 1000;
const startMs = Date.UTC(2015, 0, 1);

/** A mailbox with every message of it beside, newest first, as the oracle wants them. */
interface Searched {
  readonly mailbox: LocalMailbox;
  readonly messages: readonly EvaluatedMessage[];
}

async function fill(mailbox: LocalMailbox, batch: readonly IncomingMessage[]): Promise<Searched> {
  const outcomes = await mailbox.addMessages(batch);
  const labels = await mailbox.listLabels();
  const known: EvaluatedMessage[] = [];
  for (const [index, { parsed }] of batch.entries()) {
    const { summary } = await mailbox.getMessage(outcomes[index]?.id ?? '');
    known.push({ summary, content: parsed, labels });
  }
  return {
    mailbox,
    messages: known.toSorted((a, b) => Number(b.summary.internalDate) - Number(a.summary.internalDate)),
  };
}

function both(first: QueryNode, second: QueryNode): QueryNode {
  return { kind: 'and', nodes: [first, second] };
}

function pick(list: readonly string[], number: number): string {
  return list[number % list.length] ?? '';
}

/** Queries over these words and labels, of every kind and nested; most find something. */
function queries(
  words: readonly string[],
  labels: readonly string[],
  dates: readonly number[],
): fc.Arbitrary<QueryNode> {
  const word = fc.constantFrom(...words);
  const field = fc.oneof({ weight: 3, arbitrary: fc.constant('anywhere' as const) }, fc.constantFrom(...textFields));
  const phrase = fc.oneof({ weight: 4, arbitrary: fc.tuple(word) }, fc.tuple(word, word));
  const alone = fc.tuple(field, phrase).map(([field, words]): QueryNode => ({ kind: 'text', field, words }));
  const near = fc
    .tuple(word, word, fc.integer({ min: 1, max: 6 }))
    // As the language has it: two words that have none in common.
    .filter(([left, right]) => !tokenizeText(left).some((token) => tokenizeText(right).includes(token)))
    .map(([left, right, within]): QueryNode => ({
      kind: 'text',
      field: 'anywhere',
      words: [left],
      near: { words: [right], within },
    }));
  const text = fc.oneof({ weight: 5, arbitrary: alone }, near);
  const label = fc.constantFrom(...labels).map((name): QueryNode => ({ kind: 'label', label: name }));
  const other = fc.constantFrom<QueryNode>(
    { kind: 'attachment' },
    { kind: 'userLabels' },
    { kind: 'all' },
    { kind: 'anywhere' },
    { kind: 'messageId', messageId: '7@x' },
    { kind: 'size', minBytes: 1000 },
    { kind: 'size', belowBytes: 2000 },
    { kind: 'size', minBytes: 2e6 },
    { kind: 'size', minBytes: 500, belowBytes: 1500 },
    ...dates.flatMap((ms): QueryNode[] => [
      { kind: 'date', fromMs: ms },
      { kind: 'date', beforeMs: ms },
      { kind: 'date', fromMs: ms, beforeMs: ms + 300 * dayMs },
    ]),
  );
  const leaf = fc.oneof(
    { weight: 5, arbitrary: text },
    { weight: 3, arbitrary: label },
    { weight: 2, arbitrary: other },
  );
  const { node } = fc.letrec<{ node: QueryNode }>((tie) => {
    const nodes = fc.array(tie('node'), { minLength: 2, maxLength: 3 });
    const combination = fc
      .tuple(fc.constantFrom('and', 'or'), nodes)
      .map(([kind, nodes]): QueryNode => ({ kind, nodes }));
    const negation = tie('node').map((node): QueryNode => ({ kind: 'not', node }));
    return {
      node: fc.oneof(
        { maxDepth: 4, depthSize: 'max' },
        { weight: 3, arbitrary: leaf },
        { weight: 3, arbitrary: combination },
        { weight: 2, arbitrary: negation },
      ),
    };
  });
  return fc.oneof(
    node,
    fc.tuple(text, node).map(([first, second]) => both(first, second)),
    fc.tuple(text, text).map(([first, second]) => both(first, { kind: 'not', node: second })),
  );
}

/** Walks all pages of the search and compares them with what the oracle finds by looking at every message. */
async function assertAgrees({ mailbox, messages }: Searched, query: QueryNode, maxResults: number): Promise<void> {
  const isWide = asksForSpamOrTrash(query);
  const isShown = ({ summary: { labelIds } }: EvaluatedMessage): boolean =>
    isWide || !(labelIds.includes('SPAM') || labelIds.includes('TRASH'));
  const expected = messages.filter((message) => isShown(message) && evaluateQuery(query, message));
  const found: string[] = [];
  let pageToken: string | undefined;
  do {
    const token = pageToken === undefined ? {} : { pageToken };
    const page = await mailbox.searchMessages({ query, includeSpamTrash: false, maxResults, ...token });
    found.push(...page.messages.map(({ id }) => id));
    ({ nextPageToken: pageToken } = page);
  } while (pageToken !== undefined);
  assert.deepEqual(
    found,
    expected.map(({ summary }) => summary.id),
  );
}

/** Words of made-up mail, labels of it, and times to ask about. */
const vocabulary = ['whale', 'Zoë', 'blue', 'AND', 'x_y', "o'hara", '鲸鱼', 'straße', 'ann@example.org', 'pdf', 'the'];
const labels = ['Work', 'Work/Rome', 'work-rome', 'SPAM', 'TRASH', 'STARRED'];
const dates = [0, startMs + 100.5 * dayMs, startMs + 3000 * dayMs, startMs + 5000 * dayMs];

/** Fills a mailbox with made-up mail, other mail for another seed. */
export async function fillWithMadeUp(mailbox: LocalMailbox, count: number, seed = 0): Promise<Searched> {
  const batch = Array.from({ length: count }, (_, index) => {
    const word = (factor: number, shift = 0) => pick(vocabulary, index * (factor + (seed % 4)) + shift + seed);
    return incoming({
      messageId: `${index}@x`,
      receivedMs: startMs + index * 3.1 * dayMs,
      subject: `${word(7)} ${word(5, 1)}`,
      from: `${pick(['Ann Whale', 'Zoe', 'Blue Ann'], index)} <${pick(['ann', 'bob', 'zoe'], index * 2)}@example.org>`,
      to: `${pick(['ann', 'me', 'the'], index + 1)}@example.org`,
      text: `the ${word(1)} ${word(3)} ${'x'.repeat(index)}`,
      ...(index % 9 === 0 ? { cc: 'Blue Whale <whale@example.net>', listId: '<whale.example.org>' } : {}),
      ...(index % 11 === 0 ? { bcc: 'ann@example.org', deliveredTo: 'the@example.org' } : {}),
      ...(index % 13 === 0 ? { attachment: { filename: `${word(1)}.pdf`, content: 'x' } } : {}),
      labels: [
        ...(index % 20 === 0 ? [] : ['INBOX']),
        ...(index % 17 === 0 ? [pick(labels, index)] : []),
        ...(index < 40 ? ['Old'] : []),
      ],
    });
  });
  return fill(mailbox, await Promise.all(batch));
}

/** Compares searches of made-up mail with what looking at every message finds. Throws what does not agree, with its seed. */
export async function assertMadeUpAgrees(
  searched: Searched,
  runs: { readonly numRuns: number; readonly seed?: number },
) {
  const query = queries([...vocabulary, 'zzz', '&', 'NOT'], [...labels, 'INBOX', 'Old', 'nowhere', 'DRAFT'], dates);
  const most = Math.max(20, Math.ceil(searched.messages.length * 0.55));
  const property = fc.asyncProperty(query, fc.integer({ min: Math.min(20, most), max: most }), (node, size) =>
    assertAgrees(searched, node, size),
  );
  await fc.assert(property, runs);
}

/** Opens an empty mailbox for a test. */
type Open = (t: TestContext) => Promise<LocalMailbox>;

/** Searches of generated queries, compared with what looking at every message finds. */
export function testQueryProperties(engine: string, open: Open): void {
  suite(`search: ${engine}`, () => {
    test('finds what looking at every message finds, page by page, and takes any text for a query', async (t) => {
      const searched = await fillWithMadeUp(await open(t), 1300);
      await assertMadeUpAgrees(searched, { numRuns: 25 });
      const random = numbersFrom(7);
      for (let tries = 0; tries < 300; tries += 1) {
        const text = randomQuery(random);
        assert.equal((await tryQuery(searched.mailbox, text)).problem, undefined, JSON.stringify(text));
      }
    });

    test('a NUL in an id is looked for as it is stored', async (t) => {
      const mailbox = await open(t);
      const raw = Buffer.from('Message-ID: <a\0b@example.org>\r\nSubject: NUL\r\n\r\nx');
      await mailbox.addMessages([{ raw, parsed: await parseMime(raw), internalDateMs: startMs, labels: [] }]);
      for (const [messageId, hits] of [
        ['a\0b@example.org', 1],
        ['\0', 0],
      ] as const) {
        const query = { kind: 'messageId', messageId } as const;
        const { messages } = await mailbox.searchMessages({ query, includeSpamTrash: true, maxResults: 10 });
        assert.equal(messages.length, hits);
      }
    });

    const corpus = join(import.meta.dirname, '../../../shared/mail/spamassassin');
    const skip = existsSync(corpus) ? false : 'needs the public mail corpus in ../shared/mail/spamassassin';
    test('finds in real mail what looking at every message finds', { skip }, async (t) => {
      const folders = ['easy-ham-1', 'hard-ham-1', 'spam-1'] as const;
      const files = folders.flatMap((folder) =>
        readdirSync(join(corpus, folder))
          .filter((_, index) => index % 9 === 0)
          .map((name) => ({ folder, name })),
      );
      const batch = await Promise.all(
        files.map(async ({ folder, name }, index): Promise<IncomingMessage> => {
          const raw = readFileSync(join(corpus, folder, name));
          const internalDateMs = startMs + index * dayMs;
          return {
            raw,
            parsed: await parseMime(raw),
            internalDateMs,
            labels: [folder, ...(folder === 'spam-1' ? ['SPAM'] : [])],
          };
        }),
      );
      // What is heavy is read in a time of its own, which a busy machine may not have.
      const light = batch.filter(({ parsed }) => !isHeavyBody(parsed));
      const searched = await fill(await open(t), light);
      const words = [
        'linux',
        'the',
        'money',
        'razor',
        'ilug',
        're',
        'list',
        'http',
        'yahoo.com',
        'spam',
        '2002',
        '=',
        'free',
      ];
      const dates = [startMs + 50 * dayMs, startMs + 200 * dayMs];
      await fc.assert(
        fc.asyncProperty(
          queries(words, [...folders, 'SPAM', 'INBOX'], dates),
          fc.integer({ min: 5, max: 400 }),
          (query, size) => assertAgrees(searched, query, size),
        ),
        { numRuns: 15 },
      );
    });
  });
}
