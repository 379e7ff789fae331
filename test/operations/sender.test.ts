import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openTestHome, type TestHome } from './test-home.ts';

/** Files a message with these header lines above its own, and returns the facts that are told above the fence. */
async function factsOf(home: TestHome, from: string, above: readonly string[] = []): Promise<readonly string[]> {
  const lines = [
    ...above,
    `From: ${from}`,
    'To: bob@example.org',
    'Subject: x',
    'Date: Mon, 23 Nov 2026 10:00:00 +0000',
    '',
    'x',
  ];
  const { id } = await home.mailbox.importMessage({ raw: Buffer.from(lines.join('\r\n')), labelIds: ['INBOX'] });
  const [above1 = ''] = (await home.text('read_message', { id })).split('\n[kvd719] ');
  return above1.split('\n').slice(1);
}

const first = 'First contact: this address has not written here before.';

test('the first mail from an address is told as one', async (t) => {
  const home = openTestHome(t);
  await home.deliver([{ from: 'Ann <ann@example.org>' }]);
  assert.deepEqual(await factsOf(home, 'Ann <ann@example.org>'), []);
  assert.deepEqual(await factsOf(home, 'Ann <ann@example.net>'), [first]);
  await home.json('send_message', { to: 'cid@example.net', subject: 'x', body: 'x' });
  assert.deepEqual(await factsOf(home, 'Cid <cid@example.net>'), []);
});

test('a stranger whose domain looks like that of somebody written to is told as one', async (t) => {
  const home = openTestHome(t);
  await home.json('send_message', { to: 'maya@studio-nine.example', subject: 'x', body: 'x' });
  const alike = "The sender's domain looks like one that is known here, but is another.";
  assert.deepEqual(await factsOf(home, 'maya@studio-nlne.example'), [first, alike]);
  assert.deepEqual(await factsOf(home, 'maya@other.example'), [first]);
  assert.deepEqual(await factsOf(home, 'it@examp1e.org'), [first, alike]);
});

test('what the receiving server found out is told, what a sender says of it is not', async (t) => {
  const home = openTestHome(t);
  await home.deliver([{ from: 'shop@shop.example' }]);
  const by = 'Received: from mail.shop.example by mx.corp.example; Mon, 23 Nov 2026 10:00:00 +0000';
  const results = (text: string) => `Authentication-Results: mx.corp.example; ${text}`;
  assert.deepEqual(await factsOf(home, 'shop@shop.example', [results('dmarc=pass'), by]), ['DMARC pass.']);
  assert.deepEqual(await factsOf(home, 'shop@shop.example', [results('spf=fail; dmarc=fail'), by]), [
    'Sender not verified: DMARC fail.',
  ]);
  assert.deepEqual(await factsOf(home, 'shop@shop.example', [by, results('dmarc=pass')]), []);
  assert.deepEqual(await factsOf(home, 'shop@shop.example', [results('dmarc=pass')]), []);
});

test('a name that shows another address, and answers that go elsewhere, are told', async (t) => {
  const home = openTestHome(t);
  await home.deliver([{ from: 'x@evil.example' }]);
  assert.deepEqual(await factsOf(home, '"ceo@example.org" <x@evil.example>', ['Reply-To: y@else.example']), [
    "The sender's name shows another address than the one the message is from.",
    'A reply would go to another domain than the message is from.',
  ]);
  assert.deepEqual(
    await factsOf(home, 'x@evil.example', ['Reply-To: list@lists.example', 'List-Id: <a.lists.example>']),
    [],
  );
});

test('own mail is no stranger’s', async (t) => {
  const home = openTestHome(t);
  const { id } = await home.json('send_message', { to: 'ann@example.org', subject: 'x', body: 'x' });
  assert.equal((await home.json('read_message', { id })).sender, undefined);
});

test('a list says by what a sender passes for somebody else', async (t) => {
  const home = openTestHome(t);
  await home.deliver([
    { from: 'Ann <ann@example.net>' },
    { from: '"it@example.org" <x@other.example>' },
    { from: 'IT <it@examp1e.org>' },
    { from: 'Bank <a@b\u0430nk.example>' },
  ]);
  const facts = (await home.text('search_messages', {})).split('\n').filter((line) => /^\d [\da-f]{16} /.test(line));
  assert.deepEqual(
    facts.map((line) => line.split(' ').slice(3).join(' ')),
    ['domain of mixed alphabets', 'look-alike domain', 'name shows another address', ''],
  );
});

test('a list says whose sender the receiving server could not verify', async (t) => {
  const home = openTestHome(t);
  const by = 'Received: from mail.shop.example by mx.corp.example; Mon, 23 Nov 2026 10:00:00 +0000';
  const results = (text: string) => `Authentication-Results: mx.corp.example; ${text}`;
  const cases = [
    { results: 'spf=pass; dkim=pass; dmarc=pass', isUnverified: undefined },
    { results: 'spf=pass; dkim=pass; dmarc=fail', isUnverified: true },
    { results: 'spf=softfail; dkim=none', isUnverified: true },
    { results: 'spf=fail; dkim=pass', isUnverified: undefined },
  ] as const;
  for (const [index, { results: found, isUnverified }] of cases.entries()) {
    await factsOf(home, `a${index}@shop.example`, [results(found), by]);
    const { messages } = await home.json('search_messages', { q: `from:a${index}@shop.example` });
    assert.equal(Object(messages)[0].isUnverified, isUnverified, found);
    const text = await home.text('search_messages', { q: `from:a${index}@shop.example` });
    assert.equal(text.includes('sender not verified'), isUnverified === true, text);
  }
});
