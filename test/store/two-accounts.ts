import assert from 'node:assert/strict';
import type { TestContext } from 'node:test';
import * as z from 'zod';
import { grants } from '../../src/core/grants.ts';
import { openLocalMailbox } from '../../src/local/open-local-mailbox.ts';
import { invoke } from '../../src/operations/kernel/invoke.ts';
import { operations } from '../../src/operations/operations.ts';
import { assemble } from '../../src/server/assemble.ts';
import { buildMail } from '../build-mail.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

export const ann = 'ann@example.org';
export const bob = 'bob@example.org';
export const secret = 'quaternion';

type Environment = Readonly<Record<string, string>>;

/** Two accounts of one home, and the inputs by which each operation reaches what the first of them has. */
export async function startAccounts(t: TestContext, environment: Environment) {
  const assembly = await assemble({
    program: 'test',
    environment: { GMAIL_HOME: temporaryFolder(t), GMAIL_GRANTS: 'all', ...environment },
    logTo: 2,
    logLevel: 'error',
  });
  t.after(() => assembly.close());
  const { services } = assembly;
  const call = async (account: string, name: string, input: object): Promise<unknown> => {
    const operation = operations.find((one) => one.name === name) ?? assert.fail(name);
    const caller = { grants: new Set(grants), accounts: new Set([account]), signal: t.signal };
    const answer = await invoke(services, operation, input, caller);
    return answer.kind === 'json' ? answer.value : answer.file;
  };
  const value = async <T>(schema: z.ZodType<T>, name: string, input: object): Promise<T> =>
    schema.parse(await call(ann, name, input));
  const fill = async (address: string, words: string) => {
    const mailbox = openLocalMailbox({ store: await services.mailboxes.open(address), emailAddress: address });
    const attachment = { filename: `${words}.txt`, content: words };
    const raw = buildMail({ subject: words, text: words, attachment });
    const message = await mailbox.importMessage({ raw, labelIds: ['INBOX'] });
    mailbox.close();
    return message;
  };
  const own = await fill(bob, 'mine');
  const { id: messageId, threadId } = await fill(ann, secret);
  const withId = z.object({ id: z.string() });
  // Three, so that the last has a key that no label of the other has.
  for (const name of ['One', 'Two']) await value(withId, 'create_label', { name });
  const label = await value(withId, 'create_label', { name: secret });
  const draft = await value(withId, 'create_draft', { to: [bob], subject: secret, body: secret });
  const filter = await value(withId, 'create_filter', {
    criteria: { from: bob },
    action: { addLabelIds: ['STARRED'] },
  });
  const idempotencyKey = 'once';
  const sent = await value(z.object({ outboxId: z.string() }), 'send_message', {
    to: [ann],
    subject: secret,
    body: secret,
    idempotencyKey,
  });
  const [alias, forwardingEmail, delegateEmail] = ['alias@example.net', 'on@example.net', 'deputy@example.net'];
  await value(z.unknown(), 'create_send_as', { sendAsEmail: alias, displayName: secret });
  await value(z.unknown(), 'create_forwarding_address', { forwardingEmail });
  await value(z.unknown(), 'create_delegate', { delegateEmail });
  const { historyId } = await value(z.object({ historyId: z.string() }), 'get_profile', {});
  const tokenOf = async (name: string, input: object) =>
    (await value(z.object({ nextPageToken: z.string() }), name, { maxResults: 1, ...input })).nextPageToken;
  const everywhere = { q: 'in:anywhere' };
  await value(z.unknown(), 'create_draft', { to: [bob], subject: `${secret} again`, body: secret });
  const entries = await services.safety.audit().list({ limit: 1 });
  const attachments = [{ messageId, attachment: 'a1' }];
  const mail = { to: ['eve@example.org'], subject: 'x', body: 'x' };
  const inputs: Readonly<Record<string, readonly object[]>> = {
    read_message: [{ id: messageId }],
    read_raw_message: [{ id: messageId }],
    read_thread: [{ id: threadId }],
    read_attachment: [{ messageId, attachment: 'a1' }],
    read_messages: [{ ids: [messageId] }],
    modify_messages: [
      { ids: [messageId], addLabelIds: ['STARRED'] },
      { ids: [own.id], addLabelIds: [label.id] },
    ],
    trash_messages: [{ ids: [messageId] }],
    untrash_messages: [{ ids: [messageId] }],
    delete_messages: [{ ids: [messageId] }],
    modify_threads: [{ ids: [threadId], addLabelIds: ['STARRED'] }],
    trash_threads: [{ ids: [threadId] }],
    untrash_threads: [{ ids: [threadId] }],
    create_draft: [
      { ...mail, from: alias },
      { ...mail, replyTo: messageId },
      { ...mail, forward: messageId },
      { ...mail, attachments },
    ],
    update_draft: [{ id: draft.id, body: 'x' }],
    get_draft: [{ id: draft.id }],
    delete_draft: [{ id: draft.id }],
    send_draft: [{ id: draft.id }, { id: draft.id, idempotencyKey }],
    send_message: [
      { ...mail, idempotencyKey },
      { ...mail, from: alias },
      { ...mail, replyTo: messageId },
      { ...mail, forward: messageId },
      { ...mail, attachments },
    ],
    get_send: [{ id: sent.outboxId }],
    search_messages: [
      { q: secret },
      { q: `label:${secret}` },
      { ...everywhere, maxResults: 1, pageToken: await tokenOf('search_messages', everywhere) },
    ],
    search_threads: [
      { q: secret },
      { ...everywhere, maxResults: 1, pageToken: await tokenOf('search_threads', everywhere) },
    ],
    list_drafts: [{ pageToken: await tokenOf('list_drafts', {}) }],
    list_changes: [
      { startHistoryId: historyId },
      { startHistoryId: '1' },
      { startHistoryId: '1', maxResults: 1, pageToken: await tokenOf('list_changes', { startHistoryId: '1' }) },
    ],
    create_filter: [{ criteria: { from: bob }, action: { addLabelIds: [label.id] } }],
    import_message: [{ from: bob, subject: 'x', text: 'x', labelIds: [label.id] }],
    update_send_as: [{ sendAsEmail: alias, displayName: 'x' }],
    delete_send_as: [{ sendAsEmail: alias }],
    update_auto_forwarding: [{ enabled: true, emailAddress: forwardingEmail, disposition: 'leaveInInbox' }],
    delete_forwarding_address: [{ forwardingEmail }],
    delete_delegate: [{ delegateEmail }],
    get_label: [{ id: label.id }],
    update_label: [{ id: label.id, name: 'x' }],
    delete_label: [{ id: label.id }],
    delete_filter: [{ id: filter.id }],
    undo: [{ change: entries[0]?.sequence }],
  };
  return { services, call, inputs };
}

/** Inputs of operations that name nothing but the account. */
export const others: Readonly<Record<string, readonly object[]>> = {
  ...Object.fromEntries(
    ['get_profile', 'list_labels', 'list_filters', 'get_settings', 'list_accounts'].map((name) => [name, [{}]]),
  ),
  create_label: [{ name: 'x' }],
  create_send_as: [{ sendAsEmail: 'x@example.net' }],
  create_forwarding_address: [{ forwardingEmail: 'x@example.net' }],
  create_delegate: [{ delegateEmail: 'x@example.net' }],
  update_vacation: [{ enableAutoReply: false }],
  update_imap: [{ enabled: false }],
  update_pop: [{ accessWindow: 'disabled' }],
  update_language: [{ displayLanguage: 'en' }],
};
