import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Mailbox } from '../../src/mail/mailbox.ts';
import type { FilterCriteria } from '../../src/mail/settings.ts';
import { buildMail } from '../build-mail.ts';
import type { MailParts } from '../build-mail.ts';
import type { OpenWithMail } from './mailbox-under-test.ts';
import { assertFails, labelsOf, owner } from './mailbox-under-test.ts';

/** Filters, tried on mail to oneself: it arrives like any other. */
export function testFilters(withMail: OpenWithMail): void {
  test('filters are listed as they were made, until they are deleted', async (t) => {
    const { mailbox } = await withMail(t);
    const label = await mailbox.createLabel({ name: 'Work' });
    assert.deepEqual(await mailbox.listFilters(), []);
    const criteria = { from: 'ann@example.org', query: 'subject:plan -has:attachment', excludeChats: true };
    const first = await mailbox.createFilter({ criteria, action: { addLabelIds: [label.id] } });
    assert.deepEqual(first, { id: first.id, criteria, action: { addLabelIds: [label.id] } });
    const second = await mailbox.createFilter({
      criteria: { size: 5000, sizeComparison: 'larger' },
      action: { removeLabelIds: ['INBOX', 'UNREAD'] },
    });
    const byId = async () => new Map((await mailbox.listFilters()).map((filter) => [filter.id, filter]));
    assert.deepEqual(await byId(), new Map([first, second].map((filter) => [filter.id, filter])));
    await mailbox.deleteFilter(first.id);
    assert.deepEqual(await mailbox.listFilters(), [second]);
    await assertFails(mailbox.deleteFilter(first.id), 'NOT_FOUND');
    await assertFails(mailbox.deleteFilter('nothing'), 'NOT_FOUND');
  });

  test('a filter acts on mail as it arrives, and on no other', async (t) => {
    const { mailbox, ids } = await withMail(t, [{ subject: 'Invoice', to: owner }]);
    const label = await mailbox.createLabel({ name: 'Invoices' });
    await mailbox.createFilter({
      criteria: { subject: 'invoice' },
      action: { addLabelIds: [label.id, 'STARRED'], removeLabelIds: ['INBOX', 'UNREAD'] },
    });
    assert.deepEqual(await labelsOf(mailbox, ids[0] ?? ''), ['INBOX'], 'mail that was there stays');
    assert.deepEqual(await arrive(mailbox, { subject: 'Your invoice 7' }), [label.id, 'SENT', 'STARRED'].toSorted());
    assert.deepEqual(await arrive(mailbox, { subject: 'Invoices' }), ['INBOX', 'SENT', 'UNREAD']);
    const { id } = await mailbox.sendMessage({
      raw: buildMail({ from: owner, to: 'bob@example.org', subject: 'Invoice' }),
    });
    assert.deepEqual(await labelsOf(mailbox, id), ['SENT'], 'mail to others does not arrive');
  });

  test('a filter is for the messages that meet all of its criteria', async (t) => {
    const { mailbox } = await withMail(t);
    const mails: readonly MailParts[] = [
      { subject: 'Big plan', text: 'alpha', cc: 'Bob <bob@example.org>' },
      { subject: 'Plan, big', text: `beta ${'x'.repeat(5000)}` },
      { subject: 'Other', text: 'alpha', attachment: { filename: 'plan.pdf', content: 'x' } },
    ];
    const expected: readonly (readonly [FilterCriteria, readonly number[]])[] = [
      [{ from: owner }, [0, 1, 2]],
      [{ from: 'ann OR me' }, [0, 1, 2]],
      [{ from: 'ann' }, []],
      [{ to: 'bob' }, [0]],
      [{ to: 'bob@' }, [0]],
      [{ subject: 'big plan' }, [0]],
      [{ query: 'alpha OR beta', negatedQuery: 'subject:other' }, [0, 1]],
      [{ query: 'alpha', hasAttachment: true }, [2]],
      [{ negatedQuery: 'alpha' }, [1]],
      [{ size: 4000, sizeComparison: 'larger' }, [1]],
      [{ size: 4000, sizeComparison: 'smaller', excludeChats: true }, [0, 2]],
    ];
    const labels = new Map<string, readonly number[]>();
    for (const [index, [criteria, indexes]] of expected.entries()) {
      const { id } = await mailbox.createLabel({ name: `Filter ${index}` });
      await mailbox.createFilter({ criteria, action: { addLabelIds: [id] } });
      labels.set(id, indexes);
    }
    for (const [index, mail] of mails.entries()) {
      const wanted = [...labels].flatMap(([id, indexes]) => (indexes.includes(index) ? [id] : []));
      const found = (await arrive(mailbox, mail)).filter((id) => labels.has(id));
      assert.deepEqual(found, wanted.toSorted(), mail.subject);
    }
  });

  test('a filter that is not understood, or would act on everything, is refused', async (t) => {
    const { mailbox } = await withMail(t);
    const action = { addLabelIds: ['STARRED'] };
    const refuse = (criteria: FilterCriteria, field: string): Promise<unknown> =>
      assertFails(mailbox.createFilter({ criteria, action }), 'INVALID_INPUT', field);
    await refuse({}, 'criteria');
    await refuse({ excludeChats: true }, 'criteria');
    await refuse({ hasAttachment: false }, 'criteria');
    await refuse({ query: '' }, 'criteria.query');
    await refuse({ query: 'nonsense:x' }, 'criteria.query');
    await refuse({ from: 'a) OR (b' }, 'criteria.from');
    await refuse({ from: '' }, 'criteria.from');
    await refuse({ to: 'subject:x' }, 'criteria.to');
    await refuse({ subject: '...' }, 'criteria.subject');
    await refuse({ negatedQuery: '(' }, 'criteria.negatedQuery');
    await refuse({ size: 5 }, 'criteria.size');
    await refuse({ sizeComparison: 'larger' }, 'criteria.size');
    assert.deepEqual(await mailbox.listFilters(), []);
  });

  test('a filter with nothing to do, or something that cannot be done, is refused', async (t) => {
    const { mailbox } = await withMail(t);
    const criteria = { from: 'ann@example.org' };
    const refuse = (action: Parameters<Mailbox['createFilter']>[0]['action'], field: string): Promise<unknown> =>
      assertFails(mailbox.createFilter({ criteria, action }), 'INVALID_INPUT', field);
    await refuse({}, 'action');
    await refuse({ addLabelIds: [] }, 'action');
    await refuse({ addLabelIds: ['Label_999999'] }, 'action.addLabelIds');
    await refuse({ removeLabelIds: ['SENT'] }, 'action.removeLabelIds');
    await refuse({ forward: 'stranger@example.com' }, 'action.forward');
  });

  test('the same filter twice is a CONFLICT, in whatever order it is written', async (t) => {
    const { mailbox } = await withMail(t);
    const action = { addLabelIds: ['STARRED', 'IMPORTANT'] };
    await mailbox.createFilter({ criteria: { from: 'ann', to: 'bob' }, action });
    const again = { criteria: { to: 'bob', from: 'ann' }, action: { addLabelIds: ['IMPORTANT', 'STARRED'] } };
    await assertFails(mailbox.createFilter(again), 'CONFLICT');
    await mailbox.createFilter({ criteria: { from: 'ann' }, action });
    assert.equal((await mailbox.listFilters()).length, 2);
  });
}

/** The labels of a message to oneself once it is there. */
async function arrive(mailbox: Mailbox, parts: MailParts): Promise<readonly string[]> {
  const { id } = await mailbox.sendMessage({ raw: buildMail({ from: owner, to: owner, ...parts }) });
  return labelsOf(mailbox, id);
}
