import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { createInterface } from 'node:readline';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import type { ChildResult, ChildTask } from './channel-child-program.ts';

/** A child that has opened everything and waits for its start. */
export interface Child {
  readonly process: ChildProcess;
  /** Starts its requests. */
  go(): void;
  /** What became of them. */
  readonly result: Promise<ChildResult>;
  /** Ends it by SIGKILL, as the kernel does when memory is short. */
  kill(): Promise<void>;
}

/** Starts a process that shares the account of a home with others. */
export async function startChild(context: Pick<TestContext, 'after'>, task: ChildTask): Promise<Child> {
  const child = spawn(process.execPath, [join(import.meta.dirname, 'channel-child-program.ts'), JSON.stringify(task)], {
    stdio: ['pipe', 'pipe', 'inherit'],
    // Where Node.js keeps compiled code by itself, too: half of the start of a child is reading our sources.
    env: { ...process.env, NODE_COMPILE_CACHE: join(tmpdir(), 'node-compile-cache') },
  });
  const exited = once(child, 'exit');
  context.after(() => child.kill('SIGKILL'));
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const { value } = await lines.next();
  if (value !== 'ready') throw new Error(`the child said ${value}`);
  const result = lines.next().then(({ value }) => JSON.parse(value ?? 'null') as ChildResult);
  // A child that is killed has none.
  result.catch(() => undefined);
  return {
    process: child,
    go: () => void child.stdin.write('go\n'),
    result,
    async kill() {
      child.kill('SIGKILL');
      await exited;
    },
  };
}
