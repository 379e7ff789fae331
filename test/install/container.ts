// `npm run test:container`: the image of deploy/Containerfile, built with buildah on a base that mmdebstrap makes, and started.
// Not part of `npm test`, as the base is fetched and takes minutes.
import assert from 'node:assert/strict';
import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { parseEnv } from 'node:util';
import * as z from 'zod';
import { freePorts } from '../support/free-ports.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const root = join(import.meta.dirname, '../..');
const base = 'localhost/gmail-llm-test-base';
const image = 'localhost/gmail-llm-test-image';

const missing = ['buildah', 'mmdebstrap'].filter((program) => spawnSync(program, ['--version']).status !== 0);
const skip =
  process.getuid?.() !== 0
    ? 'needs root: sudo npm run test:container'
    : missing.length > 0 &&
      `needs ${missing.join(' and ')}: apt-get install -y --no-install-recommends buildah mmdebstrap`;

const inspected = z.object({
  Docker: z.object({
    config: z.object({
      User: z.string(),
      ExposedPorts: z.record(z.string(), z.unknown()),
      Volumes: z.record(z.string(), z.unknown()),
      Healthcheck: z.object({ Test: z.array(z.string()) }),
    }),
  }),
});

function buildah(...words: string[]): string {
  return execFileSync('buildah', words, { cwd: root, encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] }).trim();
}

/** This machine's release where it is a Debian, whose keys and mirrors it is sure to have. */
function debianRelease(): string {
  const facts = parseEnv(readFileSync('/etc/os-release', 'utf8'));
  return facts.ID === 'debian' ? (facts.VERSION_CODENAME ?? 'stable') : 'stable';
}

/** A Debian of what is essential and the library that Node.js needs; `GMAIL_TEST_BASE` names an image that is there instead. */
function makeBase(t: TestContext): string {
  const named = process.env.GMAIL_TEST_BASE;
  if (named !== undefined) return named;
  const archive = join(temporaryFolder(t), 'base.tar');
  execFileSync('mmdebstrap', ['--quiet', '--variant=essential', '--include=libstdc++6', debianRelease(), archive]);
  const container = buildah('from', 'scratch');
  try {
    buildah('add', '--quiet', container, archive, '/');
    buildah('commit', '--quiet', container, base);
  } finally {
    buildah('rm', container);
  }
  t.after(() => buildah('rmi', '--force', base));
  return base;
}

test(
  'the image is built on any base, runs as nobody in particular, says how it is, and stops in order',
  { skip },
  async (t) => {
    const from = makeBase(t);
    const build = ['bud', '--quiet', '--isolation', 'chroot', '--format', 'docker', '--ignorefile', '.dockerignore'];
    buildah(...build, '--build-arg', `BASE=${from}`, '--tag', image, '--file', 'deploy/Containerfile', '.');
    // With the containers that were made from it.
    t.after(() => buildah('rmi', '--force', image));
    const { config } = inspected.parse(JSON.parse(buildah('inspect', '--type', 'image', image))).Docker;
    assert.equal(config.User, '10001:10001');
    assert.deepEqual(Object.keys(config.ExposedPorts).toSorted(), ['8000/tcp', '8001/tcp', '8002/tcp']);
    assert.deepEqual(Object.keys(config.Volumes), ['/data']);
    const [kind, ...health] = config.Healthcheck.Test;
    assert.equal(kind, 'CMD');

    const container = buildah('from', image);
    // Without a network of its own it shares this machine's.
    const [mcpPort, apiPort, dashboardPort] = await freePorts(3);
    const ports = { GMAIL_MCP_PORT: mcpPort, GMAIL_API_PORT: apiPort, GMAIL_DASHBOARD_PORT: dashboardPort };
    const environment = Object.entries(ports).flatMap(([name, port]) => ['--env', `${name}=${port}`]);
    const run = ['run', '--isolation', 'chroot', ...environment, container, '--'];
    assert.match(buildah(...run, 'id'), /^uid=10001 gid=10001\b/);
    const started = spawn('buildah', [...run, 'gmail-llm', 'up'], { stdio: ['ignore', 'pipe', 'inherit'] });
    t.after(() => started.kill('SIGKILL'));
    let said = '';
    const ready = Promise.withResolvers<void>();
    started.stdout.setEncoding('utf8').on('data', (text: string) => {
      said += text;
      if (said.includes('Ctrl-C stops all')) ready.resolve();
    });
    started.once('exit', (code) => ready.reject(new Error(`it ended with ${code}: ${said}`)));
    await ready.promise;
    assert.match(said, /claude mcp add[^]*curl/);
    buildah(...run, 'gmail-llm', 'ctl', 'wait');
    buildah(...run, ...health);

    const token = buildah(...run, 'gmail-llm', 'token');
    const headers = { authorization: `Bearer ${token}` };
    const read = await fetch(`http://127.0.0.1:${apiPort}/api/messages?maxResults=1`, { headers });
    assert.equal(read.status, 200);
    assert.equal((await fetch(`http://127.0.0.1:${mcpPort}/health/ready`)).status, 200);
    // As `docker stop` does, to the first process of the container.
    const supervisor = execFileSync('pgrep', ['--newest', '--uid', '10001', '--full', 'gmail-llm up$'], {
      encoding: 'utf8',
    });
    process.kill(Number(supervisor), 'SIGTERM');
    const [code] = await once(started, 'exit');
    assert.equal(code, 0);
    assert.equal(spawnSync('pgrep', ['--uid', '10001']).status, 1, 'nothing is left of it');
    t.diagnostic('built, started, asked and stopped');
  },
);
