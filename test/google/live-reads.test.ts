import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { suite, test } from 'node:test';
import { apiAttachment, apiMessage, apiThread } from '../../src/gmail/client/api-schemas.ts';
import { readFull, readHit } from '../../src/gmail/content/fetched-message.ts';
import type { Mailbox } from '../../src/mail/mailbox.ts';
import { readExchange } from './read-samples.ts';
import { openRecorded } from './recorded-server.ts';
import { owner } from './replay-world.ts';

const page = { maxResults: 5 };
const everything = { ...page, query: { kind: 'all' }, includeSpamTrash: false } as const;
const raw = Buffer.from('To: a@example.com\r\n\r\nx');
const primary = {
  sendAsEmail: owner,
  displayName: '',
  replyToAddress: '',
  signature: '',
  isPrimary: true,
  isDefault: true,
  treatAsAlias: false,
};

/** What the live backend asks for, and what it makes of the answer that was recorded. */
const reads: Readonly<Record<string, readonly [read: (mailbox: Mailbox) => Promise<unknown>, expected: unknown]>> = {
  'batch-delete-messages': [(m) => m.deleteMessages(['19dda884fb80bc9b', '19dda884fb80bc9c']), undefined],
  'batch-modify-messages': [
    (m) =>
      m.modifyMessages({ ids: ['19dda5888dc95981', '19dda5888dc95982'], addLabelIds: ['INBOX'], removeLabelIds: [] }),
    [
      { id: '19dda5888dc95981', addedLabelIds: ['INBOX'], removedLabelIds: [] },
      { id: '19dda5888dc95982', addedLabelIds: ['INBOX'], removedLabelIds: [] },
    ],
  ],
  'create-draft': [async (m) => (await m.createDraft({ raw })).id, 'r-514009792300065821'],
  'create-filter': [
    (m) =>
      m.createFilter({
        criteria: { from: 'unique-sender-1745948400@example.com' },
        action: { addLabelIds: ['IMPORTANT'] },
      }),
    readExchange('create-filter').response,
  ],
  'create-label': [
    (m) => m.createLabel({ name: 'AcmeActionTest' }),
    {
      id: 'Label_3',
      name: 'AcmeActionTest',
      type: 'user',
      messageListVisibility: 'show',
      labelListVisibility: 'labelShow',
    },
  ],
  'delete-draft': [(m) => m.deleteDraft('r-834494671212680745'), undefined],
  'delete-filter': [(m) => m.deleteFilter('ANe1BmhN5bFd5EY9xUgAeIM3iwu1z9lWN8heug'), undefined],
  'delete-label': [(m) => m.deleteLabel('Label_5'), undefined],
  'delete-message': [(m) => m.deleteMessages(['19dda7d6901f8049']), undefined],
  filters: [(m) => m.listFilters(), Object(readExchange('filters').response).filter],
  'get-auto-forwarding-settings': [(m) => m.getSetting('autoForwarding'), { enabled: false }],
  'get-imap-settings': [(m) => m.getSetting('imap'), readExchange('get-imap-settings').response],
  'get-language-settings': [(m) => m.getSetting('language'), { displayLanguage: 'en' }],
  'get-pop-settings': [(m) => m.getSetting('pop'), readExchange('get-pop-settings').response],
  'get-vacation-settings': [
    (m) => m.getSetting('vacation'),
    { enableAutoReply: false, restrictToContacts: false, restrictToDomain: false },
  ],
  labels: [async (m) => (await m.listLabels()).map(({ id }) => id).slice(-3), ['Label_1', 'Label_2', 'Label_3']],
  'list-drafts': [
    async (m) => (await m.listDrafts(page)).drafts.map(({ id }) => id),
    ['r-834494671212680745', 'r1193207197822532610'],
  ],
  'list-filters': [async (m) => (await m.listFilters()).length, 3],
  'list-forwarding-addresses': [(m) => m.listForwardingAddresses(), []],
  'list-labels': [async (m) => (await m.listLabels()).filter(({ type }) => type === 'user').length, 1],
  'list-messages': [
    async (m) => {
      const { messages, nextPageToken } = await m.searchMessages(everything);
      return [messages.length, messages[0]?.id, nextPageToken !== undefined];
    },
    [5, '19dda5888dc95981', true],
  ],
  'list-send-as-aliases': [(m) => m.listSendAs(), [primary]],
  'list-threads-first-two': [
    async (m) => (await m.searchThreads(everything)).threads.map(({ id }) => id),
    ['19dda5f15270e044', '19dda5f53af7ee19'],
  ],
  'list-watch-history': [
    async (m) => {
      const { history, historyId } = await m.listHistory({ startHistoryId: '86170', maxResults: 100 });
      const changes = history.map(({ id, messages, messagesAdded, labelsAdded, labelsRemoved }) => [
        id,
        ...[messages, messagesAdded, labelsAdded, labelsRemoved].map((list) => list?.length ?? 0),
      ]);
      return [historyId, ...changes];
    },
    [
      '86290',
      ['86179', 0, 0, 2, 0],
      ['86180', 0, 0, 0, 1],
      ['86201', 0, 1, 0, 0],
      ['86220', 1, 0, 0, 0],
      ['86221', 1, 0, 0, 0],
      ['86222', 1, 0, 0, 0],
      ['86226', 1, 0, 0, 0],
      ['86230', 0, 1, 0, 0],
      ['86277', 0, 0, 0, 2],
    ],
  ],
  'modify-message': [
    (m) => m.modifyMessages({ ids: ['19dda5d843e1fbb4'], addLabelIds: ['INBOX'], removeLabelIds: [] }),
    [{ id: '19dda5d843e1fbb4', addedLabelIds: ['INBOX'], removedLabelIds: [] }],
  ],
  'send-as-aliases': [(m) => m.listSendAs(), [primary]],
  'send-draft': [(m) => m.sendDraft('r-2659581451941744427'), readExchange('send-draft').response],
  'send-message': [(m) => m.sendMessage({ raw }), readExchange('send-message').response],
  'update-draft': [async (m) => (await m.updateDraft('r6786157652975891736', { raw })).message.id, '19dda5fe1803b8c6'],
  'update-imap-settings': [
    (m) => m.updateSetting('imap', { enabled: true, maxFolderSize: 1000 }),
    readExchange('update-imap-settings').response,
  ],
  'update-label': [async (m) => (await m.updateLabel('Label_6', { name: 'x' })).name, 'Updated Test Label Name'],
  'update-language-settings': [
    (m) => m.updateSetting('language', { displayLanguage: 'en' }),
    { displayLanguage: 'en' },
  ],
  'update-pop-settings': [
    (m) => m.updateSetting('pop', { accessWindow: 'allMail' }),
    readExchange('update-pop-settings').response,
  ],
  'update-send-as-alias': [
    (m) => m.updateSendAs(owner, { displayName: 'API Test' }),
    { ...primary, displayName: 'API Test', replyToAddress: owner },
  ],
  'update-send-as-smtp-msa': [(m) => m.updateSendAs(owner, {}), primary],
  'update-vacation-settings': [
    (m) => m.updateSetting('vacation', { enableAutoReply: true }),
    readExchange('update-vacation-settings').response,
  ],
};

/** Messages as they come in other answers, read as those that the live backend asks for in another format. */
const messages: Readonly<Record<string, (response: unknown) => readonly unknown[]>> = {
  'get-draft': (response) => [Object(response).message],
  'get-message': (response) => [response],
  'get-message-metadata-19dda3e42064b8b2': (response) => [response],
  'get-message-metadata-19dda5f53af7ee19': (response) => [response],
  'get-message-metadata-19dda7d63c5b23bd': (response) => [response],
  'get-message-metadata-19ddaab064b93cf0': (response) => [response],
  'get-thread': (response) => [...apiThread.parse(response).messages],
  'modify-thread': (response) => Object(response).messages,
  'untrash-message': (response) => [response],
  'untrash-thread': (response) => Object(response).messages,
};

/** Methods that the live backend never asks for, or whose answer does not matter to it. */
const unasked = [
  'delete-thread',
  'get-filter',
  'get-label',
  'get-send-as-alias',
  'stop-watch',
  'trash-message',
  'trash-thread',
];

suite('the live account reads every answer that was recorded', () => {
  test('and none is left out', () => {
    const files = readdirSync(join(import.meta.dirname, 'recorded')).map((file) => file.replace(/\.json$/, ''));
    const names = [...Object.keys(reads), ...Object.keys(messages), ...unasked, 'get-attachment'];
    assert.deepEqual(names.toSorted(), files.toSorted());
  });

  for (const [name, [read, expected]] of Object.entries(reads)) {
    test(name, async (t) => {
      for (const hasCache of [false, true]) {
        const { mailbox, hits } = await openRecorded(t, name, hasCache);
        assert.deepEqual(await read(mailbox), expected);
        assert.ok(hits() > 0, 'the recorded answer was asked for');
      }
    });
  }

  for (const [name, messagesIn] of Object.entries(messages)) {
    test(name, async () => {
      for (const json of messagesIn(readExchange(name).response)) {
        const message = apiMessage.parse(json);
        const hit = await readHit(message);
        const { fetched } = await readFull(message, new Map(), owner);
        assert.equal(hit.facts.id, Object(json).id);
        assert.deepEqual(hit.labelIds, Object(json).labelIds);
        const subject: unknown = Object(json).payload?.headers?.find(
          (header: { name: string }) => header.name === 'Subject',
        );
        assert.equal(hit.facts.subject, Object(subject).value ?? '');
        assert.doesNotMatch(hit.facts.snippet, /&#39;/);
        if (name === 'get-draft')
          assert.equal(fetched.body?.content.text?.trim(), 'This is a test draft for validation.');
      }
    });
  }

  test('get-attachment', () => {
    const { data } = apiAttachment.parse(readExchange('get-attachment').response);
    assert.equal(Buffer.from(data, 'base64url').toString(), 'This is a test file\n\nThis file has content\n');
  });
});
