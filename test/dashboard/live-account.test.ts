import assert from 'node:assert/strict';
import { test } from 'node:test';
import { buildMail } from '../build-mail.ts';
import { logIn, runCommand, startGoogle, storeOf } from '../cli/command-harness.ts';
import { signIn, startDashboard } from './dashboard-server.ts';

test('a live account is shown with its mirror, and its dead login as what wants a person', async (t) => {
  const { emulator, environment: google } = await startGoogle(t);
  const environment = { ...google, GMAIL_MIRROR: 'on' };
  assert.equal((await logIn(environment, ['--grants', 'read'])).code, 0);
  for (const subject of ['one', 'two', 'three']) {
    await emulator.deliver(undefined, buildMail({ subject, messageId: `${subject}@x` }));
  }
  const given = Object.fromEntries(
    Object.entries(environment).filter((entry): entry is [string, string] => entry[1] !== undefined),
  );
  const dashboard = await startDashboard(t, given);
  const { path, cookie } = await signIn(dashboard);
  const read = async (about: string) => (await dashboard.send('GET', `${path}${about}`, { cookie })).text;
  assert.match(await read('/accounts'), /me@example\.org.*Gmail.*connected.*being filled, 0 %/s);
  assert.equal((await runCommand(['sync'], environment)).code, 0);
  const mirrored = await read('/accounts');
  assert.match(
    mirrored,
    /id="mirrors".*whole.*resting.*\d+ s old.*none.*<td class="number" data-label="Messages">3<\/td>/s,
  );
  assert.match(
    await read('/'),
    /me@example\.org.*ready.*<td class="number" data-label="Messages">3<\/td>.*whole.*[1-9]\d* of 5,880\b/s,
  );

  // Another process has found it out.
  storeOf(t, environment).markReauth('me@example.org', 1, 'Google has ended this login.');
  assert.match(await read('/'), /id="needs".*me@example\.org.*gmail-llm login/s);
  const dead = await read('/accounts');
  assert.match(dead, /needs a login.*gmail-llm login --account me@example\.org/s);
});
