import assert from 'node:assert/strict';
import { fork } from 'node:child_process';
import { on, once } from 'node:events';
import { suite, test } from 'node:test';
import type { TestContext } from 'node:test';
import type { LocalMailbox } from '../../src/local/open-local-mailbox.ts';
import { openLocalMailbox } from '../../src/local/open-local-mailbox.ts';
import { openMailStore } from '../../src/store/sqlite/mail/open-mail-store.ts';
import { buildMail } from '../build-mail.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { emailAddress, openMailbox } from './temporary-mailbox.ts';

const all = { query: { kind: 'all' }, includeSpamTrash: true, maxResults: 50 } as const;

/** What was handed over: the recipient and the text of the copy. */
type Copy = readonly [recipient: string, text: string];

function opened(t: TestContext, options: Parameters<typeof openMailbox>[2] = {}) {
  const copies: Copy[] = [];
  const deliver = (recipient: string, raw: Uint8Array): void => {
    copies.push([recipient, Buffer.from(raw).toString()]);
  };
  return { mailbox: openMailbox(t, temporaryFolder(t), { deliver, ...options }), copies };
}

async function messagesIn(mailbox: LocalMailbox) {
  return (await mailbox.searchMessages(all)).messages;
}

/** Mailboxes of these owners that deliver to each other. */
function openTown(t: TestContext, owners: readonly string[]): ReadonlyMap<string, LocalMailbox> {
  const town = new Map<string, LocalMailbox>();
  for (const owner of owners) {
    const deliver = async (recipient: string, raw: Uint8Array): Promise<void> => {
      await town.get(recipient)?.receiveMessage({ raw });
    };
    town.set(owner, openMailbox(t, temporaryFolder(t), { emailAddress: owner, deliver }));
  }
  return town;
}

suite('delivery on this machine', () => {
  test('each recipient of To, Cc and Bcc gets one copy, in which nothing tells of Bcc', async (t) => {
    const { mailbox, copies } = opened(t);
    const raw = Buffer.from(
      [
        'From: me@example.org',
        'To: Ann <ann@example.org>, BOB@example.org',
        'Bcc: hidden@example.net,',
        '\tme@example.org',
        'Cc: bob@example.org, group: carol@example.org, Ann@example.org;',
        'BCC : second@example.net',
        'Subject: Plan',
        '',
        'Bcc: is a word of the text',
        '',
      ].join('\r\n'),
    );
    const { id, labelIds } = await mailbox.sendMessage({ raw });
    assert.deepEqual(copies.map(([recipient]) => recipient).toSorted(), [
      'ann@example.org',
      'bob@example.org',
      'carol@example.org',
      'hidden@example.net',
      'second@example.net',
    ]);
    for (const [, text] of copies) {
      assert.doesNotMatch(text, /hidden|second@|me@example\.org,/);
      assert.match(text, /\r\n\r\nBcc: is a word of the text\r\n$/);
      assert.match(text, /^Cc: bob/m);
    }
    assert.deepEqual(labelIds, ['INBOX', 'SENT', 'UNREAD']);
    const stored = Buffer.from((await mailbox.getRawMessage(id)).raw).toString();
    assert.match(stored, /hidden@example\.net,\r\n\tme@example\.org/, 'the sender keeps the names of all');
  });

  test('mail goes from mailbox to mailbox, and its answer finds the thread', async (t) => {
    const town = openTown(t, [emailAddress, 'ann@example.org']);
    const [me, ann] = [...town.values()];
    assert.ok(me !== undefined && ann !== undefined);
    const sent = await me.sendMessage({
      raw: buildMail({ from: emailAddress, to: 'ann@example.org', subject: 'Plan', messageId: '1@x' }),
    });
    const [arrived] = await messagesIn(ann);
    assert.deepEqual(arrived?.labelIds, ['INBOX', 'UNREAD']);
    const answer = { from: 'ann@example.org', to: emailAddress, subject: 'Re: Plan', inReplyTo: '1@x' };
    const answered = await ann.sendMessage({ raw: buildMail(answer), threadId: arrived.threadId });
    assert.equal(answered.threadId, arrived.threadId);
    const [, back] = (await me.getThread(sent.threadId)).messages;
    assert.deepEqual(back?.summary.labelIds, ['INBOX', 'UNREAD']);
  });

  test('a message that is sent as the delivery of another ends is delivered, too', async (t) => {
    const copies: Copy[] = [];
    const store = openMailStore(temporaryFolder(t));
    let sending: Promise<unknown> | undefined;
    const mailbox = openLocalMailbox({
      emailAddress,
      deliver: (recipient, raw) => void copies.push([recipient, Buffer.from(raw).toString()]),
      store: {
        ...store,
        async once(work) {
          const found = await store.once(work);
          // On another engine an answer is on its way for a while.
          const isLastLook = copies.length > 0 && Array.isArray(found) && found.length === 0;
          if (isLastLook) await (sending ??= send('bob@example.org'));
          return found;
        },
      },
    });
    t.after(() => mailbox.close());
    const send = (to: string) => mailbox.sendMessage({ raw: buildMail({ from: emailAddress, to }) });
    await send('ann@example.org');
    assert.deepEqual(
      copies.map(([recipient]) => recipient),
      ['ann@example.org', 'bob@example.org'],
    );
  });

  test('a copy that could not be delivered is not lost, and the message is sent all the same', async (t) => {
    const folder = temporaryFolder(t);
    const broken = openMailbox(t, folder, {
      deliver: (recipient) => {
        if (recipient === 'ann@example.org') throw new Error('the disk is full');
      },
    });
    const raw = buildMail({ from: emailAddress, to: 'ann@example.org, bob@example.org' });
    const { id } = await broken.sendMessage({ raw });
    assert.equal(await broken.deliverWaiting(), 1);
    // Even when it is deleted meanwhile: it was sent.
    await broken.deleteMessages([id]);
    const delivered: string[] = [];
    const mended = openMailbox(t, folder, { deliver: (recipient) => void delivered.push(recipient) });
    assert.equal(await mended.deliverWaiting(), 0);
    assert.equal(await mended.deliverWaiting(), 0);
    assert.deepEqual(delivered, ['ann@example.org']);
  });

  test('a message whose mailbox is closed while it is delivered is sent, and its sender told so', async (t) => {
    const folder = temporaryFolder(t);
    const mailbox = openLocalMailbox({ store: openMailStore(folder), emailAddress, deliver: () => mailbox.close() });
    const draft = await mailbox.createDraft({ raw: buildMail({ from: emailAddress, to: 'ann@example.org' }) });
    const filed = await mailbox.sendDraft(draft.id);
    const delivered: string[] = [];
    const again = openMailbox(t, folder, { deliver: (recipient) => void delivered.push(recipient) });
    assert.deepEqual(
      (await messagesIn(again)).map(({ id }) => id),
      [filed.id],
    );
    await again.deliverWaiting();
    assert.deepEqual(delivered, ['ann@example.org'], 'nobody can say that the first copy arrived');
  });

  test('a copy that comes twice, as after a crash, arrives once', async (t) => {
    const town = openTown(t, ['ann@example.org']);
    const ann = town.get('ann@example.org') ?? assert.fail();
    const deliver = async (_: string, raw: Uint8Array): Promise<void> => {
      await ann.receiveMessage({ raw });
      throw new Error('the process ended before it could note the delivery');
    };
    const { mailbox } = opened(t, { deliver });
    await mailbox.sendMessage({ raw: buildMail({ from: emailAddress, to: 'ann@example.org' }) });
    await mailbox.deliverWaiting();
    assert.equal((await messagesIn(ann)).length, 1);
  });

  test('without a way to deliver, mail is filed as sent and goes nowhere later either', async (t) => {
    const folder = temporaryFolder(t);
    await openMailbox(t, folder).sendMessage({ raw: buildMail({ from: emailAddress, to: 'ann@example.org' }) });
    const copies: string[] = [];
    const later = openMailbox(t, folder, { deliver: (recipient) => void copies.push(recipient) });
    await later.deliverWaiting();
    assert.deepEqual(copies, []);
  });

  test('a message has at most 500 recipients, and goes to none of more', async (t) => {
    const { mailbox, copies } = opened(t);
    const to = (count: number): string => Array.from({ length: count }, (_, index) => `a${index}@x.example`).join(', ');
    await assert.rejects(mailbox.sendMessage({ raw: buildMail({ from: emailAddress, to: to(501) }) }), {
      code: 'INVALID_INPUT',
      message: 'Too many recipients.',
    });
    assert.deepEqual(copies, []);
    await mailbox.sendMessage({ raw: buildMail({ from: emailAddress, to: to(500), cc: 'A1@x.example' }) });
    assert.equal(copies.length, 500);
  });

  test('From is the owner or an address to send as, whatever a message says', async (t) => {
    const { mailbox, copies } = opened(t);
    const send = async (from: string): Promise<string> => {
      const { id } = await mailbox.sendMessage({ raw: buildMail({ from, to: 'bob@example.org' }) });
      return (await mailbox.getMessage(id)).summary.from;
    };
    assert.equal(await send('Zoë <ME@example.org>'), 'Zoë <ME@example.org>');
    assert.equal(await send('Boss <boss@example.com>'), emailAddress);
    assert.equal(await send('me@example.org, boss@example.com'), emailAddress);
    await mailbox.createSendAs('boss@example.com', {});
    assert.equal(await send('Boss <boss@example.com>'), 'Boss <boss@example.com>');
    assert.equal(copies.filter(([, text]) => text.includes('boss@example.com')).length, 1);
  });

  test('what a server does on the way out is in the copy that is kept and in those that go', async (t) => {
    const onSend = (raw: Uint8Array): Uint8Array => Buffer.concat([Buffer.from('X-Stamp: 1\r\n'), raw]);
    const { mailbox, copies } = opened(t, { onSend });
    const draft = await mailbox.createDraft({ raw: buildMail({ from: emailAddress, to: 'bob@example.org' }) });
    assert.doesNotMatch(Buffer.from((await mailbox.getDraft(draft.id)).message.raw).toString(), /X-Stamp/);
    const { id } = await mailbox.sendDraft(draft.id);
    assert.match(Buffer.from((await mailbox.getRawMessage(id)).raw).toString(), /^X-Stamp: 1\r\n/);
    assert.match(copies[0]?.[1] ?? '', /^X-Stamp: 1\r\n/);
  });

  test('a filter forwards to verified addresses, and two mailboxes that forward to each other come to rest', async (t) => {
    const town = openTown(t, [emailAddress, 'ann@example.org', 'bob@example.org']);
    const mailboxOf = (owner: string): LocalMailbox => town.get(owner) ?? assert.fail();
    for (const [from, to] of [
      ['ann@example.org', 'bob@example.org'],
      ['bob@example.org', 'ann@example.org'],
    ] as const) {
      await mailboxOf(from).createForwardingAddress(to);
      const action = { forward: to, addLabelIds: ['STARRED'] };
      await mailboxOf(from).createFilter({ criteria: { subject: 'plan' }, action });
    }
    const send = (subject: string): Promise<unknown> =>
      mailboxOf(emailAddress).sendMessage({ raw: buildMail({ from: emailAddress, to: 'ann@example.org', subject }) });
    await send('The plan');
    await send('Other');
    assert.deepEqual(
      (await messagesIn(mailboxOf('bob@example.org'))).map(({ subject, labelIds }) => [subject, labelIds]),
      [['The plan', ['INBOX', 'UNREAD', 'STARRED']]],
    );
    assert.equal((await messagesIn(mailboxOf('ann@example.org'))).length, 2);

    await mailboxOf('ann@example.org').deleteForwardingAddress('bob@example.org');
    await send('Another plan');
    assert.equal((await messagesIn(mailboxOf('bob@example.org'))).length, 1);
  });

  test('a process that is killed at any moment leaves nothing sent twice, and nothing undelivered for good', async (t) => {
    const [folder, recipientFolder] = [temporaryFolder(t), temporaryFolder(t)];
    for (let round = 1; round <= 3; round += 1) {
      const worker = fork(new URL('send-worker.ts', import.meta.url), [folder, recipientFolder]);
      t.after(() => worker.kill('SIGKILL'));
      const limit = { signal: AbortSignal.timeout(20_000) };
      for await (const [sent] of on(worker, 'message', limit)) if (Number(sent) >= 5 * round) break;
      worker.kill('SIGKILL');
      await once(worker, 'exit', limit);
    }
    const ann = openMailbox(t, recipientFolder, { emailAddress: 'ann@example.org' });
    const deliver = async (_: string, raw: Uint8Array): Promise<void> => void (await ann.receiveMessage({ raw }));
    const mailbox = openMailbox(t, folder, { deliver });
    assert.equal(await mailbox.deliverWaiting(), 0);
    const subjects = async (from: LocalMailbox, label: string): Promise<readonly string[]> => {
      const search = { query: { kind: 'label', label }, includeSpamTrash: true, maxResults: 500 } as const;
      return (await from.searchMessages(search)).messages.map(({ subject }) => subject).toSorted();
    };
    const sent = await subjects(mailbox, 'SENT');
    assert.ok(sent.length >= 30, `${sent.length} sent`);
    assert.equal(new Set(sent).size, sent.length);
    assert.deepEqual(await subjects(ann, 'INBOX'), sent);
  });
});
