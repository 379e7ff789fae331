import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'node:test';
import { eventually } from '../support/eventually.ts';
import { makeHome, node, program, shell, startSupervisor } from './harness.ts';

/** 2 of `writer.log.2`, 0 of the log itself. */
function age(name: string): number {
  return Number(name.split('.')[2] ?? 0);
}

test('a log is rotated under its writer, without losing a line', async (t) => {
  const count = 20_000;
  const writer = `${node} -e 'let n = 0; const write = () => { for (let i = 0; i < 20; i++) console.log(String(n++).padStart(99, "0")); if (n < ${count}) setTimeout(write, 1); else setInterval(() => {}, 1000); }; write()'`;
  const keys = { stdout_logfile_maxbytes: '100KB', stdout_logfile_backups: 60 };
  const home = makeHome(t, program('writer', writer, keys));
  await startSupervisor(t, home);
  const files = (): readonly string[] => readdirSync(home.logsFolder).filter((name) => name.startsWith('writer.log'));
  const sizeBytes = (): number => files().reduce((sum, name) => sum + statSync(join(home.logsFolder, name)).size, 0);
  await eventually('all lines', () => sizeBytes() >= count * 100);
  assert.ok(files().length > 2, files().join());
  const text = files()
    .toSorted((a, b) => age(b) - age(a))
    .map((name) => readFileSync(join(home.logsFolder, name), 'utf8'))
    .join('');
  const lines = text.trimEnd().split('\n').map(Number);
  assert.deepEqual(
    lines,
    Array.from({ length: count }, (_, index) => index),
  );
});

test('without backups a log is emptied, and no more files are kept than backups', async (t) => {
  const chatter = shell('while :; do echo 0123456789012345678901234567890123456789; sleep 0.002; done');
  const home = makeHome(
    t,
    program('none', chatter, { stdout_logfile_maxbytes: '1KB', stdout_logfile_backups: 0 }) +
      program('two', chatter, { stdout_logfile_maxbytes: '1KB', stdout_logfile_backups: 2 }),
  );
  const { ctl } = await startSupervisor(t, home);
  await eventually('the second backup', () => existsSync(join(home.logsFolder, 'two.log.2')));
  const before = statSync(join(home.logsFolder, 'two.log.2')).ino;
  await eventually('a third rotation', () => statSync(join(home.logsFolder, 'two.log.2')).ino !== before);
  await ctl('stop', 'all');
  const names = readdirSync(home.logsFolder).filter((name) => name !== 'supervisord.log');
  assert.deepEqual(names.toSorted(), ['none.log', 'two.log', 'two.log.1', 'two.log.2']);
});

test('stderr has a file of its own unless it is redirected, and files of made-up names go with their group', async (t) => {
  const home = makeHome(
    t,
    program('both', shell('echo out; echo err >&2; exec sleep 60'), {
      redirect_stderr: 'false',
      stdout_logfile: 'AUTO',
    }) + program('silent', shell('echo out; exec sleep 60'), { stdout_logfile: 'NONE' }),
  );
  const { ctl, stop } = await startSupervisor(t, home);
  const tail = async (...words: string[]): Promise<string> => (await ctl('tail', ...words)).stdout;
  await eventually(
    'both lines',
    async () => (await tail('both')) === 'out\n\n' && (await tail('both', 'stderr')) === 'err\n\n',
  );
  assert.equal(await tail('silent'), 'silent: ERROR (no log file)\n');
  const automatic = (): readonly string[] => readdirSync(home.logsFolder).filter((name) => name.startsWith('both-'));
  assert.match(automatic().toSorted()[1]!, /^both-stdout---supervisor-\w{8}\.log$/);
  await stop();
  assert.deepEqual(automatic(), []);
});

test("the main log tells what happened in supervisord's words, one JSON object a line", async (t) => {
  const { ctl, mainLog, stop } = await startSupervisor(t, makeHome(t, program('cat', '/bin/cat')));
  const pid = Number((await ctl('pid', 'cat')).stdout);
  process.kill(pid, 'SIGKILL');
  await eventually(
    'the restart',
    async () => Number((await ctl('pid', 'cat')).stdout) > 0 && (await ctl('pid', 'cat')).stdout !== `${pid}\n`,
  );
  await stop();
  const messages = mainLog().map(({ message }) => String(message).replaceAll(/\d+/g, 'N'));
  assert.deepEqual(messages.slice(0, 5), [
    'supervisord started with pid N',
    "spawned: 'cat' with pid N",
    'success: cat entered RUNNING state, process has stayed up for > than N seconds (startsecs)',
    'exited: cat (terminated by SIGKILL; not expected)',
    "spawned: 'cat' with pid N",
  ]);
  assert.deepEqual(messages.slice(-2), ['stopping everything', 'stopped: cat (terminated by SIGTERM)']);
});

test('logs are for their owner alone, those too that an older version made for all to read', async (t) => {
  const home = makeHome(t, program('one', shell('echo hello; sleep 60')));
  const log = join(home.logsFolder, 'one.log');
  writeFileSync(log, 'before\n', { mode: 0o644 });
  await startSupervisor(t, home);
  await eventually('a line', () => readFileSync(log, 'utf8') === 'before\nhello\n');
  for (const file of readdirSync(home.logsFolder)) {
    assert.equal(statSync(join(home.logsFolder, file)).mode & 0o777, 0o600, file);
  }
});
