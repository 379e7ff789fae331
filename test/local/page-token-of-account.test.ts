import assert from 'node:assert/strict';
import { test } from 'node:test';
import { buildMail } from '../build-mail.ts';
import { parseQuery } from '../../src/mail/query/parse-query.ts';
import type { LocalMailbox } from '../../src/local/open-local-mailbox.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { openMailbox } from './temporary-mailbox.ts';

type Page = Promise<{ readonly nextPageToken?: string }>;

/** Each list of a mailbox, a page of one. */
const lists: Readonly<Record<string, (mailbox: LocalMailbox, pageToken?: string) => Page>> = {
  messages: (mailbox, pageToken) => mailbox.searchMessages(search(pageToken)),
  threads: (mailbox, pageToken) => mailbox.searchThreads(search(pageToken)),
  changes: (mailbox, pageToken) => mailbox.listHistory({ startHistoryId: '1', ...page(pageToken) }),
  drafts: (mailbox, pageToken) => mailbox.listDrafts(page(pageToken)),
};

const page = (pageToken?: string) => ({ maxResults: 1, ...(pageToken === undefined ? {} : { pageToken }) });
const search = (pageToken?: string) => ({
  query: parseQuery('', { emailAddress: 'ann@example.org', nowMs: 0, timeZone: 'UTC' }),
  includeSpamTrash: false,
  ...page(pageToken),
});

for (const [name, list] of Object.entries(lists)) {
  test(`a page token for the ${name} of one account is refused for another's`, async (t) => {
    const [ann, bob] = ['ann@example.org', 'bob@example.org'].map((emailAddress) =>
      openMailbox(t, temporaryFolder(t), { emailAddress }),
    );
    assert.ok(ann !== undefined && bob !== undefined);
    for (const mailbox of [ann, bob]) {
      for (const subject of ['one', 'two']) {
        await mailbox.importMessage({ raw: buildMail({ subject }), labelIds: ['INBOX'] });
        await mailbox.createDraft({ raw: buildMail({ subject }) });
      }
    }
    const { nextPageToken } = await list(ann);
    assert.ok(nextPageToken !== undefined);
    await list(ann, nextPageToken);
    await assert.rejects(list(bob, nextPageToken), { code: 'INVALID_INPUT', message: /does not belong to this list/ });
  });
}
