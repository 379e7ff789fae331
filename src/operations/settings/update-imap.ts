import * as z from 'zod';
import { defineOperation } from '../kernel/operation.ts';
import { refuseNothing } from '../kernel/refuse-nothing.ts';
import { changeSetting } from './change-setting.ts';
import { renderChange, renderImap } from './render-settings.ts';
import { expungeBehavior, folderSize, imap, notApplied } from './setting-schemas.ts';

const fields = {
  enabled: z.boolean().exactOptional(),
  autoExpunge: z.boolean().exactOptional(),
  expungeBehavior: expungeBehavior.exactOptional(),
  maxFolderSize: folderSize.exactOptional().describe('0 is no limit.'),
};

export const updateImap = defineOperation({
  name: 'update_imap',
  route: 'PATCH /api/settings/imap',
  grant: 'settings',
  toolset: 'settings',
  summary: 'Change IMAP access.',
  input: fields,
  output: imap.extend({ before: imap, notApplied }),
  run: (input, call) => {
    refuseNothing(input, Object.keys(fields));
    return changeSetting(call, 'imap', (before) => ({ ...before, ...input }));
  },
  text: ({ before, notApplied, ...after }) => renderChange(renderImap(after), renderImap(before), notApplied),
});
