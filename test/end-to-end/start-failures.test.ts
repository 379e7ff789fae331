import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { once } from 'node:events';
import { join } from 'node:path';
import { test } from 'node:test';
import { commands } from '../../src/cli/commands.ts';
import { bin, newEnvironment, run } from '../support/installation.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const servers = [
  ['gmail-mcp-server', 'GMAIL_MCP_PORT'],
  ['gmail-api-server', 'GMAIL_API_PORT'],
] as const;

for (const [program, variable] of servers) {
  test(`${program} says who holds its port, and which variable changes it`, async (t) => {
    const environment = await newEnvironment(t);
    const holder = createServer().listen(0, '127.0.0.1');
    t.after(() => holder.close());
    await once(holder, 'listening');
    const address = holder.address();
    assert.ok(typeof address === 'object' && address !== null);
    const { code, stderr } = await run(program, [], { ...environment, [variable]: `${address.port}` });
    assert.equal(code, 75);
    assert.match(stderr, new RegExp(`Port ${address.port} on 127.0.0.1 is in use by pid ${process.pid} \\(`));
    assert.match(stderr, new RegExp(`set ${variable} to a free port`));
  });

  test(`${program} names every fault of its environment at once`, async (t) => {
    const environment = await newEnvironment(t);
    const { code, stderr } = await run(program, [], { ...environment, GMAIL_LOG_LEVEL: 'loud', GMAIL_AUTH: 'maybe' });
    assert.equal(code, 2);
    assert.match(stderr, /GMAIL_LOG_LEVEL: expected one of debug, info, warn, error, got "loud"/);
    assert.match(stderr, /GMAIL_AUTH: expected one of token, none, got "maybe"/);
  });
}

test('the gmail backend without a login says how to log in', async (t) => {
  const environment = { ...(await newEnvironment(t)), GMAIL_BACKEND: 'gmail' };
  const { code, stderr } = await run('gmail-llm', ['call', 'get_profile'], environment);
  assert.equal(code, 4);
  assert.match(stderr, /^gmail-llm: NOT_FOUND: There is no mailbox yet\.\nhint: Run `gmail-llm login`\.$/m);
});

test('a home that cannot be written is named', async (t) => {
  const file = join(temporaryFolder(t), 'file');
  writeFileSync(file, '');
  const { code, stderr } = await run('gmail-api-server', [], { ...(await newEnvironment(t)), GMAIL_HOME: file });
  assert.equal(code, 75);
  assert.ok(stderr.includes(`The folder ${file} cannot be made`), stderr);
});

test('a log folder that is a file stops the supervisor with one clear message', async (t) => {
  const environment = await newEnvironment(t);
  writeFileSync(join(environment.GMAIL_HOME ?? '', 'logs'), '');
  const { code, stderr } = await run('gmail-llm', ['up'], environment);
  assert.equal(code, 75);
  assert.match(stderr, /UNAVAILABLE: The folder .*\/logs cannot be made/);
});

test('a mailbox that is no database makes the server unready with the reason, and every call says so', async (t) => {
  const environment = await newEnvironment(t);
  const folder = join(environment.GMAIL_HOME ?? '', 'data', 'local', 'ann@example.org');
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'mailbox.db'), 'this is no database, but it is long enough to be looked at'.repeat(100));
  const { code, stderr } = await run('gmail-llm', ['call', 'get_profile'], environment);
  assert.equal(code, 75, stderr);
  assert.match(stderr, /^gmail-llm: UNAVAILABLE: /);
  assert.ok(stderr.includes(join(folder, 'mailbox.db')), stderr);
});

const oldNode = ['/usr/bin/node', '/usr/local/bin/node'].find((path) => {
  if (!existsSync(path)) return false;
  return Number(/^v(\d+)/.exec(execFileSync(path, ['--version'], { encoding: 'utf8' }))?.[1]) < 24;
});

for (const name of ['gmail-llm', 'gmail-mcp-server', 'gmail-api-server', 'supervisorctl']) {
  test(
    `${name} started by an older Node says which it needs, in one line, where the package's own is missing`,
    {
      skip: oldNode === undefined ? 'needs a Node.js older than 24 as /usr/bin/node: apt-get install -y nodejs' : false,
    },
    (t) => {
      // The entry points alone, as after an installation whose scripts were not run.
      const folder = temporaryFolder(t);
      cpSync(bin, join(folder, 'bin'), { recursive: true });
      cpSync(join(bin, '../package.json'), join(folder, 'package.json'));
      const { status, stderr } = spawnSync(oldNode ?? '', [join(folder, 'bin', `${name}.js`)], { encoding: 'utf8' });
      assert.equal(status, 78);
      assert.match(stderr, /^gmail-llm: needs Node\.js 24\.21 or later, this is [\d.]+, and .* missing; .*\n$/);
    },
  );
}

test(
  'an older Node runs every command again on the runtime that the package brings',
  { skip: oldNode === undefined ? 'needs a Node.js older than 24: apt-get install -y nodejs' : false },
  async (t) => {
    const environment = { ...process.env, ...(await newEnvironment(t)) };
    const { status, stdout, stderr } = spawnSync(oldNode ?? '', [join(bin, 'gmail-llm.js'), 'call', 'get_profile'], {
      encoding: 'utf8',
      env: environment,
    });
    assert.equal(status, 0, stderr);
    assert.match(stdout, /"emailAddress"/);
    const wrong = spawnSync(oldNode ?? '', [join(bin, 'supervisorctl.js'), 'status'], {
      encoding: 'utf8',
      env: environment,
    });
    assert.equal(wrong.status, 4, "the exit code is the command's own");
  },
);

for (const name of ['gmail-llm', 'gmail-mcp-server', 'gmail-api-server']) {
  test(`${name} --version prints the version and nothing else`, async (t) => {
    const { code, stdout } = await run(name, ['--version'], await newEnvironment(t));
    assert.equal(code, 0);
    assert.match(stdout, /^\d+\.\d+\.\d+\n$/);
  });
}

test('start-dual says that it is deprecated', async (t) => {
  const { stderr } = await run('gmail-llm', ['start-dual', '--nonsense'], await newEnvironment(t));
  assert.match(stderr, /^start_dual_server is deprecated/);
});

test('an unknown command names the ones there are', async (t) => {
  const { code, stderr } = await run('gmail-llm', ['frobnicate'], await newEnvironment(t));
  assert.equal(code, 2);
  assert.ok(
    stderr.includes(`INVALID_INPUT: There is no command frobnicate.\nexpected: ${Object.keys(commands).join(', ')}\n`),
    stderr,
  );
});

/** Starts everything in the background, and stops it again before the home is removed. */
async function upDetached(environment: Readonly<Record<string, string>>) {
  try {
    return await run('gmail-llm', ['up', '--detach'], environment);
  } finally {
    await run('gmail-llm', ['ctl', 'shutdown'], environment);
  }
}

test('up --detach says which server is not ready and why, shows no line for it, and ends with 75', async (t) => {
  const stranger = createServer((_, response) => response.end('hello')).listen(0, '127.0.0.1');
  t.after(() => stranger.close());
  await once(stranger, 'listening');
  const address = stranger.address();
  assert.ok(typeof address === 'object' && address !== null);
  const environment = { ...(await newEnvironment(t)), GMAIL_API_PORT: `${address.port}` };
  const { code, stdout, stderr } = await upDetached(environment);
  assert.equal(code, 75, stderr);
  assert.match(stdout, new RegExp(`gmail-api-server is not ready: .*${address.port}.*pid ${process.pid}`));
  assert.match(stdout, /gmail-llm ctl tail gmail-api-server/);
  assert.match(stdout, /claude mcp add /);
  assert.ok(!stdout.includes('curl'), 'a line with the token must not lead to a stranger');
});

test('a server that ends at its start is shown with its own words', async (t) => {
  const environment = await newEnvironment(t);
  // A half-broken home: the token's place is a folder.
  mkdirSync(join(environment.GMAIL_HOME ?? '', 'data', 'token'), { recursive: true });
  const { code, stdout, stderr } = await upDetached(environment);
  assert.equal(code, 75, `${stdout}${stderr}`);
  assert.match(`${stdout}${stderr}`, /token/);
});
