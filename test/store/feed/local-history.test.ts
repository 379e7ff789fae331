import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import { createAccounts } from '../../../src/accounts/accounts.ts';
import { selectBackend } from '../../../src/accounts/select-backend.ts';
import { parseConfiguration } from '../../../src/core/configuration.ts';
import { fillHome, locateHome } from '../../../src/core/home.ts';
import { sqliteHomeStores } from '../../../src/store/home-stores.ts';
import { localMailboxFolder } from '../../../src/store/sqlite/mail/local-mailboxes.ts';
import { AppError } from '../../../src/core/errors.ts';
import { openLocalMailbox } from '../../../src/local/open-local-mailbox.ts';
import { openMailStore } from '../../../src/store/sqlite/mail/open-mail-store.ts';
import { buildMail } from '../../build-mail.ts';
import { numbered } from '../../local/temporary-mailbox.ts';
import { changesOf } from '../../safety/changes-of.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

const ann = 'ann@example.org';
const bob = 'bob@example.org';

/** A home with two local accounts, through the connection factory of a server. */
async function openHome(t: TestContext) {
  const home = locateHome({ GMAIL_HOME: temporaryFolder(t) });
  fillHome(home);
  for (const emailAddress of [ann, bob]) {
    openLocalMailbox({ store: openMailStore(localMailboxFolder(home.dataFolder, emailAddress)), emailAddress }).close();
  }
  const stores = sqliteHomeStores(home.dataFolder, Date.now);
  const accounts = createAccounts({}, selectBackend(parseConfiguration({}), home, Date.now, stores));
  t.after(async () => {
    await accounts.close();
    await stores.close();
  });
  return { home, accounts, stores, feed: stores.feed.feed() };
}

test('mail that is sent to another local account is an arrival there', async (t) => {
  const { accounts, feed } = await openHome(t);
  const mailbox = await accounts.open(ann);
  const change = await feed.begin(ann, { by: 'call', requestId: 'r', operation: 'send_message' });
  const sent = await mailbox.sendMessage({ raw: buildMail({ from: ann, to: bob, text: 'hello' }) });
  await change.publish([{ kind: 'messageAdded', ids: { messageId: sent.id } }]);
  const { events } = await feed.read({ after: 0, limit: 10 });
  const [forBob, forAnn] = events;
  assert.equal(events.length, 2);
  assert.deepEqual([forBob?.account, forBob?.kind, forBob?.cause], [bob, 'messageAdded', { by: 'arrival' }]);
  assert.deepEqual(forBob?.ids.labelIds, ['INBOX', 'UNREAD']);
  assert.deepEqual([forAnn?.account, forAnn?.kind, forAnn?.cause.by], [ann, 'messageAdded', 'call']);
  assert.deepEqual(forAnn?.ids, { messageId: sent.id, threadId: sent.threadId, labelIds: ['SENT'] });
});

test('an import of another process is written in pieces, each message once', async (t) => {
  const { home, accounts, feed } = await openHome(t);
  await accounts.open(ann);
  const other = openLocalMailbox({ store: openMailStore(localMailboxFolder(home.dataFolder, ann)), emailAddress: ann });
  t.after(() => other.close());
  const outcomes = await other.addMessages(await numbered(1200));
  await (await feed.begin(ann, { by: 'call', requestId: 'r', operation: 'x' })).abandon();
  const { events } = await feed.read({ after: 0, limit: 2000 });
  assert.deepEqual(new Set(events.map(({ ids }) => ids.messageId)), new Set(outcomes.map(({ id }) => id)));
  assert.equal(events.length, 1200);
  assert.ok(events.every(({ cause, kind }) => cause.by === 'arrival' && kind === 'messageAdded'));
});

test('a history that no longer reaches back is an event, and following goes on', async (t) => {
  const { home, accounts, feed } = await openHome(t);
  const mailbox = await accounts.open(ann);
  const other = openLocalMailbox({ store: openMailStore(localMailboxFolder(home.dataFolder, ann)), emailAddress: ann });
  t.after(() => other.close());
  const [first] = await other.addMessages(await numbered(1));
  await other.forgetHistory();
  await (await feed.begin(ann, { by: 'call', requestId: 'r', operation: 'x' })).abandon();
  const change = await feed.begin(ann, { by: 'call', requestId: 'r2', operation: 'modify_messages' });
  await mailbox.modifyMessages({ ids: [first?.id ?? ''], addLabelIds: ['STARRED'], removeLabelIds: ['INBOX'] });
  const ids = { messageId: first?.id ?? '', addedLabelIds: ['STARRED'], removedLabelIds: ['INBOX'] };
  await change.publish([{ kind: 'labelsChanged', ids }]);
  const { events } = await feed.read({ after: 0, limit: 10 });
  assert.deepEqual(
    events.map(({ kind, cause }) => [kind, cause.by]),
    [
      ['historyLost', 'mailbox'],
      ['labelsChanged', 'call'],
    ],
  );
  assert.deepEqual(events[1]?.ids.labelIds, ['STARRED']);
});

for (const isRefused of [false, true]) {
  const what = isRefused ? 'was refused' : 'was made';
  test(`a change that ${what} and whose end the audit log has no room for holds no later one back`, async (t) => {
    const { accounts, stores, feed } = await openHome(t);
    const mailbox = await accounts.open(ann);
    const { id } = await mailbox.importMessage({ raw: buildMail({ to: ann }), labelIds: ['INBOX'] });
    const log = stores.safety.audit();
    const fullLog = {
      ...log,
      end: async () => Promise.reject(new AppError('UNAVAILABLE', 'The disk is full.')),
    };
    const { newest } = await feed.bounds();
    const changes = (audit: typeof log) => changesOf(mailbox, { account: ann, audit: () => audit, feed: () => feed });
    const star = { ids: [isRefused ? '0123456789abcdef' : id], addLabelIds: ['STARRED'], removeLabelIds: [] };
    await assert.rejects(changes(fullLog).apply('modifyMessages', star), { code: 'UNAVAILABLE' });
    await changes(log).apply('modifyMessages', { ids: [id], addLabelIds: ['IMPORTANT'], removeLabelIds: [] });
    const { events } = await feed.read({ after: newest, limit: 10, filter: { kinds: ['labelsChanged'] } });
    assert.deepEqual(
      events.map(({ ids, cause }) => [ids.addedLabelIds, cause.by]),
      [...(isRefused ? [] : [[['STARRED'], 'call']]), [['IMPORTANT'], 'call']],
    );
  });
}
