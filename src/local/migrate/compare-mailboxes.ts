import { createHash } from 'node:crypto';
import { AppError } from '../../core/errors.ts';
import type { MailStore } from '../../store/mail/mail-store.ts';
import { settingKinds } from './copied-to.ts';
import { messageKeys } from './mailbox-pages.ts';

const batchMessages = 200;

/** A mailbox as its ids, labels, dates and bytes say it, in one hash. */
export interface MailboxDigest {
  readonly messages: number;
  readonly threads: number;
  readonly historyId: number;
  /** SHA-256, hexadecimal. */
  readonly hash: string;
}

/** What is in a mailbox: two of the same digest hold the same messages, labels, drafts and settings. Reads every byte. */
export async function digestMailbox(store: MailStore, signal: AbortSignal): Promise<MailboxDigest> {
  const hash = createHash('sha256');
  const { messagesTotal, threadsTotal, historyId } = await store.once((rows) => rows.totals());
  const labels = await store.once((rows) => rows.labels.list());
  hash.update(JSON.stringify(labels.toSorted((a, b) => a.key - b.key).map(({ key, id, name }) => [key, id, name])));
  const keys = await messageKeys(store, signal);
  for (let first = 0; first < keys.length; first += batchMessages) {
    signal.throwIfAborted();
    const page = keys.slice(first, first + batchMessages);
    for (const { bytesKey, summary } of await store.once((rows) => rows.messages.byKeys(page))) {
      const { id, threadId, internalDate, labelIds, subject, from, to } = summary;
      hash.update(JSON.stringify([id, threadId, internalDate, labelIds.toSorted(), subject, from, to]));
      const raw = await store.bytes.get(bytesKey);
      hash.update(raw);
    }
  }
  const drafts = await store.once((rows) => rows.drafts.list(Number.MAX_SAFE_INTEGER, 100_000));
  hash.update(JSON.stringify(drafts.map(({ id, message }) => `${id} ${message.id}`).toSorted()));
  for (const kind of settingKinds) {
    hash.update(JSON.stringify(await store.once((rows) => rows.values.list(kind))));
  }
  return { messages: messagesTotal, threads: threadsTotal, historyId, hash: hash.digest('hex') };
}

/** The digest of two copies. Throws `CONFLICT` where they differ. */
export function compareDigests<Digest extends object>(account: string, source: Digest, copy: Digest): Digest {
  if (JSON.stringify(source) === JSON.stringify(copy)) return copy;
  const say = (digest: Digest) =>
    Object.entries(digest)
      .map(([name, value]) => `${name} ${String(value).slice(0, 12)}`)
      .join(', ');
  throw new AppError('CONFLICT', `The copy of ${account} is not the same as its source.`, {
    expected: say(source),
    got: say(copy),
    hint: 'Something wrote meanwhile: run the same command again. The source was not changed.',
  });
}
