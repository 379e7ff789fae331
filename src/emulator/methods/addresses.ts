import * as z from 'zod';
import type { LocalMailbox } from '../../local/open-local-mailbox.ts';
import type { SendAs, SendAsFields } from '../../mail/settings.ts';
import { invalidArgument, notFound, notImplemented } from '../http/google-errors.ts';
import type { Method } from './method.ts';
import { defineMethod } from './method.ts';

const text = z.string().exactOptional();
const flag = z.boolean().exactOptional();
const status = z.enum(['accepted', 'pending', 'rejected', 'expired']).optional();

const sendAsBody = {
  name: 'send_as',
  schema: z.strictObject({
    sendAsEmail: z.string().optional(),
    displayName: text,
    replyToAddress: text,
    signature: text,
    isDefault: flag,
    treatAsAlias: flag,
    isPrimary: z.boolean().optional(),
    verificationStatus: status,
    smtpMsa: z.looseObject({}).optional(),
  }),
} as const;
type SendAsRequest = z.infer<typeof sendAsBody.schema>;

const forwardingBody = {
  name: 'forwarding_address',
  schema: z.strictObject({ forwardingEmail: z.string().default(''), verificationStatus: status }),
} as const;
const delegateBody = {
  name: 'delegate',
  schema: z.strictObject({ delegateEmail: z.string().default(''), verificationStatus: status }),
} as const;

/** `users.settings.sendAs`, `forwardingAddresses` and `delegates`. */
export const addressMethods: readonly Method[] = [
  defineMethod('settings.sendAs.list', {
    run: async ({ mailbox }) => ({ sendAs: (await mailbox.listSendAs()).map(sendAsResource) }),
  }),
  defineMethod('settings.sendAs.get', {
    run: async ({ parameter, mailbox }) => sendAsResource(await findSendAs(mailbox, parameter('sendAsEmail'))),
  }),
  defineMethod('settings.sendAs.create', {
    body: sendAsBody,
    run: async ({ body, mailbox }) => {
      refuseOwnServer(body);
      return sendAsResource(await mailbox.createSendAs(checkedAddress(body.sendAsEmail ?? ''), sendAsFields(body)));
    },
  }),
  defineMethod('settings.sendAs.patch', {
    body: sendAsBody,
    run: async ({ parameter, body, mailbox }) => {
      const { sendAsEmail, isPrimary } = await findSendAs(mailbox, parameter('sendAsEmail'));
      // Of the primary address it is passed over, as recorded.
      if (!isPrimary) refuseOwnServer(body);
      return sendAsResource(await mailbox.updateSendAs(sendAsEmail, sendAsFields(body)));
    },
  }),
  defineMethod('settings.sendAs.update', {
    body: sendAsBody,
    run: async ({ parameter, body, mailbox }) => {
      const { sendAsEmail, isPrimary, isDefault, treatAsAlias } = await findSendAs(mailbox, parameter('sendAsEmail'));
      if (!isPrimary) refuseOwnServer(body);
      // What a PUT leaves out is empty afterwards; the flags have no empty value.
      const emptied = { displayName: '', replyToAddress: '', signature: '', isDefault, treatAsAlias };
      return sendAsResource(await mailbox.updateSendAs(sendAsEmail, { ...emptied, ...sendAsFields(body) }));
    },
  }),
  defineMethod('settings.sendAs.verify', {
    run: async ({ parameter, mailbox }) => {
      const { isPrimary, verificationStatus } = await findSendAs(mailbox, parameter('sendAsEmail'));
      if (isPrimary || verificationStatus === 'accepted') throw invalidArgument('Send-as address is already verified');
    },
  }),
  defineMethod('settings.sendAs.delete', {
    run: ({ parameter, mailbox }) => mailbox.deleteSendAs(parameter('sendAsEmail')),
  }),

  defineMethod('settings.forwardingAddresses.list', {
    run: async ({ mailbox }) => {
      const forwardingAddresses = await mailbox.listForwardingAddresses();
      // Nothing at all, as recorded: 204.
      return forwardingAddresses.length === 0 ? undefined : { forwardingAddresses };
    },
  }),
  defineMethod('settings.forwardingAddresses.get', {
    run: async ({ parameter, mailbox }) => {
      const wanted = parameter('forwardingEmail');
      return found(await mailbox.listForwardingAddresses(), ({ forwardingEmail }) => isSame(forwardingEmail, wanted));
    },
  }),
  defineMethod('settings.forwardingAddresses.create', {
    body: forwardingBody,
    run: ({ body, mailbox }) => mailbox.createForwardingAddress(checkedAddress(body.forwardingEmail)),
  }),
  defineMethod('settings.forwardingAddresses.delete', {
    run: ({ parameter, mailbox }) => mailbox.deleteForwardingAddress(parameter('forwardingEmail')),
  }),

  defineMethod('settings.delegates.list', {
    run: async ({ mailbox }) => listOf('delegates', await mailbox.listDelegates()),
  }),
  defineMethod('settings.delegates.get', {
    run: async ({ parameter, mailbox }) => {
      const wanted = parameter('delegateEmail');
      return found(await mailbox.listDelegates(), ({ delegateEmail }) => isSame(delegateEmail, wanted));
    },
  }),
  defineMethod('settings.delegates.create', {
    body: delegateBody,
    run: ({ body, mailbox }) => mailbox.createDelegate(checkedAddress(body.delegateEmail)),
  }),
  defineMethod('settings.delegates.delete', {
    run: ({ parameter, mailbox }) => mailbox.deleteDelegate(parameter('delegateEmail')),
  }),
];

/** The primary address is nobody's alias. */
function sendAsResource(sendAs: SendAs): object {
  const { sendAsEmail, displayName, replyToAddress, signature, isPrimary, isDefault } = sendAs;
  const { treatAsAlias, verificationStatus } = sendAs;
  return {
    sendAsEmail,
    displayName,
    replyToAddress,
    signature,
    isPrimary,
    isDefault,
    ...(isPrimary ? {} : { treatAsAlias }),
    ...(verificationStatus === undefined ? {} : { verificationStatus }),
  };
}

function refuseOwnServer({ smtpMsa }: SendAsRequest): void {
  if (smtpMsa !== undefined) throw notImplemented('send-as addresses with an SMTP server of their own');
}

function sendAsFields(request: SendAsRequest): SendAsFields {
  const { displayName, replyToAddress, signature, isDefault, treatAsAlias } = request;
  return {
    ...(displayName === undefined ? {} : { displayName }),
    ...(replyToAddress === undefined ? {} : { replyToAddress }),
    ...(signature === undefined ? {} : { signature }),
    ...(isDefault === undefined ? {} : { isDefault }),
    ...(treatAsAlias === undefined ? {} : { treatAsAlias }),
  };
}

function checkedAddress(address: string): string {
  if (/^[^\s@<>,;]+@[^\s@<>,;]+$/.test(address)) return address;
  throw invalidArgument(`Invalid email address: ${address}`);
}

async function findSendAs(mailbox: LocalMailbox, wanted: string): Promise<SendAs> {
  return found(await mailbox.listSendAs(), ({ sendAsEmail }) => isSame(sendAsEmail, wanted));
}

function found<Item>(items: readonly Item[], isWanted: (item: Item) => boolean): Item {
  const item = items.find(isWanted);
  if (item === undefined) throw notFound();
  return item;
}

function isSame(address: string, wanted: string): boolean {
  return address.toLowerCase() === wanted.toLowerCase();
}

function listOf(name: string, items: readonly object[]): object {
  return items.length === 0 ? {} : { [name]: items };
}
