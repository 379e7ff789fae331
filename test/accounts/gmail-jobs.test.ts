import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite, test, type TestContext } from 'node:test';
import type { Backend } from '../../src/accounts/accounts.ts';
import { selectBackend } from '../../src/accounts/select-backend.ts';
import { parseConfiguration } from '../../src/core/configuration.ts';
import { locateHome } from '../../src/core/home.ts';
import { checkPubsub } from '../../src/cli/doctor/check-pubsub.ts';
import type { Check } from '../../src/cli/doctor/finding.ts';
import type { Job } from '../../src/core/jobs/job.ts';
import { openCredentialStore } from '../../src/gmail/credentials/open-credential-store.ts';
import { gmailScopes } from '../../src/mail/gmail-methods.ts';
import type { Feed } from '../../src/store/feed/feed.ts';
import { sqliteHomeStores } from '../../src/store/home-stores.ts';
import { buildMail } from '../build-mail.ts';
import { loginOf } from '../gmail/channel-parts.ts';
import { startTestEmulator, type TestEmulator } from '../support/emulator.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const me = 'me@example.org';
const topic = 'projects/my-project/topics/mail';
const subscription = 'projects/my-project/subscriptions/mail-here';
const clientEmail = 'robot@my-project.iam.gserviceaccount.com';
const minuteMs = 60_000;
const dayMs = 24 * 60 * minuteMs;

const { publicKey, privateKey } = generateKeyPairSync('rsa', {
  modulusLength: 2048,
  publicKeyEncoding: { type: 'spki', format: 'pem' },
  privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
});

/** The jobs of a server with one login, on an emulator, and the feed that they write. */
interface Following {
  readonly emulator: TestEmulator;
  readonly feed: Feed;
  readonly job: (name: string) => Job;
  /** Runs a job if there is something to do; whether it ran. */
  readonly turn: (name: string) => Promise<boolean>;
  readonly logIn: () => Promise<void>;
  /** Lets Google forget the login. */
  readonly revoke: () => void;
  /** What is wrong with the account, as health has it. */
  readonly troubles: () => Promise<readonly (string | undefined)[]>;
  /** What the doctor finds of Pub/Sub. */
  readonly diagnose: (changes?: Readonly<Record<string, string>>) => ReturnType<Check['run']>;
  /** Those since the last question. */
  readonly events: () => Promise<readonly { kind: string; state?: string; cause: object }[]>;
}

function once(signal = new AbortController().signal) {
  return { signal, fence: 1, refuseIfLost: () => signal.throwIfAborted() };
}

async function following(t: TestContext, { isPushed = false } = {}): Promise<Following> {
  const emulator = await startTestEmulator(t, { settings: { pullSeconds: 5 } });
  const folder = temporaryFolder(t);
  const keyFile = join(folder, 'key.json');
  writeFileSync(
    keyFile,
    JSON.stringify({
      type: 'service_account',
      client_email: clientEmail,
      client_id: '1234567890',
      private_key: privateKey,
    }),
  );
  const environment: Record<string, string> = {
    GMAIL_HOME: folder,
    GMAIL_BACKEND: 'gmail',
    GMAIL_API_ROOT_URL: emulator.rootUrl,
    GMAIL_OAUTH_ROOT_URL: emulator.rootUrl,
    ...(isPushed
      ? {
          GMAIL_PUBSUB_SUBSCRIPTION: subscription,
          GMAIL_PUBSUB_TOPIC: topic,
          GMAIL_PUBSUB_KEY_FILE: keyFile,
          GMAIL_PUBSUB_ROOT_URL: emulator.rootUrl,
        }
      : {}),
  };
  if (isPushed) {
    emulator.tokens.registerServiceAccount({ clientEmail, publicKey, delegatedScopes: [] });
    const { accessToken: token } = emulator.tokens.issue({
      scopes: ['https://www.googleapis.com/auth/pubsub'],
      isServiceAccount: true,
    });
    await emulator.call('PUT', `/v1/${topic}`, { token });
    await emulator.call('PUT', `/v1/${subscription}`, { token, body: { topic } });
  }
  const configuration = parseConfiguration(environment);
  const home = locateHome(environment);
  const store = openCredentialStore(home.dataFolder, configuration);
  let grant = '';
  const logIn = async (): Promise<void> => {
    const { refreshToken, grantId } = emulator.tokens.issue({ scopes: [gmailScopes.modify] });
    grant = grantId;
    assert.ok(refreshToken !== undefined);
    await store.save(loginOf({ ...emulator.account, scopes: [gmailScopes.modify], refreshToken }));
  };
  await logIn();
  const now = emulator.clock.nowMs;
  const stores = sqliteHomeStores(home.dataFolder, now);
  const backend: Backend = selectBackend(configuration, home, now, stores);
  t.after(async () => {
    backend.close?.();
    store.close();
    await stores.close();
  });
  const jobs = backend.jobs?.() ?? [];
  const job = (name: string): Job => {
    const found = jobs.find((one) => one.name === name);
    assert.ok(found !== undefined, jobs.map((one) => one.name).join());
    return found;
  };
  let after = 0;
  return {
    emulator,
    feed: stores.feed.feed(),
    job,
    logIn,
    revoke: () => emulator.tokens.kill(grant, 'revoked'),
    troubles: async () => ((await backend.health?.()) ?? []).map(({ trouble }) => trouble),
    async diagnose(changes = {}) {
      const all = { ...environment, ...changes };
      return checkPubsub.run({ environment: all, configuration: parseConfiguration(all), home, signal: t.signal });
    },
    async turn(name) {
      const isNeeded = (await job(name).isNeeded?.()) ?? true;
      if (isNeeded) await job(name).run(once());
      return isNeeded;
    },
    async events() {
      const page = await stores.feed.feed().read({ after, limit: 100 });
      ({ after } = page);
      return page.events.map(({ kind, state, cause }) => ({ kind, ...(state === undefined ? {} : { state }), cause }));
    },
  };
}

const byGoogle = { by: 'google' };
const watchJob = { by: 'job', job: 'gmail-watch' };

suite('asking for changes', () => {
  test('writes what others did, and asks more rarely the longer nothing happens', async (t) => {
    const { emulator, turn, events } = await following(t);
    assert.equal(await turn('gmail-history'), true, 'the first time');
    assert.equal(await turn('gmail-history'), false, 'just asked');
    await emulator.deliver(undefined, buildMail({}));
    emulator.clock.advance(300_000);
    assert.equal(await turn('gmail-history'), true);
    assert.deepEqual(await events(), [{ kind: 'messageAdded', cause: byGoogle }]);

    emulator.clock.advance(11_000);
    assert.equal(await turn('gmail-history'), false);
    // Early enough for the answer to be there within the 15 seconds that are promised.
    emulator.clock.advance(1000);
    assert.equal(await turn('gmail-history'), true, 'something happened a moment ago');
    emulator.clock.advance(16 * minuteMs);
    await turn('gmail-history');
    emulator.clock.advance(minuteMs);
    assert.equal(await turn('gmail-history'), false, 'nothing for a quarter of an hour');
    emulator.clock.advance(minuteMs + 10_000);
    assert.equal(await turn('gmail-history'), true);
    emulator.clock.advance(3 * dayMs);
    await turn('gmail-history');
    emulator.clock.advance(5 * minuteMs);
    assert.equal(await turn('gmail-history'), true, 'and never more rarely than every five minutes');
    assert.deepEqual(await events(), []);
  });

  test('asks soon after a change of ours, whose event says so', async (t) => {
    const { emulator, feed, turn, events } = await following(t);
    await turn('gmail-history');
    const { id } = await emulator.deliver(undefined, buildMail({}));
    const call = { by: 'call', requestId: '1', operation: 'modify_messages' } as const;
    const change = await feed.begin(me, call);
    await emulator.mailbox().modifyMessages({ ids: [id], addLabelIds: ['STARRED'], removeLabelIds: [] });
    await change.publish([
      { kind: 'labelsChanged', ids: { messageId: id, addedLabelIds: ['STARRED'], removedLabelIds: [] } },
    ]);
    assert.equal(await turn('gmail-history'), false);
    emulator.clock.advance(600);
    assert.equal(await turn('gmail-history'), true);
    const [arrived, starred, ...others] = await events();
    assert.deepEqual(
      [arrived, starred?.kind, starred?.cause, others],
      [{ kind: 'messageAdded', cause: byGoogle }, 'labelsChanged', call, []],
    );
  });

  test('says that a login was lost, asks no more, and goes on at once with a new one', async (t) => {
    const { emulator, turn, events, logIn, revoke } = await following(t);
    await turn('gmail-history');
    revoke();
    await emulator.deliver(undefined, buildMail({}));
    emulator.clock.advance(300_000);
    await assert.rejects(turn('gmail-history'), { code: 'REAUTH_REQUIRED' });
    assert.deepEqual(await events(), [{ kind: 'accountState', state: 'reauthRequired', cause: byGoogle }]);
    emulator.clock.advance(dayMs);
    assert.equal(await turn('gmail-history'), false, 'nobody asks in vain');
    await logIn();
    assert.equal(await turn('gmail-history'), true, 'at once');
    assert.deepEqual(await events(), [{ kind: 'messageAdded', cause: byGoogle }]);
  });

  test('asks again soon when Google fails', async (t) => {
    const { emulator, turn } = await following(t);
    await turn('gmail-history');
    emulator.clock.advance(dayMs);
    emulator.faults.add({
      match: 'gmail.users.history.list',
      kind: 'status',
      status: 403,
      reason: 'domainPolicy',
      times: 1,
    });
    await assert.rejects(turn('gmail-history'), { code: 'FORBIDDEN' });
    assert.equal(await turn('gmail-history'), false);
    emulator.clock.advance(15_000);
    assert.equal(await turn('gmail-history'), true);
  });
});

suite('an account that cannot be followed', () => {
  test('is behind after five minutes, which is an event and a trouble, and so is that it has caught up', async (t) => {
    const { emulator, turn, events, troubles } = await following(t);
    await turn('gmail-history');
    emulator.clock.advance(dayMs);
    const fault = emulator.faults.add({
      match: 'gmail.users.history.list',
      kind: 'status',
      status: 403,
      reason: 'domainPolicy',
    });
    for (const _ of [1, 2]) {
      await assert.rejects(turn('gmail-history'), { code: 'FORBIDDEN' });
      emulator.clock.advance(2 * minuteMs);
    }
    assert.deepEqual([await events(), await troubles()], [[], [undefined]]);
    emulator.clock.advance(minuteMs);
    for (const _ of [1, 2]) {
      await assert.rejects(turn('gmail-history'), { code: 'FORBIDDEN' });
      emulator.clock.advance(minuteMs);
    }
    const cause = { by: 'job', job: 'gmail-history' };
    assert.deepEqual(await events(), [{ kind: 'accountState', state: 'syncBehind', cause }]);
    assert.deepEqual(await troubles(), [undefined, 'SYNC_BEHIND']);
    emulator.faults.clear(fault);
    assert.equal(await turn('gmail-history'), true);
    assert.deepEqual(await events(), [{ kind: 'accountState', state: 'syncCaughtUp', cause }]);
    assert.deepEqual(await troubles(), [undefined]);
  });
});

suite('being told by Google', () => {
  test('writes what happened at once, without waiting for its time', async (t) => {
    const { emulator, feed, job, turn, events } = await following(t, { isPushed: true });
    await turn('gmail-watch');
    await turn('gmail-history');
    const { newest } = await feed.bounds();
    const stopping = new AbortController();
    const pushed = Promise.resolve(job('gmail-push').run(once(stopping.signal)));
    for await (const sequence of feed.changes(AbortSignal.any([stopping.signal, AbortSignal.timeout(20_000)]))) {
      if (sequence === newest) await emulator.deliver(undefined, buildMail({}));
      else break;
    }
    stopping.abort();
    await assert.rejects(pushed);
    assert.deepEqual(await events(), [{ kind: 'messageAdded', cause: byGoogle }]);
    // Once told, it asks by itself every ten minutes only.
    emulator.clock.advance(9 * minuteMs);
    assert.equal(await turn('gmail-history'), false);
    emulator.clock.advance(minuteMs);
    assert.equal(await turn('gmail-history'), true);
  });

  test('renews a watch daily, and tells when one has ended', async (t) => {
    const { emulator, turn, events, troubles } = await following(t, { isPushed: true });
    assert.equal(await turn('gmail-watch'), true);
    assert.equal(await turn('gmail-watch'), false);
    emulator.clock.advance(dayMs);
    assert.equal(await turn('gmail-watch'), true);
    assert.equal(await turn('gmail-watch'), false);

    emulator.clock.advance(7 * dayMs + 1000);
    emulator.faults.add({ match: 'gmail.users.watch', kind: 'status', status: 403, reason: 'domainPolicy', times: 2 });
    for (const _ of [1, 2]) await assert.rejects(turn('gmail-watch'), { code: 'FORBIDDEN' });
    assert.deepEqual(await events(), [{ kind: 'accountState', state: 'watchExpired', cause: watchJob }]);
    assert.deepEqual(await troubles(), [undefined, 'WATCH_EXPIRED']);
    assert.equal(await turn('gmail-watch'), true);
    assert.deepEqual(await events(), [{ kind: 'accountState', state: 'watchRenewed', cause: watchJob }]);
    assert.deepEqual(await troubles(), [undefined]);
  });

  test('says so where another topic is watched, or the key may not pull', async (t) => {
    const { emulator, job, turn } = await following(t, { isPushed: true });
    const body = { topicName: 'projects/my-project/topics/other' };
    assert.equal((await emulator.call('POST', '/gmail/v1/users/me/watch', { body })).status, 200);
    await assert.rejects(turn('gmail-watch'), /push notification client/);
    emulator.tokens.registerServiceAccount({
      clientEmail,
      publicKey: generateKeyPairSync('rsa', {
        modulusLength: 2048,
        publicKeyEncoding: { type: 'spki', format: 'pem' },
        privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
      }).publicKey,
      delegatedScopes: [],
    });
    await assert.rejects(async () => job('gmail-push').run(once()), {
      code: 'REAUTH_REQUIRED',
      message: `Google does not accept the key of ${clientEmail}.`,
    });
  });

  test('is checked by the doctor: the topic of the subscription, and who may pull it', async (t) => {
    const { diagnose } = await following(t, { isPushed: true });
    const [fine] = await diagnose();
    assert.deepEqual([fine?.state, fine?.found], ['ok', `${subscription} can be read; it is of ${topic}`]);
    const [other] = await diagnose({ GMAIL_PUBSUB_TOPIC: `${topic}-2` });
    assert.match(String(other?.fix), new RegExp(`^Set GMAIL_PUBSUB_TOPIC=${topic},`));
    await assert.rejects(async () => diagnose({ GMAIL_PUBSUB_SUBSCRIPTION: `${subscription}-2` }), {
      code: 'NOT_FOUND',
    });
    await assert.rejects(async () => diagnose({ GMAIL_PUBSUB_KEY_FILE: '/dev/null' }), { code: 'INVALID_INPUT' });
  });
});
