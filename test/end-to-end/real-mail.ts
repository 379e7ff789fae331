import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { readMail } from '../../src/local/import/read-mail.ts';
import { buildMail } from '../build-mail.ts';

const folder = join(import.meta.dirname, '../../../shared/mail');
const maxMessageBytes = 2 ** 25;

/** Whether there is real mail beside the checkout; else mail is made. */
export const hasRealMail = existsSync(folder);

/** Mail to fill an account with: real mail beside the checkout, and behind its end, or where there is none, made. */
export async function* mailToFill(): AsyncGenerator<Uint8Array> {
  for (const name of hasRealMail ? ['spamassassin', 'lists'] : []) {
    const items = readMail(join(folder, name), { resumeAt: () => 0, onBytes: () => {}, maxMessageBytes });
    for await (const item of items) if (item.kind === 'message') yield item.raw;
  }
  for (let number = 1; ; number += 1) {
    yield buildMail({ subject: `number ${number}`, messageId: `${number}@x`, text: `word${number}` });
  }
}
