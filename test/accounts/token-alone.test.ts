import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startTestEmulator } from '../support/emulator.ts';
import { startRestServer } from '../support/rest-server.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

test('a server with an access token and no account is ready, and serves the account that the token is of', async (t) => {
  const emulator = await startTestEmulator(t);
  const { url, token } = await startRestServer(t, {
    GMAIL_HOME: temporaryFolder(t),
    GMAIL_BACKEND: 'gmail',
    GMAIL_API_ROOT_URL: emulator.rootUrl,
    GMAIL_OAUTH_ROOT_URL: emulator.rootUrl,
    GMAIL_ACCESS_TOKEN: emulator.account.accessToken,
  });
  const get = async (path: string): Promise<{ status: number; json: Record<string, unknown> }> => {
    const response = await fetch(`${url}${path}`, { headers: { authorization: `Bearer ${token}` } });
    return { status: response.status, json: Object(await response.json()) };
  };
  // Whose token it is is not known before the first call: being ready asks nobody.
  const before = await get('/health/ready');
  assert.deepEqual([before.status, before.json.status, before.json.account], [200, 'ready', undefined]);
  assert.equal((await get('/api/profile')).json.emailAddress, 'me@example.org');
  const after = await get('/health/ready');
  assert.deepEqual([after.status, after.json.status, after.json.account], [200, 'ready', 'me@example.org']);
  assert.equal((await get('/api/profile?account=me%40example.org')).status, 200);
  assert.equal((await get('/api/profile?account=you%40example.org')).json.code, 'NOT_FOUND');
});
