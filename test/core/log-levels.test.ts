import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { test } from 'node:test';
import { createLogWriter, loggerOf } from '../../src/core/logger.ts';
import { followLogLevels, logLevelsFile, readLogLevels, setLogLevels } from '../../src/core/telemetry/log-levels.ts';
import { installLog, logOf } from '../../src/core/telemetry/log.ts';
import { runCommand } from '../cli/command-harness.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

/** A process whose clock is moved by hand. */
function startProcess(t: Parameters<typeof temporaryFolder>[0]) {
  const folder = temporaryFolder(t);
  const clock = { ms: 1e12 };
  const lines: { message: string; subsystem?: string }[] = [];
  const levelOf = followLogLevels(logLevelsFile(folder), 'info', { now: () => clock.ms, monotonicMs: () => clock.ms });
  const writeLog = createLogWriter('test', levelOf, (line) => lines.push(JSON.parse(line)));
  installLog(writeLog);
  t.after(() => installLog(undefined));
  return { file: logLevelsFile(folder), clock, lines, server: loggerOf(writeLog) };
}

test('the level of one subsystem is turned up while the process runs, and ends by itself', (t) => {
  const { file, clock, lines, server } = startProcess(t);
  const gmail = logOf('gmail');
  gmail.debug('before');
  setLogLevels(file, { subsystems: ['gmail'], level: 'debug', untilMs: clock.ms + 60_000 }, clock.ms);
  gmail.debug('too early');
  clock.ms += 500;
  gmail.debug('heard');
  logOf('jobs').debug('of another subsystem');
  server.debug('of the server');
  clock.ms += 59_500;
  gmail.debug('too late');
  gmail.info('still');
  assert.deepEqual(
    lines.map(({ message, subsystem }) => [message, subsystem]),
    [
      ['heard', 'gmail'],
      ['still', 'gmail'],
    ],
  );
});

test('lines of no subsystem are the server’s, and a level may also be turned down', (t) => {
  const { file, clock, lines, server } = startProcess(t);
  setLogLevels(file, { subsystems: ['server'], level: 'error', untilMs: clock.ms + 60_000 }, clock.ms);
  server.info('quiet');
  server.error('loud');
  assert.deepEqual(
    lines.map(({ message }) => message),
    ['loud'],
  );
});

test('a file of another form sets nothing', (t) => {
  const { file, clock } = startProcess(t);
  setLogLevels(file, { subsystems: ['gmail'], level: 'debug', untilMs: clock.ms + 1 }, clock.ms);
  assert.equal(readLogLevels(file, clock.ms).length, 1);
  for (const text of ['{', '{}', '[1]', '[{"subsystem":"gmail","level":"loud","untilMs":9e15}]']) {
    writeFileSync(file, text);
    assert.deepEqual(readLogLevels(file, clock.ms), []);
  }
});

test('gmail-llm log-level sets, shows and ends levels, and names what it does not know', async (t) => {
  const environment = { GMAIL_HOME: temporaryFolder(t) };
  const command = (...words: readonly string[]) => runCommand(['log-level', ...words], environment);
  assert.equal((await command()).stdout, 'Every subsystem logs from GMAIL_LOG_LEVEL on.\n');
  const { stdout } = await command('gmail', 'debug', '--minutes', '5');
  const until = /^gmail {2}debug {2}until (\S+)\n$/.exec(stdout)?.[1] ?? '';
  const leftMs = Date.parse(until) - Date.now();
  assert.ok(leftMs > 200_000 && leftMs <= 300_000, until);
  assert.equal((await command('jobs', 'warn')).stdout.split('\n').length, 3);
  assert.equal((await command('all', 'default')).stdout, 'Every subsystem logs from GMAIL_LOG_LEVEL on.\n');
  for (const [words, said] of [
    [['mail', 'debug'], 'SUBSYSTEM'],
    [['gmail', 'loud'], 'LEVEL'],
    [['gmail'], 'LEVEL'],
    [['gmail', 'debug', '--minutes', '0'], '--minutes'],
    [['gmail', 'debug', 'now'], 'argument'],
  ] as const) {
    const { code, stderr } = await command(...words);
    assert.equal(code, 2);
    assert.ok(stderr.includes(`Unexpected ${said} for`), stderr);
  }
});
