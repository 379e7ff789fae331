import assert from 'node:assert/strict';
import { suite, test, type TestContext } from 'node:test';
import { createMirror } from '../../../src/accounts/mirror/mirror.ts';
import { mirroredMailbox } from '../../../src/accounts/mirror/mirrored-mailbox.ts';
import type { GmailMailbox } from '../../../src/gmail/open-gmail-mailbox.ts';
import { openLocalMailbox } from '../../../src/local/open-local-mailbox.ts';
import { openMailStore } from '../../../src/store/sqlite/mail/open-mail-store.ts';
import { buildMail } from '../../build-mail.ts';
import { impossibleSightings, readSteps } from '../../end-to-end/account-states.ts';
import { gmailOnEmulator } from '../../gmail/open-on-emulator.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

const account = 'me@example.org';
/** Time stands still: what was compared once stays fresh, and nothing is asked by itself. */
const now = () => 1_800_000_000_000;

/** An account with one message, whose mirror any number of processes may have open. */
async function startMirror(t: TestContext) {
  const { emulator, open } = await gmailOnEmulator(t);
  const { id } = await emulator.deliver(undefined, buildMail({ subject: 'one' }));
  const folder = temporaryFolder(t);

  /** A process: its calls of Gmail may be held up, and it may look around whenever its mirror has come on. */
  function startProcess(
    change: (live: GmailMailbox) => GmailMailbox = (live) => live,
    onHistory: () => Promise<void> = async () => {},
  ) {
    const live = change(open({ cache: undefined }));
    const store = openMailStore(folder);
    const local = openLocalMailbox({ store, emailAddress: account, now });
    t.after(() => local.close());
    const mirror = createMirror({
      account,
      store,
      source: () => live.source,
      spamTrash: false,
      bytesLeft: async () => Infinity,
      now,
      onHistory,
      onHistoryLost: async () => {},
    });
    return { mirror, mailbox: mirroredMailbox({ live, local, mirror, spamTrash: false, now }) };
  }

  async function fill(): Promise<void> {
    const { mirror } = startProcess();
    await mirror.fill(() => false);
    await mirror.follow();
  }
  return { emulator, google: emulator.mailbox(), id, startProcess, fill };
}

suite('a change of ours in a mirror', () => {
  test('is never taken back for a moment, however many come while the history is followed', async (t) => {
    const { google, id, startProcess, fill } = await startMirror(t);
    await fill();
    const { historyId: startId } = await google.getProfile();
    const { labelIds: initial } = (await google.getMessage(id)).summary;
    const stepLabelIds: string[] = [];
    for (let step = 0; step < 8; step += 1) stepLabelIds.push((await google.createLabel({ name: `step ${step}` })).id);
    const { mirror: labels, mailbox } = startProcess();
    await labels.followLabels();
    const sightings: (readonly string[])[] = [];
    const see = async () => void sightings.push((await mailbox.getMessage(id)).summary.labelIds);

    const left = [...stepLabelIds];
    const withHistory = (live: GmailMailbox): GmailMailbox => ({
      ...live,
      source: {
        ...live.source,
        async history(from) {
          const stepLabelId = left.shift();
          if (stepLabelId === undefined) return live.source.history(from);
          // What the answer says of others is older than what we change before it is there.
          await google.modifyMessages({ ids: [id], addLabelIds: [], removeLabelIds: ['STARRED'] });
          const answer = await live.source.history(from);
          await mailbox.modifyMessages({ ids: [id], addLabelIds: ['STARRED', stepLabelId], removeLabelIds: [] });
          await see();
          return answer;
        },
      },
    });
    await startProcess(withHistory, see).mirror.follow();
    await see();
    const steps = (await readSteps(google, startId)).get(id) ?? [];
    assert.deepEqual(impossibleSightings(id, initial, steps, sightings), []);
    assert.equal(left.length, 0);
    assert.deepEqual(sightings.at(-1)?.toSorted(), [...initial, 'STARRED', ...stepLabelIds].toSorted());
  });

  test('is not shown over a later one whose answer came earlier', async (t) => {
    const { google, id, startProcess, fill } = await startMirror(t);
    await fill();
    const [isMade, mayAnswer] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    const slow = startProcess((live) => ({
      ...live,
      async modifyMessages(change, known) {
        const applied = await live.modifyMessages(change, known);
        isMade.resolve();
        await mayAnswer.promise;
        return applied;
      },
    }));
    const { mailbox } = startProcess();
    const starred = slow.mailbox.modifyMessages({ ids: [id], addLabelIds: ['STARRED'], removeLabelIds: [] });
    await isMade.promise;
    await mailbox.modifyMessages({ ids: [id], addLabelIds: [], removeLabelIds: ['STARRED'] });
    mayAnswer.resolve();
    await starred;
    for (const reader of [slow.mailbox, mailbox]) {
      const { labelIds } = (await reader.getMessage(id)).summary;
      assert.deepEqual(labelIds, (await google.getMessage(id)).summary.labelIds);
    }
  });
});

test('a message is not stored as it was before a change that the history told while it was fetched', async (t) => {
  const { emulator, google, id, startProcess } = await startMirror(t);
  const [isFetched, mayBeStored] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  const filling = startProcess((live) => ({
    ...live,
    source: {
      ...live.source,
      fetch: (ids, take) =>
        live.source.fetch(ids, async (messages) => {
          isFetched.resolve();
          await mayBeStored.promise;
          await take(messages);
        }),
    },
  }));
  const following = startProcess();
  const filled = filling.mirror.fill(() => false);
  await isFetched.promise;
  await google.modifyMessages({ ids: [id], addLabelIds: ['STARRED'], removeLabelIds: [] });
  await following.mirror.follow();
  mayBeStored.resolve();
  await filled;
  const { labelIds } = (await google.getMessage(id)).summary;
  assert.ok(labelIds.includes('STARRED'));
  assert.deepEqual((await following.mailbox.getMessage(id)).summary.labelIds, labelIds);
  assert.equal(emulator.counters.read().rawByMessage[id], 2, 'it is fetched again');
});

test('what has come of a fetch is stored, also where the rest of it fails', async (t) => {
  const { emulator, startProcess } = await startMirror(t);
  for (let number = 2; number <= 40; number += 1) {
    await emulator.deliver(undefined, buildMail({ subject: `number ${number}`, messageId: `${number}@x` }));
  }
  // Of two requests at once the one gets its answer, and the other none before the first one is stored.
  let requests = 0;
  const mayFail = Promise.withResolvers<void>();
  const { mirror } = startProcess((live) => ({
    ...live,
    source: {
      ...live.source,
      fetch: (ids, take) =>
        live.source.fetch(ids, async (messages) => {
          requests += 1;
          if (requests === 2) {
            await mayFail.promise;
            throw new Error('the process was cut off');
          }
          await take(messages);
          mayFail.resolve();
        }),
    },
  }));
  await assert.rejects(
    mirror.fill(() => false),
    /cut off/,
  );
  await startProcess().mirror.fill(() => false);
  const counts = Object.values(emulator.counters.read().rawByMessage);
  assert.deepEqual([counts.length, counts.filter((count) => count === 2).length], [40, 20]);
});
