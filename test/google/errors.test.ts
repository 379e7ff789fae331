import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite, test } from 'node:test';
import { gmailScopes } from '../../src/mail/gmail-methods.ts';
import { differences, noIdentities } from './compare-answers.ts';
import { assertKnown } from './known-differences.ts';
import { readErrors } from './read-samples.ts';
import { mail, openReplayWorld, owner, type ReplayWorld } from './replay-world.ts';

interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly json: unknown;
}

const path = '/gmail/v1/users/me';
const raw = (text: string): { raw: string } => ({ raw: Buffer.from(text).toString('base64url') });

/** How each of Google's errors comes about. */
const requests: Readonly<Record<string, (world: ReplayWorld) => Promise<Answer>>> = {
  'forwarding address unknown': ({ emulator }) =>
    emulator.call('POST', `${path}/settings/filters`, {
      body: { criteria: { from: 'a@example.com' }, action: { forward: 'nobody@example.com' } },
    }),
  'to header': ({ emulator }) =>
    emulator.call('POST', `${path}/messages/send`, { body: raw(mail({ From: owner, To: 'human@f' }, 'x')) }),
  'no recipient': ({ emulator }) =>
    emulator.call('POST', `${path}/messages/send`, { body: raw(mail({ From: owner, Subject: 'x' }, 'x')) }),
  '429 resource exhausted': ({ emulator }) => {
    emulator.settings.change({ unitsPerMinute: 1, quotaRefusal: 'resourceExhausted' });
    return emulator.call('GET', `${path}/messages`);
  },
  '403 quota': ({ emulator }) => {
    emulator.settings.change({ unitsPerMinute: 1 });
    return emulator.call('GET', `${path}/messages`);
  },
  'throttle of forwarding rules': ({ emulator }) => {
    const message = 'User-rate limit exceeded.  Retry after 2024-11-12T11:16:42.247Z (Forwarding rules)';
    emulator.faults.add({ match: '*.updateAutoForwarding', kind: 'status', status: 429, message });
    return emulator.call('PUT', `${path}/settings/autoForwarding`, {
      token: emulator.tokens.issue({ isServiceAccount: true }).accessToken,
      body: { enabled: false },
    });
  },
  async 'second watch'({ emulator, ask }) {
    await ask('POST', 'watch', { topicName: 'projects/my-project/topics/one' });
    return emulator.call('POST', `${path}/watch`, { body: { topicName: 'projects/my-project/topics/two' } });
  },
  async 'label conflict'({ emulator, ask }) {
    await ask('POST', 'labels', { name: 'Travel plans' });
    return emulator.call('POST', `${path}/labels`, { body: { name: 'Travel/Plans' } });
  },
  scope: ({ emulator }) => {
    const { accessToken } = emulator.tokens.issue({ scopes: [gmailScopes.metadata] });
    return emulator.call('POST', `${path}/labels`, { token: accessToken, body: { name: 'x' } });
  },
};

suite('an error of Google’s is the emulator’s, too', () => {
  const samples = readErrors();

  test('and none is left out', () => {
    assert.deepEqual(Object.keys(requests).toSorted(), Object.keys(samples).toSorted());
  });

  for (const [name, { status, body, headers = {} }] of Object.entries(samples)) {
    test(name, async (t) => {
      const answer = await requests[name]?.(await openReplayWorld(t));
      const ours = JSON.parse(JSON.stringify(answer?.json).replaceAll(/project_number:\d+/g, 'project_number:NNN'));
      const theirs = { status, ...(body === undefined ? {} : { body }) };
      const compared = { status: answer?.status, ...(body === undefined ? {} : { body: ours }) };
      assertKnown(`error: ${name}`, differences(theirs, compared, noIdentities()));
      for (const [header, value] of Object.entries(headers)) {
        const [start = ''] = value.split('…');
        assert.ok(answer?.headers.get(header)?.startsWith(start), `${header}: ${answer?.headers.get(header)}`);
      }
    });
  }
});

test('a part of a batch without a Content-ID is answered as Google does it', async (t) => {
  const { emulator } = await openReplayWorld(t);
  const recorded = readFileSync(join(import.meta.dirname, 'batch-part.txt'), 'utf8').split(/\r?\n/);
  const part = ['--b', 'Content-Type: application/http', '', `GET ${path}/profile`, '', '--b--', ''].join('\r\n');
  const { text } = await emulator.call('POST', '/batch/gmail/v1', {
    body: part,
    headers: { 'content-type': 'multipart/mixed; boundary=b' },
  });
  const [, ...headOfPart] = text.split('\r\n');
  assert.deepEqual(headOfPart.slice(0, 4), recorded.slice(1, 5));
});
