import assert from 'node:assert/strict';
import { after, before, suite, test } from 'node:test';
import { localMailboxFolder } from '../../../src/store/sqlite/mail/local-mailboxes.ts';
import { openLocalMailbox } from '../../../src/local/open-local-mailbox.ts';
import { openMailStore } from '../../../src/store/sqlite/mail/open-mail-store.ts';
import { operations } from '../../../src/operations/operations.ts';
import { buildMail } from '../../build-mail.ts';
import { startTwoDoors, type TwoDoors } from '../../operations/two-doors.ts';
import { seedWebhook } from '../../safety/seed-webhook.ts';
import { seedOutbox, type SeededOutbox } from '../../safety/seed-outbox.ts';
import { createMarks, hostileMail } from './hostile-mail.ts';
import { outsideOfFences } from './outside-of-fences.ts';

const owner = 'bob@example.org';
const marks = createMarks();

/** What the calls below need of the mailbox. */
const kept = { first: '', second: '', draft: '', otherDraft: '', history: '', outbox: {} as SeededOutbox };

async function fillHome(dataFolder: string): Promise<Readonly<Record<string, string>>> {
  const store = openMailStore(localMailboxFolder(dataFolder, owner));
  const mailbox = openLocalMailbox({ store, emailAddress: owner });
  kept.history = (await mailbox.getProfile()).historyId;
  const label = await mailbox.createLabel({ name: marks.next('labelName') });
  const file = (raw: Uint8Array) => mailbox.importMessage({ raw, labelIds: ['INBOX', 'UNREAD', label.id] });
  kept.first = (await file(hostileMail(marks.next, { id: 'one@example.net' }))).id;
  kept.second = (await file(hostileMail(marks.next, { id: 'two@example.net', answers: 'one@example.net' }))).id;
  const draft = () =>
    mailbox.createDraft({
      raw: buildMail({
        from: owner,
        to: `${marks.next('to')} <${marks.next('to')}@example.net>`,
        subject: marks.next('draft'),
      }),
    });
  kept.draft = (await draft()).id;
  kept.otherDraft = (await draft()).id;
  const to = `${marks.next('to')}@example.net`;
  kept.outbox = await seedOutbox(dataFolder, { account: owner, to, subject: marks.next('subject') });
  await seedWebhook(dataFolder, 'wh_one', `https://example.net/${marks.next('url')}`);
  mailbox.close();
  return {};
}

type Input = Readonly<Record<string, unknown>>;

/** A call of every tool that shows what is in the mailbox, and of those that change it with words copied from a mail. */
function calls(): readonly (readonly [tool: string, input: Input])[] {
  const mark = marks.next;
  const address = () => `${mark('address')}@example.net`;
  return [
    ['search_messages', {}],
    ['search_messages', { q: mark('query') }],
    // What the errors of a query repeat of it.
    ...['from:-', 'subject:-', '-', 'after:', 'is:', 'in:', 'larger:', 'a AROUND b:'].map(
      (before) => ['search_messages', { q: `${before}${mark('query')}` }] as const,
    ),
    ['search_messages', { q: `${mark('operator')}:x` }],
    ['search_messages', { q: `"${mark('open')}` }],
    ['search_threads', {}],
    ['read_message', { id: kept.first }],
    ['read_message', { id: kept.second, body: 'html' }],
    ['read_message', { id: kept.second, body: 'none' }],
    ['read_message', { id: kept.second, history: 'full', maxChars: 100 }],
    ['read_thread', { id: kept.first }],
    ['read_thread', { id: kept.second, history: 'full', maxChars: 100 }],
    ...['a1', 'a2', 'a3', 'a4', 'a5'].map(
      (attachment) => ['read_attachment', { messageId: kept.first, attachment }] as const,
    ),
    ['get_profile', {}],
    ['list_labels', {}],
    ['list_drafts', {}],
    ['list_changes', { startHistoryId: kept.history }],
    ['modify_messages', { ids: [kept.first], addLabelIds: ['STARRED'] }],
    ['trash_messages', { ids: [kept.first] }],
    ['untrash_messages', { ids: [kept.first] }],
    ['create_draft', { replyTo: kept.first, body: mark('body') }],
    ['create_draft', { forward: kept.second, to: address() }],
    ['create_draft', { to: address(), subject: mark('subject'), dryRun: true }],
    ['update_draft', { id: kept.draft, subject: mark('subject'), cc: [address()] }],
    ['send_draft', { id: kept.draft }],
    ['send_message', { replyTo: kept.second, body: 'See attached.' }],
    ['send_message', { to: address(), subject: mark('subject'), body: 'x', dryRun: true }],
    ['delete_draft', { id: kept.otherDraft }],
    ['undo', {}],
    ['create_label', { name: mark('newLabel') }],
    ['create_label', { name: mark('dryLabel'), dryRun: true }],
    ['update_label', { id: marks.all[0], name: mark('renamed') }],
    ['undo', {}],
    ['delete_label', { id: marks.all[0], dryRun: true }],
    ['delete_label', { id: marks.all[0] }],
    [
      'create_filter',
      {
        criteria: { from: address(), subject: mark('words'), query: mark('query') },
        action: { addLabelIds: ['STARRED'] },
      },
    ],
    ['list_filters', {}],
    ['delete_filter', { id: 'none' }],
    ['update_vacation', { enableAutoReply: true, responseSubject: mark('away'), responseBodyPlainText: mark('text') }],
    ['create_send_as', { sendAsEmail: address(), displayName: mark('name'), signature: `<b>${mark('signature')}</b>` }],
    ['update_send_as', { sendAsEmail: owner, displayName: mark('name'), signaturePlainText: mark('signature') }],
    ['delete_send_as', { sendAsEmail: address() }],
    ['create_forwarding_address', { forwardingEmail: address() }],
    ['update_auto_forwarding', { enabled: true, emailAddress: address(), disposition: 'archive' }],
    ['delete_forwarding_address', { forwardingEmail: address() }],
    ['create_delegate', { delegateEmail: address() }],
    ['delete_delegate', { delegateEmail: address() }],
    ['update_imap', { enabled: true }],
    ['update_pop', { accessWindow: 'allMail' }],
    ['update_language', { displayLanguage: 'de' }],
    ['get_settings', {}],
    ['import_message', { raw: hostileMail(mark, { id: 'three@example.net' }).toString('base64') }],
    ['delete_messages', { ids: [kept.second] }],
    ['list_audit', { limit: 1000 }],
    ['verify_audit', {}],
    ['list_jobs', {}],
    ['run_job', { name: mark('job') }],
    ['get_log_levels', {}],
    ['list_processes', {}],
    ['list_all_accounts', {}],
    ['list_tokens', {}],
    ['get_policy', {}],
    ['explain_policy', { to: [address()], attachmentTypes: [`text/${mark('type')}`] }],
    ['list_webhooks', {}],
    ['list_deliveries', { id: 'wh_one' }],
    ['run_doctor', {}],
    ['set_log_level', { subsystem: 'gmail', level: 'warn' }],
    ['list_outbox', {}],
    ['get_outbox_entry', { id: kept.outbox.parked }],
    ['cancel_send', { id: kept.outbox.waiting }],
    ['retry_send', { id: kept.outbox.failed }],
  ];
}

/** The input of the first call of a tool. */
function rightInputOf(name: string): Input {
  return calls().find(([tool]) => tool === name)?.[1] ?? {};
}

/** An input in which every text is a mark, and a field that is not there is named by one. */
function wrongInput(schema: unknown, depth = 0): unknown {
  const {
    type,
    properties = {},
    items,
  } = schema as { type?: unknown; properties?: Readonly<Record<string, unknown>>; items?: unknown };
  if (type === 'object' && depth < 3) {
    const fields = Object.entries(properties).map(([name, field]) => [name, wrongInput(field, depth + 1)] as const);
    return Object.fromEntries([...fields, [marks.next('field'), marks.next('value')]]);
  }
  if (type === 'array') return [wrongInput(items ?? {}, depth + 1)];
  return marks.next('text');
}

suite('what others wrote is inside of a fence', () => {
  const cleanups: (() => unknown)[] = [];
  let doors: TwoDoors;
  before(async () => {
    const context = { after: (cleanup: unknown) => void cleanups.push(cleanup as () => unknown) };
    doors = await startTwoDoors(context, fillHome);
  });
  after(async () => {
    for (const cleanup of cleanups.toReversed()) await cleanup();
  });

  // Before the tools: some of them change the mail that is read here.
  test('in every resource, in its name and in what is said of one that is not there', async () => {
    const client = await doors.client();
    const { resources } = await client.listResources();
    const { resourceTemplates } = await client.listResourceTemplates();
    const filled: readonly (readonly [name: string, uri: string])[] = [
      ...resources.map(({ name, uri }) => [name, uri] as const),
      ['message', `gmail://messages/${kept.first}`],
      ['thread', `gmail://threads/${kept.second}`],
      ['attachment', `gmail://messages/${kept.first}/attachments/a1`],
      ['label', 'gmail://labels/INBOX'],
      ['person', `gmail://people/${owner}`],
      ['search', 'gmail://search/in%3Aanywhere'],
    ];
    const unread = resourceTemplates.filter(({ name }) => !filled.some(([read]) => read === name));
    assert.deepEqual(
      unread.map(({ name }) => name),
      [],
      'read every resource here',
    );
    assert.doesNotMatch(JSON.stringify([resources, resourceTemplates]), /ZQ\d+Q/i);
    let found = 0;
    for (const [name, uri] of filled) {
      for (const { mimeType, ...content } of (await client.readResource({ uri })).contents) {
        assert.doesNotMatch(mimeType ?? '', /ZQ\d+Q/i, name);
        if (!('text' in content)) continue;
        assert.doesNotMatch(outsideOfFences(content.text), /ZQ\d+Q/i, content.text);
        if (/ZQ\d+Q/.test(content.text)) found += 1;
      }
    }
    assert.ok(found >= 5, `only ${found} resources have a mark at all`);
    for (const [, uri] of filled.slice(1)) {
      const wrong = uri.replace(/[^/]+$/, marks.next('id'));
      const said = await client.readResource({ uri: wrong }).then(
        ({ contents }) => contents.map((content) => ('text' in content ? content.text : '')).join('\n'),
        (error: unknown) => String(error),
      );
      assert.doesNotMatch(outsideOfFences(said), /ZQ\d+Q/i, said);
    }
    const query = encodeURIComponent(`${marks.next('operator')}:x`);
    const refused = await client.subscribeResource({ uri: `gmail://search/${query}` }).then(
      () => assert.fail('subscribed to a query that is not understood'),
      (error: unknown) => String(error),
    );
    assert.match(refused, /ZQ\d+Q/i);
    assert.doesNotMatch(outsideOfFences(refused), /ZQ\d+Q/i, refused);
  });

  test('in every prompt', async () => {
    const client = await doors.client();
    const { prompts } = await client.listPrompts();
    assert.ok(prompts.length >= 3);
    for (const { name, arguments: taken = [] } of prompts) {
      const given = taken.some((argument) => argument.name === 'id') ? { id: kept.first } : {};
      const { messages } = await client.getPrompt({ name, arguments: given });
      const texts = messages.map(({ content }) => (content.type === 'text' ? content.text : JSON.stringify(content)));
      assert.match(texts.join('\n'), /ZQ\d+Q/, `${name} brings mail along`);
      assert.doesNotMatch(outsideOfFences(texts.join('\n')), /ZQ\d+Q/i, texts.join('\n'));
    }
  });

  test('in every tool', async (t) => {
    const tools = operations.filter(({ toolset }) => toolset !== undefined);
    const list = calls();
    const uncalled = tools.filter(({ name }) => !list.some(([tool]) => tool === name));
    assert.deepEqual(
      uncalled.map(({ name }) => name),
      [],
      'call every tool here',
    );
    let found = 0;
    for (const [tool, input] of list) {
      await t.test(`${tool} ${Object.keys(input).join(' ')}`, async () => {
        const { text } = await doors.overMcp(tool, input);
        const outside = outsideOfFences(text);
        assert.doesNotMatch(outside, /ZQ\d+Q/i, text);
        if (/ZQ\d+Q/.test(text)) found += 1;
      });
    }
    assert.ok(found > 25, `only ${found} answers have a mark at all`);
  });

  test('in every error', async (t) => {
    for (const { name, path, inputSchema } of operations.filter(({ toolset }) => toolset !== undefined)) {
      await t.test(name, async () => {
        const inputs = [
          wrongInput(inputSchema),
          { id: marks.next('id'), [marks.next('key')]: {} },
          { ...rightInputOf(name), account: `${marks.next('account')}@example.net` },
        ];
        for (const input of inputs) {
          const { text, isError } = await doors.overMcp(name, input as Input);
          // What is about the installation has no account to miss.
          assert.ok(isError || path.startsWith('/api/admin/'), text);
          assert.doesNotMatch(outsideOfFences(text), /ZQ\d+Q/i, text);
        }
      });
    }
  });
});
