import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Mailbox } from '../../src/mail/mailbox.ts';
import { gmailOnEmulator } from './open-on-emulator.ts';

const page = { maxResults: 10 };
const everything = { ...page, query: { kind: 'all' }, includeSpamTrash: false } as const;

/** Every list of a mailbox, by the method that Google is asked with, and what it is when it is empty. */
const lists: readonly (readonly [method: string, read: (mailbox: Mailbox) => Promise<unknown>, empty: unknown])[] = [
  ['messages.list', (mailbox) => mailbox.searchMessages(everything), { messages: [] }],
  ['threads.list', (mailbox) => mailbox.searchThreads(everything), { threads: [] }],
  ['drafts.list', (mailbox) => mailbox.listDrafts(page), { drafts: [] }],
  ['labels.list', (mailbox) => mailbox.listLabels(), []],
  ['history.list', (mailbox) => mailbox.listHistory({ ...page, startHistoryId: '7' }), { history: [], historyId: '7' }],
  ['settings.filters.list', (mailbox) => mailbox.listFilters(), []],
  ['settings.sendAs.list', (mailbox) => mailbox.listSendAs(), []],
  ['settings.forwardingAddresses.list', (mailbox) => mailbox.listForwardingAddresses(), []],
  ['settings.delegates.list', (mailbox) => mailbox.listDelegates(), []],
];

test('a list that Google answers with nothing is empty', async (t) => {
  const { emulator, open } = await gmailOnEmulator(t, { isServiceAccount: true });
  for (const cache of [undefined, open()]) {
    const mailbox = cache ?? open({ cache: undefined });
    for (const [method, read, empty] of lists) {
      const id = emulator.faults.add({ match: `gmail.users.${method}`, kind: 'empty' });
      assert.deepEqual(await read(mailbox), empty, method);
      emulator.faults.clear(id);
    }
  }
});

test('an account without forwarding addresses, which Google answers with 204, has none', async (t) => {
  const { emulator, open } = await gmailOnEmulator(t);
  const { status, text } = await emulator.call('GET', '/gmail/v1/users/me/settings/forwardingAddresses');
  assert.deepEqual([status, text], [204, '']);
  assert.deepEqual(await open().listForwardingAddresses(), []);
});
