/** Adds the same few messages and deletes them again until the time given is over. Arguments: folder, seconds. */
import { AppError } from '../../src/core/errors.ts';
import { openLocalMailbox } from '../../src/local/open-local-mailbox.ts';
import { openMailStore } from '../../src/store/sqlite/mail/open-mail-store.ts';
import { emailAddress, numbered } from './temporary-mailbox.ts';

const [folder = '', seconds = ''] = process.argv.slice(2);
const mailbox = openLocalMailbox({ store: openMailStore(folder), emailAddress });
const batch = await numbered(5);
const end = performance.now() + Number(seconds) * 1000;
for (let step = 0; performance.now() < end; step += 1) {
  const ids = (await mailbox.addMessages(batch)).map(({ id }) => id);
  try {
    await mailbox.deleteMessages(ids.slice(step % 3));
  } catch (error) {
    // Another worker was faster.
    if (!(error instanceof AppError && error.code === 'NOT_FOUND')) throw error;
  }
}
await mailbox.addMessages(batch);
mailbox.close();
