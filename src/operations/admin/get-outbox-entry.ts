import * as z from 'zod';
import { fence } from '../kernel/answer-text.ts';
import { defineHomeOperation } from '../kernel/define-home-operation.ts';
import { entryText } from './outbox-text.ts';
import { findEntry, outboxEntry, outboxId, viewEntry } from './outbox-view.ts';

/** Headers and text of nearly every message; what follows are attachments. */
const shownSourceBytes = 100_000;

export const getOutboxEntry = defineHomeOperation({
  name: 'get_outbox_entry',
  route: 'GET /api/admin/outbox/{id}',
  grant: 'admin',
  toolset: 'admin',
  summary: 'One message of the outbox, whole.',
  input: { id: outboxId, source: z.boolean().default(false).describe('Also the message as it will be sent.') },
  output: outboxEntry,
  async run({ id, source }, call) {
    const entry = viewEntry(await findEntry(id, call));
    const raw = source ? await call.services.safety.outboxStore().raw(id) : undefined;
    return raw === undefined ? entry : { ...entry, source: Buffer.from(raw).toString('utf8', 0, shownSourceBytes) };
  },
  text: (entry) => fence('outbox entry', entryText(entry)),
});
