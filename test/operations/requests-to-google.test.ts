import assert from 'node:assert/strict';
import { after, before, suite, test } from 'node:test';
import { buildMail } from '../build-mail.ts';
import { startTestEmulator } from '../support/emulator.ts';
import type { TestEmulator } from '../support/emulator.ts';
import { owner } from './door-passes.ts';
import type { Json } from './door-passes.ts';
import { startTwoDoors } from './two-doors.ts';
import type { TwoDoors } from './two-doors.ts';

suite('what one call asks of Google', () => {
  const cleanups: (() => unknown)[] = [];
  let emulator: TestEmulator;
  let doors: TwoDoors;
  let received = '';
  let draft = '';

  before(async () => {
    const context = { after: (clean: () => unknown) => void cleanups.push(clean) };
    emulator = await startTestEmulator(context);
    doors = await startTwoDoors(context, async () => ({
      GMAIL_BACKEND: 'gmail',
      GMAIL_API_ROOT_URL: emulator.rootUrl,
      GMAIL_OAUTH_ROOT_URL: emulator.rootUrl,
      GMAIL_ACCOUNT: owner,
      GMAIL_ACCESS_TOKEN: emulator.account.accessToken,
      GMAIL_QUOTA_UNITS_PER_MINUTE: '1000000',
    }));
    const mailbox = emulator.mailbox();
    const mail = buildMail({ from: 'Ann <ann@example.org>', to: owner, subject: 'Plan' });
    received = (await mailbox.importMessage({ raw: mail, labelIds: ['INBOX'] })).id;
    draft = (await mailbox.createDraft({ raw: buildMail({ from: owner, to: 'ann@example.org' }) })).id;
    await mailbox.createLabel({ name: 'Work' });
    // Where the history stands is asked once in the life of a cache.
    await callsOf('get_profile', {});
  });
  after(async () => {
    for (const clean of cleanups.toReversed()) await clean();
  });

  /** The requests of a call, by method, and the status that it was answered with. */
  async function callsOf(name: string, input: Json): Promise<Readonly<Record<string, number>>> {
    emulator.counters.reset();
    const { status, json } = await doors.overRest(name, input);
    assert.ok(status < 300, `${name}: ${JSON.stringify(json)}`);
    const { requests, callsByMethod } = emulator.counters.read();
    const calls = Object.entries(callsByMethod);
    const asked = calls.reduce((total, [, count]) => total + count, 0);
    assert.equal(requests, asked, 'nothing else was requested');
    return Object.fromEntries(calls.map(([method, count]) => [method.replace('gmail.users.', ''), count]));
  }

  const sending = {
    'settings.sendAs.list': 1,
    'messages.list': 1,
    'drafts.create': 1,
    'drafts.get': 1,
    'drafts.send': 1,
  };
  const mail = { to: ['ann@example.org'], subject: 'Hello', body: 'Hello' };

  // In this order: each finds what the ones before have left.
  const cases: readonly (readonly [what: string, name: string, input: () => Json, expected: Json])[] = [
    ['a message to somebody new', 'send_message', () => mail, sending],
    ['a message to somebody known', 'send_message', () => mail, { ...sending, 'messages.get': 1 }],
    ['a reply', 'send_message', () => ({ replyTo: received, body: 'Yes' }), { ...sending, 'messages.get': 2 }],
    [
      'a draft that is sent',
      'send_draft',
      () => ({ id: draft }),
      {
        'settings.sendAs.list': 1,
        'messages.list': 1,
        'messages.get': 1,
        getProfile: 1,
        'drafts.get': 2,
        'drafts.send': 1,
      },
    ],
    ['a draft', 'create_draft', () => mail, { 'settings.sendAs.list': 1, 'drafts.create': 1, 'messages.get': 1 }],
    [
      'a setting',
      'update_vacation',
      () => ({ enableAutoReply: true, responseSubject: 'Away' }),
      { 'settings.getVacation': 1, 'settings.updateVacation': 1 },
    ],
    [
      'an address to send as',
      'update_send_as',
      () => ({ sendAsEmail: owner, displayName: 'Me' }),
      { 'settings.sendAs.list': 1, 'settings.sendAs.patch': 1 },
    ],
    ['a label', 'update_label', () => ({ id: 'Work', name: 'Job' }), { 'labels.list': 1, 'labels.patch': 1 }],
    [
      'a filter',
      'create_filter',
      () => ({ criteria: { from: 'ann' }, action: { addLabelIds: ['STARRED'] } }),
      { 'labels.list': 1, 'settings.filters.create': 1 },
    ],
  ];
  for (const [what, name, input, expected] of cases) {
    test(`${what}: ${Object.values(expected).reduce((total: number, count) => total + Number(count), 0)}`, async () => {
      assert.deepEqual(await callsOf(name, input()), expected);
    });
  }
});
