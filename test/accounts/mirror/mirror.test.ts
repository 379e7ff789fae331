import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { suite, test, type TestContext } from 'node:test';
import { runInContext } from '../../../src/core/context.ts';
import { servedReads } from '../../../src/core/served-reads.ts';
import type { AppliedChange } from '../../../src/mail/mailbox.ts';
import { buildMail } from '../../build-mail.ts';
import { skipWithoutPostgres } from '../../support/postgres.ts';
import { postgresOfFile } from '../../support/postgres-of-file.ts';
import { assertEqual, idsOf, inDatabase, search, startMirrorHome, type StoresOf } from './mirror-home.ts';

const minuteMs = 60_000;

const engines: readonly {
  readonly name: string;
  readonly skip: string | false;
  /** To be called inside of the suite. */
  readonly begin: () => (t: TestContext) => StoresOf | undefined;
}[] = [
  { name: 'files', skip: false, begin: () => () => undefined },
  { name: 'PostgreSQL', skip: skipWithoutPostgres, begin: inPostgres },
];

function inPostgres() {
  const postgres = postgresOfFile();
  return (t: TestContext): StoresOf => inDatabase(postgres.create(t).address);
}

for (const { name, skip, begin } of engines) {
  suite(`a mirror in ${name}`, { skip }, () => {
    const storesOf = begin();

    test('is filled newest first, each message fetched once, and goes on where a process was cut off', async (t) => {
      const home = await startMirrorHome(t, storesOf(t));
      await home.deliver(1, 130);
      home.calls('');
      await (await home.startProcess()).cutOff('gmail-mirror', 3);
      const fetched = home.calls('messages.get');
      assert.ok(fetched > 0 && fetched < 130, String(fetched));
      await (await home.startProcess()).run('gmail-mirror');
      assert.equal(fetched + home.calls('messages.get'), 130);
      assert.equal(await assertEqual(home), 130);
    });

    test('that an older version filled is brought up to date by a job, without asking Google', async (t) => {
      const home = await startMirrorHome(t, storesOf(t));
      const [first] = await home.deliver(1, 120);
      const { run, open } = await home.startProcess();
      await run('gmail-mirror');
      await run('gmail-history', 1);
      await run('renew-content');
      const stores = await home.openStores();
      const store = await stores.mirrors.open(home.emulator.account.emailAddress);
      await store.write((rows) => rows.values.put('state', 'content', JSON.stringify({ version: 0, belowKey: 0 })));
      await stores.close();
      // A newer version is another process.
      const newer = await home.startProcess();
      const mailbox = await newer.open();
      assert.equal((await search(mailbox, 'word1')).isIndexing, true);
      home.calls('');
      await newer.run('renew-content');
      assert.equal(home.calls('messages.get'), 0);
      const found = await search(mailbox, 'word1');
      assert.deepEqual([found.isIndexing, found.messages.map(({ id }) => id)], [undefined, [first]]);
      assert.equal(await assertEqual(home), 120);
      assert.equal((await search(await open(), 'word1')).isIndexing, undefined);
    });

    test('shows our own changes at once, and none that Google refused', async (t) => {
      const home = await startMirrorHome(t, storesOf(t));
      const [first = '', second = ''] = await home.deliver(1, 5);
      const { run, open } = await home.startProcess();
      await run('gmail-mirror');
      const mailbox = await open();
      await run('gmail-history', 1);
      await mailbox.modifyMessages({ ids: [first], addLabelIds: ['STARRED'], removeLabelIds: [] });
      assert.deepEqual(await idsOf(mailbox, 'is:starred'), [first]);
      home.emulator.faults.add({
        match: '*messages.modify',
        kind: 'status',
        status: 403,
        reason: 'domainPolicy',
        times: 1,
      });
      const refused = mailbox.modifyMessages({ ids: [second], addLabelIds: ['STARRED'], removeLabelIds: [] });
      await assert.rejects(refused, { code: 'FORBIDDEN' });
      assert.deepEqual(await idsOf(mailbox, 'is:starred'), [first]);
      const label = await mailbox.createLabel({ name: 'New' });
      assert.ok((await mailbox.listLabels()).some(({ id }) => id === label.id));
      const draft = await mailbox.createDraft({ raw: buildMail({ subject: 'draft', to: 'ann@example.org' }) });
      assert.deepEqual(await idsOf(mailbox, 'in:drafts'), [draft.message.id]);
      const sent = await mailbox.sendDraft(draft.id);
      assert.deepEqual(await idsOf(mailbox, 'in:sent'), [sent.id]);
      assert.deepEqual(await idsOf(mailbox, 'in:drafts'), []);
      await mailbox.deleteMessages([second]);
      assert.ok(!(await idsOf(mailbox)).includes(second));
      await run('gmail-history', 1);
      assert.equal(await assertEqual(home), 5);
    });

    test('is compared with the account where the history is lost, and reads only what differs', async (t) => {
      const home = await startMirrorHome(t, storesOf(t));
      const [first = '', second = ''] = await home.deliver(1, 60);
      const { run, open, feed } = await home.startProcess();
      await run('gmail-mirror');
      await run('gmail-history', 1);
      const google = home.emulator.mailbox();
      await google.modifyMessages({ ids: [first], addLabelIds: ['STARRED'], removeLabelIds: ['UNREAD'] });
      await google.deleteMessages([second]);
      await home.deliver(61, 62);
      await home.emulator.forgetHistory();
      home.emulator.clock.advance(minuteMs);
      home.calls('');
      await run('gmail-history', 1);
      await run('gmail-mirror');
      assert.equal(home.calls('messages.get'), 2);
      await run('gmail-history', 1);
      assert.equal(await assertEqual(home, { hasHistoryIds: false }), 61);
      const { events } = await feed.read({ after: 0, limit: 100 });
      assert.deepEqual(
        events.map(({ kind }) => kind),
        ['historyLost'],
      );
      assert.deepEqual(await idsOf(await open(), 'is:starred'), [first]);
    });
  });
}

suite('a mirror', () => {
  test('serves reads and searches without asking Google', async (t) => {
    const home = await startMirrorHome(t);
    const ids = await home.deliver(1, 30);
    const { run, open } = await home.startProcess();
    await run('gmail-mirror');
    await run('gmail-history', 1);
    const mailbox = await open();
    home.emulator.counters.reset();
    assert.deepEqual(await idsOf(mailbox, 'word7'), [ids[6]]);
    const page = await search(mailbox, '', { maxResults: 20 });
    assert.ok(page.nextPageToken !== undefined);
    const next = await search(mailbox, '', { maxResults: 20, pageToken: page.nextPageToken });
    assert.deepEqual(
      [...page.messages, ...next.messages].map(({ id }) => id),
      ids.toReversed(),
    );
    const message = await mailbox.getMessage(ids[3] ?? '');
    assert.equal(message.summary.snippet, 'word4 & more');
    assert.equal((await mailbox.getThread(message.summary.threadId)).messages.length, 1);
    assert.ok((await mailbox.listLabels()).some(({ id }) => id === 'INBOX'));
    assert.equal(home.emulator.counters.read().requests, 0);
  });

  test('follows what others do, after one question', async (t) => {
    const home = await startMirrorHome(t);
    const [first = '', second = '', third = ''] = await home.deliver(1, 10);
    const { run, open } = await home.startProcess();
    await run('gmail-mirror');
    const mailbox = await open();
    const google = home.emulator.mailbox();
    const label = await google.createLabel({ name: 'Work' });
    await google.modifyMessages({ ids: [first], addLabelIds: ['STARRED', label.id], removeLabelIds: ['UNREAD'] });
    await google.deleteMessages([second]);
    await google.modifyMessages({ ids: [third], addLabelIds: ['TRASH'], removeLabelIds: ['INBOX'] });
    const [added = ''] = await home.deliver(11, 11);
    home.emulator.clock.advance(minuteMs);
    home.calls('');
    assert.deepEqual(await idsOf(mailbox, 'is:starred'), [first]);
    assert.equal(home.calls('history.list'), 1);
    const ids = await idsOf(mailbox);
    assert.ok(ids.includes(added) && !ids.includes(second) && !ids.includes(third));
    await run('gmail-history', 1);
    assert.deepEqual(await idsOf(mailbox, 'label:work'), [first]);
    assert.equal(await assertEqual(home), 9);
    assert.deepEqual(await idsOf(mailbox, 'in:trash'), [third], 'asked of Google');
  });

  test('fetches no message for a change of its labels while it is filled', async (t) => {
    const home = await startMirrorHome(t);
    const ids = await home.deliver(1, 130);
    await (await home.startProcess()).cutOff('gmail-mirror', 3);
    const fetched = home.calls('messages.get');
    await home.emulator.mailbox().modifyMessages({ ids, addLabelIds: ['STARRED'], removeLabelIds: ['UNREAD'] });
    const { run } = await home.startProcess();
    await run('gmail-history', 1);
    assert.equal(home.calls('messages.get'), 0);
    await run('gmail-mirror');
    assert.equal(fetched + home.calls('messages.get'), 130);
    assert.equal(await assertEqual(home), 130);
  });

  test('keeps what it has fetched of a history that is too much for one try', async (t) => {
    const home = await startMirrorHome(t);
    const { run, open } = await home.startProcess();
    await run('gmail-mirror');
    await home.deliver(1, 160);
    home.calls('');
    const rule = { match: 'batch', kind: 'status', status: 403, reason: 'domainPolicy' } as const;
    const fault = home.emulator.faults.add({ ...rule, probability: 0.2, seed: 5 });
    await assert.rejects(run('gmail-history', 1), { code: 'FORBIDDEN' });
    home.emulator.faults.clear(fault);
    const fetched = home.calls('messages.get');
    assert.ok(fetched >= 40 && fetched < 160, String(fetched));
    home.emulator.clock.advance(minuteMs);
    await run('gmail-history', 1);
    // What was under way beside the request that failed.
    const again = fetched + home.calls('messages.get') - 160;
    assert.ok(again <= 20, String(again));
    assert.equal((await idsOf(await open(), 'number')).length, 100);
    assert.equal(await assertEqual(home), 160);
  });

  test('knows what our changes change, so that Google is asked only for messages that it does not have', async (t) => {
    const home = await startMirrorHome(t);
    const ids = await home.deliver(1, 40);
    const { run, open } = await home.startProcess();
    await run('gmail-mirror');
    const mailbox = await open();
    const google = home.emulator.mailbox();
    const [first = '', second = '', third = '', ...rest] = ids;
    await google.modifyMessages({ ids: [first], addLabelIds: [], removeLabelIds: ['UNREAD'] });
    await run('gmail-history', 1);
    const askedFor = async (work: () => Promise<unknown>) => {
      home.emulator.counters.reset();
      await work();
      const { callsByMethod, unitsTotal } = home.emulator.counters.read();
      const calls = Object.entries(callsByMethod).map(
        ([name, count]) => `${count} ${name.replace('gmail.users.', '')}`,
      );
      return [...calls.toSorted(), `${unitsTotal} units`];
    };
    const read = { addLabelIds: [], removeLabelIds: ['UNREAD'] };
    let applied: readonly AppliedChange[] = [];
    const markRead = async () => void (applied = await mailbox.modifyMessages({ ids, ...read }));
    assert.deepEqual(await askedFor(markRead), ['1 labels.list', '1 messages.batchModify', '51 units']);
    const lost = applied.filter(({ removedLabelIds }) => removedLabelIds.includes('UNREAD')).map(({ id }) => id);
    assert.deepEqual(lost, [second, third, ...rest], 'what others had read is not unread by undoing this');
    assert.deepEqual(await idsOf(mailbox, 'is:unread'), []);

    // What was found to be so more than ten seconds ago is asked for: once, and not message by message.
    await google.modifyMessages({ ids: [first], addLabelIds: ['STARRED'], removeLabelIds: [] });
    home.emulator.clock.advance(11_000);
    const star = { addLabelIds: ['STARRED'], removeLabelIds: [] };
    const starTwo = async () => void (applied = await mailbox.modifyMessages({ ids: [first, second], ...star }));
    const asked = await askedFor(starTwo);
    assert.ok(asked.includes('1 history.list') && !asked.some((call) => call.includes('messages.get')), asked.join());
    assert.deepEqual(
      applied.map(({ addedLabelIds }) => addedLabelIds),
      [[], ['STARRED']],
    );

    await google.modifyMessages({ ids: [third], addLabelIds: ['TRASH'], removeLabelIds: ['INBOX'] });
    const [late = ''] = await home.deliver(41, 41);
    const markFour = async () => void (applied = await mailbox.modifyMessages({ ids: [first, third, late], ...star }));
    assert.ok((await askedFor(markFour)).includes('1 messages.get'), 'only the one that has just come');
    assert.deepEqual(
      applied.map(({ addedLabelIds }) => addedLabelIds),
      [[], ['STARRED'], ['STARRED']],
    );

    const unknown = mailbox.modifyMessages({ ids: [first, 'ffffffffffffffff'], ...read });
    await assert.rejects(unknown, { code: 'NOT_FOUND', message: /ffffffffffffffff; nothing was changed/ });
    await assert.rejects(mailbox.deleteMessages([first, 'ffffffffffffffff']), { code: 'NOT_FOUND' });
    assert.ok(!(await askedFor(() => mailbox.deleteMessages([first, second]))).join().includes('messages.get'));
    await run('gmail-history', 1);
    assert.equal(await assertEqual(home), 38);
  });

  test('loses a label that was deleted at Google, and knows a new one with the first message that has it', async (t) => {
    const home = await startMirrorHome(t);
    const [first = '', second = ''] = await home.deliver(1, 5);
    const google = home.emulator.mailbox();
    const old = await google.createLabel({ name: 'Old' });
    await google.modifyMessages({ ids: [first], addLabelIds: [old.id], removeLabelIds: [] });
    const { run, open } = await home.startProcess();
    await run('gmail-mirror');
    await run('gmail-history', 1);
    const mailbox = await open();
    assert.deepEqual(await idsOf(mailbox, 'label:old'), [first]);
    await google.modifyMessages({ ids: [second], addLabelIds: [old.id], removeLabelIds: [] });
    await google.deleteLabel(old.id);
    const fresh = await google.createLabel({ name: 'Fresh' });
    await google.modifyMessages({ ids: [second], addLabelIds: [fresh.id], removeLabelIds: [] });
    home.emulator.clock.advance(minuteMs / 2);
    await run('gmail-history', 1);
    assert.deepEqual(await idsOf(mailbox, 'label:fresh'), [second]);
    assert.deepEqual(await idsOf(mailbox, 'label:old'), []);
    const userLabels = (await mailbox.listLabels()).filter(({ type }) => type === 'user');
    assert.deepEqual(
      userLabels.map(({ name }) => name),
      ['Fresh'],
    );
    assert.ok(!(await mailbox.getMessage(first)).summary.labelIds.includes(old.id));
    await assert.rejects(mailbox.modifyMessages({ ids: [first], addLabelIds: [old.id], removeLabelIds: [] }), {
      code: 'INVALID_INPUT',
    });
    assert.equal(await assertEqual(home), 5);
  });

  test('is read as it last was while Google cannot be reached; changes are refused', async (t) => {
    const home = await startMirrorHome(t);
    const [first = ''] = await home.deliver(1, 3);
    const { run, open } = await home.startProcess();
    await run('gmail-mirror');
    const mailbox = await open();
    await run('gmail-history', 1);
    home.emulator.clock.advance(minuteMs);
    home.emulator.faults.add({ match: '*', kind: 'status', status: 503, reason: 'backendError' });
    assert.equal((await idsOf(mailbox)).length, 3);
    const reads = servedReads();
    const message = await runInContext({ requestId: 'r', transport: 'cli', reads }, () => mailbox.getMessage(first));
    assert.equal(message.summary.id, first);
    const { source, asOfMs = 0, unverified, missing } = reads.summary() ?? {};
    assert.deepEqual([source, unverified, missing], ['mirror', 'UNAVAILABLE', 0]);
    const ageMs = home.emulator.clock.nowMs() - asOfMs;
    assert.ok(ageMs >= minuteMs && ageMs < 2 * minuteMs, String(ageMs));
    const context = { requestId: 'r', transport: 'cli', deadlineMs: performance.now() + 500 } as const;
    const change = { ids: [first], addLabelIds: ['STARRED'], removeLabelIds: [] };
    await assert.rejects(
      runInContext(context, () => mailbox.modifyMessages(change)),
      { code: 'UNAVAILABLE' },
    );
    assert.deepEqual(await idsOf(mailbox, 'is:starred'), []);
  });

  test('that is not filled yet is read while Google cannot be reached, and says what is missing', async (t) => {
    const home = await startMirrorHome(t);
    const ids = await home.deliver(1, 130);
    const { cutOff, open } = await home.startProcess();
    await cutOff('gmail-mirror', 3);
    const mailbox = await open();
    async function searched(q: string, patienceMs: number) {
      const reads = servedReads();
      const deadlineMs = performance.now() + patienceMs;
      const context = { requestId: 'r', transport: 'cli', reads, deadlineMs } as const;
      const found = await runInContext(context, () => idsOf(mailbox, q));
      return { found, ...reads.summary() };
    }
    const asked = await searched('number', 30_000);
    assert.deepEqual([asked.source, asked.found.length], ['google', 100]);
    assert.ok(asked.missing !== undefined && asked.missing > 0 && asked.missing < 130, String(asked.missing));
    home.emulator.clock.advance(minuteMs);
    home.emulator.faults.add({ match: '*', kind: 'status', status: 503, reason: 'backendError' });
    // Not what is cached of the answer before.
    const served = await searched('more', 4000);
    assert.deepEqual([served.source, served.unverified, served.missing], ['mirror', 'UNAVAILABLE', asked.missing]);
    assert.deepEqual(served.found, ids.toReversed().slice(0, Math.min(100, 130 - asked.missing)));
  });

  test('stops at its bound, says so, leaves the rest to Google, and goes on with a higher one', async (t) => {
    const home = await startMirrorHome(t);
    const content = randomBytes(600_000).toString('base64');
    for (let number = 1; number <= 14; number += 1) {
      const attachment = { filename: `${number}.bin`, content };
      const raw = buildMail({ subject: `big ${number}`, messageId: `${number}@x`, attachment });
      await home.emulator.deliver(undefined, raw);
    }
    const bounded = await home.startProcess({ GMAIL_MIRROR_MEGABYTES: '10' });
    await bounded.run('gmail-mirror', 5);
    const fetched = home.calls('messages.get');
    assert.ok(fetched >= 4 && fetched <= 12, String(fetched));
    assert.equal((await idsOf(await bounded.open())).length, 14);
    const troubles = async ({ accounts }: typeof bounded) => (await accounts.health()).map(({ trouble }) => trouble);
    assert.deepEqual(await troubles(bounded), [undefined, 'MIRROR_FULL']);
    const [status] = await bounded.accounts.sync();
    assert.equal(status?.mirror?.phase, 'full');

    const roomy = await home.startProcess({ GMAIL_MIRROR_MEGABYTES: '100' });
    home.calls('');
    await roomy.run('gmail-mirror');
    assert.equal(fetched + home.calls('messages.get'), 14);
    assert.deepEqual(await troubles(roomy), [undefined]);
    assert.equal(await assertEqual(home), 14);
  });
});
