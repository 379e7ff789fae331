import assert from 'node:assert/strict';
import { test } from 'node:test';
import { newEnvironment, startInstallation } from '../support/installation.ts';

test('ctl fg leaves a server at the end of its input, and ctl metrics tells its figures', async (t) => {
  const { command } = await startInstallation(t, await newEnvironment(t));
  const foreground = await command('ctl', 'fg', 'gmail-api-server');
  assert.equal(foreground.code, 0, foreground.stderr);
  assert.match(foreground.stdout, /^==> Press Ctrl-C to exit <==\n(?:.*\n)*Exiting foreground\n$/);
  const metrics = await command('ctl', 'metrics');
  assert.equal(metrics.code, 0, metrics.stderr);
  for (const name of ['gmail-mcp-server', 'gmail-api-server']) {
    assert.ok(metrics.stdout.includes(`gmail_llm_process_ready{group="gmail-servers",name="${name}"} 1\n`));
  }
});
