import * as z from 'zod';
import { apiList } from '../client/api-schemas.ts';
import type { Delegate, Filter, ForwardingAddress, SendAs, Settings } from '../../mail/settings.ts';
import { mailDispositions } from '../../mail/settings.ts';

/** Google leaves out what is empty or false, and names what is not set `…Unspecified`. */
const flag = z
  .boolean()
  .nullish()
  .transform((value) => value ?? false);
const text = z
  .string()
  .nullish()
  .transform((value) => value ?? '');
const optionalText = z.string().exactOptional();
const disposition = z.enum(mailDispositions).exactOptional();
const verificationStatus = z.enum(['accepted', 'pending', 'rejected', 'expired']);
/** What does not say that it is accepted is not. */
const certainStatus = verificationStatus.catch('pending');

function isUnset(value: unknown): boolean {
  return value === null || value === '' || (typeof value === 'string' && value.endsWith('Unspecified'));
}

function dropUnset(value: unknown): unknown {
  return typeof value === 'object' && value !== null
    ? Object.fromEntries(Object.entries(value).filter(([, field]) => !isUnset(field)))
    : value;
}

/** A field that says that nothing was chosen is as if it were not there. */
function chosen<T>(schema: z.ZodType<T>): z.ZodType<T> {
  return z.preprocess(dropUnset, schema);
}

/** The settings of which there is one each, by our names. */
export const settingSchemas: { readonly [Name in keyof Settings]: z.ZodType<Settings[Name]> } = {
  vacation: chosen(
    z.object({
      enableAutoReply: flag,
      responseSubject: optionalText,
      responseBodyPlainText: optionalText,
      responseBodyHtml: optionalText,
      restrictToContacts: z.boolean().exactOptional(),
      restrictToDomain: z.boolean().exactOptional(),
      startTime: optionalText,
      endTime: optionalText,
    }),
  ),
  autoForwarding: chosen(z.object({ enabled: flag, emailAddress: optionalText, disposition })),
  imap: chosen(
    z.object({
      enabled: flag,
      autoExpunge: z.boolean().exactOptional(),
      expungeBehavior: z.enum(['archive', 'trash', 'deleteForever']).exactOptional(),
      maxFolderSize: z.number().exactOptional(),
    }),
  ),
  pop: chosen(
    z.object({ accessWindow: z.enum(['disabled', 'fromNowOn', 'allMail']).default('disabled'), disposition }),
  ),
  language: z.object({ displayLanguage: text }),
};

/** A send-as address. */
export const apiSendAs: z.ZodType<SendAs> = chosen(
  z.object({
    sendAsEmail: z.string(),
    displayName: text,
    replyToAddress: text,
    signature: text,
    isPrimary: flag,
    isDefault: flag,
    treatAsAlias: flag,
    verificationStatus: verificationStatus.exactOptional(),
  }),
);

/** A forwarding address. */
export const apiForwardingAddress: z.ZodType<ForwardingAddress> = z.object({
  forwardingEmail: z.string(),
  verificationStatus: certainStatus,
});

/** A delegate. */
export const apiDelegate: z.ZodType<Delegate> = z.object({
  delegateEmail: z.string(),
  verificationStatus: certainStatus,
});

const ids = z.array(z.string()).exactOptional();

/** A filter. */
export const apiFilter: z.ZodType<Filter> = z.object({
  id: z.string(),
  criteria: z
    .object({
      from: optionalText,
      to: optionalText,
      subject: optionalText,
      query: optionalText,
      negatedQuery: optionalText,
      hasAttachment: z.boolean().exactOptional(),
      excludeChats: z.boolean().exactOptional(),
      size: z.number().exactOptional(),
      sizeComparison: z.enum(['larger', 'smaller']).exactOptional(),
    })
    .default({}),
  action: z.object({ addLabelIds: ids, removeLabelIds: ids, forward: optionalText }).default({}),
});

/** All send-as addresses. */
export const apiSendAsList = apiList(z.object({ sendAs: z.array(apiSendAs).default([]) }));
/** All forwarding addresses. */
export const apiForwardingAddressList = apiList(
  z.object({ forwardingAddresses: z.array(apiForwardingAddress).default([]) }),
);
/** All delegates. */
export const apiDelegateList = apiList(z.object({ delegates: z.array(apiDelegate).default([]) }));
/** All filters. */
export const apiFilterList = apiList(z.object({ filter: z.array(apiFilter).default([]) }));
