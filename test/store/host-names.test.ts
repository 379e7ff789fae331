import assert from 'node:assert/strict';
import { hostname } from 'node:os';
import { suite, test } from 'node:test';
import { startServer, type Environment } from '../support/hosts.ts';
import { run } from '../support/installation.ts';
import { postgresOfFile } from '../support/postgres-of-file.ts';
import { skipWithoutPostgres } from '../support/postgres.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

suite('what is a host’s own among hosts that share a database', { skip: skipWithoutPostgres }, () => {
  const postgres = postgresOfFile();

  test('has the name of the host on the page', async (t) => {
    const now = async (more: Environment): Promise<string> => {
      const environment = { GMAIL_HOME: temporaryFolder(t), ...more };
      const { url } = await startServer(t, 'gmail-dashboard', environment);
      const port = { GMAIL_DASHBOARD_PORT: new URL(url).port };
      const { stdout, stderr } = await run('gmail-llm', ['open', '--no-browser'], { ...environment, ...port });
      const [, code] = /\/open\/(\S+)/.exec(stdout) ?? assert.fail(stderr);
      const opened = await fetch(`${url}/open`, {
        method: 'POST',
        headers: { origin: url, 'sec-fetch-site': 'same-origin' },
        body: new URLSearchParams({ code: code ?? '' }),
        redirect: 'manual',
      });
      const cookie = opened.headers.get('set-cookie')?.split(';')[0] ?? assert.fail(`status ${opened.status}`);
      return (await fetch(new URL(opened.headers.get('location') ?? '', url), { headers: { cookie } })).text();
    };
    const shared = await now({ GMAIL_STORE: postgres.create(t).address });
    assert.match(shared, new RegExp(`>on ${hostname()}</p>`));
    assert.match(shared, new RegExp(`Programs on ${hostname()}`));
    const alone = await now({});
    assert.match(alone, />Programs</);
    assert.doesNotMatch(alone, new RegExp(`on ${hostname()}`));
  });

  test('has it in `ctl status`, beside what supervisorctl prints', async (t) => {
    const home = { GMAIL_HOME: temporaryFolder(t) };
    const shared = await run('gmail-llm', ['ctl', 'status'], { ...home, GMAIL_STORE: postgres.create(t).address });
    assert.match(shared.stderr, new RegExp(`^Programs on ${hostname()};`, 'm'));
    const alone = await run('gmail-llm', ['ctl', 'status'], home);
    assert.equal(shared.stdout, alone.stdout);
    assert.doesNotMatch(alone.stderr, /Programs on/);
  });
});
