/**
 * Sends numbered messages from one mailbox to another, tells its parent how many are sent, until killed. Arguments: the
 * folders of the two.
 */
import { openLocalMailbox } from '../../src/local/open-local-mailbox.ts';
import { openMailStore } from '../../src/store/sqlite/mail/open-mail-store.ts';
import { buildMail } from '../build-mail.ts';
import { emailAddress } from './temporary-mailbox.ts';

const [folder = '', recipientFolder = ''] = process.argv.slice(2);
const recipient = openLocalMailbox({ store: openMailStore(recipientFolder), emailAddress: 'ann@example.org' });
const deliver = async (_: string, raw: Uint8Array): Promise<void> => void (await recipient.receiveMessage({ raw }));
const mailbox = openLocalMailbox({ store: openMailStore(folder), emailAddress, deliver });
for (let sent = 1; ; sent += 1) {
  const raw = buildMail({ from: emailAddress, to: 'ann@example.org', subject: `Number ${sent} of ${process.pid}` });
  const draft = await mailbox.createDraft({ raw });
  await mailbox.sendDraft(draft.id);
  await new Promise((told) => process.send?.(sent, told));
}
