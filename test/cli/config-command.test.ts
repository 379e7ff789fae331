import assert from 'node:assert/strict';
import { chmodSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { derivedVariable } from '../../src/core/settings.ts';
import { newEnvironment, startInstallation } from '../support/installation.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { runCommand } from './command-harness.ts';

function homeIn(context: TestContext, settings?: string) {
  const folder = join(temporaryFolder(context), 'home');
  mkdirSync(folder);
  const file = join(folder, 'settings');
  if (settings !== undefined) writeFileSync(file, settings, { mode: 0o600 });
  const run = (words: readonly string[], more: Readonly<Record<string, string>> = {}) =>
    runCommand(words, { GMAIL_HOME: folder, ...more });
  return { folder, file, run };
}

test('a value comes from the environment, then the settings, then the default, and config says which', async (t) => {
  const { run } = homeIn(t, '# mine\nGMAIL_LOG_LEVEL=warn\nGMAIL_QUOTA="legacy"\nGMAIL_CLIENT_SECRET=hush\n');
  const { stdout } = await run(['config', 'list', '--json'], { GMAIL_LOG_LEVEL: 'debug' });
  const rows = JSON.parse(stdout) as { name: string; value?: string; origin: string }[];
  const shown = Object.fromEntries(rows.map(({ name, value, origin }) => [name, [value, origin]]));
  assert.deepEqual(shown.GMAIL_LOG_LEVEL, ['debug', 'environment']);
  assert.deepEqual(shown.GMAIL_QUOTA, ['legacy', 'settings']);
  assert.deepEqual(shown.GMAIL_BACKEND, ['local', 'default']);
  assert.deepEqual(shown.GMAIL_CLIENT_SECRET, ['(set, not shown)', 'settings']);
  assert.ok(!stdout.includes('hush'));
  assert.equal((await run(['config', '--json'], { GMAIL_LOG_LEVEL: 'debug' })).stdout, stdout);
  assert.equal((await run(['config', 'get', 'GMAIL_QUOTA'])).stdout, 'legacy\n');
});

test('set and unset change one line, keep the others, and leave the file to this user alone', async (t) => {
  const { file, run } = homeIn(t, '# comment\nGMAIL_QUOTA=legacy\nGMAIL_CACHE=off\n');
  assert.equal((await run(['config', 'set', 'GMAIL_QUOTA', '2026'])).code, 0);
  assert.equal((await run(['config', 'set', 'GMAIL_ACCOUNT', 'me@example.org'])).code, 0);
  assert.equal(
    readFileSync(file, 'utf8'),
    '# comment\nGMAIL_QUOTA=2026\nGMAIL_CACHE=off\nGMAIL_ACCOUNT=me@example.org\n',
  );
  assert.equal(statSync(file).mode & 0o777, 0o600);
  assert.equal((await run(['config', 'unset', 'GMAIL_CACHE'])).code, 0);
  assert.equal(readFileSync(file, 'utf8'), '# comment\nGMAIL_QUOTA=2026\nGMAIL_ACCOUNT=me@example.org\n');
});

const refusals = [
  [['set', 'GMAIL_PORT', '1'], /There is no variable GMAIL_PORT\.\n.*expected: GMAIL_HOST, /s],
  [['set', 'GMAIL_HOME', '/x'], /There is no variable GMAIL_HOME/],
  [['set', 'GMAIL_API_PORT', '99999'], /expected: a port from 0 to 65535\n.*got: 99999/s],
  [['set', 'GMAIL_CLIENT_SECRET', 'two words'], /got: something else/],
  [['set', 'GMAIL_API_PORT', '8001'], /expected another port than GMAIL_MCP_PORT/],
  [['set', 'GMAIL_QUOTA'], /Unexpected argument for `config`\.\n.*set NAME VALUE/s],
  [['get'], /Which variable\?/],
] as const;
for (const [words, pattern] of refusals) {
  test(`config ${words.join(' ')} is refused and changes nothing`, async (t) => {
    const { file, run } = homeIn(t, 'GMAIL_CACHE=off\n');
    const { code, stderr } = await run(['config', ...words]);
    assert.equal(code, 2);
    assert.match(stderr, pattern);
    assert.equal(readFileSync(file, 'utf8'), 'GMAIL_CACHE=off\n');
  });
}

test('a line that is not understood stops every command but those that help, with file and line', async (t) => {
  const { file, run } = homeIn(t, 'GMAIL_CACHE=off\nexport GMAIL_QUOTA=legacy\nGMAIL_HOME=/tmp\n');
  const { code, stderr } = await run(['accounts']);
  assert.equal(code, 2);
  assert.ok(stderr.includes(`${file}:2: expected KEY=value`), stderr);
  assert.ok(stderr.includes(`${file}:3: GMAIL_HOME names the home`), stderr);
  assert.equal((await run(['config', 'get', 'GMAIL_CACHE'])).stdout, 'off\n');
  assert.match((await run(['doctor'])).stdout, /✗ settings .*settings:2: expected KEY=value/);
});

test('a half-broken file tells all its faults at once, with their lines, at a start, in config and in doctor', async (t) => {
  const { file, run } = homeIn(
    t,
    'GMAIL_CACHE=maybe\nexport GMAIL_QUOTA=legacy\ngmail_log_level=warn\nGMAIL_GRANTZ=read\nGMAIL_API_PORT=99999\n',
  );
  const faults = [
    `${file}:2: expected KEY=value`,
    `${file}:3: gmail_log_level is not known; did you mean GMAIL_LOG_LEVEL?`,
    `${file}:1: GMAIL_CACHE: expected one of encrypted, off, got "maybe"`,
    `${file}:4: GMAIL_GRANTZ: this variable is not known; did you mean GMAIL_GRANTS?`,
    `${file}:5: GMAIL_API_PORT: expected a port from 0 to 65535, got "99999"`,
  ];
  for (const words of [['up'], ['accounts'], ['call', 'get_profile'], ['token', 'list']]) {
    const { code, stderr } = await run(words, { GMAIL_BACKEND: 'imap' });
    assert.equal(code, 2, words.join(' '));
    assert.ok(stderr.startsWith(`gmail-llm: INVALID_INPUT: The environment and ${file} are not usable.\n`), stderr);
    for (const fault of [...faults, 'GMAIL_BACKEND: expected one of local, gmail, got "imap"']) {
      assert.ok(stderr.includes(`\n- ${fault}\n`), `${words.join(' ')}: ${fault}\n${stderr}`);
    }
  }
  const list = await run(['config', 'list']);
  assert.equal(list.code, 0);
  for (const fault of faults) assert.ok(list.stderr.includes(`gmail-llm: ${fault}\n`), list.stderr);
  const doctor = await run(['doctor', '--json']);
  const found = (JSON.parse(doctor.stdout) as { state: string; found: string }[]).filter(
    ({ state }) => state === 'fault',
  );
  for (const fault of faults) assert.equal(found.filter((each) => each.found === fault).length, 1, doctor.stdout);
  assert.equal((await run(['completion', 'bash'])).code, 0);
});

test('faults are corrected one after the other, and a misspelled name can be taken out', async (t) => {
  const { file, run } = homeIn(t, 'GMAIL_CACHE=maybe\nGMAIL_GRANTS=fly\ngmail_quota=legacy\nGMAIL_GRANTZ=read\n');
  for (const words of [
    ['set', 'GMAIL_CACHE', 'off'],
    ['unset', 'gmail_quota'],
    ['unset', 'GMAIL_GRANTZ'],
    ['set', 'GMAIL_GRANTS', 'read'],
  ]) {
    const { code, stderr } = await run(['config', ...words]);
    assert.equal(code, 0, stderr);
  }
  assert.equal(readFileSync(file, 'utf8'), 'GMAIL_CACHE=off\nGMAIL_GRANTS=read\n');
  assert.equal((await run(['config'])).stderr, '');
});

test('a misspelled variable in the settings is a fault like one in the environment', async (t) => {
  const { run } = homeIn(t, 'GMAIL_GRANTZ=read\n');
  const { code, stderr } = await run(['accounts', 'list']);
  assert.equal(code, 2);
  assert.match(stderr, /settings:1: GMAIL_GRANTZ: this variable is not known; did you mean GMAIL_GRANTS\?/);
});

test('doctor reports a secret that other users can read', async (t) => {
  const { file, run } = homeIn(t, 'GMAIL_CLIENT_SECRET=hush\n');
  chmodSync(file, 0o644);
  const { stdout } = await run(['doctor']);
  assert.match(stdout, /✗ settings .* holds GMAIL_CLIENT_SECRET and can be read by other users/);
  assert.ok(!stdout.includes('hush'));
});

test('what a supervisor derived from the settings does not outlive a change of them', async (t) => {
  const { run } = homeIn(t, 'GMAIL_QUOTA=legacy\n');
  const more = { GMAIL_QUOTA: '2026', GMAIL_CACHE: 'off', [derivedVariable]: 'GMAIL_QUOTA' };
  assert.equal((await run(['config', 'get', 'GMAIL_QUOTA'], more)).stdout, 'legacy\n');
  assert.equal((await run(['config', 'get', 'GMAIL_CACHE'], more)).stdout, 'off\n');
});

test('servers take the settings up at a restart; another shell works with what the servers were started with', async (t) => {
  const environment: Readonly<Record<string, string>> = {
    ...(await newEnvironment(t)),
    GMAIL_ACCOUNT: 'ann@example.org',
  };
  const home = environment.GMAIL_HOME ?? '';
  const eml = join(temporaryFolder(t), 'one.eml');
  writeFileSync(eml, 'From: a@b.example\nSubject: hello\n\nhi\n');
  for (const address of ['ann@example.org', 'bob@example.org']) {
    assert.equal((await runCommand(['import', '--account', address, eml], environment)).code, 0);
  }
  const installation = await startInstallation(t, environment);
  // The other shell knows the home alone.
  const other = { GMAIL_HOME: home };
  const profile = await runCommand(['call', 'get_profile'], other);
  assert.equal(profile.code, 0, profile.stderr);
  assert.equal((JSON.parse(profile.stdout) as { emailAddress: string }).emailAddress, 'ann@example.org');
  assert.equal(
    (await runCommand(['config', 'get', 'GMAIL_ACCOUNT', '--json'], other)).stdout.includes('"servers"'),
    true,
  );

  const set = await runCommand(['config', 'set', 'GMAIL_GRANTS', 'read'], other);
  assert.match(set.stdout, /gmail-llm ctl restart gmail-servers:\*/);
  const change = () =>
    fetch(`${installation.apiUrl}/api/labels`, {
      method: 'POST',
      headers: { authorization: `Bearer ${installation.token}`, 'content-type': 'application/json' },
      body: JSON.stringify({ name: `L${Math.trunc(performance.now())}` }),
    });
  assert.equal((await change()).status, 201);
  await installation.command('ctl', 'restart', 'gmail-servers:*');
  assert.equal((await change()).status, 403);
});
