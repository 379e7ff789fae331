import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import { createLogWriter } from '../../src/core/logger.ts';
import type { LogLevel } from '../../src/core/logger.ts';
import { installLog } from '../../src/core/telemetry/log.ts';
import { metrics } from '../../src/core/telemetry/metrics.ts';
import { parseQuery } from '../../src/mail/query/parse-query.ts';
import { asCall, answer, apiRequest, errorBody, openParts, scriptedServer, withTokens } from './channel-parts.ts';
import { buildMail } from '../build-mail.ts';
import { gmailOnEmulator } from './open-on-emulator.ts';

type Line = Readonly<Record<string, unknown>>;

/** What the process logs while the test runs. */
function logged(t: TestContext, level: LogLevel): readonly Line[] {
  const lines: Line[] = [];
  installLog(
    createLogWriter(
      'test',
      () => level,
      (line) => lines.push(JSON.parse(line)),
    ),
  );
  t.after(() => installLog(undefined));
  return lines;
}

/** The value of a figure; 0 before it has one. */
async function figure(name: string): Promise<number> {
  const text = await metrics.render({});
  const line = text.split('\n').find((candidate) => candidate.startsWith(`${name} `));
  return line === undefined ? 0 : Number(line.slice(name.length + 1));
}

test('a search that meets two 429s leaves a line for each attempt and wait, under its request id', async (t) => {
  const lines = logged(t, 'debug');
  const { emulator, open, deliver } = await gmailOnEmulator(t);
  await deliver([{ raw: buildMail({ subject: 'secret words' }), receivedMs: Date.now(), labels: ['INBOX'] }]);
  emulator.faults.add({ match: 'gmail.users.messages.list', kind: 'status', status: 429, times: 2 });
  const throttled = 'gmail_llm_google_requests_total{method="messages.list",status="429"}';
  const good = 'gmail_llm_google_requests_total{method="messages.list",status="200"}';
  const frozen = 'gmail_llm_google_wait_seconds_count{cause="frozen"}';
  const names = [throttled, good, frozen, 'gmail_llm_google_throttles_total', 'gmail_llm_google_units_total'];
  const before = await Promise.all(names.map(figure));
  const search = {
    query: parseQuery('secret', { emailAddress: 'me@example.org', nowMs: Date.now(), timeZone: 'UTC' }),
    includeSpamTrash: false,
    maxResults: 10,
  };
  await asCall({ requestId: 'search-1', patienceMs: 60_000 }, () => open().searchMessages(search));
  const after = await Promise.all(names.map(figure));
  const [throttledCount, goodCount, frozenCount, throttleCount, units] = after.map(
    (value, index) => value - (before[index] ?? 0),
  );

  assert.ok(lines.length > 0 && lines.every(({ requestId }) => requestId === 'search-1'));
  const attempts = lines.filter(({ message, method }) => message === 'google request' && method === 'messages.list');
  assert.deepEqual(
    attempts.map(({ attempt, status, units: cost }) => [attempt, status, cost]),
    [
      [1, 429, 5],
      [2, 429, 5],
      [3, 200, 5],
    ],
  );
  const pauses = lines.filter(({ message, cause }) => message === 'google wait' && cause === 'frozen');
  assert.equal(pauses.length, 2);
  assert.ok(pauses.every(({ ms }) => Number(ms) >= 200));
  assert.equal(lines.filter(({ message }) => message === 'google throttles').length, 2);
  assert.deepEqual([throttledCount, goodCount, frozenCount, throttleCount], [2, 1, 2, 2]);
  assert.ok((units ?? 0) >= 15);
  // Neither what was searched for nor what was found, and no token.
  assert.ok(!JSON.stringify(lines).includes('secret'));
  assert.ok(!JSON.stringify(lines).includes(emulator.account.accessToken));
});

test('at the usual level, what goes well at once is no line, and what does not is', async (t) => {
  const lines = logged(t, 'info');
  let count = 0;
  const server = await scriptedServer(
    t,
    withTokens((_request, response) => {
      count += 1;
      if (count === 2) answer(response, 503, errorBody(503, 'backendError', 'Backend Error'));
      else answer(response, 200, { labels: [] });
    }),
  );
  const { channel } = await openParts(t, server.rootUrl);
  const send = () => asCall({ patienceMs: 60_000 }, () => channel.send(apiRequest(server.rootUrl)));
  await send();
  const [renewed, ...others] = lines;
  assert.deepEqual([renewed?.message, renewed?.outcome, others], ['access renewed', 'granted', []]);
  await send();
  assert.deepEqual(
    others
      .concat(lines.slice(1))
      .filter(({ message }) => message === 'google request')
      .map(({ attempt, status }) => [attempt, status]),
    [
      [1, 503],
      [2, 200],
    ],
  );
});

test('a login that Google refuses is a warning with the endpoint’s own word', async (t) => {
  const lines = logged(t, 'warn');
  const server = await scriptedServer(t, (_request, response) => answer(response, 400, { error: 'invalid_grant' }));
  const { channel } = await openParts(t, server.rootUrl);
  await assert.rejects(
    asCall({}, () => channel.send(apiRequest(server.rootUrl))),
    { code: 'REAUTH_REQUIRED' },
  );
  assert.deepEqual(
    lines.map(({ message, outcome, reason, subsystem }) => [message, outcome, reason, subsystem]),
    [['access renewed', 'refused', 'invalid_grant', 'gmail']],
  );
});
