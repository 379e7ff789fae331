import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { buildMail } from '../build-mail.ts';
import { assertFails } from '../conformance/mailbox-under-test.ts';
import { gmailOnEmulator } from '../gmail/open-on-emulator.ts';
import { startTestEmulator } from '../support/emulator.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import {
  account,
  answerOf,
  asCaller,
  countSent,
  messageOf,
  openEmulatedMailbox,
  openTestOutbox,
  senderOf,
} from './outbox-parts.ts';

/** Google goes on showing drafts that were sent for the whole test. */
const settings = { sentDraftSeconds: 3600 };

suite('a draft that was sent and that Google still shows', () => {
  test('is gone for whoever reads, changes, deletes or sends it, and its message stays', async (t) => {
    const { open, emulator } = await gmailOnEmulator(t, { settings });
    const mailbox = open();
    const raw = buildMail({ from: account, to: 'ann@example.net', subject: 'Plan' });
    const { id } = await mailbox.createDraft({ raw });
    const sent = await mailbox.sendDraft(id);
    const shown = await emulator.call('GET', `/gmail/v1/users/me/drafts/${id}?format=minimal`);
    assert.deepEqual([shown.status, Object(shown.json).message.labelIds], [200, ['SENT']]);
    await assertFails(mailbox.getDraft(id), 'NOT_FOUND');
    await assertFails(mailbox.updateDraft(id, { raw }), 'NOT_FOUND');
    await assertFails(mailbox.deleteDraft(id), 'NOT_FOUND');
    await assertFails(mailbox.sendDraft(id), 'NOT_FOUND');
    assert.deepEqual((await mailbox.getMessage(sent.id)).summary.labelIds, ['SENT']);
    assert.deepEqual((await mailbox.listDrafts({ maxResults: 10 })).drafts, []);
  });

  test('proves that the message left whose answer was lost: the same key does not send it twice', async (t) => {
    const emulator = await startTestEmulator(t, { settings: { ...settings, unitsPerMinute: 10_000_000 } });
    const home = temporaryFolder(t);
    const google = { rootUrl: emulator.rootUrl, accessToken: emulator.account.accessToken };
    const mailbox = openEmulatedMailbox(t, home, google);
    const { outbox, pass, work } = openTestOutbox(t, home);
    const ask = () =>
      asCaller(15_000, () => answerOf(outbox.send(senderOf(mailbox), messageOf('lost'), { idempotencyKey: 'k' })));
    const count = async () => (await countSent(emulator.mailbox())).get('lost');
    emulator.faults.add({ match: 'gmail.users.drafts.send', kind: 'drop', afterCommit: true, times: 1 });
    assert.equal(await ask(), 'OUTCOME_UNKNOWN');
    for (const _ of [1, 2, 3]) {
      pass(61_000);
      await work(mailbox);
      assert.equal(await ask(), 'sent');
      assert.equal(await count(), 1);
    }
  });
});
