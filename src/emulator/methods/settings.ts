import * as z from 'zod';
import type { EmulatorSettings } from '../control/settings.ts';
import type { LocalMailbox } from '../../local/open-local-mailbox.ts';
import type { Settings } from '../../mail/settings.ts';
import { mailDispositions } from '../../mail/settings.ts';
import type { Method } from './method.ts';
import { defineMethod } from './method.ts';
import { integer, longInteger } from './read-body.ts';

const flag = z.boolean().exactOptional();
const text = z.string().exactOptional();
const disposition = z.enum(mailDispositions).exactOptional();

const vacation = z.strictObject({
  enableAutoReply: z.boolean().default(false),
  responseSubject: text,
  responseBodyPlainText: text,
  responseBodyHtml: text,
  restrictToContacts: flag,
  restrictToDomain: flag,
  startTime: longInteger.exactOptional(),
  endTime: longInteger.exactOptional(),
});
const autoForwarding = z.strictObject({ enabled: z.boolean().default(false), emailAddress: text, disposition });
const imap = z.strictObject({
  enabled: z.boolean().default(false),
  autoExpunge: flag,
  expungeBehavior: z.enum(['archive', 'trash', 'deleteForever']).exactOptional(),
  maxFolderSize: integer.exactOptional(),
});
const pop = z.strictObject({
  accessWindow: z.enum(['disabled', 'fromNowOn', 'allMail']).default('disabled'),
  disposition,
});
const language = z.strictObject({ displayLanguage: z.string().default('') });

/** The settings of which a mailbox has one each: `users.settings`. */
export const settingMethods: readonly Method[] = [
  ...settingPair('vacation', 'Vacation', 'vacation_settings', vacation),
  ...settingPair('autoForwarding', 'AutoForwarding', 'auto_forwarding', autoForwarding),
  ...settingPair('imap', 'Imap', 'imap_settings', imap),
  ...settingPair('pop', 'Pop', 'pop_settings', pop),
  ...settingPair('language', 'Language', 'language_settings', language),
];

function settingPair<Name extends keyof Settings>(
  setting: Name,
  suffix: string,
  bodyName: string,
  schema: z.ZodType<Settings[Name]>,
): readonly Method[] {
  return [
    defineMethod(`settings.get${suffix}`, {
      run: async ({ mailbox }) => settingResource(await mailbox.getSetting(setting), setting, mailbox),
    }),
    defineMethod(`settings.update${suffix}`, {
      body: { name: bodyName, schema },
      run: async ({ body, mailbox, settings }) =>
        settingResource(
          await mailbox.updateSetting(setting, await withFixed(setting, body, mailbox, settings)),
          setting,
          mailbox,
        ),
    }),
  ];
}

/** What is asked for, but for what the account does not let anybody change. */
async function withFixed<Name extends keyof Settings>(
  setting: Name,
  asked: Settings[Name],
  mailbox: LocalMailbox,
  { isImapFixed }: EmulatorSettings,
): Promise<Settings[Name]> {
  if (setting !== 'imap' || !isImapFixed) return asked;
  const { enabled } = await mailbox.getSetting('imap');
  return { ...asked, enabled };
}

/** Consumer mailboxes have no domain to be restricted to. */
const consumerDomains = /@(?:gmail|googlemail)\.com$/i;

/** A setting as it is shown: a vacation's fields are there also where nothing was chosen. */
function settingResource(value: object, setting: keyof Settings, { emailAddress }: LocalMailbox): object {
  if (setting !== 'vacation') return value;
  const { enableAutoReply, responseSubject, responseBodyPlainText, responseBodyHtml, ...rest } = vacation.parse(value);
  const { restrictToContacts = false, restrictToDomain = false, ...times } = rest;
  return {
    enableAutoReply,
    responseSubject: responseSubject ?? '',
    ...(responseBodyPlainText === undefined ? {} : { responseBodyPlainText }),
    ...(responseBodyHtml === undefined ? {} : { responseBodyHtml }),
    restrictToContacts,
    ...(consumerDomains.test(emailAddress) ? {} : { restrictToDomain }),
    ...times,
  };
}
