import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect as connectTo } from 'node:net';
import { test, type TestContext } from 'node:test';
import { localMailboxFolder } from '../../src/store/sqlite/mail/local-mailboxes.ts';
import { openLocalMailbox } from '../../src/local/open-local-mailbox.ts';
import { openMailStore } from '../../src/store/sqlite/mail/open-mail-store.ts';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { tokensFreshMs } from '../../src/safety/tokens/check-token.ts';
import { createToken, revokeToken } from '../../src/safety/tokens/token-store.ts';
import { AppError } from '../../src/core/errors.ts';
import { streamEvents } from '../../src/rest/event-stream.ts';
import { openSqliteFeed } from '../../src/store/sqlite/feed/open-feed.ts';
import { startPlain } from '../core/egress/egress-servers.ts';
import { startRestServer } from '../support/rest-server.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const [ann, bob] = ['ann@example.org', 'bob@example.org'];

/** A server on a home with two local accounts. */
async function start(t: TestContext) {
  const home = temporaryFolder(t);
  for (const emailAddress of [ann, bob]) {
    openLocalMailbox({
      store: openMailStore(localMailboxFolder(join(home, 'data'), emailAddress)),
      emailAddress,
    }).close();
  }
  const server = await startRestServer(t, { GMAIL_HOME: home, GMAIL_GRANTS: 'all', GMAIL_ACCOUNT: ann });
  let count = 0;
  return {
    ...server,
    /** A change by a call; its request id is in the event. */
    async label(): Promise<string> {
      count += 1;
      const { json, status } = await server.call('POST', '/api/labels', { name: `L${count}` });
      assert.equal(status, 201, JSON.stringify(json));
      return String(json.id);
    },
    async import(subject: string) {
      const text = `From: x@y.example\nSubject: ${subject}\n\nwords`;
      const { status, json } = await server.call('POST', '/api/messages/import', { text });
      assert.equal(status, 200, JSON.stringify(json));
    },
    async read(query: string) {
      const { json, status } = await server.call('GET', `/api/events${query}`);
      return {
        status,
        json,
        events: (json.events ?? []) as {
          sequence: number;
          kind: string;
          ids: Record<string, string>;
          account: string;
        }[],
      };
    },
  };
}

/** What comes over a stream, field by field. */
async function* streamOf(response: Response): AsyncGenerator<{ id?: string; event?: string; data?: string }> {
  assert.ok(response.body);
  let text = '';
  for await (const chunk of response.body.pipeThrough(new TextDecoderStream())) {
    text += chunk;
    for (let end = text.indexOf('\n\n'); end >= 0; end = text.indexOf('\n\n')) {
      const lines = text.slice(0, end).split('\n');
      text = text.slice(end + 2);
      const message = Object.fromEntries(lines.map((line) => line.split(/: (.*)/s).slice(0, 2)));
      if (message.event !== undefined) yield message;
    }
  }
}

test('events are read as pages of JSON, from a place on, by account, kind and query', async (t) => {
  const { label, import: put, read } = await start(t);
  const id = await label();
  await put('Invoice 7');
  await put('Hello');
  const { events, json } = await read('?after=0');
  assert.deepEqual(
    events.map(({ kind, account }) => [kind, account]),
    [
      ['labelChanged', ann],
      ['messageAdded', ann],
      ['messageAdded', ann],
    ],
  );
  assert.equal(events[0]?.ids.labelId, id);
  assert.deepEqual([json.after, json.hasMore], [3, false]);
  const pages = [(await read('?after=0&limit=2')).json, (await read('?after=2&limit=2')).json];
  assert.deepEqual(
    pages.map(({ after, hasMore }) => [after, hasMore]),
    [
      [2, true],
      [3, false],
    ],
  );
  const kinds = async (query: string) => (await read(`?after=0&${query}`)).events.map(({ sequence }) => sequence);
  assert.deepEqual(await kinds('kind=labelChanged,draftChanged'), [1]);
  assert.deepEqual(await kinds(`account=${bob}`), []);
  assert.deepEqual(await kinds(`account=${bob}&account=${ann}&kind=messageAdded`), [2, 3]);
  assert.deepEqual(await kinds('q=subject:invoice'), [2]);
  // Without a place: from now on.
  assert.deepEqual((await read('')).events, []);
});

test('a reader waits for the next event, and no longer than it said', { timeout: 60_000 }, async (t) => {
  const { label, read } = await start(t);
  await label();
  const [waiting] = await Promise.all([read('?after=1&wait=30'), label()]);
  assert.deepEqual(
    waiting.events.map(({ sequence }) => sequence),
    [2],
  );
  const startedMs = performance.now();
  assert.deepEqual((await read('?after=2&wait=1')).events, []);
  assert.ok(performance.now() - startedMs >= 900);
});

test('a place that is not kept, and what is not understood, are errors that say so', async (t) => {
  const { read, call, url, token } = await start(t);
  assert.deepEqual([(await read('?after=7')).status, (await read('?after=7')).json.code], [404, 'NOT_FOUND']);
  for (const query of [
    '?after=x',
    '?limit=0',
    '?wait=61',
    '?kind=mail',
    '?account=x',
    '?since=1',
    '?after=1&after=2',
    '?q=before:',
  ]) {
    const { status, json } = await read(query);
    assert.deepEqual([status, json.code], [400, 'INVALID_INPUT'], query);
  }
  // Nothing would ever happen in it.
  for (const accept of ['application/json', 'text/event-stream']) {
    const response = await fetch(`${url}/api/events?account=${bob},nobody@example.org`, {
      headers: { authorization: `Bearer ${token}`, accept },
    });
    const json: unknown = await response.json();
    assert.deepEqual([response.status, Object(json).got], [404, 'nobody@example.org']);
  }
  for (const lastEventId of ['abc', '-1', '1.5', '9'.repeat(20)]) {
    const response = await fetch(`${url}/api/events`, {
      headers: { authorization: `Bearer ${token}`, accept: 'text/event-stream', 'last-event-id': lastEventId },
    });
    const json: unknown = await response.json();
    assert.deepEqual([response.status, Object(json).field, Object(json).got], [400, 'last-event-id', lastEventId]);
  }
  assert.equal((await call('POST', '/api/events')).status, 405);
  assert.equal((await fetch(`${url}/api/events`)).status, 401);
});

test('a stream sends events as they come, and goes on where a reader was cut off', { timeout: 60_000 }, async (t) => {
  const { label, url, token } = await start(t);
  const connect = async (headers: Record<string, string> = {}) => {
    const stop = new AbortController();
    const response = await fetch(`${url}/api/events`, {
      headers: { authorization: `Bearer ${token}`, accept: 'text/event-stream', ...headers },
      signal: stop.signal,
    });
    assert.equal(response.headers.get('content-type'), 'text/event-stream; charset=utf-8');
    return { events: streamOf(response), stop: () => stop.abort() };
  };
  await label();
  const first = await connect();
  await label();
  const { value } = await first.events.next();
  assert.deepEqual([value?.id, value?.event], ['2', 'labelChanged']);
  assert.equal(JSON.parse(value?.data ?? '').cause.by, 'call');
  first.stop();
  await label();
  const again = await connect({ 'last-event-id': '2' });
  assert.equal((await again.events.next()).value?.id, '3');
  again.stop();
  const lost = await connect({ 'last-event-id': '999' });
  const gap = (await lost.events.next()).value;
  assert.deepEqual([gap?.event, gap?.id], ['gap', '3']);
  await label();
  assert.equal((await lost.events.next()).value?.id, '4');
  lost.stop();
});

test('a stream is for whoever accepts one and does not weigh JSON higher', async (t) => {
  const { url, token } = await start(t);
  const typeFor = async (accept: string, method = 'HEAD') => {
    const headers = { authorization: `Bearer ${token}`, accept };
    const stop = new AbortController();
    const response = await fetch(`${url}/api/events`, { method, headers, signal: stop.signal });
    stop.abort();
    return response.headers.get('content-type')?.split(';')[0];
  };
  const types = {
    'text/event-stream': 'text/event-stream',
    'Text/Event-Stream; q=0.9, */*;q=0.1': 'text/event-stream',
    'application/json, text/event-stream': 'text/event-stream',
    'application/json, text/event-stream;q=0.5': 'application/json',
    'text/event-stream;q=0, */*': 'application/json',
    '*/*': 'application/json',
    'text/plain': 'application/json',
  };
  for (const [accept, type] of Object.entries(types)) assert.equal(await typeFor(accept), type, accept);
  // What HEAD says is what GET sends.
  assert.equal(await typeFor('text/event-stream', 'GET'), 'text/event-stream');
});

test('a faulty query ends in an error before a stream begins', async (t) => {
  const { url, token } = await start(t);
  const response = await fetch(`${url}/api/events?kind=mail`, {
    headers: { authorization: `Bearer ${token}`, accept: 'text/event-stream' },
  });
  assert.equal(response.status, 400);
});

test('a revoked token loses its stream and its poll, and learns nothing more', { timeout: 60_000 }, async (t) => {
  const server = await start(t);
  const dataFolder = join(server.home, 'data');
  const token = createToken(dataFolder, { name: 'other', grants: ['read'] }, new Date());
  // So that the account is followed from here on.
  await server.label();
  const ask = (accept: string, query: string) =>
    fetch(`${server.url}/api/events${query}`, { headers: { authorization: `Bearer ${token}`, accept } });
  const stream = await ask('text/event-stream', '');
  const waiting = ask('application/json', '?wait=30');
  // It waits: a page that is asked for after it is answered first.
  await (await ask('application/json', '')).body?.cancel();
  revokeToken(dataFolder, 'other');
  await delay(tokensFreshMs);
  await server.label();
  assert.equal((await waiting).status, 401);
  assert.equal((await stream.text()).includes('labelChanged'), false);
});

test(
  'a reader that does not read is cut off, holds no other up, and misses nothing when it comes back',
  { timeout: 60_000 },
  async (t) => {
    const feed = openSqliteFeed(join(temporaryFolder(t), 'events.db'), Date.now);
    t.after(() => feed.close());
    // More than the buffers of a connection take.
    const labelIds = Array.from({ length: 2000 }, (_, index) => `Label_${index}_${'x'.repeat(20)}`);
    const total = 250;
    for (let count = 0; count < total; count += 1) {
      await feed.append([{ account: ann, kind: 'labelsChanged', ids: { labelIds }, cause: { by: 'google' } }]);
    }
    const access = { feed, open: () => assert.fail('no message is read'), now: Date.now, timeZone: () => 'UTC' };
    const ends = new Map<string, Promise<unknown>>();
    const port = await startPlain(t, (request, response) => {
      const gone = new AbortController();
      response.once('close', () => gone.abort());
      const stream = streamEvents(response, access, {
        after: Number(request.headers['last-event-id']),
        limit: 100,
        query: {},
        isStillAllowed: async () => true,
        signal: gone.signal,
        drainMs: request.url === '/slow' ? 200 : 30_000,
      });
      const over = stream.catch((error: unknown) => error).finally(() => response.destroy());
      ends.set(request.url ?? '', over);
    });
    const slow = connectTo(port, '127.0.0.1');
    t.after(() => slow.destroy());
    await once(slow, 'connect');
    slow.pause();
    slow.write('GET /slow HTTP/1.1\r\nHost: x\r\nLast-Event-ID: 0\r\n\r\n');
    /** The sequences that another reader is sent from a place on, up to the newest. */
    async function readFrom(place: number): Promise<readonly number[]> {
      const headers = { 'last-event-id': `${place}` };
      const read: number[] = [];
      for await (const { id } of streamOf(await fetch(`http://127.0.0.1:${port}/`, { headers }))) {
        read.push(Number(id));
        if (Number(id) === total) break;
      }
      return read;
    }
    const all = Array.from({ length: total }, (_, index) => index + 1);
    assert.deepEqual(await readFrom(0), all);
    const end = await ends.get('/slow');
    assert.ok(end instanceof AppError);
    assert.deepEqual([end.code, end.message], ['UNAVAILABLE', 'The reader of the stream does not read.']);
    // What had reached it before is all that it has.
    let text = '';
    slow.setEncoding('utf8').on('data', (piece: string) => (text += piece));
    slow.on('error', () => {}).resume();
    await once(slow, 'close');
    const read = Array.from(text.matchAll(/^id: (\d+)\nevent: \w+\ndata: .*\n\n/gm), ([, id]) => Number(id));
    assert.ok(read.length < total, String(read.length));
    assert.deepEqual([...read, ...(await readFrom(read.at(-1) ?? 0))], all);
  },
);
