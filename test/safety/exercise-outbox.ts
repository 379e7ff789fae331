import assert from 'node:assert/strict';
import { suite, test, type TestContext } from 'node:test';
import { AppError } from '../../src/core/errors.ts';
import type { Mailbox } from '../../src/mail/mailbox.ts';
import type { Outbox } from '../../src/safety/outbox/outbox.ts';
import { keptMs } from '../../src/store/outbox/outbox-store.ts';
import { changesOf } from './changes-of.ts';
import {
  account,
  answerOf,
  asCaller,
  auditFaults,
  countSent,
  messageOf,
  openTestMailbox,
  openTestOutbox,
  senderOf,
  type TestOutbox,
} from './outbox-parts.ts';

const day = 24 * 60 * 60 * 1000;

function failsWith(code: string, message: RegExp) {
  return (error: unknown) => {
    assert.ok(error instanceof AppError);
    assert.equal(error.code, code);
    assert.match(error.message, message);
    return true;
  };
}

/** Whoever decides at the command line. */
const byHand = { actor: { transport: 'cli', requestId: 'r' }, operation: 'reject_send' } as const;

/** Begins to send a message under the key `k`, and stops for ever while its draft is filed. */
async function stall(outbox: Outbox, mailbox: Mailbox): Promise<void> {
  const isStalled = Promise.withResolvers<void>();
  const stalled: Mailbox = {
    ...mailbox,
    fileDraft() {
      isStalled.resolve();
      return new Promise(() => {});
    },
  };
  outbox.send(senderOf(stalled), messageOf('one'), { idempotencyKey: 'k' }).catch(isStalled.reject);
  await isStalled.promise;
}

/** What every outbox does, whatever it is kept in. `newHome` makes a home that says where its stores are. */
export function exerciseOutbox(engine: string, newHome: (context: TestContext) => string): void {
  function start(context: TestContext, policy?: object): TestOutbox & { readonly mailbox: Mailbox } {
    const home = newHome(context);
    const mailbox = openTestMailbox(context, home);
    const parts = openTestOutbox(context, home);
    if (policy !== undefined) parts.setPolicy(policy);
    return { ...parts, mailbox };
  }

  suite(`outbox: ${engine}`, () => {
    test('pages through a state without a gap or a repetition, counts, and keeps what happened to each', async (t) => {
      const { outbox, mailbox, audit, store } = start(t, { sending: 'confirm' });
      const subjects = ['one', 'two', 'three', 'four', 'five'];
      for (const subject of subjects) await outbox.send(senderOf(mailbox), messageOf(subject), {});
      const newest = await store.list({ limit: 10 });
      const pages: string[] = [];
      for (let before = undefined as (typeof newest)[number] | undefined; ;) {
        const page = await store.list({ states: ['parked'], before, limit: 2 });
        if (page.length === 0) break;
        pages.push(page.map(({ message }) => message.subject).join(' '));
        before = page.at(-1);
      }
      assert.deepEqual(pages.join(' ').split(' ').toSorted(), subjects.toSorted());
      assert.deepEqual(
        pages.join(' ').split(' '),
        newest.map(({ message }) => message.subject),
      );
      const [first, second] = newest;
      assert.ok(first !== undefined && second !== undefined);
      await outbox.reject(first.id, byHand);
      await outbox.reject(second.id, byHand, 'No.');
      assert.deepEqual(await store.count(), { parked: 3, rejected: 2 });
      assert.deepEqual(await store.count('other@example.org'), {});
      assert.deepEqual(await store.list({ account: 'other@example.org', limit: 10 }), []);
      const [end, begun, ...others] = await audit.list({ outboxId: second.id, limit: 10 });
      assert.deepEqual(others, []);
      assert.equal(begun?.facts.method, 'rejectSend');
      assert.deepEqual([end?.event, end?.of], ['done', begun?.sequence]);
    });

    test('sends once under a key, answers the same to it again, and writes the send down once', async (t) => {
      const { outbox, mailbox, audit, store } = start(t);
      const first = await outbox.send(senderOf(mailbox), messageOf('one'), { idempotencyKey: 'k' });
      const again = await outbox.send(senderOf(mailbox, { transport: 'mcp' }), messageOf('one'), {
        idempotencyKey: 'k',
      });
      assert.deepEqual(again, first);
      assert.equal(first.state, 'sent');
      assert.deepEqual(await countSent(mailbox), new Map([['one', 1]]));
      const [end, begin, ...others] = await audit.list({ limit: 10 });
      assert.deepEqual(others, []);
      assert.equal(begin?.facts.method, 'sendDraft');
      assert.deepEqual(begin?.facts.target, {
        outboxId: first.outboxId,
        contentHash: messageOf('one').contentHash,
        to: ['ann@example.net'],
        cc: [],
        bcc: [],
        subject: 'one',
      });
      assert.equal(end?.event, 'done');
      assert.equal(end?.of, begin?.sequence);
      assert.deepEqual((await mailbox.listDrafts({ maxResults: 10 })).drafts, []);
      assert.equal(await store.raw(first.outboxId), undefined);
      assert.equal((await store.get(first.outboxId))?.message.text, '');
    });

    test('refuses a key that was used for another message', async (t) => {
      const { outbox, mailbox } = start(t);
      const { outboxId } = await outbox.send(senderOf(mailbox), messageOf('one'), { idempotencyKey: 'k' });
      await assert.rejects(outbox.send(senderOf(mailbox), messageOf('two'), { idempotencyKey: 'k' }), (error) => {
        assert.ok(error instanceof AppError);
        assert.equal(error.code, 'CONFLICT');
        assert.equal(error.message, 'This idempotencyKey was used for another message.');
        assert.deepEqual(error.details, {
          field: 'idempotencyKey',
          expected: 'the same message, or another key',
          hint: `\`gmail-llm outbox show ${outboxId}\` shows the message that has it.`,
        });
        return true;
      });
      assert.deepEqual(await countSent(mailbox), new Map([['one', 1]]));
    });

    test('sends twice without a key, as it was asked', async (t) => {
      const { outbox, mailbox } = start(t);
      await outbox.send(senderOf(mailbox), messageOf('one'), {});
      await outbox.send(senderOf(mailbox), messageOf('one'), {});
      assert.deepEqual(await countSent(mailbox), new Map([['one', 2]]));
    });

    test('recognises a call that a client repeats within ten minutes, and the repetition of a later one', async (t) => {
      const { outbox, mailbox, pass } = start(t);
      const sender = senderOf(mailbox, { callId: 'session 7' });
      await outbox.send(sender, messageOf('one'), {});
      await outbox.send(sender, messageOf('one'), {});
      assert.deepEqual(await countSent(mailbox), new Map([['one', 1]]));
      await outbox.send(sender, messageOf('two'), {});
      await outbox.send(senderOf(mailbox, { callId: 'session 8' }), messageOf('two'), {});
      assert.deepEqual((await countSent(mailbox)).get('two'), 2);
      pass(11 * 60_000);
      await outbox.send(sender, messageOf('one'), {});
      await outbox.send(sender, messageOf('one'), {});
      assert.deepEqual((await countSent(mailbox)).get('one'), 2);
    });

    test('keeps a key for thirty days, and forgets the entry after', async (t) => {
      const { outbox, mailbox, pass, store } = start(t);
      await outbox.send(senderOf(mailbox), messageOf('one'), { idempotencyKey: 'k' });
      pass(keptMs - 60_000);
      assert.equal(await store.forgetOld(), 0);
      assert.equal((await outbox.send(senderOf(mailbox), messageOf('one'), { idempotencyKey: 'k' })).state, 'sent');
      assert.deepEqual(await countSent(mailbox), new Map([['one', 1]]));
      assert.ok(keptMs >= 30 * day);
      pass(2 * 60 * 60_000);
      assert.equal(await store.forgetOld(), 1);
      assert.deepEqual(await store.list({ limit: 10 }), []);
    });

    test('tries a send that certainly failed again under its key, after asking the policy again', async (t) => {
      const { outbox, mailbox, setPolicy, store, audit } = start(t);
      const message = messageOf('one');
      // The thread of nobody: the draft cannot be made.
      const broken: Mailbox = { ...mailbox, fileDraft: () => Promise.reject(new AppError('INVALID_INPUT', 'No.')) };
      await assert.rejects(
        outbox.send(senderOf(broken), message, { idempotencyKey: 'k' }),
        failsWith('INVALID_INPUT', /^No\.$/),
      );
      assert.equal((await store.list({ limit: 1 }))[0]?.state, 'failed');
      setPolicy({ sending: 'off' });
      await assert.rejects(
        outbox.send(senderOf(mailbox), message, { idempotencyKey: 'k' }),
        failsWith('FORBIDDEN', /turns sending off/),
      );
      setPolicy({ sending: 'confirm' });
      assert.equal((await outbox.send(senderOf(mailbox), message, { idempotencyKey: 'k' })).state, 'parked');
      const [entry] = await store.list({ limit: 2 });
      assert.ok(entry !== undefined);
      await outbox.approve(entry.id, message.contentHash, senderOf(mailbox, { transport: 'cli' }));
      assert.deepEqual(await countSent(mailbox), new Map([['one', 1]]));
      assert.deepEqual(await auditFaults(audit), []);
    });

    test('refuses what the policy refuses without an entry', async (t) => {
      const { outbox, mailbox, store } = start(t, { recipients: { deny: ['@example.net'] } });
      await assert.rejects(
        outbox.send(senderOf(mailbox), messageOf('one'), { idempotencyKey: 'k' }),
        failsWith('FORBIDDEN', /ann@example\.net/),
      );
      assert.deepEqual(await store.list({ limit: 1 }), []);
    });

    test('parks a message until a person approves the very one that was shown', async (t) => {
      const { outbox, mailbox, store } = start(t, { sending: 'confirm' });
      const message = messageOf('one');
      const parked = await outbox.send(senderOf(mailbox), message, { idempotencyKey: 'k' });
      assert.deepEqual(parked, { state: 'parked', outboxId: parked.outboxId, contentHash: message.contentHash });
      assert.deepEqual(await outbox.send(senderOf(mailbox), message, { idempotencyKey: 'k' }), parked);
      const person = senderOf(mailbox, { transport: 'cli' });
      await assert.rejects(
        outbox.approve(parked.outboxId, 'another hash', person),
        failsWith('CONFLICT', /not the one that was shown/),
      );
      assert.deepEqual(await countSent(mailbox), new Map());
      const sent = await outbox.approve(parked.outboxId, message.contentHash, person);
      assert.equal(sent.state, 'sent');
      assert.deepEqual(await outbox.send(senderOf(mailbox), message, { idempotencyKey: 'k' }), sent);
      await assert.rejects(
        outbox.approve(parked.outboxId, message.contentHash, person),
        failsWith('CONFLICT', /it is sent/),
      );
      await assert.rejects(outbox.reject(parked.outboxId, person), failsWith('CONFLICT', /it is sent/));
      assert.equal((await store.get(parked.outboxId))?.state, 'sent');
      await assert.rejects(outbox.approve('nothing', 'x', person), failsWith('NOT_FOUND', /no message nothing/));
    });

    test('answers the same key that a person rejected the message', async (t) => {
      const { outbox, mailbox, store, audit } = start(t, { sending: 'confirm' });
      const { outboxId } = await outbox.send(senderOf(mailbox), messageOf('one'), { idempotencyKey: 'k' });
      await outbox.reject(outboxId, byHand);
      await assert.rejects(
        outbox.send(senderOf(mailbox), messageOf('one'), { idempotencyKey: 'k' }),
        failsWith('FORBIDDEN', /^A person looked at this message and rejected it\.$/),
      );
      assert.equal(await store.raw(outboxId), undefined);
      assert.deepEqual(await auditFaults(audit), []);
      assert.deepEqual(await countSent(mailbox), new Map());
    });

    test('obeys a policy that has become stricter since a message was parked', async (t) => {
      const { outbox, mailbox, setPolicy } = start(t, { sending: 'confirm' });
      const message = messageOf('one');
      const { outboxId } = await outbox.send(senderOf(mailbox), message, {});
      setPolicy({ sending: 'confirm', recipients: { deny: ['ann@example.net'] } });
      const person = senderOf(mailbox, { transport: 'cli' });
      await assert.rejects(outbox.approve(outboxId, message.contentHash, person), failsWith('FORBIDDEN', /deny list/));
      setPolicy({ sending: 'confirm' });
      assert.equal((await outbox.approve(outboxId, message.contentHash, person)).state, 'sent');
    });

    test('lets a message wait, takes it back until it leaves, and sends it once when it is time', async (t) => {
      const { outbox, mailbox, pass, work, audit } = start(t, { graceSeconds: 60 });
      const waiting = await outbox.send(senderOf(mailbox), messageOf('one'), { idempotencyKey: 'k' });
      assert.equal(waiting.state, 'waiting');
      assert.deepEqual(await outbox.send(senderOf(mailbox), messageOf('one'), { idempotencyKey: 'k' }), waiting);
      const other = await outbox.send(senderOf(mailbox), messageOf('two'), { idempotencyKey: 'l' });
      assert.equal((await work(mailbox)).turns, 0);
      await outbox.cancel(other.outboxId, byHand);
      await assert.rejects(
        outbox.send(senderOf(mailbox), messageOf('two'), { idempotencyKey: 'l' }),
        failsWith('CONFLICT', /^This message was taken back before it left\.$/),
      );
      pass(61_000);
      assert.deepEqual(await work(mailbox), { turns: 1, errors: [] });
      await assert.rejects(
        outbox.cancel(waiting.outboxId, byHand),
        failsWith('CONFLICT', /is not waiting: it is sent/),
      );
      assert.equal((await work(mailbox)).turns, 0);
      assert.equal((await outbox.send(senderOf(mailbox), messageOf('one'), { idempotencyKey: 'k' })).state, 'sent');
      assert.deepEqual(await countSent(mailbox), new Map([['one', 1]]));
      assert.deepEqual(await auditFaults(audit), []);
    });

    test('asks the policy again when a waiting message would leave', async (t) => {
      const { outbox, mailbox, pass, work, setPolicy, store } = start(t, { graceSeconds: 60 });
      const first = await outbox.send(senderOf(mailbox), messageOf('one'), {});
      setPolicy({ graceSeconds: 60, sending: 'off' });
      pass(61_000);
      assert.equal((await work(mailbox)).errors.length, 1);
      assert.equal((await store.get(first.outboxId))?.state, 'failed');
      setPolicy({ graceSeconds: 60 });
      const second = await outbox.send(senderOf(mailbox), messageOf('two'), {});
      setPolicy({ graceSeconds: 60, sending: 'confirm' });
      pass(61_000);
      await work(mailbox);
      assert.equal((await store.get(second.outboxId))?.state, 'parked');
      assert.deepEqual(await countSent(mailbox), new Map());
    });

    test('tries a waiting message again that could not leave in time, and gives up after a day', async (t) => {
      const { outbox, mailbox, pass, work, store, audit } = start(t, { graceSeconds: 60 });
      const broken: Mailbox = { ...mailbox, fileDraft: () => Promise.reject(new AppError('UNAVAILABLE', 'Away.')) };
      const first = await outbox.send(senderOf(mailbox), messageOf('one'), {});
      const second = await outbox.send(senderOf(mailbox), messageOf('two'), { idempotencyKey: 'k' });
      pass(61_000);
      assert.equal((await work(broken)).errors.length, 2);
      assert.equal((await store.get(first.outboxId))?.state, 'waiting');
      assert.equal((await work(mailbox)).turns, 0);
      await outbox.cancel(first.outboxId, byHand);
      pass(25 * 60 * 60_000);
      await work(broken);
      assert.equal((await store.get(second.outboxId))?.state, 'failed');
      // Asked again under its key, it waits again.
      const again = await outbox.send(senderOf(broken), messageOf('two'), { idempotencyKey: 'k' });
      assert.equal(again.state, 'waiting');
      assert.deepEqual(await auditFaults(audit), []);
      assert.deepEqual(await countSent(mailbox), new Map());
    });

    test('counts a message against the limits when it leaves, and a race cannot take two last places', async (t) => {
      const { outbox, mailbox, store, pass, setPolicy } = start(t, { limits: { perHour: 2, perDay: 3 } });
      const answers = await Promise.all(
        ['a', 'b', 'c', 'd'].map((subject) => answerOf(outbox.send(senderOf(mailbox), messageOf(subject), {}))),
      );
      assert.deepEqual(answers.toSorted(), ['RATE_LIMITED', 'RATE_LIMITED', 'sent', 'sent']);
      assert.equal(await store.countSentSince(account, 0), 2);
      pass(61 * 60_000);
      setPolicy({ limits: { perHour: 2, perDay: 3 }, sending: 'confirm' });
      const parked = await outbox.send(senderOf(mailbox), messageOf('e'), {});
      assert.equal(await answerOf(outbox.send(senderOf(mailbox), messageOf('f'), {})), 'RATE_LIMITED');
      // Its own place does not keep it from being approved.
      pass(2 * 60 * 60_000);
      const { contentHash } = messageOf('e');
      assert.equal(await answerOf(outbox.approve(parked.outboxId, contentHash, senderOf(mailbox))), 'sent');
      pass(23 * 60 * 60_000);
      // It left within the last day, though it was asked for before.
      assert.equal(await store.countSentSince(account, Date.now() + 26 * 60 * 60_000 - day), 1);
    });

    test("sends a caller's draft only as it was checked", async (t) => {
      const { outbox, mailbox, store } = start(t, { sending: 'confirm' });
      const filed = await mailbox.createDraft({ raw: messageOf('mine').raw });
      const { message } = await mailbox.getDraft(filed.id);
      const asked = messageOf('mine', { raw: message.raw, draftId: filed.id });
      const parked = await outbox.send({ ...senderOf(mailbox), operation: 'send_draft' }, asked, {
        idempotencyKey: 'k',
      });
      await mailbox.updateDraft(filed.id, { raw: messageOf('something else').raw });
      const person = senderOf(mailbox, { transport: 'cli' });
      await assert.rejects(
        outbox.approve(parked.outboxId, asked.contentHash, person),
        failsWith('CONFLICT', /was changed after it was checked; nothing was sent/),
      );
      assert.deepEqual(await countSent(mailbox), new Map());
      assert.equal((await store.get(parked.outboxId))?.state, 'failed');
      assert.equal((await mailbox.getDraft(filed.id)).message.summary.subject, 'something else');
    });

    test("sends a caller's draft, and says that there is none when it is gone", async (t) => {
      const { outbox, mailbox } = start(t);
      const filed = await mailbox.createDraft({ raw: messageOf('mine').raw });
      const { message } = await mailbox.getDraft(filed.id);
      const asked = messageOf('mine', { raw: message.raw, draftId: filed.id });
      const sent = await outbox.send(senderOf(mailbox), asked, { idempotencyKey: 'k' });
      assert.equal(sent.state, 'sent');
      assert.deepEqual(await outbox.send(senderOf(mailbox), asked, { idempotencyKey: 'k' }), sent);
      await assert.rejects(outbox.send(senderOf(mailbox), asked, {}), failsWith('NOT_FOUND', /nothing was sent/));
      assert.deepEqual(await countSent(mailbox), new Map([['mine', 1]]));
    });

    test('does not send its own draft when somebody changed it meanwhile', async (t) => {
      const { outbox, mailbox, store } = start(t);
      const meddled: Mailbox = {
        ...mailbox,
        async fileDraft(message) {
          const draft = await mailbox.fileDraft(message);
          await mailbox.updateDraft(draft.id, { raw: messageOf('stolen', { to: ['eve@example.com'] }).raw });
          return draft;
        },
      };
      await assert.rejects(
        outbox.send(senderOf(meddled), messageOf('one'), {}),
        failsWith('CONFLICT', /was changed after it was checked/),
      );
      assert.deepEqual(await countSent(mailbox), new Map());
      assert.equal((await store.list({ limit: 1 }))[0]?.state, 'failed');
    });

    test('is finished by whoever asks again when the process that sends has died', async (t) => {
      const { home, outbox, mailbox, pass } = start(t);
      const dead = openTestOutbox(t, home);
      await stall(dead.outbox, mailbox);
      const early = asCaller(200, () => outbox.send(senderOf(mailbox), messageOf('one'), { idempotencyKey: 'k' }));
      assert.equal(await answerOf(early), 'OUTCOME_UNKNOWN');
      pass(30_000);
      assert.equal((await outbox.send(senderOf(mailbox), messageOf('one'), { idempotencyKey: 'k' })).state, 'sent');
      assert.deepEqual(await countSent(mailbox), new Map([['one', 1]]));
    });

    test('does not send twice when a process that was taken for dead goes on', async (t) => {
      const { home, outbox, mailbox, pass, store, audit } = start(t);
      const slow = openTestOutbox(t, home);
      const gate = Promise.withResolvers<void>();
      const reached = Promise.withResolvers<void>();
      const stalled: Mailbox = {
        ...mailbox,
        async sendDraft(id) {
          reached.resolve();
          await gate.promise;
          return mailbox.sendDraft(id);
        },
      };
      const late = answerOf(slow.outbox.send(senderOf(stalled), messageOf('one'), { idempotencyKey: 'k' }));
      await reached.promise;
      pass(90_000);
      // The other process has died for all that can be seen, and its draft has not been sent: this one sends it.
      assert.equal((await outbox.send(senderOf(mailbox), messageOf('one'), { idempotencyKey: 'k' })).state, 'sent');
      gate.resolve();
      assert.equal(await late, 'OUTCOME_UNKNOWN');
      assert.deepEqual(await countSent(mailbox), new Map([['one', 1]]));
      assert.equal((await store.list({ limit: 2 }))[0]?.state, 'sent');
      assert.deepEqual(await auditFaults(audit), []);
    });

    test('believes a proof of having been sent from a process that lost its hold', async (t) => {
      const { home, mailbox, pass, work, store, audit } = start(t);
      const slow = openTestOutbox(t, home);
      const gate = Promise.withResolvers<void>();
      const reached = Promise.withResolvers<void>();
      const stalled: Mailbox = {
        ...mailbox,
        async sendDraft(id) {
          reached.resolve();
          await gate.promise;
          return mailbox.sendDraft(id);
        },
      };
      const late = slow.outbox.send(senderOf(stalled), messageOf('one'), { idempotencyKey: 'k' });
      await reached.promise;
      pass(90_000);
      await work(mailbox);
      assert.equal((await store.list({ limit: 1 }))[0]?.state, 'failed');
      gate.resolve();
      assert.equal((await late).state, 'sent');
      assert.equal((await store.list({ limit: 1 }))[0]?.state, 'sent');
      assert.deepEqual(await auditFaults(audit), []);
    });

    test('frees an entry that was held under a clock which has been put back since', async (t) => {
      const { home, outbox, mailbox, pass } = start(t);
      const ahead = openTestOutbox(t, home);
      ahead.pass(10 * day);
      await stall(ahead.outbox, mailbox);
      pass(0);
      assert.equal((await outbox.send(senderOf(mailbox), messageOf('one'), { idempotencyKey: 'k' })).state, 'sent');
      assert.deepEqual(await countSent(mailbox), new Map([['one', 1]]));
    });

    test('does not take the message of another entry for its own', async (t) => {
      const { outbox, mailbox, pass, work, store, audit } = start(t);
      const lost: Mailbox = {
        ...mailbox,
        sendDraft: () => Promise.reject(new AppError('OUTCOME_UNKNOWN', 'Nobody knows.')),
      };
      const first = outbox.send(senderOf(lost), messageOf('same'), { idempotencyKey: 'a' });
      assert.equal(await answerOf(first), 'OUTCOME_UNKNOWN');
      await outbox.send(senderOf(mailbox), messageOf('same'), { idempotencyKey: 'b' });
      const [open] = await store.list({ states: ['unknown'], limit: 1 });
      assert.ok(open?.progress.draftId !== undefined);
      // Its owner deletes the draft: nothing proves any more whether it was sent.
      await mailbox.deleteDraft(open.progress.draftId);
      pass(90_000);
      await work(mailbox);
      assert.equal((await store.get(open.id))?.state, 'unknown');
      assert.deepEqual(await countSent(mailbox), new Map([['same', 1]]));
      assert.deepEqual(await auditFaults(audit), []);
    });

    test('looks into an open outcome less and less often, and leaves it to a person after a day', async (t) => {
      const { outbox, mailbox, pass, work, store } = start(t);
      const lost: Mailbox = {
        ...mailbox,
        async sendDraft(id) {
          await mailbox.deleteDraft(id);
          throw new AppError('OUTCOME_UNKNOWN', 'Nobody knows.');
        },
      };
      assert.equal(await answerOf(outbox.send(senderOf(lost), messageOf('one'), {})), 'OUTCOME_UNKNOWN');
      let looks = 0;
      for (let minute = 0; minute < 3 * 24 * 60; minute += 1) {
        pass(60_000);
        looks += (await work(mailbox)).turns;
      }
      assert.ok(looks > 8 && looks < 30, `${looks} looks`);
      assert.equal((await store.list({ limit: 1 }))[0]?.state, 'unknown');
    });

    test('does not let a message leave whose beginning cannot be written down', async (t) => {
      const home = newHome(t);
      const mailbox = openTestMailbox(t, home);
      const full = new AppError('UNAVAILABLE', 'The disk is full.');
      const { outbox, store } = openTestOutbox(t, home, ({ store, audit }) => ({
        store: {
          ...store,
          exclusively: (work) =>
            store.exclusively((inside) =>
              work({ ...inside, audit: { ...inside.audit, begin: () => Promise.reject(full) } }),
            ),
        },
        audit,
      }));
      await assert.rejects(outbox.send(senderOf(mailbox), messageOf('one'), {}), full);
      assert.deepEqual(await countSent(mailbox), new Map());
      assert.equal((await store.list({ limit: 1 }))[0]?.state, 'failed');
    });

    test('tells that a message was sent though nothing more can be written, and writes it later', async (t) => {
      const home = newHome(t);
      const mailbox = openTestMailbox(t, home);
      let isFull = false;
      const unlessFull = <T extends object>(object: T): T =>
        new Proxy(object, {
          get(target, name) {
            const method: unknown = Reflect.get(target, name);
            if (typeof method !== 'function') return method;
            return (...values: unknown[]): unknown => {
              if (isFull && name !== 'get') throw new AppError('UNAVAILABLE', 'The disk is full.');
              return Reflect.apply(method, target, values);
            };
          },
        });
      const { outbox, store, audit } = openTestOutbox(t, home, (parts) => ({
        store: unlessFull(parts.store),
        audit: unlessFull(parts.audit),
      }));
      const filling: Mailbox = {
        ...mailbox,
        async sendDraft(id) {
          const sent = await mailbox.sendDraft(id);
          isFull = true;
          return sent;
        },
      };
      const first = await outbox.send(senderOf(filling), messageOf('one'), { idempotencyKey: 'k' });
      assert.equal(first.state, 'sent');
      isFull = false;
      assert.equal((await store.get(first.outboxId))?.state, 'sending');
      const next = openTestOutbox(t, home);
      next.pass(30_000);
      const again = await next.outbox.send(senderOf(mailbox), messageOf('one'), { idempotencyKey: 'k' });
      assert.deepEqual({ ...again, message: undefined }, { ...first, message: undefined });
      assert.deepEqual(await countSent(mailbox), new Map([['one', 1]]));
      assert.deepEqual(await auditFaults(audit), []);
    });

    test('says that a draft was sent already when two calls send it at once', async (t) => {
      const { outbox, mailbox, work, pass, store, audit } = start(t);
      const filed = await mailbox.createDraft({ raw: messageOf('mine').raw });
      const { message } = await mailbox.getDraft(filed.id);
      const asked = messageOf('mine', { raw: message.raw, draftId: filed.id });
      const gate = Promise.withResolvers<void>();
      const reached = Promise.withResolvers<void>();
      const slow: Mailbox = {
        ...mailbox,
        async sendDraft(id) {
          reached.resolve();
          await gate.promise;
          return mailbox.sendDraft(id);
        },
      };
      const late = answerOf(outbox.send(senderOf(slow), asked, { idempotencyKey: 'b' }));
      await reached.promise;
      assert.equal((await outbox.send(senderOf(mailbox), asked, { idempotencyKey: 'a' })).state, 'sent');
      gate.resolve();
      assert.equal(await late, 'OUTCOME_UNKNOWN');
      pass(10_000);
      await work(mailbox);
      const [open] = await store.list({ states: ['failed'], limit: 1 });
      assert.deepEqual(open?.progress.failure, {
        code: 'CONFLICT',
        message: `The draft ${filed.id} was sent by another call.`,
      });
      assert.deepEqual(await countSent(mailbox), new Map([['mine', 1]]));
      assert.deepEqual(await auditFaults(audit), []);
    });

    test('lets nobody change a draft that is being sent', async (t) => {
      const { outbox, mailbox, store, audit } = start(t);
      const isDraftInWork = (id: string) => store.isDraftInWork(account, id);
      const { apply } = changesOf(mailbox, { audit: () => audit, isDraftInWork });
      const other = await mailbox.createDraft({ raw: messageOf('other').raw });
      const isInWork = /is being sent, or may have been; nothing was changed\.$/;
      const meddled: Mailbox = {
        ...mailbox,
        async sendDraft(id) {
          await assert.rejects(
            apply('updateDraft', id, { raw: messageOf('stolen').raw }),
            failsWith('CONFLICT', isInWork),
          );
          await assert.rejects(apply('deleteDraft', id), failsWith('CONFLICT', isInWork));
          await apply('updateDraft', other.id, { raw: messageOf('another').raw });
          return mailbox.sendDraft(id);
        },
      };
      await outbox.send(senderOf(meddled), messageOf('one'), {});
      await apply('deleteDraft', other.id);
      assert.deepEqual(await countSent(mailbox), new Map([['one', 1]]));
    });

    test('begins no attempt, and leaves none without an end in the log, when its hold was lost before', async (t) => {
      const { home, mailbox, outbox, pass, audit } = start(t);
      const other = openTestOutbox(t, home);
      other.pass(30_000);
      const slow = openTestOutbox(t, home, ({ store, audit }) => ({
        audit,
        store: {
          ...store,
          async add(entry) {
            const added = await store.add(entry);
            // Here it stalls for so long that another process takes over.
            assert.ok((await other.store.take(entry.id)) !== undefined);
            return added;
          },
        },
      }));
      const late = slow.outbox.send(senderOf(mailbox), messageOf('one'), { idempotencyKey: 'k' });
      assert.equal(await answerOf(late), 'OUTCOME_UNKNOWN');
      assert.deepEqual(await countSent(mailbox), new Map());
      pass(60_000);
      assert.equal((await outbox.send(senderOf(mailbox), messageOf('one'), { idempotencyKey: 'k' })).state, 'sent');
      assert.deepEqual(await auditFaults(audit), []);
    });
  });
}
