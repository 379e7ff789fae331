import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import * as fc from 'fast-check';
import type { Condition } from '../../../src/store/mail/condition.ts';
import type { MailStore } from '../../../src/store/mail/mail-store.ts';
import { openMailStore } from '../../../src/store/sqlite/mail/open-mail-store.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';
import { isMatch, type Searched } from './is-match.ts';
import { insertAll, labelKey, minuteMs, newId, noonMs, noTexts } from './store-under-test.ts';

/** From here on a range of sizes is walked by its index that has more than the few that are always. */
const messagesTotal = 54_000;

/** The message of a number: words, labels and sizes that many have, few, or none together with another. */
function messageOf(index: number): Searched {
  const every = (count: number, remainder = 0): boolean => index % count === remainder;
  const some = (texts: readonly (readonly [boolean, string])[]): readonly string[] =>
    texts.flatMap(([isThere, text]) => (isThere ? [text] : []));
  const body = some([
    [!every(3), 'of'],
    [!every(30), 'the'],
    [every(2), 'to'],
    [!every(5), 'r'],
    [every(2, 1), 'odd'],
    [every(700, 7), 'rare'],
    [index < 3000, 'old'],
    [every(97), 'end'],
  ]);
  return {
    texts: {
      ...noTexts,
      subject: every(4) ? 're plan' : 'plan',
      sender: every(9) ? 'ann of r' : 'bob',
      body: body.join(' '),
    },
    labelIds: some([
      [true, 'INBOX'],
      [every(2), 'Label_half'],
      [every(2, 1), 'Label_twin'],
      [every(20), 'Label_mid'],
      [every(100, 3), 'STARRED'],
      [index < 1500, 'Label_old'],
      [every(45), 'SPAM'],
      [every(999), 'TRASH'],
    ]),
    internalDateMs: noonMs + Math.floor(index / 3) * minuteMs,
    sizeBytes: every(60) ? 150 : every(51) ? 160 : 1000 + (index % 900),
    messageId: `${index}@x`,
    attachmentNames: every(40, 1) ? ['a.pdf'] : [],
    threadId: 'all',
  };
}

async function fill(store: MailStore, messages: readonly Searched[]): Promise<readonly number[]> {
  for (const name of ['Label_half', 'Label_twin', 'Label_mid', 'Label_old']) {
    await store.write((rows) => rows.labels.insert({ name, type: 'user' }, () => name));
  }
  const labels = new Map((await store.once((rows) => rows.labels.list())).map(({ id, key }) => [id, key]));
  return store.write(async (rows) => {
    const [first = 0] = await insertAll(rows, [{ threadId: 'all', internalDateMs: 0 }], [1]);
    const [stored] = await rows.messages.byKeys([first]);
    assert.ok(stored !== undefined);
    await rows.messages.delete([first]);
    return rows.messages.insert(
      messages.map(({ labelIds, texts, internalDateMs, sizeBytes, messageId, attachmentNames }, index) => ({
        internalDateMs,
        sizeBytes,
        messageId,
        attachmentNames,
        id: newId(),
        threadKey: stored.threadKey,
        historyId: 1,
        labelKeys: labelIds.map((id) => labels.get(id) ?? assert.fail(id)),
        bytesKey: index + 2,
        sender: '',
        recipients: '',
        cc: '',
        bcc: '',
        subject: '',
        snippet: '',
        isUnverified: false,
        subjectHash: undefined,
        hasReferences: false,
        participantHashes: Uint32Array.of(),
        texts: { ...noTexts, ...texts },
      })),
    );
  });
}

const words = ['of', 'the', 'to', 'r', 'odd', 'rare', 'old', 'end', 'nowhere'];
const text = (...phrase: readonly string[]): Condition => ({ kind: 'text', words: phrase });
const not = (condition: Condition): Condition => ({ kind: 'not', condition });
const both = (...conditions: readonly Condition[]): Condition => ({ kind: 'and', conditions });
const either = (...conditions: readonly Condition[]): Condition => ({ kind: 'or', conditions });
const sized = (minBytes: number, belowBytes: number): Condition => ({ kind: 'size', minBytes, belowBytes });

/** Labels by their ids, until their keys are known. */
type Label = (...ids: readonly string[]) => Condition;

/** One of each kind that is planned in a way of its own where there are many messages. */
function kinds(label: Label): readonly Condition[] {
  const [half, twin, mid] = [label('Label_half'), label('Label_twin'), label('Label_mid')];
  const hidden = label('SPAM', 'TRASH');
  const shown = (condition: Condition): Condition => both(condition, not(hidden));
  const fromDay = (days: number): Condition => ({ kind: 'date', fromMs: noonMs + days * 1440 * minuteMs });
  const near: Condition = { kind: 'text', words: ['to'], near: { words: ['the'], within: 1 } };
  return [
    // Sizes: few, and of those that are walked by their index.
    sized(150, 160),
    sized(160, 161),
    shown(sized(160, 161)),
    both(sized(160, 161), text('the')),
    both(sized(160, 161), not(text('the'))),
    both(sized(160, 161), not(text('of')), not(text('to'))),
    both(sized(150, 160), text('to', 'the')),
    not(sized(160, 161)),
    both(sized(1200, 1201), not(text('r'))),
    // Phrases that are nowhere, in few messages, at the end, or of words that rarely meet.
    text('to', 'the', 'of'),
    shown(text('the', 'to', 'odd')),
    both(text('the', 'to'), label('STARRED')),
    both(text('of', 'to'), label('STARRED')),
    both(text('of', 'the'), label('STARRED')),
    both(not(text('the', 'r')), label('STARRED')),
    both(near, label('STARRED'), not(text('r'))),
    both(text('the', 'r', 'end'), fromDay(11)),
    both(text('the', 'to'), fromDay(12)),
    both(text('the', 'to'), fromDay(6), { kind: 'date', beforeMs: noonMs + 6.2 * 1440 * minuteMs }),
    both(either(text('the', 'to'), text('end')), not(text('of', 'the')), half, fromDay(12)),
    both({ kind: 'text', words: ['re', 'plan'], fields: ['subject', 'sender', 'body'] }, not(near), fromDay(12)),
    both(near, { kind: 'text', words: ['ann', 'of'], fields: ['sender'] }, label('STARRED')),
    both(text('to'), text('odd'), label('STARRED')),
    // Lists of keys, merged: with nothing left, and with little.
    not(label('INBOX')),
    both(half, twin),
    both(half, not(label('INBOX'))),
    both(label('INBOX'), not(half), not(twin)),
    both(not(half), not(text('odd'))),
    both(not({ kind: 'userLabel' }), label('INBOX')),
    both(not(text('the')), not(text('r'))),
    both(not(text('of')), not(text('r')), not({ kind: 'attachment' })),
    both(half, not(text('to'))),
    both(half, text('odd')),
    shown(both(mid, text('to'))),
    shown(both(text('old'), mid)),
    both(mid, not(half)),
    both({ kind: 'attachment' }, not(text('odd'))),
    both({ kind: 'attachment' }, text('odd'), hidden),
    both(hidden, text('the')),
    hidden,
    both(label('Label_old'), not(text('old'))),
    // Alternatives that no index knows together.
    either(text('to', 'the', 'of'), label('STARRED')),
    shown(either(both(text('end'), half), both(text('end'), twin))),
    both(either(text('to'), label('Label_old')), either(text('odd'), mid)),
    not(both(text('the'), half)),
    not(either(text('the'), half)),
    not(both(not(text('the')), sized(150, 160))),
    both(text('the'), either(text('to', 'odd'), label('STARRED'))),
    both(not(text('end')), fromDay(12)),
    both(text('of'), { kind: 'date', beforeMs: noonMs + 1440 * minuteMs }),
  ];
}

suite('search in a large mailbox', () => {
  test('finds and counts what a naive reading of every condition finds, however it is planned', async (t) => {
    const store = openMailStore(temporaryFolder(t));
    t.after(() => store.close());
    const messages = Array.from({ length: messagesTotal }, (_, index) => messageOf(index));
    const keys = await fill(store, messages);
    const known = messages.map((parts, index) => ({ parts, key: keys[index] ?? 0 })).toSorted((a, b) => b.key - a.key);
    const ids = ['INBOX', 'Label_half', 'Label_twin', 'Label_mid', 'STARRED', 'Label_old', 'SPAM', 'TRASH'];
    const labelKeys = new Map(await Promise.all(ids.map(async (id) => [id, await labelKey(store, id)] as const)));
    const label: Label = (...some) => ({ kind: 'label', keys: some.map((id) => labelKeys.get(id) ?? 0) });

    const leaf = fc.oneof(
      fc.array(fc.constantFrom(...words), { minLength: 1, maxLength: 2 }).map((phrase) => text(...phrase)),
      fc.constantFrom(...ids).map((id) => label(id)),
      fc.constantFrom<Condition>({ kind: 'attachment' }, { kind: 'userLabel' }, sized(160, 161), sized(150, 160)),
      fc.nat(14).map((day): Condition => ({ kind: 'date', fromMs: noonMs + day * 1440 * minuteMs })),
    );
    const part = fc.oneof(
      { weight: 3, arbitrary: leaf },
      leaf.map(not),
      fc.array(leaf, { minLength: 2, maxLength: 2 }).map((two) => either(...two)),
    );
    const mixed = fc.array(part, { minLength: 2, maxLength: 4 }).map((parts) => both(...parts));

    for (const condition of [...kinds(label), ...fc.sample(mixed, { numRuns: 60, seed: 7 })]) {
      const expected = known.filter(({ parts }) => isMatch(condition, parts, labelKeys)).map(({ key }) => key);
      const what = JSON.stringify(condition);
      await store.read(async ({ search }) => {
        const slice = { belowKey: Number.MAX_SAFE_INTEGER, limit: 700 };
        assert.deepEqual(await search.keys(condition, slice), expected.slice(0, 700), what);
        const belowKey = expected[60] ?? known[30_000]?.key ?? 0;
        const below = expected.filter((key) => key < belowKey).slice(0, 51);
        assert.deepEqual(await search.keys(condition, { belowKey, limit: 51 }), below, what);
        const count = { limit: 1001, mostLooked: 3000 };
        const counted = await search.countedKeys(condition, {
          limit: 51,
          count,
          besides: both(condition, label('SPAM')),
        });
        assert.deepEqual(counted.keys, expected.slice(0, 51), what);
        const total = Math.min(expected.length, 1001);
        assert.ok(counted.total === undefined || counted.total === total, `${counted.total}, not ${total}: ${what}`);
      });
    }
  });
});
