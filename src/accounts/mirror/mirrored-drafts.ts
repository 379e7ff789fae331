import { currentContext } from '../../core/context.ts';
import { AppError } from '../../core/errors.ts';
import type { LocalMailbox } from '../../local/open-local-mailbox.ts';
import type { DraftPage, DraftSummary, Mailbox, PageRequest } from '../../mail/mailbox.ts';
import { keptDrafts, type DraftLink } from './kept-drafts.ts';
import type { Mirror } from './mirror.ts';
import type { MirrorReads } from './mirror-reads.ts';

/** Page tokens of the mirror's list of drafts: how many come before. */
const tokenForm = /^mirror\.drafts\.(\d{1,6})$/;

/** Drafts, read from the mirror unless something is to be changed. */
export function mirroredDrafts(parts: {
  readonly live: Pick<Mailbox, 'listDrafts' | 'getDraft'>;
  readonly local: LocalMailbox;
  readonly mirror: Mirror;
  readonly reads: MirrorReads;
}): Pick<Mailbox, 'listDrafts' | 'getDraft'> {
  const { live, local, mirror, reads } = parts;

  /** From the mirror, or from Google where a draft's message is not in it. */
  async function read<T>(
    here: (drafts: readonly DraftLink[]) => Promise<T>,
    there: () => Promise<T>,
    isCovered = true,
  ): Promise<T> {
    const view = await reads.look();
    // A change is made from what is there now.
    const isLive = currentContext()?.isChange === true || !isCovered;
    const drafts = view === undefined || isLive ? undefined : await mirror.kept(keptDrafts);
    if (view === undefined || drafts === undefined) return reads.live(view, there);
    try {
      return await reads.here({ ...view, missing: 0 }, () => here(drafts.value));
    } catch (error) {
      if (!(error instanceof AppError) || error.code !== 'NOT_FOUND') throw error;
    }
    return reads.live(view, there);
  }

  async function pageOf(drafts: readonly DraftLink[], start: number, maxResults: number): Promise<DraftPage> {
    const summaries = await Promise.all(
      drafts.slice(start, start + maxResults).map(async ({ id, messageId }): Promise<DraftSummary> => ({
        id,
        message: await local.getMessageSummary(messageId),
      })),
    );
    const end = start + maxResults;
    return {
      // Google shows a draft that was sent for a while yet.
      drafts: summaries.filter(({ message: { labelIds } }) => labelIds.includes('DRAFT') && !labelIds.includes('SENT')),
      ...(end < drafts.length ? { nextPageToken: `mirror.drafts.${end}` } : {}),
    };
  }

  return {
    listDrafts(request: PageRequest) {
      const { pageToken, maxResults } = request;
      const place = pageToken === undefined ? '0' : tokenForm.exec(pageToken)?.[1];
      const there = () => live.listDrafts(request);
      return read((drafts) => pageOf(drafts, Number(place), maxResults), there, place !== undefined);
    },
    getDraft: (id) =>
      read(
        async (drafts) => {
          const link = drafts.find((draft) => draft.id === id);
          if (link === undefined) throw new AppError('NOT_FOUND', `There is no draft ${id} in the mirror.`);
          return { id, message: await local.getRawMessage(link.messageId) };
        },
        () => live.getDraft(id),
      ),
  };
}
