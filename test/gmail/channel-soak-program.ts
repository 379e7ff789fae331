// Four processes on one emulated account: `node test/gmail/channel-soak-program.ts [--seconds 130] [--faults]`. Prints what the
// emulator counted and what became of the requests. Too long for the test run, whose short forms are beside this.
import { parseArgs } from 'node:util';
import { startTestEmulator } from '../support/emulator.ts';
import { openParts } from './channel-parts.ts';
import { startChild } from './channel-processes.ts';

const { values } = parseArgs({ options: { seconds: { type: 'string' }, faults: { type: 'boolean' } } });
const durationMs = Number(values.seconds ?? 130) * 1000;
const cleanups: (() => unknown)[] = [];
const context = { after: (work: () => unknown) => void cleanups.unshift(work) };

const emulator = await startTestEmulator(context, { settings: { accessTokenSeconds: 60, latencyMs: 50 } });
const { folder } = await openParts(context, emulator.rootUrl, { login: emulator.account });
if (values.faults === true) {
  const match = 'gmail.users.*';
  for (const status of [401, 403, 429, 500]) {
    emulator.faults.add({ match, kind: 'status', status, probability: 0.05, seed: status });
  }
  emulator.faults.add({ match, kind: 'drop', afterCommit: false, probability: 0.05, seed: 1 });
  emulator.faults.add({ match, kind: 'delay', milliseconds: 2000, probability: 0.05, seed: 2 });
}
const children = await Promise.all(
  Array.from({ length: 4 }, () =>
    startChild(context, {
      folder,
      rootUrl: emulator.rootUrl,
      workers: 4,
      durationMs,
      patienceMs: 30_000,
      methodId: 'gmail.users.messages.list',
      path: 'gmail/v1/users/me/messages',
    }),
  ),
);
for (const child of children) child.go();
for (const child of children) console.log(JSON.stringify(await child.result));
const { unitsTotal, mostUnitsInAMinute, mostInFlight, refreshes, answersByStatus } = emulator.counters.read();
const share = unitsTotal / ((6000 * durationMs) / 60_000);
console.log(JSON.stringify({ unitsTotal, share, mostUnitsInAMinute, mostInFlight, refreshes, answersByStatus }));
for (const cleanup of cleanups) await cleanup();
