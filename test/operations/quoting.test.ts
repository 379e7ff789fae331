import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { TestContext } from 'node:test';
import { localMailboxFolder } from '../../src/store/sqlite/mail/local-mailboxes.ts';
import { openLocalMailbox } from '../../src/local/open-local-mailbox.ts';
import { createToken } from '../../src/safety/tokens/token-store.ts';
import { openMailStore } from '../../src/store/sqlite/mail/open-mail-store.ts';
import { buildMail } from '../build-mail.ts';
import { startTwoDoors } from './two-doors.ts';

const secret = 'the code is 4711';

async function start(t: TestContext) {
  const kept = { id: '', other: '' };
  const doors = await startTwoDoors(t, async (dataFolder) => {
    const emailAddress = 'me@example.org';
    const mailbox = openLocalMailbox({
      store: openMailStore(localMailboxFolder(dataFolder, emailAddress)),
      emailAddress,
    });
    const attachment = { filename: 'secret.txt', content: secret };
    kept.id = (await mailbox.importMessage({ raw: buildMail({ text: secret, attachment }), labelIds: ['INBOX'] })).id;
    mailbox.close();
    kept.other = createToken(dataFolder, { name: 'other', grants: ['send'] }, new Date());
    return {};
  });
  return { doors, kept };
}

test('a token that may not read mail quotes, passes on and attaches none, in a dry run either', async (t) => {
  const { doors, kept } = await start(t);
  const token = doors.tokenWithout('read');
  const quoting = [
    { replyTo: kept.id },
    { forward: kept.id, to: ['ann@example.org'] },
    { to: ['ann@example.org'], attachments: [{ messageId: kept.id, attachment: 'a1' }] },
  ];
  for (const name of ['create_draft', 'send_message']) {
    for (const fields of quoting) {
      for (const dryRun of [true, false]) {
        const input = { subject: 'x', body: 'x', ...fields, dryRun };
        const rest = await doors.overRest(name, input, token);
        assert.deepEqual([rest.status, rest.json.code, rest.json.expected], [403, 'FORBIDDEN', 'read'], rest.body);
        const { text } = await doors.overMcp(name, input, token);
        assert.match(text, /^FORBIDDEN: /);
        assert.ok(!`${rest.body}${text}`.includes(secret));
      }
    }
  }
  const plain = { to: ['ann@example.org'], subject: 'x', body: 'x' };
  const draft = await doors.overRest('create_draft', plain, token);
  assert.equal(draft.status, 201, draft.body);
  const rewritten = await doors.overRest('update_draft', { id: draft.json.id, forward: kept.id }, token);
  assert.deepEqual([rewritten.status, rewritten.json.expected], [403, 'read']);
  assert.equal((await doors.overRest('create_draft', { replyTo: kept.id, body: 'x', dryRun: true })).status, 200);
});

test('an idempotencyKey is of the token that gave it', async (t) => {
  const { doors, kept } = await start(t);
  const mail = (subject: string) => ({ to: ['ann@example.org'], subject, body: 'x', idempotencyKey: 'k' });
  const first = await doors.overRest('send_message', mail('Mine'));
  assert.deepEqual([first.status, first.json.state], [200, 'sent']);
  const other = await doors.overRest('send_message', mail('Theirs'), kept.other);
  assert.deepEqual([other.status, other.json.state], [200, 'sent'], other.body);
  assert.notEqual(other.json.outboxId, first.json.outboxId);
  const again = await doors.overRest('send_message', mail('Mine'));
  assert.equal(again.json.outboxId, first.json.outboxId);
  assert.equal((await doors.overRest('send_message', mail('Another'))).json.code, 'CONFLICT');
});
