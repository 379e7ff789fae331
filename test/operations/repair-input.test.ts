import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import * as fc from 'fast-check';
import * as z from 'zod';
import { isJsonObject, type JsonObject } from '../../src/core/json-object.ts';
import { defineOperation, type Answer, type Operation } from '../../src/operations/kernel/operation.ts';
import type { InputSchema } from '../../src/operations/kernel/repair-input.ts';
import { operations } from '../../src/operations/operations.ts';

/** What an operation would be given for this input: a twin of it, with the same method and schema, answers its input. */
function inputSeenBy({ name, method, path, grant, input: schema }: Operation, input: unknown) {
  assert.ok(schema instanceof z.ZodObject);
  const { account: _, dryRun: __, ...shape } = schema.shape as Record<string, z.ZodType>;
  const twin = defineOperation({
    name,
    route: `${method} /api/${path.slice('/api/'.length)}`,
    grant,
    summary: 'Answers its input.',
    input: shape,
    output: z.unknown(),
    run: async (seen) => seen,
    text: () => '',
  });
  const { account, isDryRun, run } = twin.prepare(input);
  const answered = (run as (call: object) => Promise<Answer>)({});
  return answered.then((answer) => ({ account, isDryRun, input: answer.kind === 'json' ? answer.value : undefined }));
}

type Json = string | number | boolean | JsonObject | readonly unknown[];

/** Values that a schema accepts. */
function valuesOf(schema: InputSchema): fc.Arbitrary<Json> {
  if (schema.const !== undefined) return fc.constant(schema.const as Json);
  if (schema.enum !== undefined) return fc.constantFrom(...(schema.enum as Json[]));
  if (schema.anyOf !== undefined) return fc.constant('');
  switch (schema.type) {
    case 'string':
      if (schema.format === 'email') return fc.constantFrom('ann@example.org', 'bob@example.org');
      if (schema.pattern !== undefined)
        return fc.stringMatching(new RegExp(schema.pattern)).filter((text) => text !== '');
      // A list with one text that looks like a list is not one of the forms that are read.
      return fc.string({ minLength: 1, maxLength: 20 }).filter((text) => !/^\s*[[{"]/.test(text));
    case 'integer':
      return fc.integer({ min: Math.max(schema.minimum ?? 0, 0), max: Math.min(schema.maximum ?? 1e6, 1e6) });
    case 'boolean':
      return fc.boolean();
    case 'array':
      return fc.array(valuesOf(partOf(schema.items)), { minLength: schema.minItems ?? 0, maxLength: 3 });
    case 'object':
      return fc.record(
        Object.fromEntries(
          Object.entries(schema.properties ?? {}).map(([name, part]) => [name, valuesOf(partOf(part))]),
        ),
        { requiredKeys: schema.required ?? [] },
      );
    case 'number':
    case 'null':
    case undefined:
    default:
      throw new Error(`no values for ${JSON.stringify(schema)}`);
  }
}

function partOf(schema: unknown): InputSchema {
  assert.ok(isJsonObject(schema));
  return schema;
}

/** Other ways to write a value that can mean nothing else. */
function formsOf(value: unknown, schema: InputSchema): readonly unknown[] {
  if (typeof value === 'number') return [value, `${value}`];
  if (typeof value === 'boolean') return [value, `${value}`, value ? 'True' : 'FALSE'];
  if (Array.isArray(value)) {
    const single = value.length === 1 && typeof value[0] === 'string' ? [value[0]] : [];
    const inside = value.map((item) => formsOf(item, partOf(schema.items)).at(-1));
    return [value, JSON.stringify(value), ...single, inside, JSON.stringify(inside)];
  }
  if (isJsonObject(value)) {
    const inside = Object.fromEntries(
      Object.entries(value).map(([name, part]) => [name, formsOf(part, partOf(schema.properties?.[name])).at(-1)]),
    );
    return [value, JSON.stringify(value), inside, JSON.stringify(inside)];
  }
  return [value];
}

describe('an input written in another way that can mean only one thing', () => {
  for (const operation of operations) {
    const schema = operation.inputSchema;
    const required = schema.required ?? [];
    const optional = Object.keys(schema.properties ?? {}).filter((name) => !required.includes(name));

    it(`${operation.name}: reaches the operation as it would have in its own form`, async () => {
      await fc.assert(
        fc.asyncProperty(valuesOf(schema), fc.infiniteStream(fc.nat()), async (plain, picks) => {
          assert.ok(isJsonObject(plain));
          const pick = <T>(choices: readonly T[]): T | undefined =>
            choices[Number(picks.next().value) % choices.length];
          const written = Object.fromEntries(
            Object.entries(plain).map(([name, value]) => [
              name,
              pick(formsOf(value, partOf(schema.properties?.[name]))),
            ]),
          );
          const leftOut = optional.filter((name) => !(name in plain)).map((name) => [name, null]);
          assert.deepEqual(
            await inputSeenBy(operation, { ...written, ...Object.fromEntries(leftOut) }),
            await inputSeenBy(operation, plain),
          );
        }),
        { numRuns: 60 },
      );
    });

    it(`${operation.name}: what it needs is not left out by null, nor by an empty text`, () => {
      const [plain] = fc.sample(valuesOf(schema), 1);
      assert.ok(isJsonObject(plain));
      for (const name of required) {
        for (const nothing of [null, '']) {
          assert.throws(() => operation.prepare({ ...plain, [name]: nothing }), { code: 'INVALID_INPUT' }, name);
        }
      }
    });

    it(`${operation.name}: a field that it does not have stays refused`, () => {
      const [plain] = fc.sample(valuesOf(schema), 1);
      assert.throws(() => operation.prepare({ ...(plain as JsonObject), colour: null }), { code: 'INVALID_INPUT' });
    });
  }
});

function named(name: string): Operation {
  return operations.find((operation) => operation.name === name) ?? assert.fail(name);
}

describe('an empty text', () => {
  const same: readonly (readonly [string, JsonObject, JsonObject])[] = [
    ['search_messages', { q: 'a', pageToken: '', maxResults: '', includeSpamTrash: '', account: '' }, { q: 'a' }],
    ['read_message', { id: '1a', body: '', maxChars: '' }, { id: '1a' }],
    ['create_draft', { to: '', cc: '', attachments: '', replyTo: '', format: '' }, {}],
    ['send_message', { to: 'ann@example.org', bcc: '', forward: '', idempotencyKey: '' }, { to: ['ann@example.org'] }],
    ['modify_messages', { ids: '1a', addLabelIds: 'A', removeLabelIds: '' }, { ids: ['1a'], addLabelIds: ['A'] }],
    ['create_label', { name: 'x', color: '', labelListVisibility: '' }, { name: 'x' }],
    ['update_imap', { enabled: 'true', maxFolderSize: '' }, { enabled: true }],
    ['undo', { change: '' }, {}],
  ];
  for (const [name, written, plain] of same) {
    it(`leaves out what is optional: ${name} ${JSON.stringify(written)}`, async () => {
      assert.deepEqual(await inputSeenBy(named(name), written), await inputSeenBy(named(name), plain));
    });
  }

  it('stays what it is where the field takes it', async () => {
    const { input } = await inputSeenBy(named('update_draft'), { id: 'r1', subject: '', cc: null, from: null });
    assert.deepEqual(input, { id: 'r1', subject: '', format: 'markdown', signature: true, replyAll: false });
  });

  const refused: readonly (readonly [string, JsonObject, string])[] = [
    ['delete_messages', { ids: '' }, 'ids'],
    ['delete_messages', { ids: null }, 'ids'],
    ['delete_messages', { ids: '[]' }, 'ids'],
    ['trash_messages', { ids: [''] }, 'ids.0'],
    ['trash_messages', { ids: [null] }, 'ids.0'],
    ['trash_messages', { ids: ['1a'], dryRun: '' }, 'dryRun'],
    // It could also say that nobody is to get a copy any more.
    ['update_draft', { id: 'r1', cc: '' }, 'cc'],
    ['update_auto_forwarding', { enabled: true, emailAddress: '' }, 'emailAddress'],
  ];
  for (const [name, input, field] of refused) {
    it(`is refused where it could mean more: ${name} ${JSON.stringify(input)}`, () => {
      assert.throws(
        () => named(name).prepare(input),
        (error: { readonly code?: string; readonly details?: { readonly field?: string } }) => {
          assert.deepEqual([error.code, error.details?.field], ['INVALID_INPUT', field]);
          return true;
        },
      );
    });
  }
});

describe('a value of another type', () => {
  const refused: readonly (readonly [string, JsonObject])[] = [
    // 1e3 has come as 1000: which id was meant is not known.
    ['trash_messages', { ids: [1000] }],
    ['read_message', { id: 12 }],
    ['create_draft', { subject: 2026 }],
    ['search_messages', { maxResults: '3.5' }],
    ['search_messages', { maxResults: '1e2' }],
    ['search_messages', { maxResults: ' 3' }],
    ['search_messages', { maxResults: true }],
    ['search_messages', { includeSpamTrash: 'yes' }],
    ['search_messages', { includeSpamTrash: 1 }],
    ['search_messages', { q: ['a'] }],
    ['trash_messages', { ids: '{"0":"1a"}' }],
    ['trash_messages', { ids: '["1a"' }],
    ['create_filter', { criteria: '["a"]', action: {} }],
    ['create_filter', { criteria: { from: 'a', hasAttachment: 'false' }, action: {} }],
  ];
  for (const [name, input] of refused) {
    it(`is refused where more than one thing could be meant: ${name} ${JSON.stringify(input)}`, () => {
      assert.throws(() => named(name).prepare(input), { code: 'INVALID_INPUT' });
    });
  }

  it('is read where only digits can be meant', async () => {
    assert.deepEqual(
      await inputSeenBy(named('list_changes'), { startHistoryId: 42 }),
      await inputSeenBy(named('list_changes'), { startHistoryId: '42' }),
    );
  });

  it('is several ids with commas between', async () => {
    const { input } = await inputSeenBy(named('trash_messages'), { ids: '1a, 2b' });
    assert.deepEqual(input, { ids: ['1a', '2b'] });
  });

  it('is a label or a recipient with a comma in it', async () => {
    const { input } = await inputSeenBy(named('modify_messages'), { ids: '1a', addLabelIds: 'Rome, Oslo' });
    assert.deepEqual(input, { ids: ['1a'], addLabelIds: ['Rome, Oslo'], removeLabelIds: [] });
  });

  it('is told as it was read, once for each field', () => {
    assert.throws(() => named('search_messages').prepare({ maxResults: '900', pageToken: null, q: 5 }), {
      details: {
        field: 'q',
        faults: ['q: expected string, got 5', 'maxResults: Too big: expected number to be <=500, got 900'],
      },
    });
    assert.throws(() => named('trash_messages').prepare({ ids: null }), {
      details: { field: 'ids', faults: ['ids: expected array, got null'] },
    });
  });
});
