import { whenDone } from '../../safety/changes/dry-run.ts';
import { label, labelFields, labelName, labelNameOrId } from './label-schemas.ts';
import { fence } from '../kernel/answer-text.ts';
import { defineOperation } from '../kernel/operation.ts';
import { refuseNothing } from '../kernel/refuse-nothing.ts';
import { renderLabel } from './render-label.ts';
import { ownLabel } from './resolve-labels.ts';

export const updateLabel = defineOperation({
  name: 'update_label',
  route: 'PATCH /api/labels/{id}',
  grant: 'organize',
  toolset: 'labels',
  summary: 'Rename a label or change its looks. Labels nested in it keep their own names.',
  input: { id: labelNameOrId.describe('Label name or id.'), name: labelName.exactOptional(), ...labelFields },
  output: label.extend({ before: label }),
  run: async ({ id, ...fields }, call) => {
    refuseNothing(fields, ['name', ...Object.keys(labelFields)]);
    const before = ownLabel(id, await call.mailbox.listLabels());
    return whenDone(call.apply('updateLabel', before.id, fields), (updated) => ({ ...updated, before }));
  },
  text: ({ before, ...after }) => [
    `Changed label ${before.id}.`,
    ...fence('label', `now: ${renderLabel(after)}\nbefore: ${renderLabel(before)}`),
  ],
});
