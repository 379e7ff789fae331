import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startTestEmulator } from '../support/emulator.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { auditFaults, countSent, openTestOutbox } from './outbox-parts.ts';
import { startSendingChild } from './outbox-processes.ts';

test('sends once when both servers are asked under one key at the same moment', async (t) => {
  const emulator = await startTestEmulator(t, { settings: { unitsPerMinute: 10_000_000, concurrentCalls: 100 } });
  const home = temporaryFolder(t);
  const google = { rootUrl: emulator.rootUrl, accessToken: emulator.account.accessToken };
  const [mcp, rest] = await Promise.all([
    startSendingChild(t, { home, emulator: google }),
    startSendingChild(t, { home, emulator: google }),
  ]);
  const subjects = Array.from({ length: 12 }, (_, index) => `race ${index}`);
  const answers = await Promise.all(
    subjects.flatMap((subject) =>
      [mcp, rest, mcp, rest].map((server) => server.ask({ kind: 'send', subject, key: subject })),
    ),
  );
  assert.deepEqual(new Set(answers), new Set(['sent']));
  const sent = await countSent(emulator.mailbox());
  for (const subject of subjects) assert.equal(sent.get(subject), 1, subject);
  assert.equal(sent.size, subjects.length);
  const { audit } = openTestOutbox(t, home);
  assert.deepEqual(await auditFaults(audit), []);
  assert.equal((await audit.list({ limit: 1000 })).length, 2 * subjects.length);
});
