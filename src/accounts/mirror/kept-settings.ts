import * as z from 'zod';
import {
  apiDelegate,
  apiFilter,
  apiForwardingAddress,
  apiSendAs,
  settingSchemas,
} from '../../gmail/settings/settings-schemas.ts';
import type { MailboxReader } from '../../mail/mailbox.ts';
import type { Delegate, Filter, ForwardingAddress, SendAs, Settings } from '../../mail/settings.ts';
import type { KeptKind } from './kept-values.ts';

/** A part of an account's settings that a mirror keeps. */
export interface KeptSetting<T> extends KeptKind<T> {
  readonly read: (mailbox: MailboxReader) => Promise<T>;
}

function kindOf<T>(name: string, schema: z.ZodType<T>, read: (mailbox: MailboxReader) => Promise<T>): KeptSetting<T> {
  return { name, schema, read };
}

/** The settings of which there is one each. */
export const keptSettings: { readonly [Name in keyof Settings]: KeptSetting<Settings[Name]> } = {
  vacation: kindOf('vacation', settingSchemas.vacation, (mailbox) => mailbox.getSetting('vacation')),
  autoForwarding: kindOf('autoForwarding', settingSchemas.autoForwarding, (mailbox) =>
    mailbox.getSetting('autoForwarding'),
  ),
  imap: kindOf('imap', settingSchemas.imap, (mailbox) => mailbox.getSetting('imap')),
  pop: kindOf('pop', settingSchemas.pop, (mailbox) => mailbox.getSetting('pop')),
  language: kindOf('language', settingSchemas.language, (mailbox) => mailbox.getSetting('language')),
};

export const keptFilters = kindOf<readonly Filter[]>('filters', z.array(apiFilter), (mailbox) => mailbox.listFilters());
export const keptSendAs = kindOf<readonly SendAs[]>('sendAs', z.array(apiSendAs), (mailbox) => mailbox.listSendAs());
export const keptForwarding = kindOf<readonly ForwardingAddress[]>(
  'forwarding',
  z.array(apiForwardingAddress),
  (mailbox) => mailbox.listForwardingAddresses(),
);
export const keptDelegates = kindOf<readonly Delegate[]>('delegates', z.array(apiDelegate), (mailbox) =>
  mailbox.listDelegates(),
);

/** All of them. */
export const allKeptSettings: readonly KeptSetting<unknown>[] = [
  ...Object.values(keptSettings),
  keptFilters,
  keptSendAs,
  keptForwarding,
  keptDelegates,
];
