import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Target } from '../../src/core/egress/check-target.ts';
import { egressReach, readEgressPattern } from '../../src/safety/policy/egress-rules.ts';
import { egressOf, policySchema } from '../../src/safety/policy/policy.ts';

function target(url: string, address: string): Target {
  const { protocol, hostname, port } = new URL(url);
  assert.ok(protocol === 'https:' || protocol === 'http:');
  return {
    protocol,
    host: hostname.replace(/^\[|\]$/g, ''),
    port: Number(port || (protocol === 'https:' ? 443 : 80)),
    address,
  };
}

test('without a word, https to the Internet is allowed and nothing else', () => {
  const reach = egressReach(egressOf({}));
  assert.equal(reach(target('https://hooks.example/x', '8.8.8.8')), true);
  assert.equal(reach(target('http://hooks.example/x', '8.8.8.8')), false);
  assert.equal(reach(target('https://hooks.example/x', '10.0.0.1')), false);
  assert.equal(reach(target('https://hooks.example/x', '169.254.169.254')), false);
});

test('what is allowed is allowed by host, subdomain, address, network and port, over TLS unless it says http', () => {
  const reach = egressReach({
    allow: ['intern.example:8443', '*.sub.example', 'http://127.0.0.1:9000', '10.1.0.0/16', '[fd00::/8]:443', '[::1]'],
    deny: ['10.1.2.0/24', 'evil.sub.example'],
    internet: false,
  });
  const isAllowed = (url: string, address: string) => reach(target(url, address));
  assert.deepEqual(
    [
      ['https://intern.example:8443/', '10.9.9.9'],
      ['https://a.sub.example/', '192.168.0.1'],
      ['http://localhost:9000/', '127.0.0.1'],
      ['https://any.example/', '10.1.3.4'],
      ['https://any.example/', 'fd12::1'],
      ['https://[::1]:7/', '::1'],
    ].filter(([url = '', address = '']) => !isAllowed(url, address)),
    [],
  );
  assert.deepEqual(
    [
      ['https://intern.example/', '10.9.9.9'],
      ['http://intern.example:8443/', '10.9.9.9'],
      ['https://sub.example/', '10.9.9.9'],
      ['https://notsub.example/', '10.9.9.9'],
      ['https://evil.sub.example/', '192.168.0.1'],
      ['http://127.0.0.1:9001/', '127.0.0.1'],
      ['https://any.example/', '10.2.0.1'],
      ['https://any.example/', '10.1.2.3'],
      ['https://any.example:444/', 'fd12::1'],
      ['https://hooks.example/', '8.8.8.8'],
    ].filter(([url = '', address = '']) => isAllowed(url, address)),
    [],
  );
});

test('an entry that is none is a fault of the file', () => {
  for (const text of [
    '',
    'https://x.example',
    'x.example/path',
    '10.0.0.0/33',
    '10.0.0/8',
    '*.',
    '*',
    'x.example:0',
    'x.example:70000',
    'a b',
  ]) {
    assert.equal(readEgressPattern(text), undefined, text);
    assert.equal(policySchema.safeParse({ egress: { allow: [text] } }).success, false, text);
  }
  assert.ok(policySchema.safeParse({ egress: { allow: ['Hooks.Example.org'], deny: ['[2001:db8::/32]'] } }).success);
  assert.equal(policySchema.safeParse({ accounts: { 'me@example.org': { egress: {} } } }).success, false);
});
