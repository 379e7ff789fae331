import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

/** How a run of tests ended. */
export interface TestRun {
  readonly end: 'passed' | 'failed' | 'late';
  readonly tookMs: number;
  /** Tests that passed. */
  readonly passed: number;
  /** The first test that failed; empty where none did, or none got so far. */
  readonly failedTest: string;
  readonly output: string;
}

/**
 * Runs test files of a copy of the sources in one process, kept from leaving this machine. After `limitMs`, and when the
 * signal is aborted, it and all that it started are killed; the abortion throws its reason.
 */
export async function runTests(
  folder: string,
  { tests, pattern }: { readonly tests: readonly string[]; readonly pattern?: string | undefined },
  { limitMs, signal }: { readonly limitMs: number; readonly signal: AbortSignal },
): Promise<TestRun> {
  signal.throwIfAborted();
  const guard = pathToFileURL(join(folder, 'test/support/loopback-only.js')).href;
  const { NODE_TEST_CONTEXT: _, ...environment } = process.env;
  const startedMs = performance.now();
  const child = spawn(
    process.execPath,
    [
      `--import=${guard}`,
      '--test',
      '--test-isolation=none',
      '--test-reporter=tap',
      ...(pattern === undefined ? [] : [`--test-name-pattern=${pattern}`]),
      ...tests,
    ],
    {
      cwd: folder,
      // A group, so that what the tests started ends with them.
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...environment, NODE_OPTIONS: `--import=${guard}`, NODE_COMPILE_CACHE: join(folder, '.compile-cache') },
    },
  );
  const chunks: Buffer[] = [];
  child.stdout.on('data', (chunk: Buffer) => chunks.push(chunk));
  child.stderr.on('data', (chunk: Buffer) => chunks.push(chunk));
  let isLate = false;
  const kill = (): void => {
    try {
      if (child.pid !== undefined) process.kill(-child.pid, 'SIGKILL');
    } catch {
      // It has ended by itself.
    }
  };
  const timer = setTimeout(() => {
    isLate = true;
    kill();
  }, limitMs);
  signal.addEventListener('abort', kill);
  try {
    const code = await new Promise<number | null>((resolve, reject) => {
      child.on('error', reject);
      child.on('close', resolve);
    });
    signal.throwIfAborted();
    const output = Buffer.concat(chunks).toString('utf8');
    return {
      end: isLate ? 'late' : code === 0 ? 'passed' : 'failed',
      tookMs: performance.now() - startedMs,
      passed: Number(/^# pass (\d+)$/m.exec(output)?.[1] ?? 0),
      failedTest: /^ *not ok \d+ - (.*)$/m.exec(output)?.[1] ?? '',
      output,
    };
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', kill);
    kill();
  }
}
