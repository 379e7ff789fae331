import { AppError } from '../../core/errors.ts';
import { fence } from '../kernel/answer-text.ts';
import { defineHomeOperation } from '../kernel/define-home-operation.ts';
import { refuseForeign } from '../kernel/open-allowed.ts';
import { entryText } from './outbox-text.ts';
import { findEntry, outboxEntry, outboxId, viewEntry } from './outbox-view.ts';

export const getSend = defineHomeOperation({
  name: 'get_send',
  route: 'GET /api/outbox/{id}',
  grant: 'send',
  summary: 'What became of a send of this token.',
  input: { id: outboxId },
  output: outboxEntry,
  async run({ id }, call) {
    const entry = await findEntry(id, call);
    refuseForeign(entry.account, call.caller);
    const { tokenName } = call.actor;
    if (tokenName === undefined || entry.actor.tokenName === tokenName) return viewEntry(entry);
    throw new AppError('NOT_FOUND', `There is no send ${id} of this token.`, { field: 'id', got: id });
  },
  text: (entry) => fence('outbox entry', entryText(entry)),
});
