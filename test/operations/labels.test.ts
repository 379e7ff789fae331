import assert from 'node:assert/strict';
import { test } from 'node:test';
import { assertFault, openTestHome, sharedTestHome } from './test-home.ts';

const refusing = sharedTestHome();

const color = { textColor: '#ffffff', backgroundColor: '#16a765' };

test('a label is made with its colours, and listed with them', async (t) => {
  const { json } = openTestHome(t);
  const made = await json('create_label', { name: 'Projects/Rome', color, labelListVisibility: 'labelHide' });
  assert.match(String(made.id), /^Label_\d+$/);
  assert.equal(made.name, 'Projects/Rome');
  assert.equal(made.type, 'user');
  assert.deepEqual(made.color, color);
  const { labels } = await json('list_labels', {});
  assert.deepEqual(
    (labels as { id: string }[]).find(({ id }) => id === made.id),
    made,
  );
});

test('a change of a label, found by its name, answers it as it was and as it is', async (t) => {
  const { json } = openTestHome(t);
  const made = await json('create_label', { name: 'Rome' });
  const changed = await json('update_label', { id: 'rome', name: 'Projects/Rome', color });
  assert.deepEqual(changed, { ...made, name: 'Projects/Rome', color, before: made });
  const again = await json('update_label', { id: made.id, labelListVisibility: 'labelHide' });
  assert.equal(again.name, 'Projects/Rome');
  assert.deepEqual(again.color, color);
  assert.equal(again.labelListVisibility, 'labelHide');
});

test('a deleted label is gone from its messages, which stay', async (t) => {
  const { json, deliver } = openTestHome(t);
  const [id] = await deliver([{ subject: 'Kept', labels: ['INBOX', 'Rome'] }]);
  const { before } = (await json('delete_label', { id: 'Rome' })) as { before: { id: string; name: string } };
  assert.equal(before.name, 'Rome');
  const message = await json('read_message', { id });
  assert.deepEqual(message.labelIds, ['INBOX']);
  const { labels } = (await json('list_labels', {})) as { labels: readonly { id: string }[] };
  assert.ok(!labels.some((label) => label.id === before.id));
});

test('of very many labels a model reads the first, and how many there are more', async (t) => {
  const { mailbox, text } = openTestHome(t);
  for (let number = 0; number < 400; number += 1)
    await mailbox.createLabel({ name: `${number} ${'long name '.repeat(8)}` });
  const read = await text('list_labels', {});
  assert.ok(read.length < 22_000, `${read.length} characters`);
  assert.match(read, /\[kvd719\] end\n1\d\d more labels: each can be given by its name\.$/);
});

test('a model reads what a label was and what it is', async (t) => {
  const { text } = openTestHome(t);
  assert.match(
    await text('create_label', { name: 'Rome', color }),
    /^Created label Label_\d+\.\n\[kvd719\] untrusted label\nLabel_\d+: Rome, #ffffff on #16a765/,
  );
  assert.match(
    await text('update_label', { id: 'Rome', name: 'Oslo' }),
    /\nnow: Label_\d+: Oslo, .*\nbefore: Label_\d+: Rome, /,
  );
  assert.match(await text('delete_label', { id: 'Oslo' }), /^Deleted label Label_\d+\.\n.*\nLabel_\d+: Oslo/);
});

for (const id of ['INBOX', 'inbox', 'SENT', 'CATEGORY_SOCIAL']) {
  test(`the label ${id} is Gmail's own: it is neither changed nor deleted`, async () => {
    const { json } = refusing();
    for (const call of [json('delete_label', { id }), json('update_label', { id, name: 'x' })]) {
      await assert.rejects(call, {
        code: 'INVALID_INPUT',
        message: `${id.toUpperCase()} is a label of Gmail's own, which nobody can change or delete.`,
        details: { field: 'id', expected: 'a label of your own', got: id },
      });
    }
  });
}

test('an unknown label is NOT_FOUND, a taken name a CONFLICT', async (t) => {
  const { json } = openTestHome(t);
  await json('create_label', { name: 'Rome' });
  await json('create_label', { name: 'Oslo' });
  await assert.rejects(json('delete_label', { id: 'Paris' }), {
    code: 'NOT_FOUND',
    message: 'There is no label "Paris".',
    details: { field: 'id', expected: 'a name or id that list_labels shows', got: 'Paris' },
  });
  await assert.rejects(json('create_label', { name: 'rome' }), { code: 'CONFLICT' });
  await assert.rejects(json('update_label', { id: 'Oslo', name: 'Rome' }), { code: 'CONFLICT' });
});

const refused: readonly (readonly [string, string, object, string])[] = [
  ['a name of spaces', 'create_label', { name: ' ' }, 'name: expected one line of text, got " "'],
  ['a name of two lines', 'create_label', { name: 'a\nb' }, String.raw`name: expected one line of text, got "a\nb"`],
  [
    'a colour by its name',
    'create_label',
    { name: 'x', color: { textColor: 'red', backgroundColor: '#ffffff' } },
    'color.textColor: expected a colour such as #16a765, got "red"',
  ],
  [
    'half a colour',
    'create_label',
    { name: 'x', color: { textColor: '#ffffff' } },
    'color.backgroundColor: expected string, got nothing',
  ],
  [
    'an unknown part of a colour',
    'create_label',
    { name: 'x', color: { ...color, border: '#ffffff' } },
    'color.border: no such field',
  ],
];
for (const [what, name, input, fault] of refused) {
  test(`${what} is refused`, async () => {
    const { json } = refusing();
    await assertFault(json(name, input), fault);
  });
}

test('a change of nothing is refused', async (t) => {
  const { json } = openTestHome(t);
  await json('create_label', { name: 'Rome' });
  await assert.rejects(json('update_label', { id: 'Rome' }), {
    code: 'INVALID_INPUT',
    message: 'There is nothing to change.',
    details: { expected: 'at least one of name, messageListVisibility, labelListVisibility, color', got: 'nothing' },
  });
});

test('a label is found by its name, with counts of its messages and threads', async (t) => {
  const { json, text, deliver } = openTestHome(t);
  await deliver([
    { subject: 'One', labels: ['INBOX', 'UNREAD', 'Rome'] },
    { subject: 'Two', labels: ['Rome'] },
  ]);
  const counts = { messagesTotal: 2, messagesUnread: 1, threadsTotal: 2, threadsUnread: 1 };
  const { id, name, type, messagesTotal, messagesUnread, threadsTotal, threadsUnread } = await json('get_label', {
    id: 'rome',
  });
  assert.match(String(id), /^Label_\d+$/);
  assert.deepEqual([name, type], ['Rome', 'user']);
  assert.deepEqual({ messagesTotal, messagesUnread, threadsTotal, threadsUnread }, counts);
  assert.match(await text('get_label', { id: 'Rome' }), /^2 messages \(1 unread\) in 2 threads \(1 unread\)\.\n/);
});
