import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startTestEmulator } from '../support/emulator.ts';
import { startTwoDoors } from './two-doors.ts';

test('a setting that Gmail holds otherwise than was asked says so, over both servers', async (t) => {
  const emulator = await startTestEmulator(t, { settings: { isImapFixed: true } });
  const { overRest, overMcp } = await startTwoDoors(t, async () => ({
    GMAIL_BACKEND: 'gmail',
    GMAIL_API_ROOT_URL: emulator.rootUrl,
    GMAIL_OAUTH_ROOT_URL: emulator.rootUrl,
    GMAIL_ACCOUNT: 'me@example.org',
    GMAIL_ACCESS_TOKEN: emulator.account.accessToken,
  }));
  const { status, json } = await overRest('update_imap', { enabled: true, maxFolderSize: 1000 });
  assert.deepEqual([status, json.enabled, json.maxFolderSize, json.notApplied], [200, false, 1000, ['enabled']]);
  const { text } = await overMcp('update_imap', { enabled: true });
  assert.match(text, /now: off.*\nbefore: off[^]*\nGmail did not take what was asked for: enabled\.$/);
  assert.equal((await overRest('update_imap', { maxFolderSize: 0 })).json.notApplied, undefined);
  emulator.faults.add({
    match: 'gmail.users.settings.updateLanguage',
    kind: 'status',
    status: 200,
    body: { displayLanguage: 'en' },
  });
  assert.deepEqual((await overRest('update_language', { displayLanguage: 'en-ZA' })).json.notApplied, [
    'displayLanguage',
  ]);
});
