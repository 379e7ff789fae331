import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { InMemoryServerEventBus } from '@modelcontextprotocol/server';
import { createFixture } from './conformance/fixture-server.ts';
import { startMcpServer } from './http-server.ts';

/** A server in a process of its own, which can be killed. Its tools are those of the conformance fixture. */
export interface ServerProcess {
  readonly url: string;
  readonly port: number;
  /** Ends it as the signal does, and waits until it is gone. */
  kill(signal: 'SIGTERM' | 'SIGKILL'): Promise<void>;
}

export async function startServerProcess(port = 0): Promise<ServerProcess> {
  const child = fork(fileURLToPath(import.meta.url), [String(port)]);
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
  const bus = new InMemoryServerEventBus();
  const server = await startMcpServer({ buildServer: createFixture(bus), bus }, Number(process.argv[2]));
  process.once('SIGTERM', () => {
    process.disconnect();
    void server.close();
  });
  process.send?.(server.port);
}
