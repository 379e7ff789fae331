import { createHash } from 'node:crypto';
import type { IncomingMessage } from '../../src/local/arrival/incoming.ts';
import type { LocalMailbox } from '../../src/local/open-local-mailbox.ts';
import { parseMime } from '../../src/mail/mime/parse-mime.ts';
import { mailToFill } from './real-mail.ts';

/** Puts messages into an empty account, a second after each other, and returns their ids, the oldest first. */
export async function fillAccount(mailbox: LocalMailbox, messages: number): Promise<string[]> {
  const ids = new Set<string>();
  const startMs = Date.now() - messages * 1000;
  const mail = mailToFill();
  while (ids.size < messages) {
    const batch = new Map<string, IncomingMessage>();
    while (ids.size + batch.size < messages && batch.size < 500) {
      const next = await mail.next();
      if (next.done === true) throw new Error('there is no more mail');
      const raw: Uint8Array = next.value;
      const parsed = await parseMime(raw);
      const internalDateMs = startMs + (ids.size + batch.size) * 1000;
      batch.set(createHash('sha256').update(raw).digest('hex'), {
        raw,
        parsed,
        internalDateMs,
        labels: ['INBOX', 'UNREAD'],
      });
    }
    for (const { id } of await mailbox.addMessages([...batch.values()])) ids.add(id);
  }
  await mail.return(undefined);
  await mailbox.finishImport();
  return [...ids];
}
