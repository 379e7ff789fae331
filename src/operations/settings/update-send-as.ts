import * as z from 'zod';
import { whenDone } from '../../safety/changes/dry-run.ts';
import { defineOperation } from '../kernel/operation.ts';
import { refuseNothing } from '../kernel/refuse-nothing.ts';
import { heldOtherwise } from './change-setting.ts';
import { findAddress } from './find-address.ts';
import { renderChange, renderSendAs } from './render-settings.ts';
import { chosenSendAs, sendAsFields } from './send-as-fields.ts';
import { notApplied, sendAs } from './setting-schemas.ts';
import { accountAddressPattern } from '../../core/account-address.ts';

export const updateSendAs = defineOperation({
  name: 'update_send_as',
  route: 'PATCH /api/settings/sendAs/{sendAsEmail}',
  grant: 'settings',
  toolset: 'settings',
  summary: 'Change name, reply-to address or signature of an address, or make it the default.',
  input: { sendAsEmail: z.email({ pattern: accountAddressPattern }), ...sendAsFields },
  output: sendAs.extend({ before: sendAs, notApplied }),
  run: async ({ sendAsEmail, ...fields }, { mailbox, apply }) => {
    refuseNothing(fields, Object.keys(sendAsFields));
    const chosen = chosenSendAs(fields);
    const known = await mailbox.listSendAs();
    const before = findAddress('send-as address', 'sendAsEmail', sendAsEmail, known, (one) => one.sendAsEmail);
    return whenDone(apply('updateSendAs', before.sendAsEmail, chosen), (after) => ({
      ...after,
      before,
      ...heldOtherwise(chosen, after),
    }));
  },
  text: ({ before, notApplied, ...after }) => renderChange(renderSendAs(after), renderSendAs(before), notApplied),
});
