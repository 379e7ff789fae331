import { setImmediate } from 'node:timers/promises';
import { parseOrHeaders } from '../../parser/parse-or-headers.ts';
import { storedMailLimits } from '../../parser/stored-mail-limits.ts';
import type { MailStore } from '../../store/mail/mail-store.ts';
import type { MessageSource } from '../../store/mail/message-rows.ts';
import { prepareMessage } from '../arrival/prepare-message.ts';
import type { PreparedMessage } from '../arrival/prepare-message.ts';
import { linksOf } from '../threads/thread-facts.ts';
import { readContentState, writeContentState } from './content-state.ts';

/** Messages of one transaction: other writers wait for some hundredths of a second. */
const batchMessages = 100;

/** How a renewal goes on. */
export interface Renewal {
  /** Messages whose content was made again. */
  readonly renewed: number;
  readonly isComplete: boolean;
}

/** Whether all messages have the content that this version makes of them. */
export async function hasCurrentContent(store: MailStore): Promise<boolean> {
  return (await store.read(readContentState)) === 'all';
}

/**
 * Makes what an older version stored of messages again from their bytes, the newest first: what is read, found and
 * threaded is then as if this version had stored them. Threads stay as they are. Ends when all is done or `isEnough`
 * says so; the next call, in whichever process, goes on from there. The mailbox stays usable meanwhile.
 */
export async function renewContent(
  store: MailStore,
  owner: string,
  isEnough: (renewed: number) => boolean,
): Promise<Renewal> {
  let renewed = 0;
  for (;;) {
    const belowKey = await store.read(readContentState);
    if (belowKey === 'all') return { renewed, isComplete: true };
    if (isEnough(renewed)) return { renewed, isComplete: false };
    const sources = await store.once((rows) => rows.messages.sources(belowKey, batchMessages));
    const contents = await makeContents(store, owner, sources);
    await store.write(async (rows) => {
      await rows.messages.rewrite(
        contents.map(({ key, prepared }) => ({ messageKey: key, content: prepared.content })),
      );
      await rows.threads.apply({
        threads: [],
        // So that answers that come later find them by today's rules.
        links: contents.flatMap(({ threadKey, prepared }) =>
          linksOf(prepared.threadFacts).map((hash) => ({ hash, threadKey })),
        ),
        moves: [],
        threadsTotalChange: 0,
      });
      await writeContentState(rows, sources.length < batchMessages ? 'all' : (sources.at(-1)?.key ?? 0));
    });
    renewed += contents.length;
  }
}

async function makeContents(
  store: MailStore,
  owner: string,
  sources: readonly MessageSource[],
): Promise<readonly { readonly key: number; readonly threadKey: number; readonly prepared: PreparedMessage }[]> {
  const contents = [];
  for (const { id, key, threadKey, bytesKey, internalDateMs } of sources) {
    const raw = await readIfThere(store, id, bytesKey);
    if (raw === undefined) continue;
    const { parsed } = await parseOrHeaders(raw, storedMailLimits.parsing);
    const incoming = { raw, parsed, internalDateMs, labels: [] };
    contents.push({
      key,
      threadKey,
      prepared: await prepareMessage(incoming, { sha256: new Uint8Array(), bytesKey, owner }),
    });
    // Lets calls through: parsing small messages waits for nothing.
    await setImmediate();
  }
  return contents;
}

/** Undefined for a message that was deleted meanwhile. Throws `UNAVAILABLE` for bytes that are damaged or missing. */
async function readIfThere(store: MailStore, id: string, bytesKey: number): Promise<Uint8Array | undefined> {
  try {
    return await store.bytes.get(bytesKey);
  } catch (error) {
    if ((await store.once((rows) => rows.messages.byId(id))) === undefined) return undefined;
    throw error;
  }
}
