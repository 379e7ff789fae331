import { Agent, get } from 'node:http';

/** What clients got that asked one request after the other. */
export interface Tally {
  answers: number;
  /** Codes of the requests that failed. */
  readonly failures: string[];
  readonly pids: Set<number>;
}

function ask(url: string, agent: Agent | false, tally: Tally): Promise<void> {
  return new Promise((resolve) => {
    const failed = (error: Error & { code?: string }): void => {
      tally.failures.push(error.code ?? error.message);
      resolve();
    };
    const request = get(url, { agent }, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (part: string) => (text += part));
      response.on('error', failed);
      response.on('end', () => {
        tally.answers += 1;
        tally.pids.add((JSON.parse(text) as { pid: number }).pid);
        resolve();
      });
    });
    request.setTimeout(10_000, () => request.destroy(new Error('no answer within 10 s')));
    request.on('error', failed);
  });
}

/** Lets `clients` ask `url` until `work` is done; each opens a connection for each request, or keeps its own. */
export async function underLoad(
  url: string,
  clients: { readonly count: number; readonly keepAlive: boolean },
  work: () => Promise<void>,
): Promise<Tally> {
  const tally: Tally = { answers: 0, failures: [], pids: new Set() };
  let isOver = false;
  const loops = Array.from({ length: clients.count }, async () => {
    const agent = clients.keepAlive ? new Agent({ keepAlive: true, maxSockets: 1 }) : false;
    while (!isOver) await ask(url, agent, tally);
    if (agent !== false) agent.destroy();
  });
  try {
    await work();
  } finally {
    isOver = true;
    await Promise.all(loops);
  }
  return tally;
}
