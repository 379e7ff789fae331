import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { FaultRule } from '../../src/emulator/control/faults.ts';
import type { Mailbox } from '../../src/mail/mailbox.ts';
import type { MessageToSend } from '../../src/store/outbox/message-to-send.ts';
import { startTestEmulator } from '../support/emulator.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import {
  answerOf,
  asCaller,
  auditFaults,
  countSent,
  messageOf,
  openEmulatedMailbox,
  openTestOutbox,
  senderOf,
} from './outbox-parts.ts';

type Fault = FaultRule extends infer Rule ? (Rule extends FaultRule ? Omit<Rule, 'match'> : never) : never;

/** Each lasts so long that a caller with little patience meets nothing else. */
const faults: Readonly<Record<string, Fault>> = {
  'connection dropped before': { kind: 'drop', afterCommit: false },
  'connection dropped after': { kind: 'drop', afterCommit: true },
  'answer cut off': { kind: 'truncate' },
  'answer empty': { kind: 'empty' },
  '500 before': { kind: 'status', status: 500, afterCommit: false },
  '500 after': { kind: 'status', status: 500, afterCommit: true },
  '429': { kind: 'status', status: 429, reason: 'rateLimitExceeded' },
  '403': { kind: 'status', status: 403, reason: 'insufficientPermissions' },
  '400': { kind: 'status', status: 400, reason: 'invalidArgument', message: 'No.' },
  '401': { kind: 'status', status: 401, reason: 'authError' },
  'no answer in time': { kind: 'delay', milliseconds: 60_000 },
};

/** What a send asks of Gmail, the profile only for a draft of the caller's, and what looking for its outcome does. */
const points = ['getProfile', 'drafts.create', 'drafts.get', 'drafts.send', 'history.list', 'messages.get'] as const;

/** Points that only a look into an open outcome passes: there the send's own answer is lost first. */
const looking: readonly string[] = ['history.list', 'messages.get'];

/** A message that is a draft already. */
async function draftOf(mailbox: Mailbox, subject: string): Promise<MessageToSend> {
  const { id } = await mailbox.createDraft({ raw: messageOf(subject).raw });
  const { raw } = (await mailbox.getDraft(id)).message;
  return messageOf(subject, { raw, draftId: id });
}

// Most of them wait for a caller to lose patience.
describe('a send', { concurrency: 2 }, () => {
  for (const point of points) {
    test(`happens once, whatever happens at ${point}`, { timeout: 180_000 }, async (t) => {
      const told = await Promise.all(
        Object.entries(faults).map(async ([name, fault]) => {
          const emulator = await startTestEmulator(t, { settings: { unitsPerMinute: 10_000_000 } });
          const home = temporaryFolder(t);
          const google = { rootUrl: emulator.rootUrl, accessToken: emulator.account.accessToken };
          const mailbox = openEmulatedMailbox(t, home, google);
          const { outbox, pass, work, store, audit } = openTestOutbox(t, home);
          const subject = `${name} at ${point}`;
          const message = await (point === 'getProfile' ? draftOf(emulator.mailbox(), subject) : messageOf(subject));
          const ask = (patienceMs: number) =>
            asCaller(patienceMs, () => answerOf(outbox.send(senderOf(mailbox), message, { idempotencyKey: 'k' })));
          const count = async () => (await countSent(emulator.mailbox())).get(subject) ?? 0;
          const answers: string[] = [];
          const answer = async (patienceMs: number) => {
            const said = await ask(patienceMs);
            answers.push(said);
            const times = await count();
            const { state } = (await store.list({ limit: 1 }))[0] ?? {};
            // What is told is true at that moment.
            if (said === 'sent') assert.equal(times, 1, subject);
            if (state === 'failed') assert.equal(times, 0, subject);
            assert.ok(times <= 1, subject);
          };

          // Elsewhere the channel tries again for as long as it may.
          const patienceMs = point === 'drafts.send' ? 15_000 : 2500;
          if (looking.includes(point)) {
            emulator.faults.add({ match: 'gmail.users.drafts.send', kind: 'drop', afterCommit: true, times: 1 });
            await answer(20_000);
            emulator.faults.clear();
            assert.deepEqual(answers, ['OUTCOME_UNKNOWN'], subject);
          }
          emulator.faults.add({ ...fault, match: `gmail.users.${point}` });
          const hits = () => emulator.faults.list()[0]?.hits ?? 0;
          // On a busy machine a caller may lose patience before the point is reached.
          for (let tries = 0; tries < 20 && hits() === 0; tries += 1) await answer(patienceMs);
          assert.ok(hits() > 0, subject);
          emulator.faults.clear();
          // A throttle that is over for Google is still kept to here, in a state of this home.
          const second = openTestOutbox(t, home);
          const recovered = openEmulatedMailbox(t, temporaryFolder(t), google);
          for (const one of [{ pass, work }, second]) one.pass(61_000);
          await second.work(recovered);
          const last = await asCaller(40_000, () =>
            answerOf(second.outbox.send(senderOf(recovered), message, { idempotencyKey: 'k' })),
          );
          assert.equal(last, 'sent', `${subject}: ${answers.join(', ')}`);
          assert.equal(await count(), 1, subject);
          await second.work(recovered);
          assert.deepEqual(await auditFaults(audit), [], subject);
          return `${name}: ${answers.join(', ')}`;
        }),
      );
      t.diagnostic(told.join('; '));
    });
  }
});
