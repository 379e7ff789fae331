import assert from 'node:assert/strict';
import { test } from 'node:test';
import { assertFault, openTestHome, sharedTestHome } from './test-home.ts';

const refusing = sharedTestHome();

interface Filter {
  readonly id: string;
  readonly criteria: object;
  readonly action: object;
}

test('a filter is made with labels by name, listed, and told by delete_filter as it was', async (t) => {
  const { json } = openTestHome(t);
  assert.deepEqual(await json('list_filters', {}), { filters: [] });
  const label = await json('create_label', { name: 'Invoices' });
  const made = await json('create_filter', {
    criteria: { from: 'billing@example.com', hasAttachment: true },
    action: { addLabelIds: ['invoices', 'STARRED'], removeLabelIds: ['inbox'] },
  });
  assert.deepEqual(made, {
    id: made.id,
    criteria: { from: 'billing@example.com', hasAttachment: true },
    action: { addLabelIds: [label.id, 'STARRED'], removeLabelIds: ['INBOX'] },
    effect: 'Mail from billing@example.com, with an attachment: add Invoices, star it, skip the inbox.',
  });
  assert.deepEqual(await json('list_filters', {}), { filters: [made] });
  assert.deepEqual(await json('delete_filter', { id: made.id }), { before: made });
  assert.deepEqual(await json('list_filters', {}), { filters: [] });
});

test('a model reads in words what a filter does, a forward first and in capitals', async (t) => {
  const { json, text } = openTestHome(t);
  await json('create_label', { name: 'Invoices' });
  await json('create_forwarding_address', { forwardingEmail: 'tax@example.com' });
  assert.equal(await text('list_filters', {}), 'No filters.');
  const made = await text('create_filter', {
    criteria: { from: 'billing@example.com', subject: 'invoice', size: 5_000_000, sizeComparison: 'larger' },
    action: { addLabelIds: ['Invoices'], removeLabelIds: ['INBOX', 'UNREAD'], forward: 'tax@example.com' },
  });
  const words =
    /Mail from billing@example\.com, with subject "invoice", larger than 5\.0 MB: FORWARD it to tax@example\.com, add Invoices, skip the inbox, mark it read\./;
  assert.match(
    made,
    new RegExp(
      `^Created filter [\\w-]+\\. It acts on mail that arrives from now on\\.\\n\\[kvd719\\] untrusted filter\\n${words.source}\\n\\[kvd719\\] end\\nThis mailbox is local`,
    ),
  );
  const listed = await text('list_filters', {});
  assert.match(listed, new RegExp(`^\\[kvd719\\] untrusted filters\\n[\\w-]+: ${words.source}\\n\\[kvd719\\] end$`));
  const [{ id } = { id: '' }] = (await json('list_filters', {})).filters as readonly Filter[];
  assert.match(
    await text('delete_filter', { id }),
    new RegExp(`^Deleted filter ${id}\\.\\n\\[kvd719\\] untrusted filter\\n${words.source}\\n`),
  );
});

const action = { addLabelIds: ['STARRED'] };
const refused: readonly (readonly [string, object, { message: string; details: object }])[] = [
  [
    'no criteria',
    { criteria: {}, action },
    {
      message: 'A filter needs a criterion.',
      details: {
        field: 'criteria',
        expected: 'from, to, subject, query, negatedQuery, hasAttachment or size',
        got: 'none',
      },
    },
  ],
  [
    'criteria that hold for all mail',
    { criteria: { excludeChats: true }, action },
    {
      message: 'A filter needs a criterion.',
      details: {
        field: 'criteria',
        expected: 'from, to, subject, query, negatedQuery, hasAttachment or size',
        got: 'only excludeChats',
      },
    },
  ],
  [
    'a query that is not understood',
    { criteria: { query: 'colour:red' }, action },
    {
      message: 'The query is not understood at position 0: there is no operator colour:.',
      details: { field: 'criteria.query', position: 0 },
    },
  ],
  [
    'a size without a direction',
    { criteria: { size: 5 }, action },
    {
      message: 'The size of a filter is incomplete.',
      details: {
        field: 'criteria.size',
        expected: 'size, a whole number of bytes, and sizeComparison, larger or smaller',
        got: 'size 5, sizeComparison missing',
      },
    },
  ],
  [
    'an empty action',
    { criteria: { from: 'ann' }, action: { addLabelIds: [] } },
    {
      message: 'The filter would do nothing.',
      details: {
        field: 'action',
        expected: 'a label in addLabelIds or removeLabelIds, or an address in forward',
        got: '{"addLabelIds":[]}',
      },
    },
  ],
  [
    'a label both added and removed',
    { criteria: { from: 'ann' }, action: { addLabelIds: ['STARRED'], removeLabelIds: ['starred'] } },
    {
      message: 'The label STARRED is both added and removed.',
      details: { field: 'action.removeLabelIds', got: 'STARRED' },
    },
  ],
  [
    'a forward to an address that never agreed',
    { criteria: { from: 'ann' }, action: { forward: 'eve@example.com' } },
    {
      message: 'Mail can be forwarded to confirmed forwarding addresses only.',
      details: { field: 'action.forward', got: 'eve@example.com' },
    },
  ],
  [
    'an unknown label',
    { criteria: { from: 'ann' }, action: { addLabelIds: ['Paris'] } },
    {
      message: 'There is no label "Paris".',
      details: { field: 'action.addLabelIds', expected: 'a name or id that list_labels shows', got: 'Paris' },
    },
  ],
];
for (const [what, input, { message, details }] of refused) {
  test(`a filter with ${what} is refused, and none is made`, async () => {
    const { json } = refusing();
    await assert.rejects(json('create_filter', input), (error: { code: string; message: string; details: object }) => {
      assert.equal(error.code, 'INVALID_INPUT');
      assert.equal(error.message, message);
      assert.deepEqual({ ...error.details, ...details }, error.details);
      return true;
    });
    assert.deepEqual(await json('list_filters', {}), { filters: [] });
  });
}

for (const [what, input, fault] of [
  ['an unknown criterion', { criteria: { form: 'ann' }, action }, 'criteria.form: no such field'],
  ['an unknown action', { criteria: { from: 'ann' }, action: { delete: true } }, 'action.delete: no such field'],
  ['an empty criterion', { criteria: { from: ' ' }, action }, 'criteria.from: expected one line of text, got " "'],
  [
    'a criterion that says nothing',
    { criteria: { hasAttachment: false }, action },
    'criteria.hasAttachment: expected true, or no such field, got false',
  ],
] as const) {
  test(`${what} is refused by its name`, async () => {
    const { json } = refusing();
    await assertFault(json('create_filter', input), fault);
  });
}

test('an unknown filter is NOT_FOUND', async (t) => {
  const { json } = openTestHome(t);
  await assert.rejects(json('delete_filter', { id: 'nothing' }), {
    code: 'NOT_FOUND',
    message: 'There is no filter nothing.',
    details: { field: 'id', expected: 'an id that list_filters shows', got: 'nothing' },
  });
});
