import { once } from 'node:events';
import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { InMemoryServerEventBus } from '@modelcontextprotocol/server';
import { createFixture } from './conformance/fixture-server.ts';
import { startMcpServer } from './http-server.ts';
import { createTestOperations } from './test-operations.ts';

/** What a server process has on it: operations, or the conformance fixture, which asks its client things. */
export type Content = 'operations' | 'fixture';

/** A server in a process of its own, which can be killed. */
export interface ServerProcess {
  readonly url: string;
  readonly port: number;
  /** Ends it as the signal does, and waits until it is gone. */
  kill(signal: 'SIGTERM' | 'SIGKILL'): Promise<void>;
}

export async function startServerProcess(content: Content, port = 0): Promise<ServerProcess> {
  const child = fork(fileURLToPath(import.meta.url), [content, String(port)]);
  const [boundPort] = await once(child, 'message');
  return {
    url: `http://127.0.0.1:${boundPort}/mcp`,
    port: boundPort,
    async kill(signal) {
      const exited = once(child, 'exit');
      child.kill(signal);
      await exited;
    },
  };
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const buildServer =
    process.argv[2] === 'fixture' ? createFixture(new InMemoryServerEventBus()) : createTestOperations().buildServer;
  const server = await startMcpServer({ buildServer }, Number(process.argv[3]));
  process.once('SIGTERM', () => {
    process.disconnect();
    void server.close();
  });
  process.send?.(server.port);
}
