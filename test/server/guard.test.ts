import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { parseConfiguration } from '../../src/core/configuration.ts';
import { AppError } from '../../src/core/errors.ts';
import { createGuard } from '../../src/server/guard.ts';
import type { Guard } from '../../src/server/guard.ts';

/** The guard of a server on this address with these names. */
function guardOf(environment: Readonly<Record<string, string>>): Guard {
  return createGuard(parseConfiguration(environment));
}

function check(guard: Guard, host: string | undefined, origin?: string): void {
  const headers = { ...(host === undefined ? {} : { host }), ...(origin === undefined ? {} : { origin }) };
  guard.checkRequest({ headers, rawHeaders: Object.entries(headers).flat() });
}

function assertForeign(field: 'Host' | 'Origin', guard: Guard, host: string | undefined, origin?: string): void {
  assert.throws(
    () => check(guard, host, origin),
    (error: unknown) => error instanceof AppError && error.code === 'FORBIDDEN' && error.details.field === field,
  );
}

describe('a server on loopback', () => {
  const guard = guardOf({});

  for (const host of ['127.0.0.1:8000', 'localhost', 'LOCALHOST:1', '[::1]:8001', '127.0.0.2:80']) {
    test(`Host ${host} is ours`, () => check(guard, host));
  }

  for (const host of [
    undefined,
    '',
    'evil.example',
    'localhost.evil.example',
    '127.0.0.1.evil.example',
    '127.0.0.1@evil.example',
    '10.0.0.1:8000',
  ]) {
    test(`Host ${host} is foreign`, () => assertForeign('Host', guard, host));
  }

  for (const origin of ['http://localhost:6274', 'http://127.0.0.1:8000', 'https://[::1]', 'HTTP://LOCALHOST:6274']) {
    test(`Origin ${origin} is ours`, () => check(guard, 'localhost', origin));
  }

  for (const origin of [
    'null',
    '',
    'http://evil.example',
    'file://',
    'ftp://localhost',
    'http://localhost/',
    'http://localhost@evil.example',
    'http://ann@localhost',
    'http://localhost.evil.example',
    'chrome-extension://abcdefgh',
  ]) {
    test(`Origin ${JSON.stringify(origin)} is foreign`, () => assertForeign('Origin', guard, 'localhost', origin));
  }

  test('a refused host is told which variable allows it, as is a refused origin', () => {
    assert.throws(() => check(guard, 'mail.lan:8000'), {
      details: {
        field: 'Host',
        expected: '127.0.0.1, localhost',
        got: 'mail.lan:8000',
        hint: 'If this is its name in your network: GMAIL_ALLOWED_HOSTS=mail.lan',
      },
    });
    assert.throws(() => check(guard, 'localhost', 'https://mail.lan'), {
      details: {
        field: 'Origin',
        expected: "the server's own, or one of GMAIL_ALLOWED_HOSTS",
        got: 'https://mail.lan',
        hint: 'If it is yours: GMAIL_ALLOWED_HOSTS=https://mail.lan',
      },
    });
  });

  test('two Host headers are refused, also when they agree', () => {
    const headers = { host: 'localhost' };
    for (const rawHeaders of [
      ['Host', 'localhost', 'host', 'localhost'],
      ['Host', 'localhost', 'Accept', '*/*', 'HOST', 'evil.example'],
    ]) {
      assert.throws(() => guard.checkRequest({ headers, rawHeaders }), {
        code: 'INVALID_INPUT',
        details: { field: 'Host', expected: 'one' },
      });
    }
  });
});

describe('a server that is called by other names', () => {
  const GMAIL_ALLOWED_HOSTS = 'Mail.lan, gmail, https://mail.example.org, https://other.example.org:8443, [fd00::1]';
  const guard = guardOf({ GMAIL_ALLOWED_HOSTS });

  for (const host of [
    'mail.lan:8000',
    'MAIL.LAN',
    'gmail:1',
    'mail.example.org',
    'other.example.org:80',
    '[fd00::1]:8000',
    'localhost:8000',
  ]) {
    test(`Host ${host} is ours`, () => check(guard, host));
  }
  for (const host of ['lan', 'x.mail.lan', 'mail.lan.evil.example', 'gmail.com', 'example.org']) {
    test(`Host ${host} is foreign`, () => assertForeign('Host', guard, host));
  }

  for (const [host, origin] of [
    // Its own, however it is reached: directly, or through a proxy that keeps Host and speaks TLS.
    ['mail.lan:8000', 'http://mail.lan:8000'],
    ['mail.lan', 'https://mail.lan'],
    ['mail.lan:443', 'https://mail.lan'],
    // A proxy that calls the server by another name.
    ['gmail:8000', 'https://mail.example.org'],
    ['127.0.0.1:8000', 'https://other.example.org:8443'],
    ['gmail:8000', 'HTTPS://MAIL.EXAMPLE.ORG'],
  ] as const) {
    test(`a page of ${origin} may call ${host}`, () => check(guard, host, origin));
  }
  for (const [host, origin] of [
    // Another server on the same host.
    ['mail.lan:8000', 'http://mail.lan:3000'],
    ['mail.lan:8000', 'http://mail.lan'],
    ['gmail:8000', 'http://mail.example.org'],
    ['gmail:8000', 'https://mail.example.org:444'],
    ['gmail:8000', 'https://other.example.org'],
    ['gmail:8000', 'https://mail.example.org.evil.example'],
    // A page on the caller's own machine, which is not the server's.
    ['mail.lan:8000', 'http://localhost:3000'],
  ] as const) {
    test(`a page of ${origin} may not call ${host}`, () => assertForeign('Origin', guard, host, origin));
  }
});

test('a server on one outside address is called by that address', () => {
  const guard = guardOf({ GMAIL_HOST: '192.0.2.7' });
  check(guard, '192.0.2.7:8000');
  check(guard, '192.0.2.7:8000', 'http://192.0.2.7:8000');
  assertForeign('Origin', guard, '192.0.2.7:8000', 'http://192.0.2.7:3000');
});

for (const [value, allowedHosts] of [
  ['MAIL.lan', ['mail.lan']],
  ['a, b.c ,[::1]', ['a', 'b.c', '[::1]']],
  ['https://Mail.Example.org:443,http://x:8000', ['https://mail.example.org', 'http://x:8000']],
] as const) {
  test(`GMAIL_ALLOWED_HOSTS=${value}`, () => {
    assert.deepEqual(parseConfiguration({ GMAIL_ALLOWED_HOSTS: value }).allowedHosts, allowedHosts);
  });
}
for (const value of ['*', '*.lan', 'mail.lan:8000', 'a b', 'a,,b', 'ftp://a', 'https://a/b', 'https://u:p@a', 'a/b']) {
  test(`GMAIL_ALLOWED_HOSTS=${value} is refused`, () => {
    assert.throws(() => parseConfiguration({ GMAIL_ALLOWED_HOSTS: value }), { code: 'INVALID_INPUT' });
  });
}

describe('a page that browsers say is of', () => {
  const guard = guardOf({ GMAIL_ALLOWED_HOSTS: 'https://mail.example.org' });
  const page = (site: string, origin?: string) => () =>
    guard.checkPage({ headers: { 'sec-fetch-site': site, ...(origin === undefined ? {} : { origin }) } });

  test('this site, or of none, may call', () => {
    guard.checkPage({ headers: {} });
    page('same-origin')();
    page('none')();
  });
  for (const site of ['cross-site', 'same-site', 'anything']) {
    test(`${site} may not, unless its origin is allowed`, () => {
      assert.throws(page(site), {
        code: 'FORBIDDEN',
        details: { field: 'Sec-Fetch-Site', expected: 'same-origin or none', got: site },
      });
      assert.throws(page(site, 'http://localhost:3000'), { code: 'FORBIDDEN' });
      page(site, 'https://mail.example.org')();
    });
  }
});
