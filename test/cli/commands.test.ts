import assert from 'node:assert/strict';
import { test } from 'node:test';
import { newEnvironment, run } from '../support/installation.ts';

test('token prints the same first token again, and made ones only once', async (t) => {
  const environment = await newEnvironment(t);
  const first = await run('gmail-llm', ['token'], environment);
  assert.match(first.stdout, /^gml_[\w-]{43}\n$/);
  assert.equal((await run('gmail-llm', ['token'], environment)).stdout, first.stdout);
  const made = await run('gmail-llm', ['token', 'create', 'reader', '--grants', 'read,organize'], environment);
  assert.match(made.stdout, /^gml_[\w-]{43}\n$/);
  const list = await run('gmail-llm', ['token', 'list'], environment);
  assert.match(list.stdout, /^owner\tall grants\t.*\nreader\tread,organize\t\d{4}-/);
  assert.ok(!list.stdout.includes(made.stdout.trim()));
  assert.equal((await run('gmail-llm', ['token', 'revoke', 'reader'], environment)).code, 0);
});

for (const [words, code, pattern] of [
  [['create', 'x'], 2, /A token needs grants/],
  [['create', 'x', '--grants', 'fly'], 2, /expected: a comma-separated list of read, organize/],
  [['create', 'a b', '--grants', 'read'], 2, /A token has a name of its own/],
  [['revoke', 'nobody'], 4, /NOT_FOUND: There is no token named nobody/],
  [['frob'], 2, /There is no verb frob/],
  [['--what'], 2, /Unknown option/],
] as const) {
  test(`token ${words.join(' ')} is refused`, async (t) => {
    const result = await run('gmail-llm', ['token', ...words], await newEnvironment(t));
    assert.equal(result.code, code, result.stderr);
    assert.match(result.stderr, pattern);
  });
}

test('call runs an operation and prints its JSON', async (t) => {
  const environment = await newEnvironment(t);
  const found = await run('gmail-llm', ['call', 'search_messages', '--q', 'is:unread', '--maxResults=1'], environment);
  assert.equal(found.code, 0, found.stderr);
  const { messages } = JSON.parse(found.stdout) as { messages: { id: string }[] };
  const id = messages[0]?.id ?? '';
  const change = ['call', 'modify_messages', '--ids', id, '--removeLabelIds', 'UNREAD', '--removeLabelIds', 'INBOX'];
  assert.deepEqual(JSON.parse((await run('gmail-llm', change, environment)).stdout), { modified: 1 });
  const read = await run('gmail-llm', ['call', 'read_message', '--id', id], environment);
  const { labelIds } = JSON.parse(read.stdout) as { labelIds: string[] };
  assert.ok(!labelIds.includes('UNREAD') && !labelIds.includes('INBOX'));
});

for (const [words, pattern] of [
  [[], /Which operation\?\n.*|expected: search_messages/],
  [['fly'], /There is no operation fly/],
  [['get_profile', 'x'], /Fields are given by name/],
  [['search_messages', '--q'], /The field q has no value/],
  [['search_messages', '--q', 'a', '--q', 'b'], /given 2 times/],
  [['search_messages', '--maxResults', '0'], /maxResults: .*got 0/],
  [['search_messages', '--what', 'x'], /what: no such field/],
] as const) {
  test(`call ${words.join(' ')} is refused with exit code 2`, async (t) => {
    const result = await run('gmail-llm', ['call', ...words], await newEnvironment(t));
    assert.equal(result.code, 2, result.stderr);
    assert.match(result.stderr, pattern);
  });
}

test('grants bind on the command line too', async (t) => {
  const environment = { ...(await newEnvironment(t)), GMAIL_GRANTS: 'read' };
  const result = await run('gmail-llm', ['call', 'trash_messages', '--ids', 'abc'], environment);
  assert.equal(result.code, 77);
  assert.match(result.stderr, /FORBIDDEN: trash_messages needs the grant "organize"/);
});
