import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite, test } from 'node:test';
import { temporaryFolder } from './support/temporary-folder.ts';

const guard = join(import.meta.dirname, 'support/loopback-only.js');

const attempts: Readonly<Record<string, string>> = {
  'fetch by name': `await fetch('https://gmail.googleapis.com/')`,
  'fetch by address': `await fetch('http://192.0.2.7/')`,
  'http.get': `await new Promise((_, reject) => http.get('http://example.org/').on('error', reject))`,
  'net.connect': `await new Promise((_, reject) => net.connect(443, '192.0.2.7').on('error', reject))`,
  'net.connect by options': `await new Promise((_, reject) => net.connect({ port: 443, host: '2001:db8::1' }).on('error', reject))`,
  'tls.connect': `await new Promise((_, reject) => tls.connect(443, 'example.org').on('error', reject))`,
  datagram: `dgram.createSocket('udp4').send('x', 53, '192.0.2.7')`,
};

const ownServer = `
  const server = http.createServer((_, response) => response.end('here')).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const answer = await fetch('http://127.0.0.1:' + server.address().port);
  if ((await answer.text()) !== 'here') throw new Error('not here');
  server.closeAllConnections();
  server.close();`;

async function runGuarded(report: string, code: string): Promise<{ code: unknown; stderr: string }> {
  const imports = ['http', 'net', 'tls', 'dgram'].map((name) => `import ${name} from 'node:${name}';`).join('');
  const script = `${imports} import { once } from 'node:events'; ${code}`;
  const child = spawn(process.execPath, [`--import=${guard}`, '--input-type=module', '--eval', script], {
    env: { LOOPBACK_ONLY_REPORT: report },
    stdio: ['ignore', 'inherit', 'pipe'],
  });
  let stderr = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  const [exitCode] = await once(child, 'close');
  return { code: exitCode, stderr };
}

suite('the guard of the test run', () => {
  for (const [name, code] of Object.entries(attempts)) {
    test(`refuses and writes down ${name}`, async (t) => {
      const report = join(temporaryFolder(t), 'report');
      const finished = await runGuarded(report, code);
      assert.notEqual(finished.code, 0);
      assert.match(finished.stderr, /Tests may only use this machine/);
      assert.match(
        readFileSync(report, 'utf8'),
        /wanted to reach (gmail\.googleapis\.com|example\.org|192\.0\.2\.7|2001:)/,
      );
    });
  }

  test('lets a process talk to its own machine', async (t) => {
    const report = join(temporaryFolder(t), 'report');
    assert.deepEqual(await runGuarded(report, ownServer), { code: 0, stderr: '' });
    assert.equal(existsSync(report), false);
  });
});
