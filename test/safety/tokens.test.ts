import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { chmodSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { promisify } from 'node:util';
import { AppError } from '../../src/core/errors.ts';
import { createToken, listTokens, revokeToken } from '../../src/safety/tokens/token-store.ts';
import { createTokenCheck, tokensFreshMs } from '../../src/safety/tokens/check-token.ts';
import { ownerToken } from '../../src/safety/tokens/owner-token.ts';
import { lastUsedMs } from '../../src/safety/tokens/token-uses.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const everything = new Set(['read', 'organize', 'draft', 'send', 'settings', 'delete'] as const);
const now = new Date(0);

test('the first token can be printed again and is for its owner only', (t) => {
  const folder = temporaryFolder(t);
  const token = ownerToken(folder);
  assert.match(token, /^gml_[\w-]{43}$/);
  assert.equal(ownerToken(folder), token);
  assert.equal(statSync(join(folder, 'token')).mode & 0o777, 0o600);
});

test('processes that start at once agree on the first token', async (t) => {
  const folder = temporaryFolder(t);
  const module = join(import.meta.dirname, '../../src/safety/tokens/owner-token.ts');
  const script = `import { ownerToken } from ${JSON.stringify(module)}; console.log(ownerToken(${JSON.stringify(folder)}))`;
  const runs = await Promise.all(
    Array.from({ length: 4 }, () => promisify(execFile)(process.execPath, ['--input-type=module', '-e', script])),
  );
  assert.equal(new Set(runs.map((run) => run.stdout)).size, 1);
});

test('a made token is kept only as a hash and limited by its own grants and by the environment', (t) => {
  const folder = temporaryFolder(t);
  const token = createToken(folder, { name: 'reader', grants: ['read', 'delete'] }, now);
  assert.ok(!readFileSync(join(folder, 'tokens.json'), 'utf8').includes(token));
  const check = createTokenCheck(folder, new Set(['read', 'organize']));
  assert.deepEqual(check(`Bearer ${token}`), { name: 'reader', grants: new Set(['read']) });
  assert.deepEqual(check(`bearer ${ownerToken(folder)}`), {
    name: 'owner',
    grants: new Set(['read', 'organize', 'admin']),
  });
});

test('a token that another process makes or revokes counts within a moment', (t) => {
  const folder = temporaryFolder(t);
  let nowMs = 0;
  const check = createTokenCheck(folder, everything, { monotonicMs: () => nowMs });
  assert.equal(check('Bearer nothing'), undefined);
  const token = createToken(folder, { name: 'a', grants: ['read'] }, now);
  nowMs += tokensFreshMs;
  assert.equal(check(`Bearer ${token}`)?.name, 'a');
  revokeToken(folder, 'a');
  nowMs += tokensFreshMs;
  assert.equal(check(`Bearer ${token}`), undefined);
  assert.deepEqual(listTokens(folder), []);
});

for (const header of [undefined, '', 'Bearer', 'Bearer ', 'Basic abc', 'Bearer a b', 'gml_x']) {
  test(`the header ${JSON.stringify(header)} lets nobody in`, (t) => {
    assert.equal(createTokenCheck(temporaryFolder(t), everything)(header), undefined);
  });
}

test('a name that is taken is refused, an unknown one cannot be revoked', (t) => {
  const folder = temporaryFolder(t);
  createToken(folder, { name: 'a', grants: ['read'] }, now);
  const hasCode = (code: string) => (error: unknown) => error instanceof AppError && error.code === code;
  assert.throws(() => createToken(folder, { name: 'a', grants: ['read'] }, now), hasCode('CONFLICT'));
  assert.throws(() => createToken(folder, { name: 'owner', grants: ['read'] }, now), hasCode('CONFLICT'));
  assert.throws(() => revokeToken(folder, 'b'), hasCode('NOT_FOUND'));
});

test('a token file that others can read is refused, and so is a damaged one', (t) => {
  const folder = temporaryFolder(t);
  ownerToken(folder);
  chmodSync(join(folder, 'token'), 0o644);
  assert.throws(() => ownerToken(folder), /can be read by other users/);
  writeFileSync(join(folder, 'tokens.json'), '[{"name":1}]', { mode: 0o600 });
  assert.throws(() => listTokens(folder), /cannot be read: it is not a list of tokens/);
});

test('a token is limited to its accounts, and has `admin` only when it was made with it, whatever GMAIL_GRANTS says', (t) => {
  const folder = temporaryFolder(t);
  const accounts = ['ann@example.org'];
  const limited = createToken(folder, { name: 'limited', grants: ['read'], accounts }, now);
  const admin = createToken(folder, { name: 'admin', grants: ['read', 'send', 'admin'] }, now);
  const check = createTokenCheck(folder, new Set(['read']));
  const expected = { name: 'limited', grants: new Set(['read']), accounts: new Set(accounts) };
  assert.deepEqual(check(`Bearer ${limited}`), expected);
  assert.deepEqual(check(`Bearer ${admin}`), { name: 'admin', grants: new Set(['read', 'admin']) });
  assert.deepEqual(check(`Bearer ${ownerToken(folder)}`), { name: 'owner', grants: new Set(['read', 'admin']) });
});

test('a token is limited to its toolsets, where it has some', (t) => {
  const folder = temporaryFolder(t);
  const token = createToken(folder, { name: 'small', grants: ['read'], toolsets: ['core', 'threads'] }, now);
  const principal = createTokenCheck(folder, everything)(`Bearer ${token}`);
  assert.deepEqual(principal?.toolsets, new Set(['core', 'threads']));
  assert.equal(createTokenCheck(folder, everything)(`Bearer ${ownerToken(folder)}`)?.toolsets, undefined);
});

test('a token ends when it expires, and says so', (t) => {
  const folder = temporaryFolder(t);
  let nowMs = Date.UTC(2026, 10, 28, 12);
  const expiresAt = '2026-11-28T13:00:00.000Z';
  const token = createToken(folder, { name: 'brief', grants: ['read'], expiresAt }, now);
  const check = createTokenCheck(folder, everything, { now: () => nowMs });
  nowMs += 3_599_999;
  assert.equal(check(`Bearer ${token}`)?.name, 'brief');
  nowMs += 1;
  assert.throws(() => check(`Bearer ${token}`), {
    code: 'UNAUTHENTICATED',
    message: `The token brief expired at ${expiresAt}.`,
  });
});

test('when a token was last used is known to a minute, from every process, until it is revoked', (t) => {
  const folder = temporaryFolder(t);
  const startMs = Date.UTC(2026, 10, 28, 12);
  let nowMs = startMs;
  const token = createToken(folder, { name: '..', grants: ['read'] }, now);
  const check = createTokenCheck(folder, everything, { now: () => nowMs });
  assert.equal(lastUsedMs(folder, '..'), undefined);
  assert.equal(check('Bearer x'), undefined);
  check(`Bearer ${token}`);
  assert.equal(lastUsedMs(folder, '..'), startMs);
  nowMs += 59_999;
  check(`Bearer ${token}`);
  assert.equal(lastUsedMs(folder, '..'), startMs);
  nowMs += 1;
  check(`Bearer ${token}`);
  assert.equal(lastUsedMs(folder, '..'), startMs + 60_000);
  revokeToken(folder, '..');
  assert.equal(lastUsedMs(folder, '..'), undefined);
});

test('tokens that processes create at once are all there', async (t) => {
  const folder = temporaryFolder(t);
  const module = join(import.meta.dirname, '../../src/safety/tokens/token-store.ts');
  const script = (name: string): string => `
    import { createToken } from ${JSON.stringify(module)};
    for (let n = 0; n < 5; n += 1) {
      createToken(${JSON.stringify(folder)}, { name: ${JSON.stringify(name)} + n, grants: ['read'] }, new Date());
    }`;
  const names = ['a', 'b', 'c'];
  await Promise.all(
    names.map((name) => promisify(execFile)(process.execPath, ['--input-type=module', '-e', script(name)])),
  );
  const expected = names.flatMap((name) => [0, 1, 2, 3, 4].map((n) => `${name}${n}`));
  assert.deepEqual(
    listTokens(folder)
      .map(({ name }) => name)
      .toSorted(),
    expected,
  );
});

test('a lock of a process that died is not waited for in vain', (t) => {
  const folder = temporaryFolder(t);
  writeFileSync(join(folder, 'tokens.json.lock'), '');
  createToken(folder, { name: 'a', grants: ['read'] }, now);
  assert.equal(listTokens(folder).length, 1);
});
