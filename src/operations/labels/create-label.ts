import { whenDone } from '../../safety/changes/dry-run.ts';
import { label, labelFields, labelName } from './label-schemas.ts';
import { fence } from '../kernel/answer-text.ts';
import { defineOperation } from '../kernel/operation.ts';
import { renderLabel } from './render-label.ts';

export const createLabel = defineOperation({
  name: 'create_label',
  route: 'POST /api/labels',
  grant: 'organize',
  toolset: 'labels',
  summary: 'Make a label.',
  input: { name: labelName, ...labelFields },
  output: label,
  run: (fields, call) => whenDone(call.apply('createLabel', fields), (created) => created),
  text: (created) => [`Created label ${created.id}.`, ...fence('label', renderLabel(created))],
});
