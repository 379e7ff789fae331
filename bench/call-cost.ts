/**
 * What each call pays for being logged, counted and let in: `node bench/call-cost.ts`. Processor time for one, the least of
 * several rounds, so that it says something on a machine that is busy with other things as well.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runInContext } from '../src/core/context.ts';
import { grants } from '../src/core/grants.ts';
import { createLogWriter, loggerOf } from '../src/core/logger.ts';
import { followLogLevels, logLevelsFile } from '../src/core/telemetry/log-levels.ts';
import { createMetrics, secondsBounds } from '../src/core/telemetry/metrics.ts';
import { createTokenCheck } from '../src/safety/tokens/check-token.ts';
import { ownerToken } from '../src/safety/tokens/owner-token.ts';

const rounds = 9;
const times = 20_000;

/** Microseconds of processor time for one. */
function cost(work: () => void): number {
  let least = Number.POSITIVE_INFINITY;
  for (let round = 0; round < rounds; round += 1) {
    const before = process.cpuUsage();
    for (let index = 0; index < times; index += 1) work();
    const { user, system } = process.cpuUsage(before);
    least = Math.min(least, (user + system) / times);
  }
  return least;
}

const folder = mkdtempSync(join(tmpdir(), 'call-cost-'));
try {
  let bytes = 0;
  const levelOf = followLogLevels(logLevelsFile(folder), 'info', {
    now: Date.now,
    monotonicMs: () => performance.now(),
  });
  const logger = loggerOf(
    createLogWriter('gmail-api-server', levelOf, (line) => {
      bytes += line.length;
    }),
  );
  const durations = createMetrics().histogram('seconds', 'Time.', secondsBounds, ['operation', 'code']);
  const checkToken = createTokenCheck(folder, new Set(grants));
  const authorization = `Bearer ${ownerToken(folder)}`;
  const call = { operation: 'get_profile', code: 'OK' };
  const rows: readonly (readonly [string, () => void])[] = [
    ['a log line of a call', () => logger.info('call', { ...call, ms: 0.42 })],
    ['a log line that is not written', () => logger.debug('google request', { method: 'messages.list', status: 200 })],
    ['a duration counted', () => durations.observe(call, 0.0004)],
    ['a token checked', () => checkToken(authorization)],
  ];
  const context = { requestId: '0b0e1c1e-6d8e-4a57-9a0b-3a9a1d2f8a11', transport: 'rest', tokenName: 'owner' } as const;
  runInContext(context, () => {
    for (const [name, work] of rows) process.stdout.write(`${name.padEnd(32)} ${cost(work).toFixed(2)} µs\n`);
  });
} finally {
  rmSync(folder, { recursive: true });
}
