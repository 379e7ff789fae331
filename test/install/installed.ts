// `npm run test:install`: the packed package installed from the registry by npm, as users do, under each Node.js that may
// begin. Not part of `npm test`, as it downloads three runtimes of 100 MB.
import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { after, before, suite, test } from 'node:test';
import { freePorts } from '../support/free-ports.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const root = join(import.meta.dirname, '../..');
/** npm's own program, so that it can be run by another Node.js than the one it came with. */
const npm = process.env.npm_execpath ?? '';

/** A Node.js of this major version, as the registry has it for this machine. */
function fetchNode(folder: string, major: number): string {
  const name = `node-${process.platform === 'win32' ? 'win' : process.platform}-${process.arch}`;
  execFileSync(process.execPath, [npm, 'install', '--silent', '--no-audit', '--prefix', folder, `${name}@${major}`]);
  return join(folder, 'node_modules', name, 'bin', 'node');
}

suite('installed in an empty prefix', { timeout: 900_000 }, () => {
  const folder = mkdtempSync(join(tmpdir(), 'gmail-llm-'));
  let archive = '';
  before(() => {
    assert.notEqual(npm, '', 'run it with `npm run test:install`');
    execFileSync(process.execPath, [npm, 'pack', '--ignore-scripts', '--silent', '--pack-destination', folder], {
      cwd: root,
    });
    archive = join(folder, readdirSync(folder)[0] ?? '');
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  for (const major of [20, 22, 24]) {
    test(`by Node.js ${major}: --version, up, a call, and all of it stopped`, async (t) => {
      const node = fetchNode(temporaryFolder(t), major);
      assert.match(execFileSync(node, ['--version'], { encoding: 'utf8' }), new RegExp(`^v${major}\\.`));
      const prefix = temporaryFolder(t);
      const home = join(temporaryFolder(t), 'home');
      const [mcpPort, apiPort, dashboardPort] = await freePorts(3);
      // Only what a newcomer's shell has, with this Node.js before all others.
      const env = {
        PATH: [dirname(node), join(prefix, 'bin'), '/usr/bin', '/bin'].join(delimiter),
        HOME: dirname(home),
        GMAIL_HOME: home,
        GMAIL_MCP_PORT: `${mcpPort}`,
        GMAIL_API_PORT: `${apiPort}`,
        GMAIL_DASHBOARD_PORT: `${dashboardPort}`,
      };
      const installed = spawnSync(node, [npm, 'install', '--global', '--no-audit', '--prefix', prefix, archive], {
        env: { ...process.env, ...env },
        encoding: 'utf8',
      });
      assert.equal(installed.status, 0, installed.stderr);
      t.diagnostic(installed.stderr.trim().replaceAll('\n', ' | '));
      const run = (...words: string[]) => execFileSync('gmail-llm', words, { env, encoding: 'utf8' });
      t.after(() => {
        if (existsSync(join(home, 'run', 'supervisord.pid'))) run('ctl', 'shutdown');
      });

      assert.match(run('--version'), /^\d+\.\d+\.\d+\n$/);
      assert.match(run('up', '--detach'), /claude mcp add[^]*curl/);
      assert.match(run('call', 'get_profile'), /"emailAddress"/);
      assert.match(run('ctl', 'stop', 'all'), /stopped/);
      run('ctl', 'shutdown');
      await assert.rejects(fetch(`http://127.0.0.1:${apiPort}/health/live`));
    });
  }
});
