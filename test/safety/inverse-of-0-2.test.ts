import assert from 'node:assert/strict';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { suite, test } from 'node:test';
import { openLocalMailbox } from '../../src/local/open-local-mailbox.ts';
import { openMailStore } from '../../src/store/sqlite/mail/open-mail-store.ts';
import type { Mailbox } from '../../src/mail/mailbox.ts';
import { openSqliteAuditLog } from '../../src/store/sqlite/audit/open-audit-log.ts';
import { buildMail } from '../build-mail.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { readInverse } from '../../src/safety/changes/stored-inverse.ts';
import { changesOf } from './changes-of.ts';
import { everythingIn, furnish } from './change-cases.ts';
import type { Ids } from './change-cases.ts';
import { owner } from './policy-world.ts';

const base64 = (raw: Uint8Array): string => Buffer.from(raw).toString('base64');
const another = { raw: buildMail({ from: owner, to: 'x@example.org', subject: 'Another' }) };
const sendAs = { displayName: '', replyToAddress: '', signature: '', isDefault: false, treatAsAlias: false };
const sales = { ...sendAs, displayName: 'Sales', signature: 'The sales team' };

/** Makes a change and returns what 0.2 kept beside its log to take it back. */
type MadeUnder02 = (mailbox: Mailbox, ids: Ids) => Promise<object>;

const changes: Readonly<Record<string, MadeUnder02>> = {
  async modifyMessages(mailbox, { one }) {
    await mailbox.modifyMessages({ ids: [one], addLabelIds: ['STARRED'], removeLabelIds: ['UNREAD'] });
    return { kind: 'modifyMessages', changes: [{ ids: [one], addLabelIds: ['UNREAD'], removeLabelIds: ['STARRED'] }] };
  },
  async createLabel(mailbox) {
    const { id } = await mailbox.createLabel({ name: 'Fresh' });
    return { kind: 'deleteLabel', id, expected: { name: 'Fresh' } };
  },
  async updateLabel(mailbox, { work }) {
    await mailbox.updateLabel(work, { name: 'Job', messageListVisibility: 'hide' });
    const fields = { name: 'Work', labelListVisibility: 'labelShowIfUnread' };
    return {
      kind: 'updateLabel',
      id: work,
      fields,
      expected: { ...fields, name: 'Job', messageListVisibility: 'hide' },
    };
  },
  async deleteLabel(mailbox, { work, two }) {
    await mailbox.deleteLabel(work);
    const fields = { name: 'Work', labelListVisibility: 'labelShowIfUnread' };
    return { kind: 'createLabel', fields, messageIds: [two], hadMore: false };
  },
  async createDraft(mailbox) {
    const { id, message } = await mailbox.createDraft(another);
    return { kind: 'deleteDraft', id, expected: message.id };
  },
  async updateDraft(mailbox, { draft }) {
    const { raw, summary } = (await mailbox.getDraft(draft)).message;
    const { message } = await mailbox.updateDraft(draft, another);
    const { threadId } = summary;
    return { kind: 'updateDraft', id: draft, rawBase64: base64(raw), threadId, expected: message.id };
  },
  async deleteDraft(mailbox, { draft }) {
    const { raw, summary } = (await mailbox.getDraft(draft)).message;
    await mailbox.deleteDraft(draft);
    return { kind: 'createDraft', rawBase64: base64(raw), threadId: summary.threadId };
  },
  async createFilter(mailbox) {
    const { id } = await mailbox.createFilter({ criteria: { from: 'x' }, action: { addLabelIds: ['STARRED'] } });
    return { kind: 'deleteFilter', id };
  },
  async deleteFilter(mailbox, { filter }) {
    await mailbox.deleteFilter(filter);
    return { kind: 'createFilter', fields: { criteria: { from: 'news@' }, action: { removeLabelIds: ['INBOX'] } } };
  },
  async updateSetting(mailbox) {
    const value = await mailbox.getSetting('vacation');
    const expected = await mailbox.updateSetting('vacation', { enableAutoReply: true, responseSubject: 'Away' });
    return { kind: 'updateSetting', setting: { name: 'vacation', value, expected } };
  },
  async createSendAs(mailbox) {
    await mailbox.createSendAs('support@example.org', { isDefault: true });
    const expected = { ...sendAs, isDefault: true };
    return { kind: 'deleteSendAs', email: 'support@example.org', expected, defaultBefore: owner };
  },
  async updateSendAs(mailbox) {
    const email = 'sales@example.org';
    await mailbox.updateSendAs(email, { signature: 'New', isDefault: true });
    const expected = { ...sales, signature: 'New', isDefault: true };
    return { kind: 'updateSendAs', email, fields: sales, expected, defaultBefore: owner };
  },
  async deleteSendAs(mailbox) {
    await mailbox.deleteSendAs('sales@example.org');
    return { kind: 'createSendAs', email: 'sales@example.org', fields: sales };
  },
  async createForwardingAddress(mailbox) {
    await mailbox.createForwardingAddress('new@example.org');
    return { kind: 'deleteForwardingAddress', email: 'new@example.org' };
  },
  async deleteForwardingAddress(mailbox) {
    await mailbox.deleteForwardingAddress('archive@example.org');
    return { kind: 'createForwardingAddress', email: 'archive@example.org' };
  },
  async createDelegate(mailbox) {
    await mailbox.createDelegate('new@example.org');
    return { kind: 'deleteDelegate', email: 'new@example.org' };
  },
  async deleteDelegate(mailbox) {
    await mailbox.deleteDelegate('assistant@example.org');
    return { kind: 'createDelegate', email: 'assistant@example.org' };
  },
};

suite('what version 0.2 kept to take a change back', () => {
  for (const [method, make] of Object.entries(changes)) {
    test(`takes back ${method}`, async (t) => {
      const folder = temporaryFolder(t);
      const mailbox = openLocalMailbox({ store: openMailStore(join(folder, 'mailbox')), emailAddress: owner });
      const file = join(folder, 'audit.db');
      const log = openSqliteAuditLog(file, Date.now);
      t.after(() => {
        mailbox.close();
        log.close();
      });
      const ids = await furnish(mailbox);
      const before = await everythingIn(mailbox);
      const inverse = await make(mailbox, ids);
      assert.notDeepEqual(await everythingIn(mailbox), before);
      const actor = { transport: 'cli', requestId: 'r' } as const;
      const sequence = await log.begin({ account: owner, actor, operation: 'x', method, target: {}, from: null });
      await log.end(sequence, { kind: 'done', to: null });
      const database = new DatabaseSync(file);
      database
        .prepare("INSERT INTO undo (sequence, account, token_name, at_ms, inverse) VALUES (?, ?, '', ?, ?)")
        .run(sequence, owner, Date.now(), JSON.stringify(inverse));
      database.close();

      const stored =
        (await log.findUndoable({ account: owner, tokenName: undefined }))?.inverse ?? assert.fail('not found');
      const said = await changesOf(mailbox, { audit: () => log }).applyInverse(readInverse(stored));
      assert.ok(typeof said === 'string');
      assert.match(said, /^It is as it was before\./);
      assert.deepEqual(await everythingIn(mailbox), before);
    });
  }
});
