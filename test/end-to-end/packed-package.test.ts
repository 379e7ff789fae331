import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, symlinkSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { childEnvironment } from '../support/child-environment.ts';
import { freePorts } from '../support/free-ports.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const root = join(import.meta.dirname, '../..');

/** The package as npm packs it, where an installation in an empty folder would put it. */
function installPacked(t: TestContext) {
  const prefix = temporaryFolder(t);
  execFileSync('npm', ['pack', '--ignore-scripts', '--silent', '--pack-destination', prefix], { cwd: root });
  const [archive = ''] = readdirSync(prefix);
  execFileSync('tar', ['-xzf', join(prefix, archive), '-C', prefix]);
  const modules = join(prefix, 'node_modules');
  mkdirSync(join(modules, '.bin'), { recursive: true });
  renameSync(join(prefix, 'package'), join(modules, 'gmail-llm'));
  // The only dependency, which npm would fetch.
  symlinkSync(join(root, 'node_modules', 'node'), join(modules, 'node'));
  const { bin } = JSON.parse(readFileSync(join(modules, 'gmail-llm', 'package.json'), 'utf8')) as {
    bin: Record<string, string>;
  };
  for (const [name, file] of Object.entries(bin)) {
    symlinkSync(join('..', 'gmail-llm', file), join(modules, '.bin', name));
  }
  return { folder: join(modules, 'gmail-llm'), program: (name: string) => join(modules, '.bin', name) };
}

test('the packed package starts, serves and stops, with nothing of the checkout', { timeout: 180_000 }, async (t) => {
  const { folder, program } = installPacked(t);
  // Before anything has run: Node keeps what it has compiled beside the bundles.
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' });
  assert.deepEqual(
    files.filter((file) => /\.map$|\.compile-cache|\.test\./.test(file)),
    [],
  );
  for (const file of [
    'README.md',
    'ARCHITECTURE.md',
    'CHANGELOG.md',
    'LICENSE',
    'docs/policy.schema.json',
    'dist/THIRD-PARTY-LICENCES.txt',
  ]) {
    assert.ok(files.includes(file), file);
  }
  const [mcpPort, apiPort, dashboardPort] = await freePorts(3);
  const home = join(temporaryFolder(t), 'home');
  const env = {
    ...childEnvironment,
    // Where clients have their configuration.
    HOME: dirname(home),
    GMAIL_HOME: home,
    GMAIL_MCP_PORT: `${mcpPort}`,
    GMAIL_API_PORT: `${apiPort}`,
    GMAIL_DASHBOARD_PORT: `${dashboardPort}`,
  };
  const run = (...words: string[]) =>
    execFileSync(process.execPath, [program('gmail-llm'), ...words], { env, encoding: 'utf8' });
  const stop = () => run('ctl', 'shutdown');
  t.after(() => {
    if (existsSync(join(home, 'run', 'supervisord.pid'))) stop();
  });
  assert.match(run('up', '--detach'), /claude mcp add[^]*curl/);
  const headers = { authorization: `Bearer ${run('token').trim()}` };
  const read = await fetch(`http://127.0.0.1:${apiPort}/api/messages?maxResults=1`, { headers });
  assert.equal(read.status, 200);
  assert.equal((await fetch(`http://127.0.0.1:${apiPort}/docs`)).status, 200);
  const { messages } = (await read.json()) as { messages: { id: string }[] };
  assert.match(run('call', 'read_message', '--id', messages[0]?.id ?? ''), /"subject"/);
  assert.match(run('man'), /^\.TH GMAIL/);
  // Parts of their own are read when a command needs them: one that misses something would be noticed by users alone.
  const parts = files.filter((file) => /^dist\/.*-[A-Z\d]{8}\.js$/.test(file)).map((file) => join(folder, file));
  assert.ok(parts.length > 50);
  const load = `for (const part of ${JSON.stringify(parts)}) await import(part)`;
  execFileSync(process.execPath, ['--input-type=module', '--eval', load], { env });
  assert.match(run('connect', 'claude'), /^Connected Claude Code/);
  stop();
});

/** Makes a program say on standard error how much processor time it took (milliseconds). */
const sayProcessorTime = `data:text/javascript,${encodeURIComponent(
  "process.on('exit', () => { const { user, system } = process.cpuUsage(); process.stderr.write(String((user + system) / 1000)); })",
)}`;

/** The least processor time of several runs of each program: what else the machine does only adds to it. */
function leastProcessorTimes(runs: number, programs: readonly (readonly string[])[]): readonly number[] {
  const least = programs.map(() => Number.POSITIVE_INFINITY);
  // In turns, so that a busy moment meets all of them.
  for (let run = 0; run < runs; run += 1) {
    for (const [index, words] of programs.entries()) {
      const { stderr } = spawnSync(process.execPath, [`--import=${sayProcessorTime}`, ...words], {
        env: { PATH: childEnvironment.PATH },
        encoding: 'utf8',
      });
      least[index] = Math.min(least[index] ?? 0, Number(stderr));
    }
  }
  return least;
}

/** An empty Node.js takes some 40 ms of a quiet processor; the ratio is the same on a busy one, where both take longer. */
const mostTimesEmpty = (40 + 30) / 40;

test('--version takes at most 30 ms more than an empty Node.js', (t) => {
  const [empty = 0, version = 0] = leastProcessorTimes(8, [
    ['-e', ''],
    [join(root, 'bin/gmail-llm.js'), '--version'],
  ]);
  t.diagnostic(`processor time: empty ${empty.toFixed(1)} ms, --version ${version.toFixed(1)} ms`);
  assert.ok(empty > 0 && version <= empty * mostTimesEmpty, `${version.toFixed(1)} ms, empty ${empty.toFixed(1)} ms`);
});
