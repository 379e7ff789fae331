import assert from 'node:assert/strict';
import { after, before, suite, test } from 'node:test';
import { mail } from './hostile/attempt.ts';
import { attempts } from './hostile/attempts.ts';
import { friend, openHostileWorld } from './hostile/world.ts';
import type { HostileWorld, Rules } from './hostile/world.ts';

const grants = ['read', 'organize', 'draft', 'send', 'settings'] as const;

/** What an owner can forbid, each of which must be enough. */
const rules: Readonly<Record<string, Rules>> = {
  'with only drafts allowed': { grants: ['read', 'organize', 'draft', 'settings'], reachesFriend: false },
  'with strangers refused': { grants, policy: { recipients: { strangers: 'refuse' } }, reachesFriend: true },
  'with an allow list': { grants, policy: { recipients: { allow: ['@example.org'] } }, reachesFriend: true },
  'with a person who approves': { grants, policy: { sending: 'confirm' }, reachesFriend: false },
};

test('there are at least 60 attempts, each with a name of its own', () => {
  const titles = new Set(attempts.map(({ title }) => title));
  assert.equal(titles.size, attempts.length);
  assert.ok(titles.size >= 60);
});

/** On Gmail one by default, because each call goes the longer way; with HOSTILE=all, all of them. */
const onGmail = process.env.HOSTILE === 'all' ? Object.keys(rules) : ['with strangers refused'];

for (const backend of ['local', 'gmail'] as const) {
  for (const [situation, rule] of Object.entries(rules)) {
    if (backend === 'gmail' && !onGmail.includes(situation)) continue;
    suite(`a hostile agent on ${backend}, ${situation}`, () => {
      const cleanups: (() => unknown)[] = [];
      let world: HostileWorld;
      before(async () => {
        world = await openHostileWorld({ after: (clean) => void cleanups.push(clean) }, backend, rule);
      });
      after(async () => {
        for (const clean of cleanups.toReversed()) await clean();
      });

      for (const { title, go, harmless } of attempts) {
        test(title, async () => {
          const { code } = await go(world.hands);
          assert.match(
            code,
            /^(?:OK|PARKED|FORBIDDEN|INVALID_INPUT|NOT_FOUND|CONFLICT|TOO_LARGE|UNAUTHENTICATED|RATE_LIMITED|MCP error -?\d+)$/,
          );
          if (harmless === undefined) assert.notEqual(code, 'OK');
          await world.assertNothingGotOut();
        });
      }
    });
  }
}

for (const backend of ['local', 'gmail'] as const) {
  suite(`what a person approves on ${backend}`, () => {
    const confirm: Rules = { grants, policy: { sending: 'confirm' }, reachesFriend: true };

    test('is what was shown, whatever became of the draft since', async (t) => {
      const { hands, assertNothingGotOut } = await openHostileWorld(t, backend, confirm);
      const { rest, command } = hands;
      const { id } = (await rest('create_draft', { ...mail, to: [friend], body: 'Hello' })).json;
      const parked = await rest('send_draft', { id });
      assert.equal(parked.code, 'PARKED');
      const { outboxId, contentHash } = parked.json as { outboxId: string; contentHash: string };
      assert.equal((await rest('update_draft', { id, ...mail })).code, 'OK');
      const approve = ['outbox', 'approve', outboxId, '--hash', contentHash] as const;
      assert.equal((await command(...approve)).code, 77);
      // From here on a person sits at the terminal of this process.
      const before = Object.getOwnPropertyDescriptor(process.stdin, 'isTTY');
      Object.defineProperty(process.stdin, 'isTTY', { value: true, configurable: true });
      t.after(() => Object.defineProperty(process.stdin, 'isTTY', before ?? { value: false, configurable: true }));
      const { code, stderr } = await command(...approve);
      assert.deepEqual([code, stderr.startsWith('gmail-llm: CONFLICT: ')], [5, true], stderr);
      await assertNothingGotOut();
    });
  });
}
