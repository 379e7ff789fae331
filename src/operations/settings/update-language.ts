import * as z from 'zod';
import { defineOperation } from '../kernel/operation.ts';
import { changeSetting } from './change-setting.ts';
import { renderChange } from './render-settings.ts';
import { language, notApplied } from './setting-schemas.ts';

export const updateLanguage = defineOperation({
  name: 'update_language',
  route: 'PATCH /api/settings/language',
  grant: 'settings',
  toolset: 'settings',
  summary: "Change the language of Gmail's pages; Gmail may settle on a near one.",
  input: {
    displayLanguage: z
      .string()
      .regex(/^[A-Za-z]{2,3}(?:-[A-Za-z0-9]{2,8}){0,3}$/, 'expected a language tag (BCP 47) such as en-GB')
      .describe('BCP 47, such as en-GB.'),
  },
  output: language.extend({ before: language, notApplied }),
  run: (input, call) => changeSetting(call, 'language', () => input),
  text: ({ before, displayLanguage, notApplied }) => renderChange(displayLanguage, before.displayLanguage, notApplied),
});
