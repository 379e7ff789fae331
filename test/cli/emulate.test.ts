import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { test, type TestContext } from 'node:test';
import { childEnvironment } from '../support/child-environment.ts';
import { bin, newEnvironment, run } from '../support/installation.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

/** Starts `gmail-llm emulate`; answers its first line and how to stop it. */
async function startEmulate(t: TestContext, words: readonly string[], environment: Readonly<Record<string, string>>) {
  const child = spawn(process.execPath, [join(bin, 'gmail-llm.js'), 'emulate', ...words], {
    env: { ...childEnvironment, ...environment },
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const exited = once(child, 'exit');
  t.after(() => child.kill('SIGKILL'));
  const lines = createInterface({ input: child.stdout });
  const [first] = (await Promise.race([
    once(lines, 'line'),
    exited.then(([code]) => Promise.reject(new Error(`emulate ended with ${code}`))),
  ])) as [string];
  const more: string[] = [];
  lines.on('line', (line) => more.push(line));
  return {
    credentials: JSON.parse(first) as Readonly<Record<string, string>>,
    async stop(signal: 'SIGTERM' | 'SIGINT') {
      child.kill(signal);
      const [code] = await exited;
      return { code, more };
    },
  };
}

test('emulate serves the demo mailbox where there is no other, and says in one line how to reach it', async (t) => {
  const environment = { GMAIL_HOME: temporaryFolder(t) };
  const { credentials, stop } = await startEmulate(t, ['--token-seconds', '60', '--latency-ms', '5'], environment);
  assert.deepEqual(Object.keys(credentials), [
    'rootUrl',
    'accessToken',
    'refreshToken',
    'clientId',
    'clientSecret',
    'emailAddress',
  ]);
  const { rootUrl = '', accessToken = '', refreshToken = '', clientId = '', clientSecret = '' } = credentials;
  assert.match(rootUrl, /^http:\/\/127\.0\.0\.1:\d+\/$/);
  const profile = await fetch(new URL('gmail/v1/users/me/profile', rootUrl), {
    headers: { authorization: `Bearer ${accessToken}` },
  });
  const { emailAddress, messagesTotal } = (await profile.json()) as { emailAddress: string; messagesTotal: number };
  assert.equal(emailAddress, credentials.emailAddress);
  assert.ok(messagesTotal > 50);
  const refreshed = await fetch(new URL('token', rootUrl), {
    method: 'POST',
    body: new URLSearchParams({
      grant_type: 'refresh_token',
      refresh_token: refreshToken,
      client_id: clientId,
      client_secret: clientSecret,
    }),
  });
  assert.equal(((await refreshed.json()) as { expires_in: number }).expires_in, 59);
  const state = (await (await fetch(new URL('emulator/state', rootUrl))).json()) as { settings: { latencyMs: number } };
  assert.equal(state.settings.latencyMs, 5);
  assert.deepEqual(await stop('SIGTERM'), { code: 0, more: [] });
});

test('emulate serves every local mailbox, and prints the one that is named', async (t) => {
  const environment = await newEnvironment(t);
  for (const account of ['ann@example.org', 'bob@example.org']) {
    const folder = temporaryFolder(t);
    writeFileSync(join(folder, 'one.eml'), `From: x@example.org\r\nTo: ${account}\r\nSubject: Hi\r\n\r\nHi\r\n`);
    const imported = await run('gmail-llm', ['import', '--account', account, folder], environment);
    assert.equal(imported.code, 0, imported.stderr);
  }
  const { credentials, stop } = await startEmulate(t, ['--account', 'Bob@example.org'], environment);
  assert.equal(credentials.emailAddress, 'bob@example.org');
  const state = (await (await fetch(new URL('emulator/state', credentials.rootUrl))).json()) as {
    accounts: { emailAddress: string }[];
  };
  assert.deepEqual(
    state.accounts.map(({ emailAddress }) => emailAddress),
    ['bob@example.org', 'ann@example.org'],
  );
  assert.equal((await stop('SIGINT')).code, 0);
});

for (const [words, code, pattern] of [
  [['--port', 'x'], 2, /--port takes a number\.\nfield: --port\nexpected: 0 to 65535\ngot: x/],
  [['--token-seconds', '0'], 2, /--token-seconds takes a number/],
  [['--latency-ms', '-1'], 2, /--latency-ms/],
  [['--account', 'nobody@example.org'], 4, /NOT_FOUND: There is no mailbox of nobody@example\.org here/],
  [['--fly'], 2, /Unknown option '--fly'/],
  [['word'], 2, /Unexpected argument 'word'/],
] as const) {
  test(`emulate ${words.join(' ')} is refused`, async (t) => {
    const result = await run('gmail-llm', ['emulate', ...words], { GMAIL_HOME: temporaryFolder(t) });
    assert.equal(result.code, code, result.stderr);
    assert.match(result.stderr, pattern);
    assert.equal(result.stdout, '');
  });
}

test('emulate names who holds a port that is taken', async (t) => {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => server.close());
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  const result = await run('gmail-llm', ['emulate', '--port', `${port}`], { GMAIL_HOME: temporaryFolder(t) });
  assert.equal(result.code, 75);
  assert.match(result.stderr, new RegExp(`UNAVAILABLE: Port ${port} is in use by `));
});
