import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import test from 'node:test';
import { makeHome, node, program, supervisorScript } from './harness.ts';

test('a supervisor without a socket and a running program lives on until it is stopped', async (t) => {
  const home = makeHome(t);
  const idle = program('idle', '/bin/cat', { autostart: 'false' });
  writeFileSync(home.configurationFile, `[supervisord]\nchildlogdir=%(here)s/logs\n${idle}`);
  const child = spawn(node, [supervisorScript], {
    env: { ...process.env, GMAIL_HOME: home.folder },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const exited = once(child, 'exit');
  await once(child.stdout, 'data');
  child.kill('SIGTERM');
  assert.deepEqual(await exited, [0, null]);
});
