import { defineOperation } from '../kernel/operation.ts';
import { refuseNothing } from '../kernel/refuse-nothing.ts';
import { changeSetting } from './change-setting.ts';
import { renderChange, renderPop } from './render-settings.ts';
import { accessWindow, disposition, notApplied, pop } from './setting-schemas.ts';

const fields = {
  accessWindow: accessWindow.exactOptional().describe('Which mail can be fetched.'),
  disposition: disposition.exactOptional().describe('What becomes of mail once fetched.'),
};

export const updatePop = defineOperation({
  name: 'update_pop',
  route: 'PATCH /api/settings/pop',
  grant: 'settings',
  toolset: 'settings',
  summary: 'Change POP access.',
  input: fields,
  output: pop.extend({ before: pop, notApplied }),
  run: (input, call) => {
    refuseNothing(input, Object.keys(fields));
    return changeSetting(call, 'pop', (before) => ({ ...before, ...input }));
  },
  text: ({ before, notApplied, ...after }) => renderChange(renderPop(after), renderPop(before), notApplied),
});
