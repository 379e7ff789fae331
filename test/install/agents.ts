// `npm run test:agents`: the programs of Anthropic, OpenAI and Google that read what `gmail-llm connect` writes, run as their
// users run them, without an account. Not part of `npm test`: they are fetched, and are 900 MB together.
import assert from 'node:assert/strict';
import { execFile, execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { promisify } from 'node:util';
import { locateHome } from '../../src/core/home.ts';
import { runCommand } from '../cli/command-harness.ts';
import { childEnvironment } from '../support/child-environment.ts';
import { startMcpServer } from '../support/mcp-server.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const packages = {
  claude: '@anthropic-ai/claude-code@2.1.332',
  codex: '@openai/codex@0.171.0',
  gemini: '@google/gemini-cli@0.61.0',
} as const;
type Agent = keyof typeof packages;

/** A user with a running server, and the program of `agent`. */
async function prepare(t: TestContext, agent: Agent) {
  const tools = temporaryFolder(t);
  execFileSync('npm', ['install', '--silent', '--no-audit', '--no-fund', '--prefix', tools, packages[agent]]);
  const user = temporaryFolder(t);
  const home = locateHome({ GMAIL_HOME: join(user, 'home') });
  assert.equal((await runCommand(['token'], { GMAIL_HOME: home.folder })).code, 0);
  const { url } = await startMcpServer(t, home, {});
  const environment = { HOME: user, GMAIL_HOME: home.folder, GMAIL_MCP_PORT: url.port };
  const gmail = async (...words: string[]) => {
    const { code, stdout, stderr } = await runCommand(words, environment);
    assert.equal(code, 0, stderr);
    return stdout;
  };
  const run = async (...words: string[]) => {
    const env = { ...childEnvironment, HOME: user, CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: '1' };
    const child = promisify(execFile)(join(tools, 'node_modules', '.bin', agent), words, { env, cwd: user });
    child.child.stdin?.end();
    const { stdout, stderr } = await child;
    return `${stdout}${stderr}`;
  };
  return { gmail, run, user, url: url.href };
}

test(
  'Claude Code connects by what connect writes, and by the line that `up` prints',
  { timeout: 600_000 },
  async (t) => {
    const { gmail, run, url } = await prepare(t, 'claude');
    await gmail('connect', 'claude');
    assert.ok((await run('mcp', 'list')).includes(`gmail: ${url} (HTTP) - ✔ Connected`));
    assert.match(await run('mcp', 'get', 'gmail'), /Scope: User config[^]*Status: ✔ Connected[^]*Type: http/);
    await run('mcp', 'remove', 'gmail', '--scope', 'user');
    assert.match(await gmail('connect', 'claude'), /^Connected/);
    await gmail('disconnect', 'claude');
    assert.doesNotMatch(await run('mcp', 'list'), /gmail/);

    const token = (await gmail('token')).trim();
    await run('mcp', 'add', '--transport', 'http', 'gmail', url, '--header', `Authorization: Bearer ${token}`);
    assert.ok((await run('mcp', 'list')).includes(`gmail: ${url} (HTTP) - ✔ Connected`));
  },
);

test('Codex reads the entry with its header', { timeout: 600_000 }, async (t) => {
  const { gmail, run, url } = await prepare(t, 'codex');
  await gmail('connect', 'codex');
  const listed = await run('mcp', 'list', '--json');
  assert.match(
    listed,
    /"name": "gmail",\s+"enabled": true[^]*"type": "streamable_http"[^]*"auth_status": "bearer_token"/,
  );
  assert.ok(listed.includes(`"url": "${url}"`));
  assert.match(listed, /"Authorization": "Bearer gml_/);
  await run('mcp', 'add', 'other', '--', 'true');
  await gmail('disconnect', 'codex');
  const after = await run('mcp', 'list', '--json');
  assert.match(after, /"name": "other"/);
  assert.doesNotMatch(after, /"name": "gmail"/);
});

test('Gemini CLI connects by the entry', { timeout: 600_000 }, async (t) => {
  const { gmail, run, user, url } = await prepare(t, 'gemini');
  await gmail('connect', 'gemini');
  // It leaves servers alone in folders that its user has not said to trust.
  writeFileSync(join(user, '.gemini', 'trustedFolders.json'), JSON.stringify({ [user]: 'TRUST_FOLDER' }));
  const listed = await run('mcp', 'list');
  assert.match(listed, /✓ gmail: .* \(http\) - Connected/);
  assert.ok(listed.includes(url));
  await gmail('disconnect', 'gemini');
  assert.doesNotMatch(await run('mcp', 'list'), /gmail:/);
});
