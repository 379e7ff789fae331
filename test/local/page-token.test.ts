import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseQuery } from '../../src/mail/query/parse-query.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { emailAddress, numbered, openMailbox } from './temporary-mailbox.ts';

test('a page token goes on with its own query and is refused for another one', async (t) => {
  const mailbox = openMailbox(t, temporaryFolder(t));
  await mailbox.addMessages(await numbered(5));
  const search = (text: string, more: { readonly pageToken?: string }) =>
    mailbox.searchMessages({
      query: parseQuery(text, { emailAddress, nowMs: 0, timeZone: 'UTC' }),
      includeSpamTrash: false,
      maxResults: 2,
      ...more,
    });
  const first = await search('', {});
  const pageToken = first.nextPageToken ?? assert.fail('there is no second page');
  const second = await search('', { pageToken });
  assert.equal(new Set([...first.messages, ...second.messages].map(({ id }) => id)).size, 4);
  for (const [text, token] of [
    ['in:inbox', pageToken],
    ['', `${pageToken}0`],
  ] as const) {
    await assert.rejects(search(text, { pageToken: token }), { code: 'INVALID_INPUT' });
  }
});
