import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseConfiguration } from '../../src/core/configuration.ts';
import { AppError } from '../../src/core/errors.ts';

function faultsOf(environment: Record<string, string>): readonly string[] {
  try {
    parseConfiguration(environment);
  } catch (error) {
    assert.ok(error instanceof AppError);
    assert.equal(error.code, 'INVALID_INPUT');
    return error.details.faults ?? [];
  }
  return [];
}

test('an empty environment gives the documented defaults', () => {
  const configuration = parseConfiguration({});
  assert.deepEqual(configuration, {
    host: '127.0.0.1',
    allowedHosts: [],
    mcpPort: 8001,
    apiPort: 8000,
    dashboardPort: 8002,
    backend: 'local',
    grants: new Set(['read', 'organize', 'draft', 'send']),
    toolsets: new Set(['core']),
    channelSenders: [],
    auth: 'token',
    logLevel: 'info',
    apiRootUrl: 'https://gmail.googleapis.com/',
    oauthRootUrl: 'https://accounts.google.com/',
    keyStore: 'file',
    quota: '2026',
    concurrency: 8,
    cache: 'encrypted',
    cacheMegabytes: 500,
    mirror: 'off',
    mirrorSpamTrash: false,
  });
});

test('the live account can be configured, and a secret is not shown when it is faulty', () => {
  const { clientId, clientSecret, keyStore, quota, quotaUnitsPerMinute, concurrency, cache } = parseConfiguration({
    GMAIL_CLIENT_ID: 'id.apps.googleusercontent.com',
    GMAIL_CLIENT_SECRET: 'GOCSPX-made-up',
    GMAIL_KEY_STORE: 'keyring',
    GMAIL_QUOTA: 'legacy',
    GMAIL_QUOTA_UNITS_PER_MINUTE: '12000',
    GMAIL_CONCURRENCY: '4',
    GMAIL_CACHE: 'off',
  });
  assert.deepEqual(
    [clientId, clientSecret, keyStore, quota, quotaUnitsPerMinute, concurrency, cache],
    ['id.apps.googleusercontent.com', 'GOCSPX-made-up', 'keyring', 'legacy', 12_000, 4, 'off'],
  );
  assert.deepEqual(faultsOf({ GMAIL_CLIENT_SECRET: 'two words', GMAIL_CONCURRENCY: '0' }), [
    'GMAIL_CLIENT_SECRET: expected printable characters without spaces, got something else',
    'GMAIL_CONCURRENCY: expected a whole number from 1 to 100, got "0"',
  ]);
});

test('sending is not granted by default on a live account', () => {
  assert.deepEqual(parseConfiguration({ GMAIL_BACKEND: 'gmail' }).grants, new Set(['read', 'organize', 'draft']));
});

test('every fault is reported at once, with the variable, what was expected and what was found', () => {
  assert.deepEqual(faultsOf({ GMAIL_MCP_PORT: '80000', GMAIL_BACKEND: 'imap', GMAIL_GRANTS: 'read,fly' }), [
    'GMAIL_BACKEND: expected one of local, gmail, got "imap"',
    'GMAIL_MCP_PORT: expected a port from 0 to 65535, got "80000"',
    'GMAIL_GRANTS: expected a comma-separated list of read, organize, draft, send, settings, delete, or all, got "read,fly"',
  ]);
});

test('a misspelt variable is refused instead of ignored', () => {
  assert.deepEqual(faultsOf({ GMAIL_GRANT: 'read' }), [
    'GMAIL_GRANT: this variable is not known; did you mean GMAIL_GRANTS?',
  ]);
  assert.match(faultsOf({ GMAIL_NOTHING_SUCH: '1' })[0] ?? '', /: expected one of GMAIL_HOST, .*not known$/);
});

test('doors without tokens are refused on an address that others can reach', () => {
  assert.deepEqual(faultsOf({ GMAIL_AUTH: 'none', GMAIL_HOST: '0.0.0.0' }), [
    'GMAIL_AUTH: expected token, as GMAIL_HOST is not a loopback address, got "none" with "0.0.0.0"',
  ]);
  assert.deepEqual(faultsOf({ GMAIL_AUTH: 'none', GMAIL_HOST: '::1' }), []);
});

test('an IPv6 address may stand in brackets', () => {
  assert.equal(parseConfiguration({ GMAIL_HOST: '[::1]' }).host, '::1');
  assert.equal(parseConfiguration({ GMAIL_HOST: '::1' }).host, '::1');
});

test('a port of the page that another server has is refused where it is given, and no reason not to start that server', () => {
  assert.deepEqual(faultsOf({ GMAIL_DASHBOARD_PORT: '8000' }), [
    'GMAIL_DASHBOARD_PORT: expected another port than GMAIL_API_PORT, got 8000 for both',
  ]);
  assert.deepEqual(faultsOf({ GMAIL_API_PORT: '8002' }), []);
});

test('one port for both servers is refused', () => {
  assert.deepEqual(faultsOf({ GMAIL_MCP_PORT: '8000' }), [
    'GMAIL_API_PORT: expected another port than GMAIL_MCP_PORT, got 8000 for both',
  ]);
});

for (const url of [
  'http://gmail.googleapis.com/',
  'https://evil.example/',
  'https://gmail.googleapis.com.evil.example/',
  'x',
]) {
  test(`the Gmail API is not taken to be at ${url}`, () => {
    assert.equal(faultsOf({ GMAIL_API_ROOT_URL: url }).length, 1);
  });
}

test('the Gmail API may be an emulator on this machine', () => {
  assert.equal(
    parseConfiguration({ GMAIL_API_ROOT_URL: 'http://127.0.0.1:9000/' }).apiRootUrl,
    'http://127.0.0.1:9000/',
  );
});

test('a faulty access token is not shown', () => {
  const [fault = ''] = faultsOf({ GMAIL_ACCESS_TOKEN: 'secret with spaces' });
  assert.equal(fault, 'GMAIL_ACCESS_TOKEN: expected printable characters without spaces, got something else');
});

test('accounts to be mirrored are all, none, or those that are named', () => {
  const mirrored = (GMAIL_MIRROR: string) => parseConfiguration({ GMAIL_MIRROR }).mirror;
  assert.equal(mirrored('on'), 'on');
  assert.deepEqual(mirrored('Ann@example.org, bob@example.org'), ['ann@example.org', 'bob@example.org']);
  assert.throws(() => mirrored('yes'), { code: 'INVALID_INPUT' });
});
