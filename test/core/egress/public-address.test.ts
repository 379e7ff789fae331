import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isPublicAddress } from '../../../src/core/egress/public-address.ts';

test('an IPv4 address inside an IPv6 address is as public as it is by itself', () => {
  for (const prefix of ['', '::ffff:', '64:ff9b::']) {
    assert.ok(isPublicAddress(`${prefix}8.8.8.8`), prefix);
    for (const own of ['10.0.0.1', '127.0.0.1', '169.254.169.254'])
      assert.ok(!isPublicAddress(prefix + own), prefix + own);
  }
});
