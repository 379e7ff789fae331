import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { runInContext } from '../../../src/core/context.ts';
import { servedReads } from '../../../src/core/served-reads.ts';
import type { Mailbox } from '../../../src/mail/mailbox.ts';
import { buildMail } from '../../build-mail.ts';
import { idsOf, startMirrorHome } from './mirror-home.ts';

const minuteMs = 60_000;

function draftOf(subject: string) {
  return { raw: buildMail({ subject, to: 'ann@example.org', messageId: `${subject}@x` }) };
}

async function draftsOf(mailbox: Mailbox, maxResults = 10, pageToken?: string) {
  const page = await mailbox.listDrafts({ maxResults, ...(pageToken === undefined ? {} : { pageToken }) });
  return { drafts: page.drafts.map(({ id, message }) => [id, message.id]), next: page.nextPageToken };
}

suite('a mirror', () => {
  test('serves drafts, labels, filters and settings without asking Google', async (t) => {
    const home = await startMirrorHome(t);
    await home.deliver(1, 3);
    const google = home.emulator.mailbox();
    const [one, two, three] = [
      await google.createDraft(draftOf('one')),
      await google.createDraft(draftOf('two')),
      await google.createDraft(draftOf('three')),
    ];
    const filter = await google.createFilter({
      criteria: { from: 'ann@example.org' },
      action: { addLabelIds: ['STARRED'] },
    });
    await google.updateSetting('vacation', { enableAutoReply: true, responseSubject: 'away' });
    const { run, open } = await home.startProcess();
    await run('gmail-mirror');
    await run('gmail-history', 1);
    const mailbox = await open();
    home.emulator.counters.reset();
    const all = [three, two, one].map(({ id, message }) => [id, message.id]);
    assert.deepEqual((await draftsOf(mailbox)).drafts, all);
    const { drafts, next } = await draftsOf(mailbox, 2);
    const rest = await draftsOf(mailbox, 2, next);
    assert.deepEqual([[...drafts, ...rest.drafts], rest.next], [all, undefined]);
    const draft = await mailbox.getDraft(two.id);
    assert.equal(draft.message.summary.subject, 'two');
    assert.deepEqual(await mailbox.listFilters(), [filter]);
    assert.equal((await mailbox.getSetting('vacation')).responseSubject, 'away');
    assert.deepEqual(await mailbox.listSendAs(), await google.listSendAs());
    assert.deepEqual(await mailbox.listLabels(), await google.listLabels());
    assert.deepEqual(await mailbox.getLabelCounts('INBOX'), await google.getLabelCounts('INBOX'));
    assert.equal(home.emulator.counters.read().requests, 0);
  });

  test('shows our own changes of drafts at once, and those of others after one question', async (t) => {
    const home = await startMirrorHome(t);
    const { run, open } = await home.startProcess();
    await run('gmail-mirror');
    await run('gmail-history', 1);
    const mailbox = await open();
    const first = await mailbox.createDraft(draftOf('first'));
    home.emulator.clock.advance(1000);
    const second = await mailbox.createDraft(draftOf('second'));
    home.emulator.clock.advance(1000);
    const changed = await mailbox.updateDraft(first.id, draftOf('changed'));
    const expected = [changed, second].map(({ id, message }) => [id, message.id]);
    assert.deepEqual((await draftsOf(mailbox)).drafts, expected);
    assert.equal((await mailbox.getDraft(first.id)).message.summary.subject, 'changed');
    await mailbox.deleteDraft(second.id);
    assert.deepEqual((await draftsOf(mailbox)).drafts, expected.slice(0, 1));

    const google = home.emulator.mailbox();
    const theirs = await google.updateDraft(first.id, draftOf('theirs'));
    home.emulator.clock.advance(1000);
    const other = await google.createDraft(draftOf('other'));
    home.emulator.clock.advance(minuteMs);
    const now = [other, theirs].map(({ id, message }) => [id, message.id]);
    assert.deepEqual((await draftsOf(mailbox)).drafts, now);
    assert.equal((await mailbox.getDraft(first.id)).message.summary.subject, 'theirs');
    await google.sendDraft(first.id);
    home.emulator.clock.advance(minuteMs);
    assert.deepEqual((await draftsOf(mailbox)).drafts, now.slice(0, 1));
    assert.equal((await idsOf(mailbox, 'in:drafts')).length, 1);
    await assert.rejects(mailbox.getDraft(first.id), { code: 'NOT_FOUND' });
  });

  test('has settings read again after ten minutes and after a change; what a change is made from is read of Google', async (t) => {
    const home = await startMirrorHome(t);
    const { run, open } = await home.startProcess();
    await run('gmail-mirror');
    await run('gmail-history', 1);
    const mailbox = await open();
    const google = home.emulator.mailbox();
    await google.updateSetting('vacation', { enableAutoReply: true, responseSubject: 'theirs' });
    const subject = async () => (await mailbox.getSetting('vacation')).responseSubject;
    assert.equal(await subject(), undefined);
    const changing = { requestId: 'r', transport: 'cli', isChange: true } as const;
    assert.equal(await runInContext(changing, subject), 'theirs');
    await mailbox.updateSetting('vacation', { enableAutoReply: true, responseSubject: 'ours' });
    assert.equal(await subject(), 'ours');
    await google.updateSetting('vacation', { enableAutoReply: true, responseSubject: 'later' });
    home.emulator.clock.advance(11 * minuteMs);
    home.emulator.faults.add({ match: '*', kind: 'status', status: 503, reason: 'backendError', times: 1000 });
    const reads = servedReads();
    const patient = { requestId: 'r', transport: 'cli', reads, deadlineMs: performance.now() + 500 } as const;
    assert.equal(await runInContext(patient, subject), 'ours');
    assert.deepEqual([reads.summary()?.source, reads.summary()?.unverified], ['mirror', 'UNAVAILABLE']);
    home.emulator.faults.clear();
    home.emulator.clock.advance(minuteMs);
    assert.equal(await subject(), 'later');
  });
});
