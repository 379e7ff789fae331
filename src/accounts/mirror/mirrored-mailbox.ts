import { AppError } from '../../core/errors.ts';
import { currentContext, runInContext } from '../../core/context.ts';
import { logOf } from '../../core/telemetry/log.ts';
import { metrics } from '../../core/telemetry/metrics.ts';
import type { LocalMailbox } from '../../local/open-local-mailbox.ts';
import type { Mailbox, SearchRequest } from '../../mail/mailbox.ts';
import { asksForSpamOrTrash } from '../../mail/query/query.ts';
import { deleteIds } from './apply-records.ts';
import { mirrorViewer, type MirrorView } from './mirror-view.ts';
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

/** How long a read of what the mirror has only in part waits for Google. */
const livePatienceMs = 15_000;
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
  const stored = async () => (await local.getProfile()).messagesTotal;
  const viewer = mirrorViewer({ account, mirror, stored, now });

  function noteRead(source: 'mirror' | 'google', view: MirrorView | undefined): void {
    reads.add({ source });
    const { asOfMs = 0, unverified, missing = 0 } = view ?? {};
    const isUnverified = source === 'mirror' && unverified !== undefined;
    currentContext()?.reads?.note({
      source,
      asOfMs: source === 'google' ? now() : asOfMs,
      ...(isUnverified ? { unverified } : {}),
      missing,
    });
  }

  async function readHere<T>(view: MirrorView, here: () => Promise<T>): Promise<T> {
    const found = await here();
    noteRead('mirror', view);
    return found;
  }

  async function readLive<T>(view: MirrorView | undefined, there: () => Promise<T>): Promise<T> {
    try {
      const found = await there();
      noteRead('google', view);
      return found;
    } finally {
      viewer.passed();
    }
  }

  /** From Google, as the mirror lacks some of it; while Google cannot be reached, what is there. */
  async function readEither<T>(view: MirrorView, here: () => Promise<T>, there: () => Promise<T>): Promise<T> {
    if (viewer.isOffline()) return readHere({ unverified: 'UNAVAILABLE', ...view }, here);
    const context = { requestId: 'mirror', transport: 'job', ...currentContext() } as const;
    const deadlineMs = Math.min(context.deadlineMs ?? Infinity, performance.now() + livePatienceMs);
    try {
      return await runInContext({ ...context, deadlineMs }, () => readLive(view, there));
    } catch (error) {
      if (!(error instanceof AppError) || error.code !== 'UNAVAILABLE' || context.signal?.aborted === true) throw error;
      viewer.missed();
      return readHere({ ...view, unverified: 'UNAVAILABLE' }, here);
    }
  }

  /** From the mirror where it has all that was asked for, else from Google. */
  async function whole<T>(here: () => Promise<T>, there: () => Promise<T>): Promise<T> {
    const view = await viewer.look();
    if (view === undefined) return readLive(view, there);
    return view.isWhole ? orLive(view, here, there) : readEither(view, here, there);
  }

  /** From the mirror where it has a thing, else from Google. */
  async function single<T>(here: () => Promise<T>, there: () => Promise<T>): Promise<T> {
    const view = await viewer.look();
    return view === undefined ? readLive(view, there) : orLive(view, here, there);
  }

  async function orLive<T>(view: MirrorView, here: () => Promise<T>, there: () => Promise<T>): Promise<T> {
    try {
      return await readHere(view, here);
    } catch (error) {
      // Not among what is mirrored, such as trash.
      if (!(error instanceof AppError) || error.code !== 'NOT_FOUND') throw error;
    }
    return readLive(view, there);
  }

  async function search<T extends { readonly nextPageToken?: string; readonly leftOut?: unknown }>(
    request: SearchRequest,
    here: (request: SearchRequest) => Promise<T>,
    there: (request: SearchRequest) => Promise<T>,
  ): Promise<T> {
    const { pageToken, query, includeSpamTrash } = request;
    const isOwn = pageToken?.startsWith(tokenPrefix) === true;
    const isCovered = spamTrash || !(includeSpamTrash || asksForSpamOrTrash(query));
    const ask = () => there(request);
    // A list goes on where it began.
    if (pageToken === undefined ? !isCovered : !isOwn) return readLive(undefined, ask);
    async function find(): Promise<T> {
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
    const view = await viewer.look();
    if (view === undefined) return isOwn ? find() : readLive(view, ask);
    return isOwn || view.isWhole ? readHere(view, find) : readEither(view, find, ask);
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
      single(
        () => local.getMessage(id),
        () => live.getMessage(id),
      ),
    getRawMessage: (id) =>
      single(
        () => local.getRawMessage(id),
        () => live.getRawMessage(id),
      ),
    getThread: (id) =>
      whole(
        () => local.getThread(id),
        () => live.getThread(id),
      ),
    listLabels: () =>
      whole(
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
