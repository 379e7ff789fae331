import assert from 'node:assert/strict';
import { createHash, createSign, generateKeyPairSync, randomBytes } from 'node:crypto';
import { after, test } from 'node:test';
import { CodeChallengeMethod, OAuth2Client } from 'google-auth-library';
import { gmailScopes } from '../../src/mail/gmail-methods.ts';
import { startTestEmulator, type TestEmulator } from '../support/emulator.ts';

const redirectUri = 'http://127.0.0.1:4242/callback';
const profile = 'gmail/v1/users/me/profile';

/** For tests that change nothing. */
const shared = startTestEmulator({ after });

/** Where the browser is sent after the consent page. */
async function consent(emulator: TestEmulator, changes: Readonly<Record<string, string | undefined>> = {}) {
  const query = new URLSearchParams();
  const parameters = {
    client_id: emulator.account.clientId,
    redirect_uri: redirectUri,
    response_type: 'code',
    scope: `${gmailScopes.modify} ${gmailScopes.settingsBasic}`,
    state: 'opaque',
    access_type: 'offline',
    prompt: 'consent',
    ...changes,
  };
  for (const [name, value] of Object.entries(parameters)) if (value !== undefined) query.set(name, value);
  const answer = await emulator.call('GET', `o/oauth2/v2/auth?${query.toString()}`, { token: null });
  const location = answer.headers.get('location');
  return { ...answer, redirected: location === null ? undefined : new URL(location) };
}

async function token(emulator: TestEmulator, form: Readonly<Record<string, string>>) {
  const { clientId, clientSecret } = emulator.account;
  const answer = await emulator.call('POST', 'token', {
    token: null,
    body: new URLSearchParams({ client_id: clientId, client_secret: clientSecret, ...form }).toString(),
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
  });
  return { status: answer.status, json: answer.json as Readonly<Record<string, string | number>> };
}

async function exchange(emulator: TestEmulator, changes: Readonly<Record<string, string | undefined>> = {}, form = {}) {
  const { redirected } = await consent(emulator, changes);
  const code = redirected?.searchParams.get('code') ?? '';
  return token(emulator, { grant_type: 'authorization_code', code, redirect_uri: redirectUri, ...form });
}

const refresh = (emulator: TestEmulator, refreshToken: string) =>
  token(emulator, { grant_type: 'refresh_token', refresh_token: refreshToken });

test('the official library logs in with PKCE, refreshes and revokes', async (t) => {
  const emulator = await startTestEmulator(t);
  const { clientId, clientSecret } = emulator.account;
  const client = new OAuth2Client({
    clientId,
    clientSecret,
    redirectUri,
    endpoints: {
      oauth2AuthBaseUrl: new URL('o/oauth2/v2/auth', emulator.rootUrl).href,
      oauth2TokenUrl: new URL('token', emulator.rootUrl).href,
      oauth2RevokeUrl: new URL('revoke', emulator.rootUrl).href,
      tokenInfoUrl: new URL('tokeninfo', emulator.rootUrl).href,
    },
  });
  const { codeVerifier, codeChallenge = '' } = await client.generateCodeVerifierAsync();
  const url = client.generateAuthUrl({
    access_type: 'offline',
    prompt: 'consent',
    scope: [gmailScopes.modify],
    state: 'opaque',
    code_challenge: codeChallenge,
    code_challenge_method: CodeChallengeMethod.S256,
    login_hint: 'me@example.org',
  });
  const { location } = Object.fromEntries((await fetch(url, { redirect: 'manual' })).headers);
  const redirected = new URL(location ?? '');
  assert.equal(redirected.searchParams.get('state'), 'opaque');
  const { tokens } = await client.getToken({ code: redirected.searchParams.get('code') ?? '', codeVerifier });
  assert.equal(tokens.scope, gmailScopes.modify);
  assert.match(tokens.refresh_token ?? '', /^1\/\//);
  client.setCredentials({ refresh_token: tokens.refresh_token ?? null });
  const { token: accessToken } = await client.getAccessToken();
  assert.notEqual(accessToken, tokens.access_token);
  const info = await client.getTokenInfo(accessToken ?? '');
  assert.deepEqual(info.scopes, [gmailScopes.modify]);
  assert.equal(info.email, 'me@example.org');
  assert.equal((await emulator.call('GET', profile, { token: accessToken ?? '' })).status, 200);
  assert.equal(emulator.counters.read().refreshes, 1);
  await client.revokeToken(tokens.refresh_token ?? '');
  await assert.rejects(client.refreshAccessToken(), /invalid_grant/);
  assert.equal((await emulator.call('GET', profile, { token: accessToken ?? '' })).status, 401);
});

test('a code is good once, for ten minutes, for its own redirect address', async (t) => {
  const emulator = await startTestEmulator(t);
  const { redirected } = await consent(emulator);
  const form = {
    grant_type: 'authorization_code',
    code: redirected?.searchParams.get('code') ?? '',
    redirect_uri: redirectUri,
  };
  assert.equal((await token(emulator, form)).status, 200);
  assert.deepEqual(await token(emulator, form), {
    status: 400,
    json: { error: 'invalid_grant', error_description: 'Malformed auth code.' },
  });
  const other = await exchange(emulator, {}, { redirect_uri: 'http://127.0.0.1:1/other' });
  assert.deepEqual([other.status, other.json.error], [400, 'redirect_uri_mismatch']);
  const late = await consent(emulator);
  emulator.clock.advance(600_000);
  const code = late.redirected?.searchParams.get('code') ?? '';
  assert.equal((await token(emulator, { ...form, code })).json.error, 'invalid_grant');
});

test('a code that was asked for with a challenge needs its verifier', async (t) => {
  const emulator = await startTestEmulator(t);
  const verifier = randomBytes(32).toString('base64url');
  const challenge = {
    code_challenge: createHash('sha256').update(verifier).digest('base64url'),
    code_challenge_method: 'S256',
  };
  assert.equal((await exchange(emulator, challenge, { code_verifier: verifier })).status, 200);
  assert.equal((await exchange(emulator, challenge)).json.error_description, 'Missing code verifier.');
  const wrong = await exchange(emulator, challenge, { code_verifier: challenge.code_challenge });
  assert.deepEqual(wrong.json, { error: 'invalid_grant', error_description: 'Invalid code verifier.' });
});

test('a refresh token comes with offline access, and again only when the person is asked again', async (t) => {
  const emulator = await startTestEmulator(t);
  for (const { id } of emulator.tokens.grants()) emulator.tokens.kill(id, 'revoked');
  assert.equal((await exchange(emulator, { access_type: undefined })).json.refresh_token, undefined);
  assert.notEqual((await exchange(emulator)).json.refresh_token, undefined);
  assert.equal((await exchange(emulator, { prompt: undefined })).json.refresh_token, undefined);
  assert.notEqual((await exchange(emulator)).json.refresh_token, undefined);
});

test('the person may deny, untick scopes, or be somebody else', async (t) => {
  const emulator = await startTestEmulator(t, { emailAddresses: ['me@example.org', 'ann@example.org'] });
  const denied = await consent(emulator, { emulator_consent: 'deny' });
  assert.equal(denied.redirected?.href, `${redirectUri}?error=access_denied&state=opaque`);
  const unticked = await exchange(emulator, { emulator_consent: `untick:${gmailScopes.settingsBasic}` });
  assert.equal(unticked.json.scope, gmailScopes.modify);
  emulator.settings.change({ untickedScopes: [gmailScopes.modify] });
  assert.equal((await exchange(emulator)).json.scope, gmailScopes.settingsBasic);
  emulator.settings.change({ consent: 'deny', untickedScopes: [] });
  assert.equal((await consent(emulator)).redirected?.searchParams.get('error'), 'access_denied');
  emulator.settings.change({ consent: 'allow' });
  const ann = await exchange(emulator, { login_hint: 'Ann@example.org' });
  const { json } = await emulator.call('GET', profile, { token: String(ann.json.access_token) });
  assert.equal((json as { emailAddress: string }).emailAddress, 'ann@example.org');
});

test('the consent page leads on by its links', async (t) => {
  const emulator = await startTestEmulator(t, { settings: { consent: 'page' } });
  const page = await consent(emulator, { state: '"><script>' });
  assert.equal(page.status, 200);
  assert.ok(!page.text.includes('<script>'));
  const [, link = ''] = /href="([^"]+)">Allow as me@example\.org/.exec(page.text) ?? [];
  const answer = await emulator.call('GET', `o/oauth2/v2/auth${link.replaceAll('&amp;', '&')}`, { token: null });
  const redirected = new URL(answer.headers.get('location') ?? '');
  assert.equal(redirected.searchParams.get('state'), '"><script>');
  assert.match(redirected.searchParams.get('code') ?? '', /^4\//);
});

for (const [what, changes, status, code] of [
  ['without a client', { client_id: undefined }, 400, 'invalid_request'],
  ['of an unknown client', { client_id: 'nobody' }, 401, 'invalid_client'],
  ['without a redirect address', { redirect_uri: undefined }, 400, 'invalid_request'],
  ['that leads away from this machine', { redirect_uri: 'http://evil.example/' }, 400, 'redirect_uri_mismatch'],
  ['over https', { redirect_uri: 'https://127.0.0.1/' }, 400, 'redirect_uri_mismatch'],
  ['out of band', { redirect_uri: 'urn:ietf:wg:oauth:2.0:oob' }, 400, 'redirect_uri_mismatch'],
  ['for a token', { response_type: 'token' }, 400, 'unsupported_response_type'],
  ['for no scope', { scope: undefined }, 400, 'invalid_request'],
  ['for an unknown scope', { scope: 'https://www.googleapis.com/auth/drive' }, 400, 'invalid_scope'],
  ['with a strange access type', { access_type: 'sometimes' }, 400, 'invalid_request'],
  ['with a strange prompt', { prompt: 'always' }, 400, 'invalid_request'],
  ['with a short challenge', { code_challenge: 'abc', code_challenge_method: 'S256' }, 400, 'invalid_request'],
  ['with a strange challenge', { code_challenge: 'a'.repeat(43), code_challenge_method: 'S1' }, 400, 'invalid_request'],
  ['with an unknown parameter', { approval: 'force' }, 400, 'invalid_request'],
] as const) {
  test(`a request for consent ${what} is refused to the person, not to the address`, async () => {
    const answer = await consent(await shared, changes);
    assert.equal(answer.status, status);
    assert.equal(answer.redirected, undefined);
    assert.match(answer.text, new RegExp(`Error ${status}: ${code}`));
  });
}

for (const redirect of ['http://127.0.0.1:1/', 'http://[::1]:65535/any/path', 'http://localhost:9999']) {
  test(`${redirect} is a redirect address of a desktop client`, async () => {
    const { redirected } = await consent(await shared, { redirect_uri: redirect });
    assert.equal(redirected?.origin, new URL(redirect).origin);
  });
}

for (const [what, form, status, error, description] of [
  ['no grant type', { grant_type: '' }, 400, 'unsupported_grant_type', 'Invalid grant_type: '],
  ['no client', { grant_type: 'refresh_token', client_id: '' }, 400, 'invalid_request', /client ID/],
  ['an unknown client', { grant_type: 'refresh_token', client_id: 'x' }, 401, 'invalid_client', /not found/],
  [
    'no secret',
    { grant_type: 'refresh_token', client_secret: '' },
    400,
    'invalid_request',
    'client_secret is missing.',
  ],
  ['a wrong secret', { grant_type: 'refresh_token', client_secret: 'x' }, 401, 'invalid_client', /secret is invalid/],
  ['no refresh token', { grant_type: 'refresh_token' }, 400, 'invalid_request', /refresh_token/],
  [
    'an unknown refresh token',
    { grant_type: 'refresh_token', refresh_token: 'x' },
    400,
    'invalid_grant',
    'Bad Request',
  ],
  ['no code', { grant_type: 'authorization_code' }, 400, 'invalid_request', /code/],
  ['an unknown code', { grant_type: 'authorization_code', code: 'x' }, 400, 'invalid_grant', 'Malformed auth code.'],
] as const) {
  test(`a token request with ${what} is refused`, async () => {
    const answer = await token(await shared, form);
    assert.equal(answer.status, status);
    assert.equal(answer.json.error, error);
    if (typeof description === 'string') assert.equal(answer.json.error_description, description);
    else assert.match(String(answer.json.error_description), description);
  });
}

test('an access token lives as long as it is set to, and Google promises a second less', async (t) => {
  const emulator = await startTestEmulator(t);
  assert.equal((await refresh(emulator, emulator.account.refreshToken)).json.expires_in, 3599);
  emulator.settings.change({ accessTokenSeconds: 60 });
  const { json } = await refresh(emulator, emulator.account.refreshToken);
  assert.equal(json.expires_in, 59);
  const accessToken = String(json.access_token);
  emulator.clock.advance(59_000);
  assert.equal((await emulator.call('GET', profile, { token: accessToken })).status, 200);
  emulator.clock.advance(1000);
  assert.equal((await emulator.call('GET', profile, { token: accessToken })).status, 401);
});

test('a client in testing mode is told how long its refresh token lives, which then dies', async (t) => {
  const emulator = await startTestEmulator(t, { settings: { refreshTokenSeconds: 604_800 } });
  const { json } = await exchange(emulator);
  assert.equal(json.refresh_token_expires_in, 604_799);
  const refreshToken = String(json.refresh_token);
  emulator.clock.advance(604_700_000);
  assert.equal((await refresh(emulator, refreshToken)).status, 200);
  emulator.clock.advance(101_000);
  assert.deepEqual(await refresh(emulator, refreshToken), {
    status: 400,
    json: { error: 'invalid_grant', error_description: 'Token has been expired or revoked.' },
  });
});

test('a grant that is killed refuses refreshes: revoked with its access tokens, or because the session has run out', async (t) => {
  const emulator = await startTestEmulator(t);
  const { grantId, accessToken, refreshToken } = emulator.account;
  emulator.tokens.kill(grantId, 'invalid_rapt');
  assert.deepEqual(await refresh(emulator, refreshToken), {
    status: 400,
    json: {
      error: 'invalid_grant',
      error_description: 'reauth related error (invalid_rapt)',
      error_subtype: 'invalid_rapt',
    },
  });
  assert.equal((await emulator.call('GET', profile, { token: accessToken })).status, 200);
  emulator.tokens.kill(grantId, 'revoked');
  assert.equal((await refresh(emulator, refreshToken)).json.error_description, 'Token has been expired or revoked.');
  assert.equal((await emulator.call('GET', profile, { token: accessToken })).status, 401);
});

test('expiring access tokens leaves the refresh token good', async (t) => {
  const emulator = await startTestEmulator(t);
  emulator.tokens.expire('me@example.org');
  assert.equal((await emulator.call('GET', profile)).status, 401);
  const { json } = await refresh(emulator, emulator.account.refreshToken);
  assert.equal((await emulator.call('GET', profile, { token: String(json.access_token) })).status, 200);
  assert.equal(emulator.counters.read().refreshesByGrant[emulator.account.grantId], 1);
});

test('of more than a hundred refresh tokens of a user and a client the oldest dies', async (t) => {
  const emulator = await startTestEmulator(t);
  for (let count = 1; count < 100; count += 1) emulator.tokens.issue();
  assert.equal((await refresh(emulator, emulator.account.refreshToken)).status, 200);
  emulator.tokens.issue();
  assert.equal((await refresh(emulator, emulator.account.refreshToken)).json.error, 'invalid_grant');
});

test('revoking takes any token, once, and every login of that user and client along', async (t) => {
  const emulator = await startTestEmulator(t);
  const other = emulator.tokens.issue();
  const path = `revoke?token=${encodeURIComponent(emulator.account.accessToken)}`;
  assert.equal((await emulator.call('POST', path, { token: null, body: '' })).status, 200);
  assert.equal((await refresh(emulator, other.refreshToken ?? '')).json.error, 'invalid_grant');
  const again = await emulator.call('POST', path, { token: null, body: '' });
  assert.deepEqual(again.json, { error: 'invalid_token', error_description: 'Token expired or revoked' });
  assert.equal(again.status, 400);
});

test('a refresh may ask for fewer scopes, not for more', async (t) => {
  const emulator = await startTestEmulator(t);
  const form = { grant_type: 'refresh_token', refresh_token: emulator.account.refreshToken };
  assert.equal((await token(emulator, { ...form, scope: gmailScopes.full })).json.scope, gmailScopes.full);
  assert.equal((await token(emulator, { ...form, scope: gmailScopes.readonly })).json.error, 'invalid_scope');
});

const { privateKey, publicKey } = generateKeyPairSync('rsa', {
  modulusLength: 2048,
  publicKeyEncoding: { type: 'spki', format: 'pem' },
  privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
});
const clientEmail = 'robot@project.iam.gserviceaccount.com';

function assertion(nowMs: number, changes: Readonly<Record<string, unknown>> = {}, key = privateKey): string {
  const iat = Math.floor(nowMs / 1000);
  const claims = {
    iss: clientEmail,
    scope: gmailScopes.modify,
    aud: 'https://oauth2.googleapis.com/token',
    iat,
    exp: iat + 3600,
    sub: 'me@example.org',
    ...changes,
  };
  const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const signed = `${part({ alg: 'RS256', typ: 'JWT' })}.${part(claims)}`;
  return `${signed}.${createSign('RSA-SHA256').update(signed).sign(key, 'base64url')}`;
}

async function withServiceAccount(emulator: TestEmulator) {
  emulator.tokens.registerServiceAccount({
    clientEmail,
    publicKey,
    delegatedScopes: [gmailScopes.modify, gmailScopes.settingsSharing],
  });
  const ask = (text: string) =>
    token(emulator, { grant_type: 'urn:ietf:params:oauth:grant-type:jwt-bearer', assertion: text });
  return { emulator, ask };
}

test('a service account acts for the user that its assertion names', async (t) => {
  const { emulator, ask } = await withServiceAccount(await startTestEmulator(t));
  const { status, json } = await ask(assertion(emulator.clock.nowMs()));
  assert.equal(status, 200, JSON.stringify(json));
  assert.equal(json.refresh_token, undefined);
  assert.equal((await emulator.call('GET', profile, { token: String(json.access_token) })).status, 200);
  await ask(assertion(emulator.clock.nowMs(), { aud: `${emulator.rootUrl}token` }));
  assert.deepEqual(Object.values(emulator.counters.read().refreshesByGrant), [2]);
});

test('a service account that acts for nobody has no mailbox', async (t) => {
  const { emulator, ask } = await withServiceAccount(await startTestEmulator(t));
  const { json } = await ask(assertion(emulator.clock.nowMs(), { sub: undefined }));
  const answer = await emulator.call('GET', profile, { token: String(json.access_token) });
  assert.equal(answer.status, 400);
  assert.match(answer.text, /Precondition check failed\./);
});

for (const [what, changes, status, error, description] of [
  ['of an unknown account', { iss: 'x@y' }, 400, 'invalid_grant', 'Invalid grant: account not found'],
  ['for a stranger', { sub: 'x@example.org' }, 400, 'invalid_grant', 'Invalid email or User ID'],
  ['for another audience', { aud: 'https://example.org/' }, 400, 'invalid_grant', /audience check/],
  ['without a scope', { scope: '' }, 400, 'invalid_scope', 'Empty or missing scope not allowed.'],
  ['for a scope that was not delegated', { scope: gmailScopes.full }, 401, 'unauthorized_client', /unauthorized/],
  ['that has run out', { iat: 1, exp: 3601 }, 400, 'invalid_grant', /short-lived/],
  ['that lives too long', { exp: 9_999_999_999 }, 400, 'invalid_grant', /short-lived/],
] as const) {
  test(`an assertion ${what} is refused`, async () => {
    const { emulator, ask } = await withServiceAccount(await shared);
    const answer = await ask(assertion(emulator.clock.nowMs(), changes));
    assert.deepEqual([answer.status, answer.json.error], [status, error]);
    if (typeof description === 'string') assert.equal(answer.json.error_description, description);
    else assert.match(String(answer.json.error_description), description);
  });
}

test('an assertion that somebody else signed, or that is none, is refused', async (t) => {
  const { emulator, ask } = await withServiceAccount(await startTestEmulator(t));
  const stranger = generateKeyPairSync('rsa', {
    modulusLength: 2048,
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  });
  const forged = await ask(assertion(emulator.clock.nowMs(), {}, stranger.privateKey));
  assert.equal(forged.json.error_description, 'Invalid JWT Signature.');
  assert.match(String((await ask('nonsense')).json.error_description), /^Invalid JWT/);
});
