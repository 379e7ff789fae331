import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { locateHome } from '../../../src/core/home.ts';
import { startHomeJobs } from '../../../src/server/jobs/home-jobs.ts';
import { eventually } from '../../support/eventually.ts';
import { openHomeServices } from '../../support/home-services.ts';
import { startRestServer, type TestRestServer } from '../../support/rest-server.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';
import { done, startProcess } from '../command-harness.ts';
import { filledHome, owner } from './filled-home.ts';

/** How long an outbox is waited for: as long as the shorter test may take. */
const longestMs = 120_000;

type Row = Readonly<Record<string, unknown>>;

/** What a call answered; a refusal ends the test. */
async function ok(server: TestRestServer, method: string, path: string, body?: unknown): Promise<Row> {
  const { status, json } = await server.call(method, path, body);
  assert.ok(status < 300, JSON.stringify(json));
  return json;
}

/** Sends a message, stars it, sends the next one: what a copy holds is a beginning of that, or it is of no one moment. */
async function sendAndStar(server: TestRestServer, steps: { begun: number; done: number }, signal: AbortSignal) {
  for (let number = 0; !signal.aborted; number += 1) {
    steps.begun += 1;
    const { id } = await ok(server, 'POST', '/api/messages/send', {
      to: ['bob@example.org'],
      subject: `Number ${number}`,
      body: 'b',
      idempotencyKey: `number-${number}`,
    });
    steps.done += 1;
    steps.begun += 1;
    await ok(server, 'POST', '/api/messages/modify', { ids: [id], addLabelIds: ['STARRED'] });
    steps.done += 1;
  }
}

/** Writes, changes and deletes drafts, every third of which stays. */
async function draft(server: TestRestServer, signal: AbortSignal): Promise<void> {
  for (let number = 0; !signal.aborted; number += 1) {
    const mail = { to: ['bob@example.org'], subject: `Draft ${number}`, body: 'first' };
    const { id } = await ok(server, 'POST', '/api/drafts', mail);
    await ok(server, 'PUT', `/api/drafts/${String(id)}`, { ...mail, body: 'second' });
    if (number % 3 > 0) await ok(server, 'DELETE', `/api/drafts/${String(id)}`);
  }
}

/** The subjects and the starred subjects of what was sent, from a home in which nothing runs. */
async function sentIn(environment: Readonly<Record<string, string>>) {
  const answer = await done(
    ['call', 'search_messages', '--q', 'in:sent subject:Number', '--maxResults', '500'],
    environment,
  );
  const { messages } = JSON.parse(answer) as { messages: { subject: string; labelIds: string[] }[] };
  const numbers = (rows: typeof messages) =>
    rows.map(({ subject }) => Number(subject.split(' ')[1])).toSorted((a, b) => a - b);
  return { sent: numbers(messages), starred: numbers(messages.filter(({ labelIds }) => labelIds.includes('STARRED'))) };
}

/** Lets a home do what a server does by itself until the outbox has nothing to do. */
async function runOutbox(t: TestContext, folder: string): Promise<void> {
  const { services, close } = openHomeServices(locateHome({ GMAIL_HOME: folder }), { GMAIL_GRANTS: 'all' });
  const jobs = startHomeJobs(services);
  t.after(async () => {
    await jobs.stop();
    await close();
  });
  await eventually('an outbox at rest', async () => !(await services.safety.outbox().hasWork()), longestMs);
}

test(
  'a backup while mail is sent, labelled and drafted is of one moment, and its copy sends nothing again',
  { timeout: 240_000 },
  async (t) => {
    const { GMAIL_HOME } = await filledHome(t);
    const environment = { GMAIL_HOME, GMAIL_ACCOUNT: owner, GMAIL_GRANTS: 'all' };
    writeFileSync(
      join(GMAIL_HOME, 'policy.json'),
      '{"sending": "direct", "limits": {"perHour": 10000, "perDay": 10000}}\n',
    );
    const server = await startRestServer(t, environment);
    const stop = new AbortController();
    const steps = { begun: 0, done: 0 };
    const load = Promise.all([sendAndStar(server, steps, stop.signal), draft(server, stop.signal)]);
    const rounds: { folder: string; least: number; most: number }[] = [];
    for (let round = 0; round < 2; round += 1) {
      while (steps.done < round * 10 + 5) await Promise.race([load, new Promise((resolve) => setTimeout(resolve, 20))]);
      const file = join(temporaryFolder(t), 'home.tar.zst');
      const least = steps.done;
      // A process of its own, as people run it.
      const { code, stderr } = await startProcess(t, ['backup', file], environment).finished;
      assert.equal(code, 0, stderr);
      const most = steps.begun;
      const folder = join(temporaryFolder(t), 'copy');
      await done(['restore', file], { ...environment, GMAIL_HOME: folder });
      rounds.push({ folder, least, most });
    }
    stop.abort();
    await load;

    for (const { folder, least, most } of rounds) {
      const copy = { ...environment, GMAIL_HOME: folder };
      assert.deepEqual((JSON.parse(await done(['check', '--json'], copy)) as Row).findings, []);
      const before = await sentIn(copy);
      const count = before.sent.length;
      assert.deepEqual(
        before.sent,
        Array.from({ length: count }, (_, index) => index),
        'a beginning of what was sent',
      );
      assert.ok(
        before.starred.every((number, index) => number === index),
        'a beginning of what was starred',
      );
      assert.ok(count - before.starred.length <= 1, 'each was starred before the next was sent');
      const made = count + before.starred.length;
      assert.ok(made >= least && made <= most, `${least} <= ${made} <= ${most}`);
      // A copy that begins to work sends nothing that it has sent.
      await runOutbox(t, folder);
      assert.deepEqual(await sentIn(copy), before);
      const { messages: drafts } = JSON.parse(await done(['call', 'search_messages', '--q', 'in:drafts'], copy)) as {
        messages: Row[];
      };
      assert.ok(drafts.length > 0);
    }
  },
);

test(
  'what waited to leave waits for approval in the copy, and the home that was backed up sends it',
  { timeout: 120_000 },
  async (t) => {
    const { GMAIL_HOME } = await filledHome(t);
    const environment = { GMAIL_HOME, GMAIL_ACCOUNT: owner, GMAIL_GRANTS: 'all' };
    writeFileSync(join(GMAIL_HOME, 'policy.json'), '{"sending": "direct", "graceSeconds": 2}\n');
    const send = ['call', 'send_message', '--to', 'bob@example.org', '--subject', 'Number 0', '--body', 'b'];
    const { state, outboxId } = JSON.parse(await done(send, environment)) as Row;
    assert.equal(state, 'waiting');
    const file = join(temporaryFolder(t), 'home.tar.zst');
    await done(['backup', file], environment);
    const copy = { ...environment, GMAIL_HOME: join(temporaryFolder(t), 'copy') };
    assert.match(
      await done(['restore', file], copy),
      /^1 message waits for approval instead of being sent.*: gmail-llm outbox$/m,
    );
    assert.deepEqual((JSON.parse(await done(['check', '--json'], copy)) as Row).findings, []);
    const [begin, end] = (JSON.parse(await done(['audit', '--json'], copy)) as Row[]).slice(-2);
    assert.deepEqual(
      [begin, end].map((entry) => [entry?.event, entry?.operation, entry?.account]),
      [
        ['begun', 'restore', owner],
        ['done', 'restore', owner],
      ],
    );
    const { method, from, target } = (begin as { facts: Row }).facts;
    assert.deepEqual([method, from, (target as Row).outboxId], ['parkSend', 'waiting', outboxId]);
    assert.match(await done(['audit', '--verify'], copy), /The chain is whole/);

    await runOutbox(t, GMAIL_HOME);
    await eventually('the send', async () => (await sentIn(environment)).sent.length > 0, longestMs);
    assert.deepEqual((await sentIn(environment)).sent, [0]);
    await runOutbox(t, copy.GMAIL_HOME);
    assert.deepEqual((await sentIn(copy)).sent, []);
    assert.match(
      await done(['outbox', 'show', String(outboxId)], copy),
      /Restored from a backup of .*may have been sent since/,
    );
  },
);
