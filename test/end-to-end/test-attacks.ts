import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { isJsonObject } from '../../src/core/json-object.ts';
import { newEnvironment, run, startInstallation, type Installation } from '../support/installation.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { AttackedServer, type Cost } from './attacked-server.ts';
import type { Attack } from './attacks.ts';

const longestTurn = new URL('../support/longest-turn.js', import.meta.url).href;

const maxBlockedMs = 100;
const maxCpuMs = 2000;
const maxRssBytes = 300_000_000;
/** An answer with a body of 100 characters: most of it are links, addresses and files. */
const maxAnswerCharacters = 200_000;
/** The machine may have other things to do: what is too much has to be so each time. */
const attempts = 3;

/** A call on a message: a tool's, as only over MCP files are read, or a path below the API and what is posted to it. */
type Step = readonly [name: string, path: (id: string) => string, body?: (id: string) => unknown];

const steps: readonly Step[] = [
  ['list', () => '/api/messages?q=from:mallory&maxResults=5'],
  ['read', (id) => `/api/messages/${id}?maxChars=100`],
  ['thread', (id) => `/api/threads/${id}?maxChars=100`],
  ['attachment', () => '/mcp', (id) => toolCall('read_attachment', { messageId: id, attachment: 'a1', maxChars: 100 })],
  ['reply', () => '/api/drafts', (id) => ({ replyTo: id, body: 'No.' })],
];

const protocolVersion = '2026-07-28';

function toolCall(name: string, input: unknown): unknown {
  const meta = {
    'io.modelcontextprotocol/protocolVersion': protocolVersion,
    'io.modelcontextprotocol/clientCapabilities': {},
  };
  return { jsonrpc: '2.0', id: 1, method: 'tools/call', params: { name, arguments: input, _meta: meta } };
}

const mcpHeaders = {
  accept: 'application/json, text/event-stream',
  'mcp-protocol-version': protocolVersion,
  'mcp-method': 'tools/call',
  'mcp-name': 'read_attachment',
};

/** Tests that each of some mails is filed, listed, read and answered within bounds by servers that live on. */
export function testAttacks(attacks: readonly Attack[]): void {
  describe('a mail that attacks time and memory', () => {
    let installation: Installation;
    let servers: { readonly api: AttackedServer; readonly mcp: AttackedServer };
    let pids: readonly number[] = [];
    const cleanups: (() => unknown)[] = [];
    const context = { after: (cleanup: () => unknown) => void cleanups.push(cleanup) };

    before(
      async () => {
        const turns = temporaryFolder(context);
        const environment: Readonly<Record<string, string>> = {
          ...(await newEnvironment(context)),
          NODE_OPTIONS: `${process.env.NODE_OPTIONS ?? ''} --import=${longestTurn}`,
          LONGEST_TURN_FOLDER: turns,
        };
        const folder = join(environment.GMAIL_HOME ?? '', 'archive');
        mkdirSync(folder, { recursive: true });
        writeFileSync(join(folder, 'a.eml'), 'From: ann@example.org\r\nSubject: lunch\r\n\r\nSoup?\r\n');
        const imported = await run('gmail-llm', ['import', '--account', 'bob@example.org', folder], environment);
        assert.equal(imported.code, 0, imported.stderr);
        installation = await startInstallation(context, environment);
        pids = await pidsNow();
        const [apiPid = 0, mcpPid = 0] = pids;
        servers = {
          api: new AttackedServer({ pid: apiPid, turns }),
          mcp: new AttackedServer({ pid: mcpPid, turns }),
        };
        // What is loaded on first use is no part of any attack.
        const id = await importOf('From: a@b.example\r\n\r\nhi');
        for (const [, path, body] of steps) await call(path(id), body?.(id));
        await importOf(`From: a@b.example\r\nContent-Type: text/html\r\n\r\n${'<p>a</p>'.repeat(5000)}`);
      },
      { timeout: 120_000 },
    );
    after(async () => {
      for (const cleanup of cleanups.toReversed()) await cleanup();
    });

    const pidsNow = (): Promise<number[]> =>
      Promise.all(['gmail-api-server', 'gmail-mcp-server'].map((program) => installation.pid(program)));

    const call = async (path: string, body?: unknown) => {
      const isMcp = path === '/mcp';
      const response = await fetch(isMcp ? installation.mcpUrl : `${installation.apiUrl}${path}`, {
        headers: {
          authorization: `Bearer ${installation.token}`,
          'content-type': 'application/json',
          ...(isMcp ? mcpHeaders : {}),
        },
        ...(body === undefined ? {} : { method: 'POST', body: JSON.stringify(body) }),
      });
      const text = await response.text();
      let parsed: unknown;
      try {
        parsed = JSON.parse(text);
      } catch {
        parsed = undefined;
      }
      return { status: response.status, characters: text.length, json: isJsonObject(parsed) ? parsed : {} };
    };

    const importOf = async (raw: string): Promise<string> => {
      const { status, json } = await call('/api/messages/import', { raw: Buffer.from(raw).toString('base64url') });
      assert.ok(status < 300, JSON.stringify(json).slice(0, 300));
      return String(json['id']);
    };

    /** The least that something costs in several attempts; each makes its own call. */
    const leastCost = async <T>(
      server: AttackedServer,
      attack: () => Promise<T>,
    ): Promise<{ readonly result: T; readonly cost: Cost }> => {
      let { result, cost } = await server.measure(attack);
      for (let attempt = 1; attempt < attempts && problemsOf(cost).length > 0; attempt += 1) {
        const again = await server.measure(attack);
        result = again.result;
        cost = {
          blockedMs: Math.min(cost.blockedMs, again.cost.blockedMs),
          cpuMs: Math.min(cost.cpuMs, again.cost.cpuMs),
          rssBytes: Math.min(cost.rssBytes, again.cost.rssBytes),
        };
      }
      return { result, cost };
    };

    const attackWith = async ({ raw }: Attack, report: (line: string) => void): Promise<readonly string[]> => {
      let count = 0;
      const filed = await leastCost(servers.api, () => importOf(`X-Attempt: ${(count += 1)}\r\n${raw}`));
      report(`import ${costText(filed.cost)}`);
      const problems = problemsOf(filed.cost).map((problem) => `import: ${problem}`);
      for (const [name, path, body] of steps) {
        const server = path('') === '/mcp' ? servers.mcp : servers.api;
        const { result, cost } = await leastCost(server, () => call(path(filed.result), body?.(filed.result)));
        report(`${name} ${costText(cost)}, ${result.status}, ${result.characters} characters`);
        const found = [
          ...problemsOf(cost),
          ...(result.status >= 500 ? [`status ${result.status} ${JSON.stringify(result.json).slice(0, 200)}`] : []),
          ...(result.characters > maxAnswerCharacters ? [`an answer of ${result.characters} characters`] : []),
        ];
        problems.push(...found.map((problem) => `${name}: ${problem}`));
        for (const problem of found) report(`TOO MUCH ${problem}`);
      }
      return problems;
    };

    for (const attack of attacks) {
      it(`is read within its bounds: ${attack.name}`, { timeout: 240_000 }, async (test) => {
        assert.deepEqual(await attackWith(attack, (line) => test.diagnostic(line)), []);
        assert.deepEqual(await pidsNow(), pids, 'the servers have lived on');
      });
    }
  });
}

function costText({ blockedMs, cpuMs, rssBytes }: Cost): string {
  return `holds others up ${Math.round(blockedMs)} ms, takes ${cpuMs} ms and ${Math.round(rssBytes / 1e6)} MB`;
}

function problemsOf({ blockedMs, cpuMs, rssBytes }: Cost): readonly string[] {
  return [
    ...(blockedMs > maxBlockedMs ? [`others waited ${Math.round(blockedMs)} ms`] : []),
    ...(cpuMs > maxCpuMs ? [`${cpuMs} ms of processor time`] : []),
    ...(rssBytes > maxRssBytes ? [`${Math.round(rssBytes / 1e6)} MB`] : []),
  ];
}
