import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { chmodSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { promisify } from 'node:util';
import { AppError } from '../../src/core/errors.ts';
import {
  createToken,
  createTokenCheck,
  listTokens,
  ownerToken,
  revokeToken,
  tokensFreshMs,
} from '../../src/server/tokens.ts';
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
  const module = join(import.meta.dirname, '../../src/server/tokens.ts');
  const script = `import { ownerToken } from ${JSON.stringify(module)}; console.log(ownerToken(${JSON.stringify(folder)}))`;
  const runs = await Promise.all(
    Array.from({ length: 4 }, () => promisify(execFile)(process.execPath, ['--input-type=module', '-e', script])),
  );
  assert.equal(new Set(runs.map((run) => run.stdout)).size, 1);
});

test('a made token is kept only as a hash and limited by its own grants and by the environment', (t) => {
  const folder = temporaryFolder(t);
  const token = createToken(folder, 'reader', ['read', 'delete'], now);
  assert.ok(!readFileSync(join(folder, 'tokens.json'), 'utf8').includes(token));
  const check = createTokenCheck(folder, new Set(['read', 'organize']));
  assert.deepEqual(check(`Bearer ${token}`), { name: 'reader', grants: new Set(['read']) });
  assert.deepEqual(check(`bearer ${ownerToken(folder)}`), { name: 'owner', grants: new Set(['read', 'organize']) });
});

test('a token that another process makes or revokes counts within a moment', (t) => {
  const folder = temporaryFolder(t);
  let nowMs = 0;
  const check = createTokenCheck(folder, everything, () => nowMs);
  assert.equal(check('Bearer nothing'), undefined);
  const token = createToken(folder, 'a', ['read'], now);
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
  createToken(folder, 'a', ['read'], now);
  const hasCode = (code: string) => (error: unknown) => error instanceof AppError && error.code === code;
  assert.throws(() => createToken(folder, 'a', ['read'], now), hasCode('CONFLICT'));
  assert.throws(() => createToken(folder, 'owner', ['read'], now), hasCode('CONFLICT'));
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
