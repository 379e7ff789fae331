import { testMailboxConformance } from '../mailbox-conformance.ts';
import { parseMime } from '../../src/mail/mime/parse-mime.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { openMailbox } from './temporary-mailbox.ts';

testMailboxConformance('local', async (t) => {
  const mailbox = openMailbox(t, temporaryFolder(t));
  return {
    mailbox,
    capabilities: { settingsSharing: true },
    deliver: async (mails) => {
      const messages = mails.map(async ({ raw, receivedMs, labels }) => ({
        raw,
        parsed: await parseMime(raw),
        internalDateMs: receivedMs,
        labels,
      }));
      return (await mailbox.addMessages(await Promise.all(messages))).map(({ id }) => id);
    },
  };
});
