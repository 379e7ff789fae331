/**
 * Adds numbered messages to the mailbox in the folder given and tells its parent how many are stored, as often as the
 * second argument says, or until killed.
 */
import { openLocalMailbox } from '../../src/local/open-local-mailbox.ts';
import { openMailStore } from '../../src/store/sqlite/mail/open-mail-store.ts';
import { emailAddress, numbered } from './temporary-mailbox.ts';

const messagesPerBatch = 25;

const mailbox = openLocalMailbox({ store: openMailStore(process.argv[2] ?? ''), emailAddress });
const batches = Number(process.argv[3] ?? Infinity);
for (let stored = 0; stored < batches * messagesPerBatch; stored += messagesPerBatch) {
  await mailbox.addMessages(await numbered(messagesPerBatch, stored));
  await new Promise((sent) => process.send?.(stored + messagesPerBatch, sent));
}
