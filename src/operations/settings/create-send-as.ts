import * as z from 'zod';
import { fence } from '../kernel/answer-text.ts';
import { whenDone } from '../../safety/changes/dry-run.ts';
import { defineOperation } from '../kernel/operation.ts';
import { renderSendAs } from './render-settings.ts';
import { chosenSendAs, sendAsFields } from './send-as-fields.ts';
import { sendAs } from './setting-schemas.ts';
import { accountAddressPattern } from '../../core/account-address.ts';

export const createSendAs = defineOperation({
  name: 'create_send_as',
  route: 'POST /api/settings/sendAs',
  grant: 'settings',
  toolset: 'settings',
  summary: 'Add an address that mail may be sent as. On Gmail only a service account may, and its owner confirms it.',
  input: { sendAsEmail: z.email({ pattern: accountAddressPattern }), ...sendAsFields },
  output: sendAs,
  run: ({ sendAsEmail, ...fields }, { apply }) =>
    whenDone(apply('createSendAs', sendAsEmail, chosenSendAs(fields)), (created) => created),
  text: (created) => ['Added a send-as address.', ...fence('settings', renderSendAs(created))],
});
