import type { StoredDraft } from '../../store/mail/draft-rows.ts';
import type { MailStore } from '../../store/mail/mail-store.ts';
import type { MessageSource } from '../../store/mail/message-rows.ts';

const pageRows = 1000;

/** All messages, the newest first. */
export async function* messagePages(store: MailStore, signal: AbortSignal): AsyncGenerator<readonly MessageSource[]> {
  for (let belowKey = Number.MAX_SAFE_INTEGER; ;) {
    signal.throwIfAborted();
    const below = belowKey;
    const page = await store.once((rows) => rows.messages.sources(below, pageRows));
    yield page;
    if (page.length < pageRows) return;
    belowKey = page.at(-1)?.key ?? 0;
  }
}

/** The keys of all messages, the newest first. */
export async function messageKeys(store: MailStore, signal: AbortSignal): Promise<readonly number[]> {
  const keys: number[] = [];
  for await (const page of messagePages(store, signal)) for (const { key } of page) keys.push(key);
  return keys;
}

/** All drafts. */
export async function* draftPages(store: MailStore): AsyncGenerator<readonly StoredDraft[]> {
  for (let belowKey = Number.MAX_SAFE_INTEGER; ;) {
    const below = belowKey;
    const page = await store.once((rows) => rows.drafts.list(below, pageRows));
    yield page;
    if (page.length < pageRows) return;
    belowKey = page.at(-1)?.message.key ?? 0;
  }
}
