import * as z from 'zod';
import { fence } from '../kernel/answer-text.ts';
import { whenDone } from '../../safety/changes/dry-run.ts';
import { defineOperation } from '../kernel/operation.ts';
import { renderDelegate } from './render-settings.ts';
import { delegate } from './setting-schemas.ts';
import { accountAddressPattern } from '../../core/account-address.ts';

export const createDelegate = defineOperation({
  name: 'create_delegate',
  route: 'POST /api/settings/delegates',
  grant: 'settings',
  toolset: 'settings',
  summary: 'Let somebody read and send all mail of this account. On Gmail only a service account may do so.',
  input: { delegateEmail: z.email({ pattern: accountAddressPattern }) },
  isDestructive: true,
  output: delegate,
  run: ({ delegateEmail }, { apply }) => whenDone(apply('createDelegate', delegateEmail), (created) => created),
  text: (created) => ['Added a delegate.', ...fence('settings', renderDelegate(created))],
});
