import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { currentContext } from '../../src/core/context.ts';
import { AppError } from '../../src/core/errors.ts';
import { runJobs } from '../../src/core/jobs/run-jobs.ts';
import { createLogWriter } from '../../src/core/logger.ts';
import { installLog } from '../../src/core/telemetry/log.ts';
import { outboxJob } from '../../src/server/jobs/outbox-job.ts';
import { openSqliteJobStore } from '../../src/store/sqlite/jobs/open-job-store.ts';
import type { Mailbox } from '../../src/mail/mailbox.ts';
import { sqliteSafetyStores } from '../../src/store/safety-stores.ts';
import { openSafety } from '../../src/safety/open-safety.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { silentFeed } from './changes-of.ts';
import { account, countSent, messageOf, openTestMailbox, openTestOutbox, senderOf } from './outbox-parts.ts';

const intervalMs = 10;

function partsOf(context: Parameters<typeof temporaryFolder>[0], open: (account: string) => Promise<Mailbox>) {
  const home = temporaryFolder(context);
  let passedMs = 0;
  const now = () => Date.now() + passedMs;
  const stores = sqliteSafetyStores(join(home, 'data'), now);
  const safety = openSafety({ folder: home, dataFolder: join(home, 'data') }, now, {
    safety: stores,
    feed: { feed: silentFeed },
  });
  const lines: string[] = [];
  const heard = new Set<() => void>();
  const write = (line: string) => {
    lines.push(line);
    for (const hear of heard) hear();
  };
  installLog(createLogWriter('test', () => 'info', write));
  const store = openSqliteJobStore(join(home, 'data'), Date.now);
  const monotonicMs = () => performance.now();
  context.after(() => {
    installLog(undefined);
    stores.close();
    store.close();
  });
  return {
    home,
    lines,
    services: { accounts: { open: (name?: string) => open(name ?? '') }, safety },
    /** A process that looks after the outbox much more often than a server does. */
    start: (services: Parameters<typeof outboxJob>[0]) =>
      runJobs({
        jobs: [{ ...outboxJob(services), everyMs: intervalMs }],
        store: () => store,
        now: Date.now,
        random: Math.random,
        monotonicMs,
      }),
    pass: (durationMs: number) => (passedMs += durationMs),
    /** Waits until something was logged. */
    logged: () =>
      new Promise<void>((resolve) => {
        heard.add(resolve);
        if (lines.length > 0) resolve();
      }),
  };
}

test('opens nothing in a home from which nothing was ever sent', async (t) => {
  const { services, home, start } = partsOf(t, () => Promise.reject(new Error('nobody asked for a mailbox')));
  const looked = Promise.withResolvers<void>();
  let looks = 0;
  const hasOutbox = () => {
    looks += 1;
    if (looks === 3) looked.resolve();
    return services.safety.hasOutbox();
  };
  const worker = start({ ...services, safety: { ...services.safety, hasOutbox } });
  await looked.promise;
  await worker.stop();
  assert.equal(existsSync(join(home, 'data', 'outbox.db')), false);
});

test('lets a message leave when it is time, under the call that asked for it, as background work', async (t) => {
  const sent = Promise.withResolvers<ReturnType<typeof currentContext>>();
  const opened: string[] = [];
  const parts = partsOf(t, (name) => {
    opened.push(name);
    return Promise.resolve(watched);
  });
  const { services, home, pass, start } = parts;
  const mailbox = openTestMailbox(t, home);
  const watched: Mailbox = {
    ...mailbox,
    async fileDraft(message) {
      sent.resolve(currentContext());
      return mailbox.fileDraft(message);
    },
  };
  const { setPolicy } = openTestOutbox(t, home);
  setPolicy({ graceSeconds: 600 });
  const outbox = services.safety.outbox();
  const actor = { requestId: 'asked', tokenName: 'agent', transport: 'mcp' } as const;
  await outbox.send(senderOf(mailbox, actor), messageOf('one'), {});
  const worker = start(services);
  pass(601_000);
  const context = await sent.promise;
  assert.equal(context?.requestId, 'asked');
  assert.equal(context?.tokenName, 'agent');
  assert.equal(context?.transport, 'mcp');
  assert.equal(context?.urgency, 'background');
  assert.ok((context?.deadlineMs ?? 0) > performance.now());
  await worker.stop();
  assert.deepEqual(opened, [account]);
  assert.deepEqual(await countSent(mailbox), new Map([['one', 1]]));
});

test('goes on after errors, and asks again after a pause that grows', async (t) => {
  let tries = 0;
  const { services, home, pass, lines, logged, start } = partsOf(t, () => {
    tries += 1;
    return Promise.reject(new AppError('NOT_FOUND', 'There is no such account.'));
  });
  const mailbox = openTestMailbox(t, home);
  const { setPolicy } = openTestOutbox(t, home);
  setPolicy({ graceSeconds: 60 });
  await services.safety.outbox().send(senderOf(mailbox), messageOf('one'), {});
  pass(61_000);
  const worker = start(services);
  await logged();
  await worker.stop();
  assert.equal(tries, 1);
  assert.match(lines.join(), /outbox entry failed/);
  assert.equal((await services.safety.outboxStore().list({ limit: 1 }))[0]?.state, 'waiting');
});

test('waits at its stop for the send that is under way, and begins no other', async (t) => {
  const { services, home, pass, start } = partsOf(t, () => Promise.resolve(slow));
  const mailbox = openTestMailbox(t, home);
  const reached = Promise.withResolvers<void>();
  const gate = Promise.withResolvers<void>();
  const slow: Mailbox = {
    ...mailbox,
    async sendDraft(id) {
      reached.resolve();
      await gate.promise;
      return mailbox.sendDraft(id);
    },
  };
  const { setPolicy } = openTestOutbox(t, home);
  setPolicy({ graceSeconds: 60 });
  for (const subject of ['one', 'two']) await services.safety.outbox().send(senderOf(mailbox), messageOf(subject), {});
  pass(61_000);
  const worker = start(services);
  await reached.promise;
  const stopped = worker.stop();
  gate.resolve();
  await stopped;
  assert.equal((await countSent(mailbox)).size, 1);
});

test('the pause after a turn that failed doubles, up to a quarter of an hour', async (t) => {
  const { services, home, pass } = partsOf(t, () => Promise.reject(new Error('never opened')));
  const mailbox = openTestMailbox(t, home);
  const { setPolicy } = openTestOutbox(t, home);
  setPolicy({ graceSeconds: 60 });
  const outbox = services.safety.outbox();
  await outbox.send(senderOf(mailbox), messageOf('one'), {});
  pass(61_000);
  const pauses: number[] = [];
  for (let turn = 0; turn < 10; turn += 1) {
    const failing = {
      open: () => Promise.reject(new Error('no')),
      signal: new AbortController().signal,
      onError: () => {},
    };
    assert.equal(await outbox.work(failing), 1);
    let pauseMs = 0;
    // The real clock goes on meanwhile, by less than a second.
    for (; !(await outbox.hasWork()) && pauseMs < 1_000_000; pauseMs += 1000) pass(1000);
    pauses.push(pauseMs / 1000);
  }
  assert.deepEqual(pauses, [5, 10, 20, 40, 80, 160, 320, 640, 900, 900]);
});
