import { suite } from 'node:test';
import { testDrafts } from '../conformance/drafts.ts';
import { withMailIn } from '../conformance/mailbox-under-test.ts';
import { testReading } from '../conformance/reading.ts';
import { testSettings } from '../conformance/settings.ts';
import { testThreadSearch } from '../conformance/thread-search.ts';
import { testMailboxConformance } from '../mailbox-conformance.ts';
import { gmailOnEmulator } from './open-on-emulator.ts';

// As a service account, which may do everything.
const login = { isServiceAccount: true };
const capabilities = { settingsSharing: true };

testMailboxConformance('gmail on the emulator', async (t) => {
  const { open, deliver } = await gmailOnEmulator(t, login);
  return { mailbox: open(), capabilities, deliver };
});

// What goes through the cache, without one.
suite('mailbox conformance: gmail on the emulator, without a cache', () => {
  const withMail = withMailIn(async (t) => {
    const { open, deliver } = await gmailOnEmulator(t, login);
    return { mailbox: open({ cache: undefined }), capabilities, deliver };
  });
  testReading(withMail);
  testThreadSearch(withMail);
  testDrafts(withMail);
});

suite('mailbox conformance: gmail on the emulator, as a person, who may not share settings', () => {
  testSettings(
    withMailIn(async (t) => {
      const { open, deliver } = await gmailOnEmulator(t);
      return { mailbox: open(), capabilities: { settingsSharing: false }, deliver };
    }),
  );
});
