import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Mailbox } from '../../src/mail/mailbox.ts';
import type { Settings } from '../../src/mail/settings.ts';
import type { OpenWithMail } from './mailbox-under-test.ts';
import { assertFails, owner } from './mailbox-under-test.ts';

/** Settings, send-as addresses, forwarding and delegates. */
export function testSettings(withMail: OpenWithMail): void {
  test('each setting is replaced whole and read back', async (t) => {
    const { mailbox } = await withMail(t);
    assert.equal((await mailbox.getSetting('vacation')).enableAutoReply, false);
    assert.equal((await mailbox.getSetting('autoForwarding')).enabled, false);
    const vacation = {
      enableAutoReply: true,
      responseSubject: 'Im Urlaub',
      responseBodyPlainText: 'Zurück am Montag.',
      restrictToContacts: true,
      restrictToDomain: false,
      startTime: '1784000000000',
      endTime: '1785000000000',
    };
    await assertStores(mailbox, 'vacation', vacation);
    const { responseSubject: _, ...withoutSubject } = vacation;
    const stored = await mailbox.updateSetting('vacation', withoutSubject);
    assert.equal(stored.responseSubject ?? '', '', 'what is not given is gone');
    await assertStores(mailbox, 'imap', {
      enabled: true,
      autoExpunge: false,
      expungeBehavior: 'trash',
      maxFolderSize: 1000,
    });
    await assertStores(mailbox, 'pop', { accessWindow: 'allMail', disposition: 'markRead' });
    await assertStores(mailbox, 'language', { displayLanguage: 'de' });
    assert.equal((await mailbox.getSetting('pop')).accessWindow, 'allMail');
  });

  test('settings that cannot be are refused, and nothing changes', async (t) => {
    const { mailbox, capabilities } = await withMail(t);
    const refuse = <Name extends keyof Settings>(name: Name, value: Settings[Name]): Promise<unknown> =>
      assertFails(mailbox.updateSetting(name, value), 'INVALID_INPUT');
    await refuse('vacation', { enableAutoReply: true });
    await refuse('vacation', { enableAutoReply: true, responseSubject: 'x', startTime: '5000', endTime: '4000' });
    await refuse('vacation', { enableAutoReply: true, responseSubject: 'x', startTime: 'tomorrow' });
    const forwarding = { enabled: true, emailAddress: 'stranger@example.com', disposition: 'archive' } as const;
    const refusal = capabilities.settingsSharing ? 'INVALID_INPUT' : 'FORBIDDEN';
    await assertFails(mailbox.updateSetting('autoForwarding', forwarding), refusal);
    await assertFails(mailbox.updateSetting('autoForwarding', { enabled: true }), refusal);
    await refuse('imap', { enabled: true, maxFolderSize: 17 });
    await refuse('language', { displayLanguage: 'no language' });
    assert.equal((await mailbox.getSetting('vacation')).enableAutoReply, false);
    assert.equal((await mailbox.getSetting('autoForwarding')).enabled, false);
  });

  test('the primary address can be sent as, has a signature of its own, and stays', async (t) => {
    const { mailbox, capabilities } = await withMail(t);
    const [primary] = await mailbox.listSendAs();
    assert.equal(primary?.sendAsEmail, owner);
    assert.equal(primary.isPrimary, true);
    assert.equal(primary.isDefault, true);
    assert.equal(primary.verificationStatus, undefined);
    const signature = '<b>Grüße</b>';
    const updated = await mailbox.updateSendAs(owner, { signature, displayName: 'Zoë' });
    assert.deepEqual(updated, { ...primary, signature, displayName: 'Zoë' });
    assert.deepEqual(await mailbox.listSendAs(), [updated]);
    assert.equal((await mailbox.updateSendAs(owner, { replyToAddress: 'zoe@example.com' })).signature, signature);
    await assertFails(mailbox.updateSendAs('nobody@example.org', { signature }), 'NOT_FOUND');
    await assertFails(mailbox.deleteSendAs(owner), capabilities.settingsSharing ? 'INVALID_INPUT' : 'FORBIDDEN');
  });

  test('send-as addresses are made and deleted where the account may share its settings', async (t) => {
    const { mailbox, capabilities } = await withMail(t);
    const making = mailbox.createSendAs('sales@example.org', { displayName: 'Sales', treatAsAlias: true });
    if (!capabilities.settingsSharing) {
      await assertFails(making, 'FORBIDDEN');
      return;
    }
    const made = await making;
    assert.equal(made.sendAsEmail, 'sales@example.org');
    assert.deepEqual([made.isPrimary, made.isDefault, made.treatAsAlias], [false, false, true]);
    assert.deepEqual((await mailbox.listSendAs())[1], made);
    await assertFails(mailbox.createSendAs('SALES@example.org', {}), 'CONFLICT');
    await assertFails(mailbox.createSendAs(owner, {}), 'CONFLICT');
    await assertFails(mailbox.createSendAs('no address', {}), 'INVALID_INPUT');
    await mailbox.updateSendAs('sales@example.org', { isDefault: true });
    assert.deepEqual(
      (await mailbox.listSendAs()).map(({ isDefault }) => isDefault),
      [false, true],
    );
    await mailbox.deleteSendAs('sales@example.org');
    assert.deepEqual(
      (await mailbox.listSendAs()).map(({ isDefault }) => isDefault),
      [true],
    );
    await assertFails(mailbox.deleteSendAs('sales@example.org'), 'NOT_FOUND');
  });

  test('forwarding addresses are made and deleted where the account may share its settings', async (t) => {
    const { mailbox, capabilities } = await withMail(t);
    assert.deepEqual(await mailbox.listForwardingAddresses(), []);
    const making = mailbox.createForwardingAddress('bob@example.com');
    if (!capabilities.settingsSharing) {
      await assertFails(making, 'FORBIDDEN');
      return;
    }
    const made = await making;
    assert.equal(made.forwardingEmail, 'bob@example.com');
    assert.deepEqual(await mailbox.listForwardingAddresses(), [made]);
    await assertFails(mailbox.createForwardingAddress('bob@example.com'), 'CONFLICT');
    await assertFails(mailbox.createForwardingAddress('nobody'), 'INVALID_INPUT');
    if (made.verificationStatus === 'accepted') {
      const forwarding = { enabled: true, emailAddress: 'bob@example.com', disposition: 'archive' } as const;
      assert.deepEqual(await mailbox.updateSetting('autoForwarding', forwarding), forwarding);
    }
    await mailbox.deleteForwardingAddress('bob@example.com');
    assert.deepEqual(await mailbox.listForwardingAddresses(), []);
    assert.equal((await mailbox.getSetting('autoForwarding')).enabled, false);
    await assertFails(mailbox.deleteForwardingAddress('bob@example.com'), 'NOT_FOUND');
  });

  test('delegates are made and deleted where the account may share its settings', async (t) => {
    const { mailbox, capabilities } = await withMail(t);
    const making = mailbox.createDelegate('bob@example.org');
    if (!capabilities.settingsSharing) {
      await assertFails(making, 'FORBIDDEN');
      return;
    }
    const made = await making;
    assert.equal(made.delegateEmail, 'bob@example.org');
    assert.deepEqual(await mailbox.listDelegates(), [made]);
    await assertFails(mailbox.createDelegate('Bob@example.org'), 'CONFLICT');
    await assertFails(mailbox.createDelegate('nobody'), 'INVALID_INPUT');
    await mailbox.deleteDelegate('bob@example.org');
    assert.deepEqual(await mailbox.listDelegates(), []);
    await assertFails(mailbox.deleteDelegate('bob@example.org'), 'NOT_FOUND');
  });
}

async function assertStores<Name extends keyof Settings>(
  mailbox: Mailbox,
  name: Name,
  value: Settings[Name],
): Promise<void> {
  assert.deepEqual(await mailbox.updateSetting(name, value), value);
  assert.deepEqual(await mailbox.getSetting(name), value);
}
