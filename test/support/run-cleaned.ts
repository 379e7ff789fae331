import type { TestContext } from 'node:test';

/**
 * Runs a long program, such as a soak. What it started is cleaned up when it ends, and also where it is interrupted or
 * nobody reads its output any more, last things first.
 */
export async function runCleaned(work: (context: Pick<TestContext, 'after'>) => Promise<void>): Promise<void> {
  const cleanups: (() => unknown)[] = [];
  const clean = async (): Promise<void> => {
    for (let next = cleanups.pop(); next !== undefined; next = cleanups.pop()) await next();
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.once(signal, () => void clean().finally(() => process.kill(process.pid, signal)));
  }
  // Who reads the output may go away, as `head` does when it has enough.
  process.stdout.on('error', () => void clean().finally(() => process.exit(1)));
  try {
    await work({ after: (cleanup: () => unknown) => void cleanups.push(cleanup) });
  } finally {
    await clean();
  }
}
