import { AppError } from '../../core/errors.ts';
import { undefinedIfNotFound } from '../../core/undefined-if-not-found.ts';
import type { HistoryRecord, Profile } from '../../mail/mailbox.ts';
import type { Label } from '../../mail/message.ts';
import {
  apiDraftList,
  apiHistory,
  apiMessage,
  apiMessageList,
  apiProfile,
  type ApiMessage,
} from '../client/api-schemas.ts';
import { ask } from '../client/ask.ts';
import { unescapeSnippet } from '../content/fetched-message.ts';
import { apiLabelList } from '../writing/label-directory.ts';
import type { GmailContext } from './gmail-context.ts';
import { userId } from './gmail-context.ts';
import { recordOf } from './read-history.ts';

/** A message as Gmail has it, with the labels that it had at a point of the mailbox's history. */
export interface SourceMessage {
  readonly id: string;
  readonly threadId: string;
  readonly labelIds: readonly string[];
  readonly historyId: string;
  readonly internalDateMs: number;
  readonly snippet: string;
  readonly raw: Uint8Array;
}

/** Ids of messages, newest first. */
interface SourcePage {
  readonly ids: readonly string[];
  readonly nextPageToken?: string;
}

/** A piece of the history, oldest first. */
interface SourceHistory {
  readonly records: readonly HistoryRecord[];
  /** The newest history id that the piece covers. */
  readonly historyId: string;
  /** Whether it reaches up to what the mailbox is now. */
  readonly isComplete: boolean;
}

/** A live mailbox as a mirror reads it: in bulk, past every cache. Every method throws as the channel does. */
export interface MirrorSource {
  profile(): Promise<Profile>;
  labels(): Promise<readonly Label[]>;
  /** All drafts, the one that was changed last first, each with the message that it has now. */
  drafts(): Promise<readonly { readonly id: string; readonly messageId: string }[]>;
  /** Throws `INVALID_INPUT` for a page token that Gmail no longer takes. */
  list(request: {
    readonly includeSpamTrash: boolean;
    readonly labelId?: string;
    readonly pageToken?: string;
  }): Promise<SourcePage>;
  /** Messages by their ids, in pieces as they come, also where a later one fails; one that is gone is missing. */
  fetch(ids: readonly string[], take: (messages: readonly SourceMessage[]) => Promise<void>): Promise<void>;
  /** What happened after a history id, or undefined where Gmail no longer knows. */
  history(startHistoryId: string): Promise<SourceHistory | undefined>;
}

/** Gmail's largest page. */
const maxResults = 500;

/** The source of one mailbox. */
export function mirrorSource({ client, getMany }: GmailContext): MirrorSource {
  /** Several at once; where their answer is too large or does not come, what is left in halves. */
  async function fetch(ids: readonly string[], take: Parameters<MirrorSource['fetch']>[1]): Promise<void> {
    const left = new Set(ids);
    let takes = 0;
    async function takeBatch(messages: readonly ApiMessage[]): Promise<void> {
      takes += 1;
      await take(messages.map(sourceMessageOf));
      takes -= 1;
      for (const { id } of messages) left.delete(id);
    }
    try {
      await getMany(
        ids,
        {
          methodId: 'gmail.users.messages.get',
          targetOf: (id) => `/gmail/v1/users/me/messages/${id}?format=raw`,
          schema: apiMessage,
          getOne: (id) => ask(apiMessage, client.users.messages.get({ userId, id, format: 'raw' })),
        },
        takeBatch,
      );
    } catch (error) {
      const isUnavailable = error instanceof AppError && error.code === 'UNAVAILABLE';
      // One that could not be taken is no matter of Gmail's.
      if (takes > 0 || !isUnavailable || ids.length <= 1) throw error;
      const half = Math.ceil(left.size / 2);
      await fetch([...left].slice(0, half), take);
      await fetch([...left].slice(half), take);
    }
  }

  return {
    profile: () => ask(apiProfile, client.users.getProfile({ userId })),
    labels: async () => (await ask(apiLabelList, client.users.labels.list({ userId }))).labels,
    async drafts() {
      const all: { readonly id: string; readonly messageId: string }[] = [];
      let pageToken: string | undefined;
      do {
        const place = pageToken === undefined ? {} : { pageToken };
        const page = await ask(apiDraftList, client.users.drafts.list({ userId, maxResults, ...place }));
        all.push(...page.drafts.map(({ id, message }) => ({ id, messageId: message.id })));
        pageToken = page.nextPageToken;
      } while (pageToken !== undefined);
      return all;
    },
    async list({ includeSpamTrash, labelId, pageToken }) {
      const { messages, nextPageToken } = await ask(
        apiMessageList,
        client.users.messages.list({
          userId,
          maxResults,
          includeSpamTrash,
          ...(labelId === undefined ? {} : { labelIds: [labelId] }),
          ...(pageToken === undefined ? {} : { pageToken }),
        }),
      );
      const ids = messages.map(({ id }) => id);
      return nextPageToken === undefined ? { ids } : { ids, nextPageToken };
    },
    fetch,
    async history(startHistoryId) {
      const page = await undefinedIfNotFound(
        ask(apiHistory, client.users.history.list({ userId, startHistoryId, maxResults })),
      );
      if (page === undefined) return undefined;
      const { history, historyId = startHistoryId, nextPageToken } = page;
      const isComplete = nextPageToken === undefined;
      return {
        records: history.map(recordOf),
        historyId: isComplete ? historyId : (history.at(-1)?.id ?? historyId),
        isComplete,
      };
    },
  };
}

function sourceMessageOf({ id, threadId, labelIds, historyId, internalDate, snippet, raw }: ApiMessage): SourceMessage {
  return {
    id,
    threadId,
    labelIds,
    historyId,
    internalDateMs: Math.max(0, Number(internalDate)),
    snippet: unescapeSnippet(snippet),
    raw: Buffer.from(raw ?? '', 'base64url'),
  };
}
