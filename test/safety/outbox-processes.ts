import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { TestContext } from 'node:test';
import type { ChildAnswer, ChildOptions, ChildTask } from './outbox-child-program.ts';

type Task = ChildTask extends infer T ? (T extends ChildTask ? Omit<T, 'id'> : never) : never;

/** A process that sends. */
export interface SendingChild {
  /** What came of a task; `killed` when the process ended before it answered. */
  readonly ask: (task: Task) => Promise<string>;
  readonly kill: () => Promise<void>;
  readonly exited: Promise<unknown>;
}

/** Starts a process that sends, and waits until it is ready. */
export async function startSendingChild(
  context: Pick<TestContext, 'after'>,
  options: ChildOptions,
): Promise<SendingChild> {
  const program = join(import.meta.dirname, 'outbox-child-program.ts');
  const child = spawn(process.execPath, [program, JSON.stringify(options)], {
    stdio: ['pipe', 'pipe', 'inherit'],
    env: { ...process.env, NODE_COMPILE_CACHE: join(tmpdir(), 'node-compile-cache') },
  });
  child.stdin.on('error', () => {});
  const exited = once(child, 'exit');
  context.after(async () => {
    child.kill('SIGKILL');
    await exited;
  });
  const pending = new Map<number, (answer: string) => void>();
  const ready = Promise.withResolvers<void>();
  createInterface({ input: child.stdout }).on('line', (line) => {
    if (line === 'ready') return ready.resolve();
    const { id, answer } = JSON.parse(line) as ChildAnswer;
    pending.get(id)?.(answer);
    pending.delete(id);
  });
  let isGone = false;
  const closed = once(child, 'close').then(() => {
    isGone = true;
    for (const resolve of pending.values()) resolve('killed');
    ready.reject(new Error('the child ended before it was ready'));
  });
  let tasks = 0;
  await ready.promise;
  return {
    exited: closed,
    ask(task) {
      if (isGone) return Promise.resolve('killed');
      tasks += 1;
      const { promise, resolve } = Promise.withResolvers<string>();
      pending.set(tasks, resolve);
      child.stdin.write(`${JSON.stringify({ ...task, id: tasks })}\n`);
      return promise;
    },
    async kill() {
      child.kill('SIGKILL');
      await closed;
    },
  };
}
