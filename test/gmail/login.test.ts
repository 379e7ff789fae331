import assert from 'node:assert/strict';
import { test } from 'node:test';
import { AppError } from '../../src/core/errors.ts';
import { grants as allGrants, type Grant } from '../../src/core/grants.ts';
import { logInWithBrowser } from '../../src/gmail/login/browser-login.ts';
import { oauthEndpoints } from '../../src/gmail/login/oauth-endpoints.ts';
import { explainRefusal } from '../../src/gmail/login/oauth-refusal.ts';
import { parsePastedAnswer } from '../../src/gmail/login/parse-pasted-answer.ts';
import { grantsOfScopes, scopesForGrants, uncoveredGrants } from '../../src/gmail/login/scopes.ts';
import { gmailMethods, gmailScopes as scopes } from '../../src/mail/gmail-methods.ts';

for (const [grants, wanted] of [
  [['read'], [scopes.readonly]],
  [['read', 'organize'], [scopes.modify]],
  [['draft'], [scopes.modify]],
  [['send'], [scopes.modify]],
  [
    ['read', 'settings'],
    [scopes.readonly, scopes.settingsBasic],
  ],
  [['read', 'delete'], [scopes.full]],
  [allGrants, [scopes.full, scopes.settingsBasic]],
] as const satisfies readonly (readonly [readonly Grant[], readonly string[]])[]) {
  test(`a login for ${grants.join(', ')} asks for ${wanted.map((scope) => scope.split('/').at(-1) || 'full').join(' and ')}, which is enough`, () => {
    assert.deepEqual(scopesForGrants(new Set(grants)), wanted);
    assert.deepEqual(uncoveredGrants(wanted, new Set(grants)), []);
  });
}

test('the scope gmail.metadata takes away whatever the others give', () => {
  assert.deepEqual(grantsOfScopes([scopes.full, scopes.settingsBasic]), allGrants);
  assert.deepEqual(grantsOfScopes([scopes.full, scopes.settingsBasic, scopes.metadata]), []);
});

for (const [grant, methodId] of [
  ['read', 'gmail.users.messages.get'],
  ['organize', 'gmail.users.messages.modify'],
  ['draft', 'gmail.users.drafts.create'],
  ['send', 'gmail.users.messages.send'],
  ['settings', 'gmail.users.settings.updateVacation'],
  ['delete', 'gmail.users.messages.delete'],
] as const) {
  test(`Google's own table lets a login for ${grant} call ${methodId}`, () => {
    const method = gmailMethods.find(({ id }) => id === methodId);
    const granted = scopesForGrants(new Set([grant]));
    assert.ok(method?.scopes.some((scope) => granted.includes(scope)));
  });
}

for (const [text, answer] of [
  ['http://127.0.0.1:4711/?state=s&code=4/0Ab&scope=x', { state: 's', code: '4/0Ab', scope: 'x' }],
  ['  http://127.0.0.1:4711/?error=access_denied&state=s \n', { error: 'access_denied', state: 's' }],
  ['state=s&code=c', { state: 's', code: 'c' }],
  ['?code=c&state=s#', { state: 's', code: 'c' }],
  ['4/0AbCd', undefined],
  ['code=c', undefined],
  ['http://127.0.0.1:4711/?state=s', undefined],
  ['', undefined],
] as const) {
  test(`${JSON.stringify(text)} is ${answer === undefined ? 'no answer' : 'an answer'} when it is pasted`, () => {
    const parsed = parsePastedAnswer(text);
    assert.deepEqual(parsed && Object.fromEntries(parsed), answer);
  });
}

test("the endpoints are Google's own for either of its hosts, and below the root of anything else", () => {
  const google = oauthEndpoints('https://accounts.google.com/');
  assert.deepEqual(google, oauthEndpoints('https://oauth2.googleapis.com/'));
  assert.equal(google.tokenUrl, 'https://oauth2.googleapis.com/token');
  assert.equal(oauthEndpoints('http://127.0.0.1:9000').authorizationUrl, 'http://127.0.0.1:9000/o/oauth2/v2/auth');
  assert.equal(oauthEndpoints('http://127.0.0.1:9000/').revokeUrl, 'http://127.0.0.1:9000/revoke');
});

for (const [refusal, code, pattern] of [
  [
    { error: 'invalid_grant', description: 'Token has been expired or revoked.' },
    'REAUTH_REQUIRED',
    /testing mode.*6 months.*100 logins.*password.*removed/,
  ],
  [{ error: 'invalid_grant', description: 'Bad Request' }, 'REAUTH_REQUIRED', /testing mode/],
  [
    { error: 'invalid_grant', description: 'reauth related error (invalid_rapt)', subtype: 'invalid_rapt' },
    'REAUTH_REQUIRED',
    /session control/,
  ],
  [
    {
      error: 'invalid_grant',
      description:
        'Invalid JWT: Token must be a short-lived token (60 minutes) and in a reasonable timeframe. Check your iat and exp values in the JWT claim.',
    },
    'UNAVAILABLE',
    /clock/,
  ],
  [
    { error: 'invalid_grant', description: 'Invalid JWT Signature.' },
    'REAUTH_REQUIRED',
    /key of the service account was deleted/,
  ],
  [{ error: 'invalid_grant', description: 'Invalid email or User ID' }, 'REAUTH_REQUIRED', /no user of its Workspace/],
  [{ error: 'invalid_grant', description: 'Invalid grant: account not found' }, 'REAUTH_REQUIRED', /does not exist/],
  [{ error: 'invalid_grant', description: 'Account has been deleted' }, 'REAUTH_REQUIRED', /does not exist/],
  [{ error: 'deleted_client', description: 'The OAuth client was deleted.' }, 'REAUTH_REQUIRED', /client was deleted/],
  [{ error: 'disabled_client', description: 'The OAuth client was disabled.' }, 'REAUTH_REQUIRED', /disabled/],
  [
    { error: 'invalid_client', description: 'The OAuth client was not found.' },
    'INVALID_INPUT',
    /does not know the OAuth client/,
  ],
  [{ error: 'unauthorized_client', description: 'Unauthorized' }, 'FORBIDDEN', /no delegation/],
  [{ error: 'admin_policy_enforced', description: '' }, 'REAUTH_REQUIRED', /policy of the Workspace/],
  [{ error: 'something_new', description: 'Why' }, 'UNAVAILABLE', /refused: something_new \(Why\)/],
] as const) {
  test(`${refusal.error}, "${refusal.description.slice(0, 40)}", is ${code}`, () => {
    const { code: got, meaning, fix } = explainRefusal(refusal);
    assert.equal(got, code);
    assert.match(meaning, pattern);
    assert.ok(fix.length > 0);
  });
}

test('a login that nobody answers ends after its time', async () => {
  const addresses: string[] = [];
  await assert.rejects(
    logInWithBrowser({
      client: { clientId: 'a', clientSecret: 'b' },
      grants: new Set(['read']),
      apiRootUrl: 'http://127.0.0.1:9/',
      oauthRootUrl: 'http://127.0.0.1:9/',
      port: 0,
      timeoutMs: 20,
      signal: new AbortController().signal,
      showAddress: (url) => addresses.push(url),
    }),
    (error) => {
      assert.ok(error instanceof AppError);
      assert.equal(error.code, 'UNAVAILABLE');
      assert.match(error.message, /^No answer came within /);
      assert.match(error.details.hint ?? '', /--paste/);
      return true;
    },
  );
  assert.equal(addresses.length, 1);
});
