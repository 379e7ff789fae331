import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { gzipSync } from 'node:zlib';
import { publicOnly, type Reach, type Resolve } from '../../../src/core/egress/check-target.ts';
import { configureEgress } from '../../../src/core/egress/egress-settings.ts';
import { createHttpClient, type HttpRequest } from '../../../src/core/egress/http-client.ts';
import { isPublicAddress } from '../../../src/core/egress/public-address.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';
import { authorityFile, startPlain, startProxy, startSecure } from './egress-servers.ts';

function clientOf(t: TestContext, options: { readonly reach?: Reach; readonly resolve?: Resolve } = {}) {
  const http = createHttpClient(options);
  t.after(() => http.close());
  return (url: string, more: Partial<HttpRequest> = {}) =>
    http.exchange({ method: 'GET', url: new URL(url), headers: {}, timeoutMs: 10_000, ...more });
}

/** The environment of the process, for as long as a test lasts. */
function withEnvironment(t: TestContext, environment: Readonly<Record<string, string>>): void {
  configureEgress(environment);
  t.after(() => configureEgress({}));
}

const text = (body: Uint8Array) => Buffer.from(body).toString();

test('addresses of this machine, of networks and with other purposes are not public, however they are written', () => {
  const isNot =
    '0.0.0.0 10.1.2.3 100.64.0.1 127.0.0.1 127.255.255.254 169.254.169.254 172.16.0.1 172.31.255.255 192.0.0.8 192.0.2.1 192.168.1.1 198.18.0.1 198.19.255.255 198.51.100.7 203.0.113.9 224.0.0.1 240.0.0.1 255.255.255.255 :: ::1 ::ffff:127.0.0.1 ::ffff:7f00:1 ::ffff:10.0.0.1 64:ff9b::127.0.0.1 64:ff9b::a00:1 64:ff9b:1::1 100::1 2001::1 2001:db8::1 2002:7f00:1:: 3fff::1 5f00::1 fc00::1 fd12:3456::1 fe80::1 fe80::1%eth0 fec0::1 ff02::1 localhost 1.2.3 ::1.2.3.4'.split(
      ' ',
    );
  assert.deepEqual([...isNot, ''].filter(isPublicAddress), []);
  const is = [
    '1.1.1.1',
    '8.8.8.8',
    '100.63.255.255',
    '172.15.255.255',
    '172.32.0.0',
    '223.255.255.255',
    '2606:4700::1111',
    '2a00:1450:4001::200e',
    '::ffff:8.8.8.8',
    '64:ff9b::808:808',
  ];
  assert.deepEqual(
    is.filter((address) => !isPublicAddress(address)),
    [],
  );
});

test('without a rule only public https addresses are called, however they are named', async (t) => {
  const asked: string[] = [];
  const resolve: Resolve = async (host) => {
    asked.push(host);
    return host === 'two-faced.example'
      ? [{ address: '8.8.8.8' }, { address: '127.0.0.1' }]
      : [{ address: '10.0.0.5' }];
  };
  const call = clientOf(t, { reach: publicOnly, resolve });
  for (const url of [
    'https://127.0.0.1/',
    'https://[::1]/',
    'https://2130706433/',
    'https://0x7f.1/',
    'https://[::ffff:127.0.0.1]/',
    'https://intern.example/',
    'https://two-faced.example/',
    'http://8.8.8.8/',
    'file:///etc/passwd',
  ]) {
    await assert.rejects(call(url), { name: 'HttpFailure', kind: 'refused', mayBeDone: false });
  }
  await assert.rejects(call('https://intern.example/hook'), {
    message: 'https://intern.example may not be called from here.',
  });
  assert.deepEqual(asked, ['intern.example', 'two-faced.example', 'intern.example']);
});

test('what was checked is what is connected to: the name is not looked up again', async (t) => {
  const hosts: (string | undefined)[] = [];
  const port = await startPlain(t, (request, response) => {
    hosts.push(request.headers.host);
    response.end('here');
  });
  let lookups = 0;
  const resolve: Resolve = async () => {
    lookups += 1;
    return [{ address: '127.0.0.1' }];
  };
  const call = clientOf(t, {
    reach: ({ address, host }) => address === '127.0.0.1' && host === 'rebind.example',
    resolve,
  });
  assert.equal(text((await call(`http://rebind.example:${port}/`)).body), 'here');
  assert.deepEqual([lookups, hosts], [1, [`rebind.example:${port}`]]);
});

test('redirects are followed where that is asked for, each under the same rule and without the credentials', async (t) => {
  const seen: string[] = [];
  const other = await startPlain(t, (request, response) => {
    seen.push(`other ${request.url} ${request.headers.authorization ?? 'without'}`);
    response.end('there');
  });
  const port = await startPlain(t, (request, response) => {
    seen.push(`first ${request.url} ${request.headers.authorization ?? 'without'}`);
    const to = {
      '/a': '/b',
      '/b': `http://127.0.0.1:${other}/c`,
      '/forbidden': 'http://127.0.0.2:1/',
      '/loop': '/loop',
    }[request.url ?? ''];
    response.writeHead(302, { location: to ?? '' }).end('moved');
  });
  const reach: Reach = ({ address }) => address === '127.0.0.1';
  const call = clientOf(t, { reach });
  const headers = { authorization: 'Bearer secret' };
  assert.equal((await call(`http://127.0.0.1:${port}/a`, { headers })).status, 302);
  assert.equal(text((await call(`http://127.0.0.1:${port}/a`, { headers, redirects: 2 })).body), 'there');
  assert.deepEqual(seen.slice(1), ['first /a Bearer secret', 'first /b Bearer secret', 'other /c without']);
  await assert.rejects(call(`http://127.0.0.1:${port}/forbidden`, { redirects: 2 }), { kind: 'refused' });
  assert.equal((await call(`http://127.0.0.1:${port}/loop`, { redirects: 3 })).status, 302);
  assert.equal((await call(`http://127.0.0.1:${port}/a`, { method: 'POST', redirects: 3 })).status, 302);
});

test('an answer that is too large, packed or not, or too late, is none', async (t) => {
  const port = await startPlain(t, (request, response) => {
    if (request.url === '/large') response.end('x'.repeat(2000));
    else if (request.url === '/packed')
      response.writeHead(200, { 'content-encoding': 'gzip' }).end(gzipSync('x'.repeat(2000)));
    else response.write('begun');
  });
  const call = clientOf(t);
  for (const path of ['large', 'packed']) {
    await assert.rejects(call(`http://127.0.0.1:${port}/${path}`, { maxBodyBytes: 1999 }), {
      kind: 'network',
      mayBeDone: true,
    });
    assert.equal((await call(`http://127.0.0.1:${port}/${path}`, { maxBodyBytes: 2000 })).body.length, 2000);
  }
  await assert.rejects(call(`http://127.0.0.1:${port}/slow`, { timeoutMs: 50 }), { kind: 'timeout', mayBeDone: true });
});

test('a certificate that is not accepted is a failure of its own, and one of a given authority is none', async (t) => {
  const { port } = await startSecure(t, (_request, response) => response.end('safe'));
  const url = `https://localhost:${port}/`;
  await assert.rejects(clientOf(t)(url), { kind: 'certificate', mayBeDone: false });
  withEnvironment(t, { GMAIL_CA_FILE: authorityFile });
  assert.equal(text((await clientOf(t)(url)).body), 'safe');
  // The name counts as well.
  const resolve: Resolve = async () => [{ address: '127.0.0.1' }];
  const named = clientOf(t, { reach: () => true, resolve });
  assert.equal(text((await named(`https://service.example:${port}/`)).body), 'safe');
  await assert.rejects(named(`https://other.example:${port}/`), { kind: 'certificate' });
});

test('a file of authorities that is missing or holds none is said', (t) => {
  const empty = join(temporaryFolder(t), 'empty.pem');
  writeFileSync(empty, 'nothing');
  withEnvironment(t, { GMAIL_CA_FILE: empty });
  assert.throws(() => createHttpClient(), { code: 'UNAVAILABLE', message: `The file ${empty} holds no certificate.` });
  configureEgress({ GMAIL_CA_FILE: `${empty}.not` });
  assert.throws(() => createHttpClient(), { code: 'UNAVAILABLE' });
});

test('the proxy of the environment is used, but for the hosts that it leaves out', async (t) => {
  const { port } = await startSecure(t, (request, response) => response.end(`to ${request.headers.host}`));
  const proxy = await startProxy(t);
  withEnvironment(t, { HTTPS_PROXY: proxy.url, GMAIL_CA_FILE: authorityFile, NO_PROXY: '127.0.0.1' });
  const call = clientOf(t);
  const url = `https://localhost:${port}/`;
  assert.equal(text((await call(url)).body), `to localhost:${port}`);
  assert.equal(
    text((await call(url, { method: 'POST', body: 'x', needsFreshConnection: true })).body),
    `to localhost:${port}`,
  );
  assert.deepEqual(proxy.asked, [`localhost:${port}`, `localhost:${port}`]);
  assert.equal((await call(`https://127.0.0.1:${port}/`)).status, 200);
  assert.equal(proxy.asked.length, 2);
});

test('through a proxy a name is still checked where it can be looked up, and left to the proxy where it cannot', async (t) => {
  const { port } = await startSecure(t, (_request, response) => response.end('far'));
  const proxy = await startProxy(t);
  withEnvironment(t, { HTTPS_PROXY: proxy.url, GMAIL_CA_FILE: authorityFile });
  const resolve: Resolve = async (host) => {
    if (host === 'service.example') throw Object.assign(new Error('no such host'), { code: 'ENOTFOUND' });
    return [{ address: '10.0.0.1' }];
  };
  const call = clientOf(t, { reach: publicOnly, resolve });
  await assert.rejects(call(`https://intern.example:${port}/`), { kind: 'refused' });
  assert.equal(text((await call(`https://service.example:${port}/`)).body), 'far');
  assert.deepEqual(proxy.asked, [`service.example:${port}`]);
});
