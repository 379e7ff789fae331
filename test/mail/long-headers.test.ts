import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseMime } from '../../src/mail/mime/parse-mime.ts';

/** A megabyte each, as the value of To. */
const longLists: Readonly<Record<string, string>> = {
  addresses: 'a@b.example,'.repeat(85_000),
  'empty names': 'a,'.repeat(500_000),
  'colons behind an address': `${'a '.repeat(250_000)}x@y.example ${':'.repeat(500_000)};`,
  'groups in groups': 'a:b,c;'.repeat(170_000),
  'closing brackets': `<a@b.example${'>'.repeat(1_000_000)}`,
};

for (const [name, value] of Object.entries(longLists)) {
  test(`reads a bounded part of a list of ${name} in linear time`, async () => {
    const started = process.cpuUsage();
    const { to } = await parseMime(Buffer.from(`To: ${value}\r\n\r\nhi`));
    const { user, system } = process.cpuUsage(started);
    assert.ok(to.length > 0 && to.length <= 5000, `${to.length} addresses`);
    // A quadratic reading takes minutes.
    assert.ok(user + system < 10_000_000);
  });
}

test('stops behind the addresses that are read, and reads all of an ordinary list', async () => {
  const list = Array.from({ length: 6000 }, (_, index) => `p${index}@b.example`).join(', ');
  const { to } = await parseMime(
    Buffer.from(`To: ${list}\r\nCc: team: a@b.example, c@d.example;, e@f.example\r\n\r\nhi`),
  );
  assert.equal(to.length, 5000);
  assert.equal(to.at(-1)?.address, 'p4999@b.example');
});
