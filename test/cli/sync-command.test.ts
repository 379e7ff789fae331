import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { buildMail } from '../build-mail.ts';
import { logIn, runCommand, startCommand, startGoogle } from './command-harness.ts';

suite('gmail-llm sync', () => {
  test('fills the mirror of an account, and says how far it is', async (t) => {
    const { emulator, environment } = await startGoogle(t);
    assert.equal((await logIn(environment, ['--grants', 'read'])).code, 0);
    for (let number = 1; number <= 30; number += 1) {
      await emulator.deliver(undefined, buildMail({ subject: `${number}`, messageId: `${number}@x` }));
    }
    const off = await runCommand(['sync'], environment);
    assert.equal(off.code, 2);
    assert.match(off.stderr, /config set GMAIL_MIRROR on/);
    assert.match((await runCommand(['sync', '--status'], environment)).stdout, /^me@example\.org {2}no mirror/);

    const mirrored = { ...environment, GMAIL_MIRROR: 'on' };
    const [before] = JSON.parse((await runCommand(['sync', '--status', '--json'], mirrored)).stdout);
    assert.deepEqual([before.mirror.phase, before.mirror.messages], ['filling', 0]);
    const { code, stdout, stderr } = await runCommand(['sync', '--json'], mirrored);
    assert.equal(code, 0, stderr);
    const [after] = JSON.parse(stdout);
    assert.deepEqual(
      [after.account, after.mirror.phase, after.mirror.messages, after.mirror.total],
      ['me@example.org', 'complete', 30, 30],
    );
    assert.match((await runCommand(['sync', '--status'], mirrored)).stdout, /mirrored {2}30 messages/);
    const wrong = await runCommand(['sync', '--status', '--account', 'ann@example.org'], mirrored);
    assert.deepEqual([wrong.code, /no login of ann@example\.org/.test(wrong.stderr)], [4, true]);

    const deletion = ['sync', '--delete', '--account', 'me@example.org'];
    const early = await runCommand(deletion, mirrored);
    assert.deepEqual([early.code, /still mirrored/.test(early.stderr)], [2, true], early.stderr);
    const deleted = await runCommand(deletion, environment);
    assert.deepEqual([deleted.code, deleted.stdout], [0, 'Deleted: the mirror of me@example.org.\n']);
    const again = await runCommand(deletion, environment);
    assert.deepEqual([again.code, /no mirror of me@example\.org/.test(again.stderr)], [4, true]);
  });

  test('can be interrupted, and the next one goes on', async (t) => {
    const { emulator, environment } = await startGoogle(t);
    await logIn(environment, ['--grants', 'read']);
    for (let number = 1; number <= 50; number += 1) {
      await emulator.deliver(undefined, buildMail({ subject: `${number}`, messageId: `${number}@x` }));
    }
    const mirrored = { ...environment, GMAIL_MIRROR: 'me@example.org', GMAIL_QUOTA_UNITS_PER_MINUTE: '60000' };
    const fault = emulator.faults.add({ match: 'batch', kind: 'delay', milliseconds: 60_000 });
    const command = startCommand(['sync'], mirrored);
    await command.untilSaid(/% {2}0 of 50 messages.* units .* left/);
    command.interrupt();
    const { code, stderr } = await command.finished;
    assert.equal(code, 130);
    assert.match(stderr, /Run the same command again/);
    emulator.faults.clear(fault);
    assert.equal((await runCommand(['sync'], mirrored)).code, 0);
    assert.equal(emulator.counters.read().callsByMethod['gmail.users.messages.get'], 50);
  });
});
