import assert from 'node:assert/strict';
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { childEnvironment } from '../support/child-environment.ts';
import { bin, newEnvironment, run } from '../support/installation.ts';
import { endOf } from '../support/end-of.ts';

const rounds = Number(process.env.KILL_ROUNDS ?? 5);
/** From a kill until exactly one of each runs and both servers are ready again. */
const backWithinMs = 3_000;
const messageCount = 24;

type Role = 'supervisor' | 'gmail-mcp-server' | 'gmail-api-server';
const roles: readonly Role[] = ['supervisor', 'gmail-mcp-server', 'gmail-api-server'];

function archive(): string {
  return Array.from({ length: messageCount }, (_, index) =>
    [
      'From ann@example.org Sun Mar 02 10:00:00 2025',
      'From: Ann Lee <ann@example.org>',
      'Date: Sun, 02 Mar 2025 10:00:00 +0000',
      `Message-ID: <${index}@example.org>`,
      `Subject: Number ${index}`,
      '',
      `Text ${index}`,
      '',
    ].join('\n'),
  ).join('\n');
}

/** The living processes of this home, whatever they are, with their command lines. */
function livingOf(home: string): readonly { readonly pid: number; readonly words: readonly string[] }[] {
  const pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  return pids.flatMap((pid) => {
    try {
      if (!readFileSync(`/proc/${pid}/environ`, 'utf8').split('\0').includes(`GMAIL_HOME=${home}`)) return [];
      return [{ pid: Number(pid), words: readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0') }];
    } catch {
      // It has just ended.
      return [];
    }
  });
}

/** Pids of those that are killed, by what they are. */
function processesOf(home: string): Readonly<Record<Role, readonly number[]>> {
  const found: Record<Role, number[]> = { supervisor: [], 'gmail-mcp-server': [], 'gmail-api-server': [] };
  for (const { pid, words } of livingOf(home)) {
    const role = words.includes('up')
      ? 'supervisor'
      : roles.find((name) => words.some((word) => word.endsWith(`/${name}.js`)));
    if (role !== undefined) found[role].push(pid);
  }
  return found;
}

async function startUp(t: TestContext, environment: Readonly<Record<string, string>>): Promise<ChildProcess> {
  const child = spawn(process.execPath, [join(bin, 'gmail-llm.js'), 'up'], {
    env: { ...childEnvironment, ...environment },
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  t.after(() => endOf(child, 'SIGTERM'));
  let output = '';
  await new Promise<void>((resolve, reject) => {
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      output += text;
      if (output.includes('Ctrl-C stops all')) resolve();
    });
    child.once('exit', (code) => reject(new Error(`up ended with ${code}: ${output}`)));
  });
  return child;
}

async function readyPid(url: string): Promise<number | undefined> {
  try {
    const response = await fetch(`${url}/health/ready`, { signal: AbortSignal.timeout(1_000) });
    const { pid } = (await response.json()) as { pid: number };
    return response.status === 200 ? pid : undefined;
  } catch {
    return undefined;
  }
}

test(
  `${rounds} times kill -9 of any of the three processes under load loses no acknowledged change`,
  {
    timeout: 60_000 + rounds * 6_000,
    ...(process.platform === 'linux' ? {} : { skip: 'only /proc tells which processes there are' }),
  },
  async (t) => {
    const environment = await newEnvironment(t);
    const home = environment.GMAIL_HOME ?? '';
    const folder = join(home, 'archive');
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, 'all.mbox'), archive());
    const imported = await run('gmail-llm', ['import', '--account', 'bob@example.org', folder], environment);
    assert.equal(imported.code, 0, imported.stderr);
    let supervisor = await startUp(t, environment);
    t.after(() => {
      for (const { pid } of livingOf(home)) process.kill(pid, 'SIGKILL');
    });

    const apiUrl = `http://127.0.0.1:${environment.GMAIL_API_PORT}`;
    const mcpUrl = `http://127.0.0.1:${environment.GMAIL_MCP_PORT}`;
    const token = (await run('gmail-llm', ['token'], environment)).stdout.trim();
    const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
    const client = new Client({ name: 'test', version: '1' }, { versionNegotiation: { mode: { pin: '2026-07-28' } } });
    await client.connect(new StreamableHTTPClientTransport(new URL(`${mcpUrl}/mcp`), { requestInit: { headers } }));

    const rest = async (path: string, body?: unknown): Promise<{ messages: readonly { id: string }[] }> => {
      const response = await fetch(`${apiUrl}${path}`, {
        headers,
        signal: AbortSignal.timeout(5_000),
        ...(body === undefined ? {} : { method: 'POST', body: JSON.stringify(body) }),
      });
      if (!response.ok) throw new Error(`HTTP ${response.status} ${await response.text()}`);
      return (await response.json()) as { messages: readonly { id: string }[] };
    };
    const tool = async (name: string, input: Record<string, unknown>): Promise<void> => {
      const { isError, content } = await client.callTool({ name, arguments: input }, { timeout: 5_000 });
      if (isError === true) throw new Error(JSON.stringify(content));
    };
    const ids = (await rest('/api/messages?maxResults=100')).messages.map(({ id }) => id);
    assert.equal(ids.length, messageCount);

    let isOver = false;
    let answers = 0;
    /** What a door has acknowledged last, by message. */
    const isStarred = new Map<string, boolean>();
    /** Does it until it is acknowledged: a request that was cut off may have been carried out or not. */
    const untilAcknowledged = async (work: () => Promise<unknown>): Promise<void> => {
      let lastTries = 500;
      for (;;) {
        try {
          await work();
          answers += 1;
          return;
        } catch (error) {
          if (isOver && (lastTries -= 1) === 0) throw error;
          await delay(10);
        }
      }
    };
    const writers = [0, 1, 2, 3].map(async (writer) => {
      const own = ids.filter((_, index) => index % 4 === writer);
      for (let step = 0; !isOver; step++) {
        const id = own[step % own.length] ?? '';
        const star = isStarred.get(id) !== true;
        const change = { ids: [id], [star ? 'addLabelIds' : 'removeLabelIds']: ['STARRED'] };
        await untilAcknowledged(() =>
          writer % 2 === 0 ? rest('/api/messages/modify', change) : tool('modify_messages', change),
        );
        isStarred.set(id, star);
      }
    });
    const readers = [0, 1, 2, 3].map(async (reader) => {
      while (!isOver) {
        await untilAcknowledged(() =>
          reader % 2 === 0 ? rest('/api/messages?q=subject:number') : tool('search_messages', { q: 'is:starred' }),
        );
      }
    });

    const took: string[] = [];
    try {
      for (let round = 0; round < rounds; round++) {
        const victim = roles[Math.floor(Math.random() * roles.length)] ?? 'supervisor';
        const before = processesOf(home);
        const [pid = 0] = before[victim];
        const killedAt = performance.now();
        process.kill(pid, 'SIGKILL');
        if (victim === 'supervisor') {
          if (supervisor.signalCode === null) await once(supervisor, 'exit');
          supervisor = await startUp(t, environment);
        }
        for (;;) {
          const [mcp, api] = await Promise.all([readyPid(mcpUrl), readyPid(apiUrl)]);
          const now = processesOf(home);
          const isWhole =
            roles.every((role) => now[role].length === 1) &&
            now['gmail-mcp-server'][0] === mcp &&
            now['gmail-api-server'][0] === api &&
            now[victim][0] !== pid;
          if (isWhole) {
            const kept = roles.filter((role) => role !== victim);
            for (const role of kept) assert.deepEqual(now[role], before[role], `${role} after a kill of ${victim}`);
            break;
          }
          const elapsedMs = performance.now() - killedAt;
          assert.ok(elapsedMs < backWithinMs, `round ${round}, ${victim}: ${JSON.stringify(now)}, ready ${mcp} ${api}`);
          await delay(10);
        }
        took.push(`${victim} ${Math.round(performance.now() - killedAt)} ms`);
      }
    } finally {
      isOver = true;
      await Promise.all([...writers, ...readers]);
    }
    t.diagnostic(`${answers} answers; back after: ${took.join(', ')}`);
    const starred = (await rest('/api/messages?maxResults=100&q=is:starred')).messages.map(({ id }) => id);
    const expected = ids.filter((id) => isStarred.get(id) === true);
    assert.deepEqual(starred.toSorted(), expected.toSorted());
    assert.ok(answers > rounds * 10, `${answers} answers`);
    await client.close();
  },
);
