import * as z from 'zod';
import { whenDone } from '../../safety/changes/dry-run.ts';
import { label, labelNameOrId } from './label-schemas.ts';
import { fence } from '../kernel/answer-text.ts';
import { defineOperation } from '../kernel/operation.ts';
import { renderLabel } from './render-label.ts';
import { ownLabel } from './resolve-labels.ts';

export const deleteLabel = defineOperation({
  name: 'delete_label',
  route: 'DELETE /api/labels/{id}',
  grant: 'organize',
  toolset: 'labels',
  summary: 'Delete a label of your own and take it off every message. The messages stay.',
  input: { id: labelNameOrId.describe('Label name or id.') },
  isDestructive: true,
  output: z.object({ before: label }),
  run: async ({ id }, call) => {
    const before = ownLabel(id, await call.mailbox.listLabels());
    return whenDone(call.apply('deleteLabel', before.id), () => ({ before }));
  },
  text: ({ before }) => [`Deleted label ${before.id}.`, ...fence('label', renderLabel(before))],
});
