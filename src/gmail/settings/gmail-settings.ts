import type { MailboxSettings } from '../../mail/mailbox.ts';
import type { Settings } from '../../mail/settings.ts';
import { AppError } from '../../core/errors.ts';
import { ask, orNotFound, tell } from '../client/ask.ts';
import type { GmailClient } from '../client/gmail-client.ts';
import { userId } from '../reading/gmail-context.ts';
import {
  apiDelegate,
  apiDelegateList,
  apiForwardingAddress,
  apiForwardingAddressList,
  apiSendAs,
  apiSendAsList,
  settingSchemas,
} from './settings-schemas.ts';

/** How each setting is read and replaced. */
function settingCalls({ users: { settings } }: GmailClient): {
  readonly [Name in keyof Settings]: {
    readonly get: () => Promise<{ readonly data: unknown }>;
    readonly update: (value: Settings[Name]) => Promise<{ readonly data: unknown }>;
  };
} {
  return {
    vacation: {
      get: () => settings.getVacation({ userId }),
      update: (requestBody) => settings.updateVacation({ userId, requestBody }),
    },
    autoForwarding: {
      get: () => settings.getAutoForwarding({ userId }),
      update: (requestBody) => settings.updateAutoForwarding({ userId, requestBody }),
    },
    imap: {
      get: () => settings.getImap({ userId }),
      update: (requestBody) => settings.updateImap({ userId, requestBody }),
    },
    pop: {
      get: () => settings.getPop({ userId }),
      update: (requestBody) => settings.updatePop({ userId, requestBody }),
    },
    language: {
      get: () => settings.getLanguage({ userId }),
      update: (requestBody) => settings.updateLanguage({ userId, requestBody }),
    },
  };
}

/** Settings go straight to Gmail and back. */
export function gmailSettings(client: GmailClient): MailboxSettings {
  const { sendAs, forwardingAddresses, delegates } = client.users.settings;
  const calls = settingCalls(client);
  return {
    getSetting: (name) => ask(settingSchemas[name], calls[name].get()),
    updateSetting: (name, value) => ask(settingSchemas[name], calls[name].update(value)),
    async listSendAs() {
      const { sendAs: all } = await ask(apiSendAsList, sendAs.list({ userId }));
      return all.toSorted((a, b) => Number(b.isPrimary) - Number(a.isPrimary));
    },
    createSendAs: (sendAsEmail, fields) =>
      ask(apiSendAs, sendAs.create({ userId, requestBody: { sendAsEmail, ...fields } })),
    updateSendAs: (sendAsEmail, fields) =>
      orNotFound(ask(apiSendAs, sendAs.patch({ userId, sendAsEmail, requestBody: fields })), () =>
        noAddress('send-as address', sendAsEmail),
      ),
    deleteSendAs: (sendAsEmail) =>
      orNotFound(tell(sendAs.delete({ userId, sendAsEmail })), () => noAddress('send-as address', sendAsEmail)),
    async listForwardingAddresses() {
      return (await ask(apiForwardingAddressList, forwardingAddresses.list({ userId }))).forwardingAddresses;
    },
    createForwardingAddress: (forwardingEmail) =>
      ask(apiForwardingAddress, forwardingAddresses.create({ userId, requestBody: { forwardingEmail } })),
    deleteForwardingAddress: (forwardingEmail) =>
      orNotFound(tell(forwardingAddresses.delete({ userId, forwardingEmail })), () =>
        noAddress('forwarding address', forwardingEmail),
      ),
    async listDelegates() {
      return (await ask(apiDelegateList, delegates.list({ userId }))).delegates;
    },
    createDelegate: (delegateEmail) => ask(apiDelegate, delegates.create({ userId, requestBody: { delegateEmail } })),
    deleteDelegate: (delegateEmail) =>
      orNotFound(tell(delegates.delete({ userId, delegateEmail })), () => noAddress('delegate', delegateEmail)),
  };
}

function noAddress(what: string, address: string): AppError {
  return new AppError('NOT_FOUND', `There is no ${what} ${address} in this mailbox.`, { got: address });
}
