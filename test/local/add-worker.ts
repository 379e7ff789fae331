/** Adds numbered messages to the mailbox in the folder given, tells its parent how many are stored, until killed. */
import { openLocalMailbox } from '../../src/local/open-local-mailbox.ts';
import { openMailStore } from '../../src/store/sqlite/mail/open-mail-store.ts';
import { emailAddress, numbered } from './temporary-mailbox.ts';

const messagesPerBatch = 25;

const mailbox = openLocalMailbox({ store: openMailStore(process.argv[2] ?? ''), emailAddress });
for (let stored = 0; ; stored += messagesPerBatch) {
  await mailbox.addMessages(await numbered(messagesPerBatch, stored));
  await new Promise((sent) => process.send?.(stored + messagesPerBatch, sent));
}
