import { isDeepStrictEqual } from 'node:util';
import type { MailboxReader } from '../../mail/mailbox.ts';
import type { FilterFields, SendAs, SendAsFields } from '../../mail/settings.ts';
import type { Outflow } from '../policy/check-outflow.ts';
import { loadsFromElsewhere } from '../policy/loads-from-elsewhere.ts';
import { defineChange, readsNothing, type ChangeEvent, type ChangeState, type Inverse } from './change-kind.ts';
import { labelOutflow } from './message-changes.ts';
import { isSame, missing, taken } from './refusals.ts';

type Reading = Pick<ChangeState, 'reader'>;

/** The event of a setting, by the name that `get_settings` has for it. */
function settingChanged(setting: string): readonly ChangeEvent[] {
  return [{ kind: 'settingChanged', ids: { setting } }];
}

/** Fields and labels in whatever order they were given. */
function sortedFilter({ criteria, action }: FilterFields): unknown {
  const { addLabelIds = [], removeLabelIds = [], forward } = action;
  return [{ ...criteria }, addLabelIds.toSorted(), removeLabelIds.toSorted(), forward];
}

export const createFilter = defineChange('createFilter', {
  grant: 'settings',
  before: readsNothing,
  outflow: ({ action: { forward, addLabelIds = [] } }) => [
    ...(forward === undefined ? [] : [{ what: 'A filter that forwards', to: [forward] }]),
    ...labelOutflow(addLabelIds),
  ],
  async check(reader, fields) {
    const wanted = sortedFilter(fields);
    const twin = (await reader.listFilters()).find((filter) => isDeepStrictEqual(sortedFilter(filter), wanted));
    if (twin !== undefined) throw taken('filter', twin.id);
  },
  target: (fields) => fields,
  inverse: ({ result: { id } }) => ({
    steps: [{ method: 'deleteFilter', args: [id] }],
    text: `Deleted the filter ${id} again.`,
  }),
  events: ({ result: { id } }) => [{ kind: 'filterChanged', ids: { filterId: id }, state: 'created' }],
});

export const deleteFilter = defineChange('deleteFilter', {
  grant: 'settings',
  before: async ({ reader }, id) => (await reader.listFilters()).find((filter) => filter.id === id),
  outflow: 'none',
  check: async (reader, id) => {
    if ((await reader.listFilters()).every((filter) => filter.id !== id)) throw missing('filter', id);
  },
  target: (id) => ({ id }),
  inverse: ({ before }) =>
    before && {
      steps: [{ method: 'createFilter', args: [{ criteria: before.criteria, action: before.action }] }],
      text: 'Created the filter again.',
    },
  events: ({ args: [id] }) => [{ kind: 'filterChanged', ids: { filterId: id }, state: 'deleted' }],
});

export const updateSetting = defineChange('updateSetting', {
  grant: 'settings',
  before: ({ reader }, name) => reader.getSetting(name),
  outflow(name, value) {
    if (name === 'autoForwarding' && 'enabled' in value && value.enabled) {
      const { emailAddress } = { emailAddress: undefined, ...value };
      // Without an address, Gmail may know one from before.
      return [{ what: 'Forwarding', to: emailAddress === undefined ? 'anybody' : [emailAddress] }];
    }
    const isAnswering = name === 'vacation' && 'enableAutoReply' in value && value.enableAutoReply;
    return isAnswering ? [{ what: 'An automatic answer', to: 'anybody' }] : [];
  },
  target: (name, value) => ({ name, value }),
  state: (value) => value,
  inverse: ({ args: [name], before, result }) => ({
    steps: [{ method: 'updateSetting', args: [name, before], expected: result }],
    text: `Restored the setting ${name}.`,
  }),
  events: ({ args: [name] }) => settingChanged(name),
});

/** What can be chosen of a send-as address. */
function fieldsOf(sendAs: SendAs): SendAsFields {
  const { displayName, replyToAddress, signature, isDefault, treatAsAlias } = sendAs;
  return { displayName, replyToAddress, signature, isDefault, treatAsAlias };
}

/** A send-as address, and the one that mail is sent as where none is named. */
interface SendAsState {
  readonly sendAs: SendAs | undefined;
  readonly defaultAddress: string | undefined;
}

async function sendAsOf({ reader }: Reading, email: string): Promise<SendAsState> {
  const all = await reader.listSendAs();
  return {
    sendAs: all.find(({ sendAsEmail }) => sendAsEmail === email),
    defaultAddress: (all.find(({ isDefault }) => isDefault) ?? all.find(({ isPrimary }) => isPrimary))?.sendAsEmail,
  };
}

function sendAsOutflow({ replyToAddress, signature }: SendAsFields): readonly Outflow[] {
  return [
    ...(replyToAddress === undefined || replyToAddress === ''
      ? []
      : [{ what: 'A reply-to address', to: [replyToAddress] }]),
    ...(signature === undefined || !loadsFromElsewhere(signature)
      ? []
      : [{ what: 'A signature that loads pictures', to: 'anybody' } as const]),
  ];
}

/** One address is always the default: it stops being so only when another one is. */
export function restoringDefault(
  email: string,
  { isDefault }: SendAsFields,
  defaultAddress: string | undefined,
): Inverse['steps'] {
  if (isDefault !== true || defaultAddress === undefined || defaultAddress === email) return [];
  return [{ method: 'updateSendAs', args: [defaultAddress, { isDefault: true }] }];
}

const shownState = ({ sendAs }: SendAsState): unknown => sendAs;
const comparedState = ({ sendAs }: SendAsState): unknown => sendAs && fieldsOf(sendAs);

const sendAsAddresses = async (reader: MailboxReader): Promise<readonly string[]> =>
  (await reader.listSendAs()).map(({ sendAsEmail }) => sendAsEmail);
const forwardingAddresses = async (reader: MailboxReader): Promise<readonly string[]> =>
  (await reader.listForwardingAddresses()).map(({ forwardingEmail }) => forwardingEmail);
const delegateAddresses = async (reader: MailboxReader): Promise<readonly string[]> =>
  (await reader.listDelegates()).map(({ delegateEmail }) => delegateEmail);

type List = (reader: MailboxReader) => Promise<readonly string[]>;

function isFree(what: string, list: List) {
  return async (reader: MailboxReader, address: string): Promise<void> => {
    if ((await list(reader)).some((one) => isSame(one, address))) throw taken(what, address);
  };
}

function isThere(what: string, list: List) {
  return async (reader: MailboxReader, address: string): Promise<void> => {
    if ((await list(reader)).every((one) => !isSame(one, address))) throw missing(what, address);
  };
}

export const createSendAs = defineChange('createSendAs', {
  grant: 'settings',
  before: sendAsOf,
  outflow: (email, fields) => [...sendAsOutflow(fields), { what: 'A send-as address', to: [email] }],
  check: isFree('send-as address', sendAsAddresses),
  target: (email, fields) => ({ email, ...fields }),
  from: shownState,
  inverse: ({ args: [email], before, result }) => ({
    steps: [
      ...restoringDefault(email, result, before.defaultAddress),
      { method: 'deleteSendAs', args: [email], expected: fieldsOf(result) },
    ],
    text: `Deleted the send-as address ${email} again.`,
  }),
  events: () => settingChanged('sendAs'),
});

export const updateSendAs = defineChange('updateSendAs', {
  grant: 'settings',
  before: sendAsOf,
  outflow: (_email, fields) => sendAsOutflow(fields),
  check: isThere('send-as address', sendAsAddresses),
  target: (email, fields) => ({ email, ...fields }),
  from: shownState,
  state: comparedState,
  inverse({ args: [email], before, result }) {
    if (before.sendAs === undefined) return undefined;
    const { isDefault: _, ...fields } = fieldsOf(before.sendAs);
    return {
      steps: [
        { method: 'updateSendAs', args: [email, fields], expected: fieldsOf(result) },
        ...restoringDefault(email, result, before.defaultAddress),
      ],
      text: `Restored the send-as address ${email}.`,
    };
  },
  events: () => settingChanged('sendAs'),
});

export const deleteSendAs = defineChange('deleteSendAs', {
  grant: 'settings',
  before: sendAsOf,
  outflow: 'none',
  check: isThere('send-as address', sendAsAddresses),
  target: (email) => ({ email }),
  from: shownState,
  state: comparedState,
  inverse: ({ args: [email], before: { sendAs } }) =>
    sendAs && {
      steps: [{ method: 'createSendAs', args: [email, fieldsOf(sendAs)] }],
      text: `Created the send-as address ${email} again.`,
    },
  events: () => settingChanged('sendAs'),
});

export const createForwardingAddress = defineChange('createForwardingAddress', {
  grant: 'settings',
  before: readsNothing,
  outflow: (email) => [{ what: 'A forwarding address', to: [email] }],
  check: isFree('forwarding address', forwardingAddresses),
  target: (email) => ({ email }),
  inverse: ({ args: [email] }) => ({
    steps: [{ method: 'deleteForwardingAddress', args: [email] }],
    text: `Deleted the forwarding address ${email} again.`,
  }),
  events: () => settingChanged('forwardingAddresses'),
});

export const deleteForwardingAddress = defineChange('deleteForwardingAddress', {
  grant: 'settings',
  before: readsNothing,
  outflow: 'none',
  check: isThere('forwarding address', forwardingAddresses),
  target: (email) => ({ email }),
  inverse: ({ args: [email] }) => ({
    steps: [{ method: 'createForwardingAddress', args: [email] }],
    text: `Created the forwarding address ${email} again.`,
  }),
  events: () => settingChanged('forwardingAddresses'),
});

export const createDelegate = defineChange('createDelegate', {
  grant: 'settings',
  before: readsNothing,
  outflow: (email) => [{ what: 'A delegate', to: [email] }],
  check: isFree('delegate', delegateAddresses),
  target: (email) => ({ email }),
  inverse: ({ args: [email] }) => ({
    steps: [{ method: 'deleteDelegate', args: [email] }],
    text: `Deleted the delegate ${email} again.`,
  }),
  events: () => settingChanged('delegates'),
});

export const deleteDelegate = defineChange('deleteDelegate', {
  grant: 'settings',
  before: readsNothing,
  outflow: 'none',
  check: isThere('delegate', delegateAddresses),
  target: (email) => ({ email }),
  inverse: ({ args: [email] }) => ({
    steps: [{ method: 'createDelegate', args: [email] }],
    text: `Created the delegate ${email} again.`,
  }),
  events: () => settingChanged('delegates'),
});
