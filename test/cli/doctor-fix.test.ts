import assert from 'node:assert/strict';
import { chmodSync, globSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { fillHome, locateHome } from '../../src/core/home.ts';
import { processConfiguration } from '../../src/core/process-configuration.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { runCommand } from './command-harness.ts';

/** The commands that 0.2 wrote for an installed package: frozen to where it was. */
function frozenConfiguration(folder: string): string {
  return `; my own comment\n${processConfiguration('installed')}`
    .replaceAll('"%(ENV_GMAIL_LLM_NODE)s"', `${folder}/node`)
    .replaceAll(/"%\(ENV_GMAIL_LLM_BIN\)s\/([\w-]+\.js)"/g, `${folder}/bin/$1`);
}

test('doctor finds commands that lead to an installation that is gone, and --fix repairs them after a backup', async (t) => {
  const folder = join(temporaryFolder(t), 'home');
  for (const name of ['logs', 'run']) mkdirSync(join(folder, name), { recursive: true });
  const file = join(folder, 'supervisord.conf');
  const before = frozenConfiguration('/opt/gone');
  writeFileSync(file, before);
  const environment = { GMAIL_HOME: folder };
  const look = await runCommand(['doctor'], environment);
  assert.match(
    look.stdout,
    /✗ supervisord\.conf +gmail-mcp-server is started from \/opt\/gone\/node, which is not there/,
  );
  assert.match(look.stdout, /gmail-llm doctor --fix/);
  assert.equal(readFileSync(file, 'utf8'), before, 'without --fix nothing changes');

  const fixed = await runCommand(['doctor', '--fix'], environment);
  assert.match(fixed.stderr, /^fixed supervisord\.conf: /m);
  assert.match(fixed.stdout, /✓ supervisord\.conf +gmail-mcp-server, gmail-api-server/);
  assert.equal(readFileSync(file, 'utf8'), `; my own comment\n${processConfiguration('installed')}`);
  const [backup = ''] = globSync(join(folder, 'supervisord.conf.*.bak'));
  assert.equal(readFileSync(backup, 'utf8'), before);
  assert.equal(
    (await runCommand(['doctor', '--fix'], environment)).stderr,
    '',
    'a second time there is nothing to fix',
  );
});

test("doctor finds a home without the owner's page, and --fix adds it after a backup", async (t) => {
  const home = locateHome({ GMAIL_HOME: join(temporaryFolder(t), 'home') });
  fillHome(home);
  const whole = readFileSync(home.configurationFile, 'utf8');
  const before = `; mine\n${whole.replace(/\[program:gmail-dashboard\][^[]*/, '')}`;
  writeFileSync(home.configurationFile, before);
  const environment = { GMAIL_HOME: home.folder };
  const look = await runCommand(['doctor'], environment);
  assert.match(look.stdout, /! supervisord\.conf +It has no gmail-dashboard/);
  const fixed = await runCommand(['doctor', '--fix'], environment);
  assert.match(fixed.stderr, /^fixed supervisord\.conf: gmail-dashboard was added/m);
  assert.match(fixed.stdout, /✓ supervisord\.conf +.*gmail-dashboard/);
  const after = readFileSync(home.configurationFile, 'utf8');
  assert.ok(after.startsWith(before.trimEnd()), 'what was there stays as it was');
  assert.equal(after.match(/^x_listen=.*GMAIL_DASHBOARD_PORT/gm)?.length, 1);
  const [backup = ''] = globSync(`${home.configurationFile}.*.bak`);
  assert.equal(readFileSync(backup, 'utf8'), before);
});

test('commands that lead to another installation are a warning, with both places', async (t) => {
  const other = temporaryFolder(t);
  const folder = join(temporaryFolder(t), 'home');
  mkdirSync(join(other, 'bin'), { recursive: true });
  for (const name of ['logs', 'run']) mkdirSync(join(folder, name), { recursive: true });
  writeFileSync(join(other, 'node'), '#!/bin/sh\n', { mode: 0o755 });
  for (const name of ['gmail-mcp-server', 'gmail-api-server']) writeFileSync(join(other, 'bin', `${name}.js`), '');
  writeFileSync(join(folder, 'supervisord.conf'), frozenConfiguration(other));
  const { stdout } = await runCommand(['doctor'], { GMAIL_HOME: folder });
  assert.ok(
    stdout.includes(`gmail-api-server is started from ${other}/bin/gmail-api-server.js, which is another installation`),
  );
});

test('--fix closes what other users could read', async (t) => {
  const home = locateHome({ GMAIL_HOME: join(temporaryFolder(t), 'home') });
  fillHome(home);
  chmodSync(home.dataFolder, 0o755);
  const { stderr } = await runCommand(['doctor', '--fix'], { GMAIL_HOME: home.folder });
  assert.match(stderr, /^fixed home: .*data is for this user alone now$/m);
  assert.equal(statSync(home.dataFolder).mode & 0o777, 0o700);
});

test('a home of an installed package starts its servers, wherever the package is', async (t) => {
  const folder = join(temporaryFolder(t), 'a home with spaces');
  mkdirSync(folder);
  const { stdout, code } = await runCommand(['units'], { GMAIL_HOME: folder });
  assert.equal(code, 0);
  assert.ok(stdout.includes(join(import.meta.dirname, '../../bin/gmail-mcp-server.js')), stdout);
});
