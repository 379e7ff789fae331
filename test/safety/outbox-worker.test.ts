import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { currentContext } from '../../src/core/context.ts';
import { AppError } from '../../src/core/errors.ts';
import { createLogger } from '../../src/core/logger.ts';
import { startOutboxWorker } from '../../src/server/outbox-worker.ts';
import type { Mailbox } from '../../src/mail/mailbox.ts';
import { openSafety } from '../../src/safety/open-safety.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { silentFeed } from './changes-of.ts';
import { account, countSent, messageOf, openTestMailbox, openTestOutbox, senderOf } from './outbox-parts.ts';

const intervalMs = 10;

function partsOf(context: Parameters<typeof temporaryFolder>[0], open: (account: string) => Promise<Mailbox>) {
  const home = temporaryFolder(context);
  let passedMs = 0;
  const safety = openSafety({ folder: home, dataFolder: join(home, 'data') }, () => Date.now() + passedMs, silentFeed);
  const lines: string[] = [];
  const heard = new Set<() => void>();
  const logger = createLogger('test', 'info', (line) => {
    lines.push(line);
    for (const hear of heard) hear();
  });
  context.after(() => safety.close());
  return {
    home,
    lines,
    services: { accounts: { open: (name?: string) => open(name ?? '') }, safety, logger },
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
  const { services, home } = partsOf(t, () => Promise.reject(new Error('nobody asked for a mailbox')));
  const looked = Promise.withResolvers<void>();
  let looks = 0;
  const hasOutbox = () => {
    looks += 1;
    if (looks === 3) looked.resolve();
    return services.safety.hasOutbox();
  };
  const worker = startOutboxWorker({
    services: { ...services, safety: { ...services.safety, hasOutbox } },
    intervalMs,
  });
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
  const { services, home, pass } = parts;
  const mailbox = openTestMailbox(t, home);
  const watched: Mailbox = {
    ...mailbox,
    async createDraft(message) {
      sent.resolve(currentContext());
      return mailbox.createDraft(message);
    },
  };
  const { setPolicy } = openTestOutbox(t, home);
  setPolicy({ graceSeconds: 600 });
  const outbox = services.safety.outbox();
  const actor = { requestId: 'asked', tokenName: 'agent', transport: 'mcp' } as const;
  await outbox.send(senderOf(mailbox, actor), messageOf('one'), {});
  const worker = startOutboxWorker({ services, intervalMs });
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
  const { services, home, pass, lines, logged } = partsOf(t, () => {
    tries += 1;
    return Promise.reject(new AppError('NOT_FOUND', 'There is no such account.'));
  });
  const mailbox = openTestMailbox(t, home);
  const { setPolicy } = openTestOutbox(t, home);
  setPolicy({ graceSeconds: 60 });
  await services.safety.outbox().send(senderOf(mailbox), messageOf('one'), {});
  pass(61_000);
  const worker = startOutboxWorker({ services, intervalMs });
  await logged();
  await worker.stop();
  assert.equal(tries, 1);
  assert.match(lines.join(), /outbox entry failed/);
  assert.equal(services.safety.outboxStore().list({ limit: 1 })[0]?.state, 'waiting');
});

test('waits at its stop for the send that is under way, and begins no other', async (t) => {
  const { services, home, pass } = partsOf(t, () => Promise.resolve(slow));
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
  const worker = startOutboxWorker({ services, intervalMs });
  await reached.promise;
  const stopped = worker.stop();
  gate.resolve();
  await stopped;
  assert.equal((await countSent(mailbox)).size, 1);
});
