import { AppError } from '../../core/errors.ts';
import { currentContext, runInContext } from '../../core/context.ts';
import { logOf } from '../../core/telemetry/log.ts';
import { metrics } from '../../core/telemetry/metrics.ts';
import type { LocalMailbox } from '../../local/open-local-mailbox.ts';
import type { Mailbox, SearchRequest } from '../../mail/mailbox.ts';
import { asksForSpamOrTrash } from '../../mail/query/query.ts';
import { deleteIds } from './apply-records.ts';
import { relabelOwn, type Mirror } from './mirror.ts';

/** What a mailbox with a mirror is made of. */
export interface MirroredParts {
  /** The account at Google. Closed with the mailbox. */
  readonly live: Mailbox;
  /** What is in the mirror, to be read; not closed with the mailbox. */
  readonly local: LocalMailbox;
  readonly mirror: Mirror;
  readonly spamTrash: boolean;
  readonly now: () => number;
}

/** A mirror counts as what the mailbox is when that was found so within this time: servers look every ten seconds. */
const freshMs = 20_000;
/** How long a read waits for Google before it serves what is there, and how long nobody waits again after that. */
const patienceMs = 3000;
const offlineMs = 30_000;
/** Tells a page token of the mirror from one of Google's. */
const tokenPrefix = 'mirror.';

const reads = metrics.counter(
  'gmail_llm_mirror_reads_total',
  'Reads of a mirrored account, by where they were served from.',
  ['source'],
);
const log = logOf('gmail');

/**
 * A live mailbox whose reads are served from its mirror where that covers the question, and whose changes are in the
 * mirror at once. What Google refuses is not.
 */
export function mirroredMailbox({ live, local, mirror, spamTrash, now }: MirroredParts): Mailbox {
  const account = live.emailAddress;
  let offlineUntilMs = 0;
  /** When Google was last read past the mirror: after that it must not show what was before. */
  let liveReadMs = 0;

  /** Whether the mirror may be read: it is as new as can be had. Follows the account where it may have changed. */
  async function isReadable(): Promise<boolean> {
    if ((await mirror.state()) === undefined) return false;
    const verifiedMs = await mirror.verifiedMs();
    const ageMs = now() - verifiedMs;
    if (ageMs >= 0 && ageMs < freshMs && verifiedMs >= liveReadMs) return true;
    if (now() < offlineUntilMs) return true;
    const context = { requestId: 'mirror', transport: 'job', ...currentContext() } as const;
    const deadlineMs = Math.min(context.deadlineMs ?? Infinity, performance.now() + patienceMs);
    try {
      await runInContext({ ...context, deadlineMs }, () => mirror.follow());
    } catch (error) {
      if (!(error instanceof AppError) || (error.code !== 'UNAVAILABLE' && error.code !== 'RATE_LIMITED')) throw error;
      offlineUntilMs = now() + offlineMs;
      log.warn('a mirrored account is read as it last was', { account, ageMs, reason: error.message });
    }
    return true;
  }

  async function readLive<T>(there: () => Promise<T>): Promise<T> {
    reads.add({ source: 'google' });
    try {
      return await there();
    } finally {
      liveReadMs = now();
    }
  }

  /** From the mirror where it has the answer, else from Google. */
  async function either<T>(
    isCovered: () => Promise<boolean>,
    here: () => Promise<T>,
    there: () => Promise<T>,
  ): Promise<T> {
    if (await isCovered()) {
      try {
        const found = await here();
        reads.add({ source: 'mirror' });
        return found;
      } catch (error) {
        // Not among what is mirrored, such as trash.
        if (!(error instanceof AppError) || error.code !== 'NOT_FOUND') throw error;
      }
    }
    return readLive(there);
  }

  async function isWhole(): Promise<boolean> {
    return (await isReadable()) && (await mirror.state())?.phase === 'complete';
  }

  async function search<T extends { readonly nextPageToken?: string; readonly leftOut?: unknown }>(
    request: SearchRequest,
    here: (request: SearchRequest) => Promise<T>,
    there: (request: SearchRequest) => Promise<T>,
  ): Promise<T> {
    const { pageToken, query, includeSpamTrash } = request;
    const isOwn = pageToken?.startsWith(tokenPrefix) === true;
    const isCovered = spamTrash || !(includeSpamTrash || asksForSpamOrTrash(query));
    // A list goes on where it began.
    const isHere = pageToken === undefined ? isCovered && (await isWhole()) : isOwn;
    if (!isHere) return readLive(() => there(request));
    reads.add({ source: 'mirror' });
    if (isOwn) await isReadable();
    const page = await here(isOwn ? { ...request, pageToken: pageToken.slice(tokenPrefix.length) } : request);
    const { nextPageToken, leftOut, ...rest } = page;
    const shown = {
      ...rest,
      // How much lies in spam and trash is not known here unless they are.
      ...(spamTrash && leftOut !== undefined ? { leftOut } : {}),
      ...(nextPageToken === undefined ? {} : { nextPageToken: `${tokenPrefix}${nextPageToken}` }),
    };
    // The same page with another token.
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion
    return shown as unknown as T;
  }

  /** Makes a change at Google; `after` shows it here. What was refused is not shown. */
  async function changing<T>(
    work: () => Promise<T>,
    after?: (result: T) => Parameters<Mirror['endWrite']>[1],
  ): Promise<T> {
    const write = await mirror.beginWrite();
    let result: T;
    try {
      result = await work();
    } catch (error) {
      // It may have been made all the same: the history says.
      await mirror.endWrite(write);
      throw error;
    }
    await mirror.endWrite(write, after?.(result));
    return result;
  }

  /** Makes a change that files a message; it is fetched at once, and if that fails, with the next question. */
  async function filing<T>(work: () => Promise<T>, idOf: (filed: T) => string): Promise<T> {
    const filed = await changing(work);
    try {
      await mirror.take([idOf(filed)]);
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      log.debug('a new message is not in the mirror yet', { account, reason: error.message });
    }
    return filed;
  }

  const changingLabels = async <T>(work: () => Promise<T>): Promise<T> => {
    const result = await changing(work);
    await mirror.followLabels();
    return result;
  };

  return {
    ...live,
    searchMessages: (request) =>
      search(
        request,
        (here) => local.searchMessages(here),
        (there) => live.searchMessages(there),
      ),
    searchThreads: (request) =>
      search(
        request,
        (here) => local.searchThreads(here),
        (there) => live.searchThreads(there),
      ),
    getMessage: (id) =>
      either(
        isReadable,
        () => local.getMessage(id),
        () => live.getMessage(id),
      ),
    getRawMessage: (id) =>
      either(
        isReadable,
        () => local.getRawMessage(id),
        () => live.getRawMessage(id),
      ),
    getThread: (id) =>
      either(
        isWhole,
        () => local.getThread(id),
        () => live.getThread(id),
      ),
    listLabels: () =>
      either(
        isWhole,
        () => local.listLabels(),
        () => live.listLabels(),
      ),

    modifyMessages: (change) =>
      changing(
        () => live.modifyMessages(change),
        () => (rows) => relabelOwn(rows, change),
      ),
    async deleteMessages(ids) {
      await changing(
        () => live.deleteMessages(ids),
        () => (rows) => deleteIds(rows, ids),
      );
    },
    importMessage: (message) =>
      filing(
        () => live.importMessage(message),
        ({ id }) => id,
      ),
    createLabel: (fields) => changingLabels(() => live.createLabel(fields)),
    updateLabel: (id, fields) => changingLabels(() => live.updateLabel(id, fields)),
    deleteLabel: (id) => changingLabels(() => live.deleteLabel(id)),
    createDraft: (message) =>
      filing(
        () => live.createDraft(message),
        (draft) => draft.message.id,
      ),
    fileDraft: (message) =>
      filing(
        () => live.fileDraft(message),
        ({ messageId }) => messageId,
      ),
    updateDraft: (id, message) =>
      filing(
        () => live.updateDraft(id, message),
        (draft) => draft.message.id,
      ),
    deleteDraft: (id) => changing(() => live.deleteDraft(id)),
    sendDraft: (id) =>
      filing(
        () => live.sendDraft(id),
        (sent) => sent.id,
      ),
    sendMessage: (message) =>
      filing(
        () => live.sendMessage(message),
        (sent) => sent.id,
      ),
  };
}
