import type { StoredDraft } from '../../store/mail/draft-rows.ts';
import type { MailRows, MailStore } from '../../store/mail/mail-store.ts';
import type { MessageSource } from '../../store/mail/message-rows.ts';

const pageRows = 1000;

/** Rows of a kind in pages, those of the newest messages first. `read` returns the rows below a message's key. */
async function* pagesOf<T>(
  store: MailStore,
  read: (rows: MailRows, belowKey: number) => Promise<readonly T[]>,
  keyOf: (row: T) => number,
  signal?: AbortSignal,
): AsyncGenerator<readonly T[]> {
  for (let belowKey = Number.MAX_SAFE_INTEGER; ;) {
    signal?.throwIfAborted();
    const below = belowKey;
    const page = await store.once((rows) => read(rows, below));
    yield page;
    const last = page.at(-1);
    if (last === undefined || page.length < pageRows) return;
    belowKey = keyOf(last);
  }
}

/** All messages, the newest first. */
export function messagePages(store: MailStore, signal: AbortSignal): AsyncGenerator<readonly MessageSource[]> {
  return pagesOf(
    store,
    (rows, belowKey) => rows.messages.sources(belowKey, pageRows),
    ({ key }) => key,
    signal,
  );
}

/** The keys of all messages, the newest first. */
export async function messageKeys(store: MailStore, signal: AbortSignal): Promise<readonly number[]> {
  const keys: number[] = [];
  for await (const page of messagePages(store, signal)) for (const { key } of page) keys.push(key);
  return keys;
}

/** All drafts. */
export function draftPages(store: MailStore): AsyncGenerator<readonly StoredDraft[]> {
  return pagesOf(
    store,
    (rows, belowKey) => rows.drafts.list(belowKey, pageRows),
    ({ message }) => message.key,
  );
}
