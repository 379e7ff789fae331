import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtemp, readFile, readdir, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { promisify } from 'node:util';
import { InMemoryServerEventBus } from '@modelcontextprotocol/server';
import { startMcpServer } from '../http-server.ts';
import type { TestServer } from '../http-server.ts';
import { plainTools } from './content-tools.ts';
import { createFixture } from './fixture-server.ts';

const run = promisify(execFile);
const require = createRequire(import.meta.url);
/** The suites take 3 to 5 s here; ten times that for a busy machine. */
const suiteTimeoutMs = 60_000;

interface Check {
  readonly id: string;
  readonly status: 'SUCCESS' | 'FAILURE' | 'WARNING' | 'SKIPPED' | 'INFO';
  readonly errorMessage?: string;
}

/** What a suite found: its exit code and every check, by scenario. */
interface Findings {
  readonly exitCode: number;
  readonly scenarios: ReadonlyMap<string, readonly Check[]>;
}

const firstSuite = require.resolve('@modelcontextprotocol/conformance/package.json');
const nextSuite = require.resolve('conformance-next/package.json');

async function runSuite(packageJson: string, url: string, options: readonly string[]): Promise<Findings> {
  const folder = await mkdtemp(join(tmpdir(), 'mcp-conformance-'));
  try {
    const script = join(packageJson, '../dist/index.js');
    const command = [script, 'server', '--url', url, '--output-dir', folder, ...options];
    const exitCode = await run(process.execPath, command, { cwd: folder, timeout: suiteTimeoutMs }).then(
      () => 0,
      (error: { code: number }) => error.code,
    );
    const scenarios = new Map<string, readonly Check[]>();
    for (const name of await readdir(folder)) {
      const checks: readonly Check[] = JSON.parse(await readFile(join(folder, name, 'checks.json'), 'utf8'));
      scenarios.set(name.replace(/^server-/, '').replace(/-\d{4}-\d\d-\d\dT[\d-]+Z$/, ''), checks);
    }
    return { exitCode, scenarios };
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** The scenarios that a revision requires, and those that are run but do not count, from the suite's own frozen list. */
async function requirements(revision: string): Promise<{ required: readonly string[]; unscored: readonly string[] }> {
  const file = join(nextSuite, `../requirements/${revision}.yaml`);
  const text = await readFile(file, 'utf8');
  const names = (section: string, pattern: RegExp): readonly string[] => {
    const lines = new RegExp(`^${section}:\\n((?: .*\\n|\\n)*)`, 'm').exec(text)?.[1] ?? '';
    return [...lines.matchAll(pattern)].map((match) => match[1] ?? '');
  };
  return {
    required: names('server', /^ {2}- (\S+)$/gm),
    unscored: names('not_scored', /- scenario: (\S+)\n {4}leg: server$/gm),
  };
}

function isTasksExtension(name: string): boolean {
  return name.startsWith('tasks-');
}

/** Every check that is not a plain success, as one line. INFO is the suite's own diary and no judgement. */
function shortfalls(scenarios: Findings['scenarios'], isCounted: (name: string) => boolean): readonly string[] {
  return [...scenarios].flatMap(([name, checks]) =>
    isCounted(name)
      ? checks
          .filter(({ status }) => status !== 'SUCCESS' && status !== 'INFO')
          .map(({ id, status, errorMessage }) => `${name}: ${id}: ${status}: ${errorMessage}`)
      : [],
  );
}

function successes(scenarios: Findings['scenarios'], isCounted: (name: string) => boolean): number {
  return [...scenarios]
    .filter(([name]) => isCounted(name))
    .flatMap(([, checks]) => checks)
    .filter(({ status }) => status === 'SUCCESS').length;
}

describe('the transports pass the conformance suites with a fixture on them', () => {
  let server: TestServer;
  before(async () => {
    const bus = new InMemoryServerEventBus();
    server = await startMcpServer({ buildServer: createFixture(bus), bus });
  });
  after(() => server.close());

  it('0.1.16: all 30 active scenarios, 40 checks', async () => {
    const { exitCode, scenarios } = await runSuite(firstSuite, server.url, []);
    assert.deepEqual(
      shortfalls(scenarios, () => true),
      [],
    );
    assert.equal(scenarios.size, 30);
    assert.equal(
      successes(scenarios, () => true),
      40,
    );
    assert.equal(exitCode, 0);
  });

  // Of the unscored ones, server-sse-polling wants a store of events, which these transports do not keep.
  it('0.2.0-alpha.12: every scored scenario of 2025-11-25, and the unscored ones but server-sse-polling', async () => {
    const { required, unscored } = await requirements('2025-11-25');
    const { exitCode, scenarios } = await runSuite(nextSuite, server.url, ['--requirements', '2025-11-25']);
    assert.deepEqual(unscored, ['server-session-lifecycle', 'json-schema-2020-12', 'server-sse-polling']);
    assert.deepEqual([...scenarios.keys()].toSorted(), [...required, ...unscored].toSorted());
    assert.deepEqual(
      shortfalls(scenarios, (name) => name !== 'server-sse-polling'),
      [],
    );
    assert.equal(
      successes(scenarios, (name) => required.includes(name)),
      70,
    );
    assert.equal(exitCode, 0);
  });

  // The tasks extension is optional; these transports do not offer it.
  it('0.2.0-alpha.12: every scored scenario of 2026-07-28, and the unscored ones but the tasks extension', () =>
    assertNewestRevision(server.url));
});

/** Runs the suite of 2026-07-28 and asserts that nothing falls short. */
async function assertNewestRevision(url: string): Promise<void> {
  const { required, unscored } = await requirements('2026-07-28');
  const { exitCode, scenarios } = await runSuite(nextSuite, url, ['--requirements', '2026-07-28']);
  const unscoredOthers = ['json-schema-2020-12', 'http-header-validation', 'http-custom-header-server-validation'];
  assert.deepEqual(
    unscored.filter((name) => !isTasksExtension(name)),
    unscoredOthers,
  );
  assert.deepEqual([...scenarios.keys()].toSorted(), [...required, ...unscored].toSorted());
  assert.deepEqual(
    shortfalls(scenarios, (name) => !isTasksExtension(name)),
    [],
  );
  assert.equal(
    successes(scenarios, (name) => required.includes(name)),
    120,
  );
  assert.equal(exitCode, 0);
}

it('the transports pass the suite of 2026-07-28 when plain calls go past the SDK', async () => {
  const bus = new InMemoryServerEventBus();
  const called = new Set<string>();
  const server = await startMcpServer({
    buildServer: createFixture(bus),
    bus,
    callPlainly({ name }) {
      const result = plainTools[name];
      if (result !== undefined) called.add(name);
      return result === undefined ? undefined : Promise.resolve(result);
    },
  });
  await assertNewestRevision(server.url);
  assert.deepEqual(called, new Set(Object.keys(plainTools)));
  await server.close();
});
