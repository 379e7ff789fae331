import assert from 'node:assert/strict';
import { test } from 'node:test';
import { tokenGrants } from '../../src/core/grants.ts';
import { AppError } from '../../src/core/errors.ts';
import { fillHome, locateHome } from '../../src/core/home.ts';
import { invoke } from '../../src/operations/kernel/invoke.ts';
import { revokeTokenOperation } from '../../src/operations/admin/token-operations.ts';
import { openHomeServices } from '../support/home-services.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

test('a change of the installation whose answer is lost has the end unknown, one that is refused the end failed', async (t) => {
  const home = locateHome({ GMAIL_HOME: temporaryFolder(t) });
  fillHome(home);
  const { services, close } = openHomeServices(home, {});
  t.after(close);
  const { safety } = services;
  await safety.tokens.create({ name: 'agent', grants: ['read'] }, new Date());
  const lost = {
    ...safety.tokens,
    async revoke(name: string) {
      await safety.tokens.revoke(name);
      throw new AppError('UNAVAILABLE', 'The answer is lost.');
    },
  };
  const cutOff = { ...services, safety: { ...safety, tokens: lost } };
  const caller = { grants: new Set(tokenGrants), signal: t.signal };
  const revoke = (by: typeof services) => invoke(by, revokeTokenOperation, { name: 'agent' }, caller);
  await assert.rejects(revoke(cutOff), { code: 'UNAVAILABLE' });
  await assert.rejects(revoke(services), { code: 'NOT_FOUND' });
  const ends = (await safety.audit().list({ limit: 10 })).filter(({ event }) => event !== 'begun');
  assert.deepEqual(
    ends.map(({ event, facts }) => [event, facts.code]),
    [
      ['failed', 'NOT_FOUND'],
      ['unknown', 'UNAVAILABLE'],
    ],
  );
});
