import { currentContext } from '../../core/context.ts';
import { AppError } from '../../core/errors.ts';
import { logOf } from '../../core/telemetry/log.ts';
import type { GmailMailbox } from '../../gmail/open-gmail-mailbox.ts';
import type { LocalMailbox } from '../../local/open-local-mailbox.ts';
import type { Mailbox, MessagePage, Profile, SearchRequest } from '../../mail/mailbox.ts';
import { asksForSpamOrTrash } from '../../mail/query/query.ts';
import { deleteIds } from './apply-records.ts';
import { putDraftFirst, removeDraft } from './kept-drafts.ts';
import { mirrorReads } from './mirror-reads.ts';
import type { Mirror } from './mirror.ts';
import { mirroredDrafts } from './mirrored-drafts.ts';
import { mirroredSettings } from './mirrored-settings.ts';
import { relabelOwn } from './relabel.ts';

/** What a mailbox with a mirror is made of. */
export interface MirroredParts {
  /** The account at Google. Closed with the mailbox. */
  readonly live: Omit<GmailMailbox, 'source' | 'watch'>;
  /** What is in the mirror, to be read; not closed with the mailbox. */
  readonly local: LocalMailbox;
  readonly mirror: Mirror;
  readonly spamTrash: boolean;
  readonly now: () => number;
}

/** What a change says that messages were is what they were found to be within this time, as without a mirror. */
const knownMs = 10_000;

/** Tells a page token of the mirror from one of Google's. */
const tokenPrefix = 'mirror.';

const log = logOf('gmail');

/**
 * A live mailbox whose reads are served from its mirror where that covers the question, and whose changes are in the
 * mirror at once. What Google refuses is not.
 */
export function mirroredMailbox({ live, local, mirror, spamTrash, now }: MirroredParts): Mailbox {
  const account = live.emailAddress;
  const askProfile = () => live.getProfile();
  const stored = async () => (await local.getProfile()).messagesTotal;
  const reads = mirrorReads({ account, mirror, stored, now });

  async function search<T extends { readonly nextPageToken?: string }>(
    request: SearchRequest,
    here: (request: SearchRequest) => Promise<T>,
    there: (request: SearchRequest) => Promise<T>,
  ): Promise<T> {
    const { pageToken, query, includeSpamTrash } = request;
    const isOwn = pageToken?.startsWith(tokenPrefix) === true;
    const isCovered = spamTrash || !(includeSpamTrash || asksForSpamOrTrash(query));
    const ask = () => there(request);
    // A list goes on where it began.
    if (pageToken === undefined ? !isCovered : !isOwn) return reads.live(undefined, ask);
    async function find(): Promise<T> {
      const page = await here(isOwn ? { ...request, pageToken: pageToken.slice(tokenPrefix.length) } : request);
      const { nextPageToken } = page;
      return nextPageToken === undefined ? page : { ...page, nextPageToken: `${tokenPrefix}${nextPageToken}` };
    }
    const view = await reads.look();
    if (view === undefined) return isOwn ? find() : reads.live(view, ask);
    return isOwn || view.isWhole ? reads.here(view, find) : reads.either(view, find, ask);
  }

  async function searchHere(request: SearchRequest): Promise<MessagePage> {
    const page = await local.searchMessages(request);
    if (spamTrash) return page;
    // How much lies in spam and trash is not known here.
    const { leftOut: _leftOut, ...rest } = page;
    return rest;
  }

  /** Labels of those of these messages that are in the mirror, if that was just found to be what the account is. */
  async function knownLabels(ids: readonly string[]): ReturnType<Mirror['labelsOf']> {
    const view = await reads.look(Math.max(currentContext()?.freshSinceMs ?? 0, now() - knownMs));
    return view === undefined || view.unverified !== undefined ? new Map() : mirror.labelsOf(ids);
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
  async function filing<T>(
    work: () => Promise<T>,
    idOf: (filed: T) => string,
    after?: (filed: T) => Parameters<Mirror['endWrite']>[1],
  ): Promise<T> {
    const filed = await changing(work, after);
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
    ...mirroredDrafts({ live, local, mirror, reads }),
    ...mirroredSettings({ live, mirror, reads, now }),
    searchMessages: (request) => search(request, searchHere, (there) => live.searchMessages(there)),
    searchThreads: (request) =>
      search(
        request,
        (here) => local.searchThreads(here),
        (there) => live.searchThreads(there),
      ),
    getMessage: (id) =>
      reads.single(
        () => local.getMessage(id),
        () => live.getMessage(id),
      ),
    getRawMessage: (id) =>
      reads.single(
        () => local.getRawMessage(id),
        () => live.getRawMessage(id),
      ),
    getThread: (id) =>
      reads.whole(
        () => local.getThread(id),
        () => live.getThread(id),
      ),
    // All of them are there from the beginning.
    listLabels: () =>
      reads.single(
        () => local.listLabels(),
        () => live.listLabels(),
      ),
    getLabelCounts: (id) =>
      // Of other labels there may be messages in spam and trash.
      spamTrash || id === 'INBOX'
        ? reads.whole(
            () => local.getLabelCounts(id),
            () => live.getLabelCounts(id),
          )
        : reads.live(undefined, () => live.getLabelCounts(id)),
    async getProfile() {
      const view = await reads.look();
      // Google counts spam and trash, too.
      return view === undefined
        ? reads.live(view, askProfile)
        : reads.either(view, () => mirroredProfile(local, mirror), askProfile);
    },

    async modifyMessages(change) {
      const known = await knownLabels(change.ids);
      return changing(
        () => live.modifyMessages(change, known),
        () => (rows) => relabelOwn(rows, change),
      );
    },
    async deleteMessages(ids) {
      const known = await knownLabels(ids);
      await changing(
        () => live.deleteMessages(ids, known),
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
        ({ id, message: { id: messageId } }) =>
          (rows) =>
            putDraftFirst(rows, { id, messageId }),
      ),
    fileDraft: (message) =>
      filing(
        () => live.fileDraft(message),
        ({ messageId }) => messageId,
        (filed) => (rows) => putDraftFirst(rows, filed),
      ),
    updateDraft: (id, message) =>
      filing(
        () => live.updateDraft(id, message),
        (draft) => draft.message.id,
        ({ message: { id: messageId } }) =>
          (rows) =>
            putDraftFirst(rows, { id, messageId }),
      ),
    deleteDraft: (id) =>
      changing(
        () => live.deleteDraft(id),
        () => (rows) => removeDraft(rows, id),
      ),
    sendDraft: (id) =>
      filing(
        () => live.sendDraft(id),
        (sent) => sent.id,
        () => (rows) => removeDraft(rows, id),
      ),
    sendMessage: (message) =>
      filing(
        () => live.sendMessage(message),
        (sent) => sent.id,
      ),
  };
}

/** The profile as the mirror knows it. */
async function mirroredProfile(local: LocalMailbox, mirror: Mirror): Promise<Profile> {
  const [profile, state] = [await local.getProfile(), await mirror.state()];
  return { ...profile, historyId: state?.historyId ?? profile.historyId };
}
