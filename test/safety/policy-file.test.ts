import assert from 'node:assert/strict';
import { readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite, test } from 'node:test';
import * as z from 'zod';
import { policySchema } from '../../src/safety/policy/policy.ts';
import { owner, policyWorld } from './policy-world.ts';

const unwritten = {
  sending: 'direct',
  recipients: { deny: [], strangers: 'allow', maxPerMessage: 100 },
  limits: { perHour: 100, perDay: 500 },
  attachments: { denyTypes: [], maxTotalMegabytes: 25 },
  graceSeconds: 0,
};

suite('the policy file', () => {
  test('where there is none, the defaults hold', (t) => {
    const { policy } = policyWorld(t);
    assert.deepEqual(policy(owner), unwritten);
  });

  test('is followed without a restart: written, changed, removed', (t) => {
    const { policy, write, file } = policyWorld(t);
    write({ sending: 'off' });
    assert.equal(policy(owner).sending, 'off');
    write({ sending: 'confirm' });
    assert.equal(policy(owner).sending, 'confirm');
    // The same length at the same time: still another file.
    write({ sending: 'confirm', graceSeconds: 1 });
    write({ sending: 'confirm', graceSeconds: 2 });
    assert.equal(policy(owner).graceSeconds, 2);
    rmSync(file);
    assert.deepEqual(policy(owner), unwritten);
  });

  for (const [what, content, fault] of [
    ['a file that is not JSON', '{"sending": "off",}', /^expected JSON: /],
    ['an empty file', '', /^expected JSON: /],
    ['a misspelt field', { recipient: { allow: [] } }, 'recipient: no such field'],
    ['a misspelt field further in', { recipients: { alow: [] } }, 'recipients.alow: no such field'],
    ['an unknown word', { sending: 'Off' }, 'sending: Invalid option: expected one of "direct"|"confirm"|"off"'],
    [
      'a domain without @',
      { recipients: { deny: ['evil.example'] } },
      'recipients.deny.0: expected an address or a domain: ann@example.org, @example.org, @*.example.org',
    ],
    ...['*@evil.example', '@*', '@*evil.example', 'ann@*.evil.example', '@evil.example, @other.example', '@'].map(
      (pattern) =>
        [
          `the pattern ${pattern}`,
          { recipients: { deny: [pattern] } },
          'recipients.deny.0: expected an address or a domain: ann@example.org, @example.org, @*.example.org',
        ] as const,
    ),
    [
      'a file ending for a media type',
      { attachments: { denyTypes: ['.exe'] } },
      'attachments.denyTypes.0: expected a media type: application/pdf, image/*',
    ],
    ['a limit below nothing', { limits: { perDay: -1 } }, 'limits.perDay: Too small: expected number to be >=0'],
    ['an account that is no address', { accounts: { me: {} } }, 'accounts.me: Invalid key in record'],
    [
      'an account with a misspelt field',
      { accounts: { [owner]: { send: 'off' } } },
      `accounts.${owner}.send: no such field`,
    ],
    ['a list', [], 'policy: Invalid input: expected object, received array'],
    ['a null where rules should be', { recipients: null }, /^recipients: Invalid input: expected object/],
  ] as const) {
    test(`${what} is refused for every account, never passed over`, (t) => {
      const { policy, write, file } = policyWorld(t);
      write(content);
      for (const account of [owner, 'other@example.org']) {
        assert.throws(
          () => policy(account),
          (error: { readonly code: string; readonly message: string; readonly details: { faults: string[] } }) => {
            assert.equal(error.code, 'FORBIDDEN');
            assert.equal(error.message, `The policy in ${file} cannot be read, so nothing may leave.`);
            assert.equal(error.details.faults.length, 1);
            const [got = ''] = error.details.faults;
            if (typeof fault === 'string') assert.equal(got, fault);
            else assert.match(got, fault);
            return true;
          },
        );
      }
      write({ sending: 'off' });
      assert.equal(policy(owner).sending, 'off', 'mended, it holds at once');
    });
  }

  test('several faults are told at once', (t) => {
    const { policy, write } = policyWorld(t);
    write({ sending: 'maybe', graceSeconds: 1.5 });
    assert.throws(
      () => policy(owner),
      (error: { readonly details: { faults: string[] } }) => error.details.faults.length === 2,
    );
  });

  test('a file that cannot be opened, or a link that leads nowhere, is no missing file', (t) => {
    const { policy, file } = policyWorld(t);
    symlinkSync(join(file, '..', 'not-there.json'), file);
    assert.throws(() => policy(owner), { code: 'FORBIDDEN' });
    writeFileSync(join(file, '..', 'not-there.json'), '{"sending": "confirm"}');
    assert.equal(policy(owner).sending, 'confirm');
    rmSync(file);
    symlinkSync(join(file, '..'), file);
    assert.throws(() => policy(owner), { code: 'FORBIDDEN' });
  });

  test("an account's rules stand in place of the general ones, field by field", (t) => {
    const { policy, write } = policyWorld(t);
    write({
      sending: 'confirm',
      recipients: { deny: ['@evil.example'], strangers: 'refuse' },
      limits: { perDay: 10 },
      accounts: { 'Me@Example.org': { sending: 'direct', recipients: { allow: ['ann@example.org'] }, limits: {} } },
    });
    assert.deepEqual(policy('ME@example.org'), {
      ...unwritten,
      recipients: { allow: ['ann@example.org'], deny: ['@evil.example'], strangers: 'refuse', maxPerMessage: 100 },
      limits: { perHour: 100, perDay: 10 },
    });
    assert.deepEqual(policy('other@example.org'), {
      ...unwritten,
      sending: 'confirm',
      recipients: { deny: ['@evil.example'], strangers: 'refuse', maxPerMessage: 100 },
      limits: { perHour: 100, perDay: 10 },
    });
  });
});

const schemaFile = join(import.meta.dirname, '../../docs/policy.schema.json');

test('docs/policy.schema.json is what the code checks; UPDATE_DOCS=1 writes it', () => {
  const schema = z.toJSONSchema(policySchema, { io: 'input' });
  const written = { ...schema, title: 'policy.json of gmail-llm' };
  if (process.env.UPDATE_DOCS === '1') writeFileSync(schemaFile, `${JSON.stringify(written, null, 2)}\n`);
  // Its layout is the formatter's.
  assert.deepEqual(JSON.parse(readFileSync(schemaFile, 'utf8')), JSON.parse(JSON.stringify(written)));
});

test('docs/policy.md has every field with its default, and only those', () => {
  const text = readFileSync(join(import.meta.dirname, '../../docs/policy.md'), 'utf8');
  const [, part = ''] = /## The file\n([^]*?)\n## /.exec(text) ?? [];
  const rows = [...part.matchAll(/^\| (`.*?) \| (.*?) \|/gm)].flatMap(([, names = '', values = '']) => {
    const given = values.split(', ');
    return names
      .split(', ')
      .map((name, index) => [name.replaceAll('`', ''), given[index]?.replaceAll('`', '')] as const);
  });
  const paths = (schema: z.core.JSONSchema.BaseSchema, prefix = ''): readonly (readonly [string, string])[] =>
    Object.entries(schema.properties ?? {}).flatMap(([name, property]) => {
      if (typeof property === 'boolean' || name === '$schema') return [];
      if (property.properties !== undefined) return paths(property, `${prefix}${name}.`);
      const shown = property.default ?? (name === 'accounts' ? {} : undefined);
      return [[`${prefix}${name}`, typeof shown === 'string' ? shown : (JSON.stringify(shown) ?? '–')] as const];
    });
  assert.deepEqual(rows, paths(z.toJSONSchema(policySchema, { io: 'input' })));
});

test('the example of docs/policy.md is a policy', () => {
  const text = readFileSync(join(import.meta.dirname, '../../docs/policy.md'), 'utf8');
  const [, example = ''] = /```json\n([^]*?)```/.exec(text) ?? [];
  assert.ok(policySchema.safeParse(JSON.parse(example)).success);
});
