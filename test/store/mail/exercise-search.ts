import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import * as fc from 'fast-check';
import { indexedFields } from '../../../src/store/mail/condition.ts';
import type { Condition, IndexedField } from '../../../src/store/mail/condition.ts';
import { isMatch, type Searched } from './is-match.ts';
import { all, labelKey, minuteMs, noonMs, putAll } from './store-under-test.ts';
import type { OpenStore } from './store-under-test.ts';

const words = ['alpha', 'beta', 'gamma', 'größe', '中', 'a_b', 'x1'];
const dates = [0, 1, 2, 3, 4, 5, 6].map((minutes) => noonMs + minutes * minuteMs);
const sizes = [100, 5000, 999_999, 1_000_000, 2_000_000];
const labelIds = ['INBOX', 'STARRED', 'SPAM', 'Label_a', 'Label_b'];
const messageIds = ['1@x', '2@x', '3@x'];

const text = fc.array(fc.constantFrom(...words), { maxLength: 4 }).map((some) => some.join(' '));
const message: fc.Arbitrary<Searched> = fc.record({
  texts: fc.record({ subject: text, sender: text, cc: text, body: text, deliveredTo: text }),
  labelIds: fc.subarray(labelIds),
  internalDateMs: fc.constantFrom(...dates),
  sizeBytes: fc.constantFrom(...sizes),
  messageId: fc.constantFrom(...messageIds),
  attachmentNames: fc.subarray(['a.pdf']),
  threadId: fc.constantFrom('t1', 't2', 't3', 't4', 't5'),
});

/** Conditions of every kind, nested; labels by their place in {@link labelIds} until their keys are known. */
function conditions(keys: readonly number[]): fc.Arbitrary<Condition> {
  const phrase = fc.array(fc.constantFrom(...words), { minLength: 1, maxLength: 2 });
  const fields = fc.subarray([...indexedFields], { minLength: 1, maxLength: 3 });
  const leaf = fc.oneof<fc.Arbitrary<Condition>[]>(
    fc.record({ kind: fc.constant('text' as const), words: phrase }),
    fc.record({ kind: fc.constant('text' as const), words: phrase, fields }),
    fc
      .tuple(fc.shuffledSubarray([...words], { minLength: 2, maxLength: 3 }), fc.integer({ min: 1, max: 3 }))
      .map(([[first = '', ...others], within]) => ({ kind: 'text', words: [first], near: { words: others, within } })),
    fc.record({ kind: fc.constant('label' as const), keys: fc.subarray([...keys], { minLength: 1, maxLength: 2 }) }),
    fc.record(
      { kind: fc.constant('date' as const), fromMs: fc.constantFrom(...dates), beforeMs: fc.constantFrom(...dates) },
      { requiredKeys: ['kind'] },
    ),
    fc.record(
      {
        kind: fc.constant('size' as const),
        minBytes: fc.constantFrom(...sizes),
        belowBytes: fc.constantFrom(...sizes),
      },
      { requiredKeys: ['kind'] },
    ),
    fc.record({ kind: fc.constant('messageId' as const), messageId: fc.constantFrom(...messageIds, 'nobody@x') }),
    fc.constantFrom<Condition>({ kind: 'attachment' }, { kind: 'userLabel' }, { kind: 'all' }, { kind: 'none' }),
  );
  const { tree } = fc.letrec<{ tree: Condition }>((tie) => ({
    tree: fc.oneof(
      { maxDepth: 3, depthSize: 'small' },
      { weight: 3, arbitrary: leaf },
      fc.record({
        kind: fc.constantFrom('and' as const, 'or' as const),
        conditions: fc.array(tie('tree'), { minLength: 2, maxLength: 3 }),
      }),
      fc.record({ kind: fc.constant('not' as const), condition: tie('tree') }),
    ),
  }));
  return tree;
}

export function exerciseSearch(open: OpenStore): void {
  suite('search', () => {
    test('finds what a naive reading of every condition finds, newest first, page by page, by threads', async (t) => {
      const { store } = await open(t);
      for (const id of labelIds.slice(3)) {
        await store.write((rows) => rows.labels.insert({ name: id, type: 'user' }, () => id));
      }
      const keys = new Map(await Promise.all(labelIds.map(async (id) => [id, await labelKey(store, id)] as const)));
      const messages = fc.sample(message, { numRuns: 120, seed: 7 });
      const messageKeys = await putAll(store, messages);
      const known = messages
        .map((parts, index) => ({ parts, key: messageKeys[index] ?? 0 }))
        .toSorted((a, b) => b.key - a.key);
      const { threads } = await store.once((rows) => rows.threads.around({ ids: ['t1', 't2', 't3', 't4', 't5'] }));
      const threadKeys = new Map(threads.map(({ id, key }) => [id, key]));

      await fc.assert(
        fc.asyncProperty(
          conditions([...keys.values()]),
          fc.nat(119),
          fc.integer({ min: 1, max: 9 }),
          async (condition, place, limit) => {
            const expected = known.filter(({ parts }) => isMatch(condition, parts, keys));
            const belowKey = known[place]?.key ?? 0;
            await store.read(async ({ search }) => {
              assert.deepEqual(await search.keys(condition, all), keysOf(expected));
              const below = keysOf(expected.filter(({ key }) => key < belowKey)).slice(0, limit);
              assert.deepEqual(await search.keys(condition, { belowKey, limit }), below);
              const counted = Math.min(expected.length, limit);
              const newestFew = keysOf(expected).slice(0, 4);
              const whole = { limit: 4, count: { limit, mostLooked: 120 }, besides: condition };
              assert.deepEqual(await search.countedKeys(condition, whole), {
                keys: newestFew,
                total: counted,
                besides: counted,
              });
              const few = await search.countedKeys(condition, { limit: 4, count: { limit, mostLooked: 9 } });
              assert.deepEqual(few.keys, newestFew);
              assert.ok(few.total === undefined || few.total === counted, `${few.total} instead of ${counted}`);
              assert.equal(few.besides, undefined);
              const [first] = known;
              assert.deepEqual(await search.matches([condition, { kind: 'all' }], first?.key ?? 0), [
                expected.includes(first ?? { parts: messages[0]!, key: 0 }),
                true,
              ]);

              const newest = new Map<string, number>();
              for (const { parts, key } of expected) {
                if (!newest.has(parts.threadId)) newest.set(parts.threadId, key);
              }
              const wanted = [...newest]
                .map(([id, messageKey]) => ({ threadKey: threadKeys.get(id) ?? 0, messageKey }))
                .filter(({ messageKey }) => messageKey < belowKey);
              const newestKey = await search.newestKey();
              assert.deepEqual(await search.threads(condition, { newestKey, belowKey, limit }), wanted.slice(0, limit));
            });
          },
        ),
        { numRuns: 400 },
      );
    });

    test('counts by an index however many messages there are, and without one the newest only', async (t) => {
      const { store } = await open(t);
      const messages = Array.from({ length: 40 }, (_, minute) => ({
        internalDateMs: noonMs + minute * minuteMs,
        sizeBytes: minute < 20 ? 100 : 5000,
        texts: { body: minute % 4 === 0 ? 'rare word' : 'word' },
        attachmentNames: minute < 10 ? ['a.pdf'] : [],
      }));
      await putAll(store, messages);
      const spam = await labelKey(store, 'SPAM');
      const word = (text: string): Condition => ({ kind: 'text', words: [text] });
      const notSpam: Condition = { kind: 'not', condition: { kind: 'label', keys: [spam] } };
      const both = (...conditions: readonly Condition[]): Condition => ({ kind: 'and', conditions });
      await store.read(async ({ search }) => {
        const count = async (condition: Condition, mostLooked = 5): Promise<number | undefined> =>
          (await search.countedKeys(condition, { limit: 1, count: { limit: 30, mostLooked } })).total;
        assert.equal(await count(word('rare')), 10);
        assert.equal(await count(word('word')), 30);
        assert.equal(await count(both(word('rare'), notSpam)), 10);
        assert.equal(await count(both(word('word'), { kind: 'not', condition: word('rare') })), 30);
        assert.equal(await count({ kind: 'label', keys: [spam] }), 0);
        assert.equal(await count({ kind: 'not', condition: word('rare') }), undefined);
        assert.equal(await count({ kind: 'not', condition: word('word') }), 0);
        assert.equal(await count({ kind: 'not', condition: word('rare') }, 40), 30);
        assert.equal(await count({ kind: 'size', belowBytes: 1000 }), 20);
        assert.equal(await count({ kind: 'attachment' }), 10);
        assert.equal(await count(both(word('rare'), { kind: 'attachment' })), 3);
        assert.equal(await count({ kind: 'size', minBytes: 1000, belowBytes: 5000 }), 0);
        assert.equal(await count(both(word('rare'), { kind: 'size', belowBytes: 1000 })), 5);
        assert.equal(await count(both(word('word'), { kind: 'not', condition: { kind: 'size', minBytes: 1000 } })), 20);
      });
    });

    test('passes over messages that came after the list was begun', async (t) => {
      const { store } = await open(t);
      const [first = 0, second = 0] = await putAll(store, [
        { threadId: 'a', internalDateMs: noonMs },
        { threadId: 'b', internalDateMs: noonMs + minuteMs },
      ]);
      const newestKey = await store.once((rows) => rows.search.newestKey());
      assert.equal(newestKey, second);
      await putAll(store, [{ threadId: 'a', internalDateMs: noonMs + 2 * minuteMs }]);
      const slice = { newestKey, belowKey: newestKey + 1, limit: 9 };
      const found = await store.once((rows) => rows.search.threads({ kind: 'all' }, slice));
      assert.deepEqual(
        found.map(({ messageKey }) => messageKey),
        [second, first],
      );
    });

    test('an empty mailbox answers every question', async (t) => {
      const { store } = await open(t);
      await store.read(async ({ search }) => {
        assert.equal(await search.newestKey(), 0);
        assert.deepEqual(await search.keys({ kind: 'all' }, all), []);
        assert.deepEqual(await search.keys({ kind: 'label', keys: [1, 4711] }, all), []);
        assert.deepEqual(await search.threads({ kind: 'all' }, { newestKey: 0, belowKey: 1, limit: 9 }), []);
        assert.deepEqual(await search.matches([{ kind: 'all' }], 17), [false]);
      });
    });

    test('words are compared as they are written, but for the case of ASCII letters', async (t) => {
      const { store } = await open(t);
      const texts: Partial<Record<IndexedField, string>> = { body: 'Alpha straße 中 文 ελλάδα', filename: 'a.PDF' };
      const [key = 0] = await putAll(store, [{ texts }]);
      for (const [found, ...phrase] of [
        [1, 'alpha'],
        [0, 'alph'],
        [1, 'straße'],
        [0, 'strasse'],
        [1, '中', '文'],
        [0, '文', '中'],
        [1, 'ελλάδα'],
        [1, 'pdf'],
        [1, 'a', 'pdf'],
      ] as const) {
        const hits = await store.once((rows) => rows.search.keys({ kind: 'text', words: phrase }, all));
        assert.deepEqual(hits, found === 1 ? [key] : [], phrase.join(' '));
      }
    });

    test('texts of megabytes, words of kilobytes and phrases of hundreds of words are found like any other', async (t) => {
      const { store } = await open(t);
      // Where PostgreSQL counts no further: 1 MiB of words, 2,046 bytes a word, 16,383 positions, 256 of one word.
      const numbered = Array.from({ length: 120_000 }, (_, n) => `word${n}`);
      const longWord = (end: string) => `${'q'.repeat(9000)}${end}`;
      const long: Partial<Record<IndexedField, string>> = {
        subject: `rare ${'the cat '.repeat(400)}sat`,
        sender: longWord('s'),
        body: `${numbered.join(' ')} ${longWord('a')} ${'中'.repeat(3000)} last of all`,
      };
      const [big = 0, small = 0] = await putAll(store, [
        { texts: long },
        { texts: { body: `word7 ${longWord('b')}` } },
      ]);
      const expectations: readonly (readonly [readonly number[], string, IndexedField?])[] = [
        [[small, big], 'word7'],
        [[big], 'word16383 word16384 word16385'],
        [[], 'word16384 word16383'],
        [[big], numbered.slice(100_000, 100_400).join(' ')],
        [[], numbered.slice(100_000, 100_400).toSpliced(200, 1).join(' ')],
        [[big], 'word119999'],
        [[], 'word120000'],
        [[big], 'last of all', 'body'],
        [[], 'last', 'subject'],
        [[big], `${'the cat '.repeat(300)}the cat sat`],
        [[], `${'the cat '.repeat(300)}the cat the sat`],
        [[big], longWord('a')],
        [[small], longWord('b')],
        [[], longWord('')],
        [[], longWord('a'), 'sender'],
        [[big], longWord('s'), 'sender'],
        [[big], `word119999 ${longWord('a')} ${'中'.repeat(3000)}`],
        [[], '中'.repeat(2999)],
        [[big], 'rare', 'subject'],
      ];
      for (const [keys, phrase, field] of expectations) {
        const condition: Condition = {
          kind: 'text',
          words: phrase.split(' '),
          ...(field === undefined ? {} : { fields: [field] }),
        };
        const found = await store.once((rows) => rows.search.keys(condition, all));
        assert.deepEqual(new Set(found), new Set(keys), phrase.slice(-60));
        const others = await store.once((rows) => rows.search.keys({ kind: 'not', condition }, all));
        assert.equal(others.length, 2 - keys.length, phrase.slice(-60));
      }
    });
  });
}

function keysOf(messages: readonly { readonly key: number }[]): readonly number[] {
  return messages.map(({ key }) => key);
}
