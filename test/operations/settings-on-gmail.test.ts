import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startTestEmulator } from '../support/emulator.ts';
import { owner } from './door-passes.ts';
import { startTwoDoors } from './two-doors.ts';

test("what a person's login may not do is said, and the rest is done", async (t) => {
  const emulator = await startTestEmulator(t);
  const { overRest, overMcp } = await startTwoDoors(t, async () => ({
    GMAIL_BACKEND: 'gmail',
    GMAIL_API_ROOT_URL: emulator.rootUrl,
    GMAIL_OAUTH_ROOT_URL: emulator.rootUrl,
    GMAIL_ACCOUNT: owner,
    GMAIL_ACCESS_TOKEN: emulator.account.accessToken,
  }));
  const { status, json } = await overRest('get_settings', {});
  assert.equal(status, 200, JSON.stringify(json));
  const unavailable = json.unavailable as { setting: string; code: string; reason: string }[];
  assert.deepEqual(
    unavailable.map(({ setting, code }) => [setting, code]),
    [['delegates', 'FORBIDDEN']],
  );
  assert.equal(json.delegates, undefined);
  for (const setting of ['vacation', 'sendAs', 'autoForwarding', 'forwardingAddresses', 'imap', 'pop', 'language']) {
    assert.ok(setting in json, setting);
  }
  const { text } = await overMcp('get_settings', {});
  assert.match(text, /\nVacation: off\nSend as: me@example\.org/);
  assert.match(text, /\nNot available: delegates: .+\n\[\w{6}\] end$/);
  assert.doesNotMatch(text, /^Delegates:/m);

  for (const [name, input] of [
    ['create_delegate', { delegateEmail: 'ann@example.org' }],
    ['delete_delegate', { delegateEmail: 'ann@example.org' }],
    ['create_forwarding_address', { forwardingEmail: 'ann@example.org' }],
    ['create_send_as', { sendAsEmail: 'ann@example.org' }],
  ] as const) {
    const refusal = await overRest(name, input);
    assert.deepEqual([refusal.status, refusal.json.code], [403, 'FORBIDDEN'], name);
  }
  assert.equal((await overRest('update_send_as', { sendAsEmail: owner, displayName: 'Me' })).status, 200);
  assert.equal((await overRest('update_vacation', { enableAutoReply: true, responseSubject: 'Away' })).status, 200);
  assert.doesNotMatch((await overMcp('update_vacation', { responseSubject: 'Gone' })).text, /local mailbox/);
});
