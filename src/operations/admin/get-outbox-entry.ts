import { fence } from '../kernel/answer-text.ts';
import { defineHomeOperation } from '../kernel/define-home-operation.ts';
import { entryText } from './outbox-text.ts';
import { findEntry, outboxEntry, outboxId, viewEntry } from './outbox-view.ts';

export const getOutboxEntry = defineHomeOperation({
  name: 'get_outbox_entry',
  route: 'GET /api/admin/outbox/{id}',
  grant: 'admin',
  toolset: 'admin',
  summary: 'One message of the outbox, whole.',
  input: { id: outboxId },
  output: outboxEntry,
  run: async ({ id }, call) => viewEntry(await findEntry(id, call)),
  text: (entry) => fence('outbox entry', entryText(entry)),
});
