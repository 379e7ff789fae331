import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { suite, test, type TestContext } from 'node:test';
import { openSharedBudget } from '../../../src/gmail/channel/shared-budget.ts';
import type { LiveState } from '../../../src/store/live/live-state.ts';
import type { LoginStore, NewLogin } from '../../../src/store/live/login-store.ts';

/** What a home without live accounts shares of them, opened twice, as two processes do. */
interface OpenedLive {
  readonly states: readonly [LiveState, LiveState];
  readonly logins: readonly [LoginStore, LoginStore];
}

const me = 'me@example.org';
const you = 'you@example.org';

const sealedWith = (keyId: string) => ({ keyId, secret: randomBytes(40), clientSecret: randomBytes(20) });

const loginOf = (facts: Partial<NewLogin> = {}): NewLogin => ({
  emailAddress: me,
  kind: 'oauth',
  client: 'client',
  scopes: 'one two',
  createdMs: 1_700_000_000_000,
  refreshTokenExpiresMs: undefined,
  sealed: sealedWith('0000000a'),
  ...facts,
});

/** What every store of live accounts does, whatever it is kept in. */
export function exerciseLive(
  engine: string,
  open: (t: TestContext, now: () => number) => OpenedLive | Promise<OpenedLive>,
): void {
  suite(`live accounts: ${engine}`, () => {
    test('logins come back as they were stored, in the order of their addresses', async (t) => {
      const { logins } = await open(t, Date.now);
      const [here, there] = logins;
      const mine = loginOf();
      const yours = loginOf({ emailAddress: you, kind: 'serviceAccount', refreshTokenExpiresMs: 1_800_000_000_000 });
      assert.deepEqual(await here.list(), []);
      assert.equal(await here.write((rows) => rows.put(yours)), 1);
      assert.equal(await here.write((rows) => rows.put(mine)), 1);
      const stored = { generation: 1, reauthReason: undefined };
      const plain = (login: NewLogin | undefined) =>
        login && { ...login, sealed: Object.values(login.sealed).map((value) => Buffer.from(value).toString('hex')) };
      assert.deepEqual(
        (await there.list()).map(plain),
        [mine, yours].map((login) => plain({ ...login, ...stored })),
      );
      assert.equal(await there.find('nobody@example.org'), undefined);
    });

    test('no login gets a generation that another had, also after a removal', async (t) => {
      const { logins } = await open(t, Date.now);
      const [here, there] = logins;
      await here.write((rows) => rows.put(loginOf()));
      assert.equal(await there.write((rows) => rows.put(loginOf())), 2);
      assert.equal(await here.markReauth(me, 1, 'late'), false);
      assert.equal(await here.markReauth(me, 2, 'gone'), true);
      assert.equal(await there.markReauth(me, 2, 'gone'), false);
      assert.equal((await there.find(me))?.reauthReason, 'gone');
      await there.write((rows) => rows.remove({ emailAddress: me, generation: 2 }));
      await there.purge();
      assert.deepEqual(await here.list(), []);
      assert.equal(await here.write((rows) => rows.put(loginOf())), 3);
    });

    test('what a transaction of logins wrote before it failed is not there', async (t) => {
      const [here, there] = (await open(t, Date.now)).logins;
      await here.write((rows) => rows.put(loginOf()));
      const failed = here.write(async (rows) => {
        await rows.putSecrets(me, sealedWith('0000000b'));
        throw new Error('no');
      });
      await assert.rejects(failed, /^Error: no$/);
      assert.equal((await there.find(me))?.sealed.keyId, '0000000a');
    });

    test('an access token is shared, ends, and is not ended by who refused the one before', async (t) => {
      const [here, there] = (await open(t, Date.now)).states;
      const bytes = randomBytes(50);
      const token = {
        loginGeneration: 1,
        generation: 5,
        sealed: { keyId: 'k', bytes },
        receivedMs: 1,
        expiresMs: 9e12,
      };
      await here.accessTokens.put(me, token);
      await here.accessTokens.expire(me, 4);
      const found = await there.accessTokens.find(me);
      assert.deepEqual([found?.generation, found?.expiresMs], [5, 9e12]);
      assert.equal(Buffer.compare(Buffer.from(found?.sealed.bytes ?? []), bytes), 0);
      await there.accessTokens.expire(me, 5);
      assert.equal((await here.accessTokens.find(me))?.expiresMs, 0);
      await here.accessTokens.remove(me);
      assert.equal(await there.accessTokens.find(me), undefined);
    });

    test('a lease is one process’s, until it ends, is given back or taken by force', async (t) => {
      let nowMs = 1e12;
      const [here, there] = (await open(t, () => nowMs)).states;
      const first = await here.leases.take('token of me', 1000);
      assert.equal(first?.fence, 1);
      assert.equal(await there.leases.take('token of me', 1000), undefined);
      assert.equal((await there.leases.take('token of you', 1000))?.fence, 1);
      nowMs += 1001;
      const second = await there.leases.take('token of me', 1000);
      assert.equal(second?.fence, 2);
      assert.deepEqual([await here.leases.holds(first), await here.leases.holds(second)], [false, true]);
      await here.leases.release(first);
      assert.equal(await here.leases.take('token of me', 1000), undefined);
      assert.equal((await here.leases.take('token of me', 1000, true))?.fence, 3);
    });

    test('of many who ask at once one gets the lease', async (t) => {
      const { states } = await open(t, Date.now);
      const asked = Array.from({ length: 20 }, (_, n) => states[n % 2 === 0 ? 0 : 1].leases.take('token', 60_000));
      assert.equal((await Promise.all(asked)).filter((lease) => lease !== undefined).length, 1);
    });

    test('a follow state keeps what was not changed, and is read for several accounts at once', async (t) => {
      const [here, there] = (await open(t, Date.now)).states;
      await here.followStates.update(me, { askedMs: 5, failure: 'no network' });
      await there.followStates.update(me, { dueMs: 7 });
      await there.followStates.update(me, {});
      const { askedMs, dueMs, failure, toldSync } = await here.followStates.read(me);
      assert.deepEqual([askedMs, dueMs, failure, toldSync], [5, 7, 'no network', '']);
      const all = await there.followStates.readAll([you, me]);
      assert.deepEqual(
        [...all].map(([account, state]) => [account, state.askedMs]),
        [
          [you, 0],
          [me, 5],
        ],
      );
    });

    test('all processes together never take more units than there are, however many ask at once', async (t) => {
      const nowMs = 1e12;
      const { states } = await open(t, () => nowMs);
      const configuration = { quota: '2026', concurrency: 100 } as const;
      const budgetOf = (state: LiveState) =>
        openSharedBudget(me, { ...state, now: () => nowMs, random: () => 0.5 }, configuration);
      const budgets = [budgetOf(states[0]), budgetOf(states[1])] as const;
      const request = { units: 20, slots: 1, urgency: 'interactive', sinceMs: nowMs, timeoutMs: 1000 } as const;
      const answers = await Promise.all(
        Array.from({ length: 120 }, (_, n) => budgets[n % 2 === 0 ? 0 : 1].take({ ...request, sinceMs: nowMs + n })),
      );
      const permits = answers.flatMap((answer) => ('slotId' in answer ? [answer] : []));
      const taken = (await states[0].usage.list(me)).reduce((sum, { units }) => sum + units, 0);
      // A third of the minute's 6,000 units.
      assert.equal(permits.length, 99);
      assert.equal(taken, permits.length * 20);
      assert.equal(await states[1].slots.count(me), permits.length);
      const used = { isUnused: false, isAnswered: true };
      for (const permit of permits) await budgets[0].giveBack(permit, used);
      assert.equal(new Set(permits.map(({ slotId }) => slotId)).size, permits.length);
      await states[0].close();
      await states[1].close();
    });

    test('a freeze holds for all, a frozen method by itself', async (t) => {
      const [here, there] = (await open(t, Date.now)).states;
      const freeze = { setMs: 1, untilMs: 5, consecutive: 2, reason: 'Too fast.' };
      await here.write(me, (rows) => rows.freezes.put(me, freeze));
      await here.freezes.put(me, { ...freeze, reason: 'That method.' }, 'gmail.users.watch');
      assert.deepEqual(await there.freezes.find(me), freeze);
      assert.equal((await there.freezes.find(me, 'gmail.users.watch'))?.reason, 'That method.');
      await there.freezes.endRow(me, 1);
      assert.equal((await here.freezes.find(me))?.consecutive, 2);
      await there.freezes.endRow(me, 2);
      assert.equal((await here.freezes.find(me))?.consecutive, 0);
      assert.equal(await here.freezes.find(you), undefined);
    });

    test('what a process has is free when it closes, and nothing of others', async (t) => {
      const [here, there] = (await open(t, () => 1e12)).states;
      for (const state of [here, there]) {
        await state.slots.take(me, 2, 2e12);
        await state.tickets.put(me, { urgency: 0, sinceMs: 1, untilMs: 2e12 });
      }
      await here.leases.take('of here', 1e6);
      const whole = { afterMs: 0, latestMs: 3e12 };
      const place = { urgency: 1, sinceMs: 1 };
      assert.deepEqual(await there.tickets.look(me, place, whole), { hasEarlier: true, isWaiting: true });
      await here.close();
      assert.equal(await there.slots.count(me), 2);
      assert.deepEqual(await there.tickets.look(me, place, whole), { hasEarlier: false, isWaiting: true });
      await there.tickets.remove(me);
      assert.deepEqual(await there.tickets.look(me, place, whole), { hasEarlier: false, isWaiting: false });
      assert.equal((await there.leases.take('of here', 1e6))?.fence, 2);
    });
  });
}
