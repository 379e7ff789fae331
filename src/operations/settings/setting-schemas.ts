import * as z from 'zod';
import { mailDispositions } from '../../mail/settings.ts';

/** What is added to a setting by the answer to its change. */
export const notApplied = z
  .array(z.string())
  .readonly()
  .exactOptional()
  .describe('Fields that Gmail holds otherwise than asked; what it holds is in the answer.');

/** A line of text that may be empty. */
export const line = (maxChars: number): z.ZodString =>
  z
    .string()
    .max(maxChars)
    .regex(/^[^\r\n]*$/, 'expected one line');

export const disposition = z.enum(mailDispositions);
export const expungeBehavior = z.enum(['archive', 'trash', 'deleteForever']);
export const accessWindow = z.enum(['disabled', 'fromNowOn', 'allMail']);
/** Limits that Gmail offers for an IMAP folder, in messages; 0 is none. */
export const folderSize = z.literal([0, 1000, 2000, 5000, 10_000]);

const verificationStatus = z.enum(['accepted', 'pending', 'rejected', 'expired']);
const milliseconds = z.string().regex(/^\d+$/).describe('Milliseconds since 1970.');

export const vacation = z
  .object({
    enableAutoReply: z.boolean(),
    responseSubject: z.string().exactOptional(),
    responseBodyPlainText: z.string().exactOptional(),
    responseBodyHtml: z.string().exactOptional(),
    restrictToContacts: z.boolean().exactOptional(),
    restrictToDomain: z.boolean().exactOptional(),
    startTime: milliseconds.exactOptional(),
    endTime: milliseconds.exactOptional(),
  })
  .meta({ id: 'VacationSettings' });

export const autoForwarding = z
  .object({ enabled: z.boolean(), emailAddress: z.string().exactOptional(), disposition: disposition.exactOptional() })
  .meta({ id: 'AutoForwarding' });

export const imap = z
  .object({
    enabled: z.boolean(),
    autoExpunge: z.boolean().exactOptional(),
    expungeBehavior: expungeBehavior.exactOptional(),
    maxFolderSize: z.int().exactOptional(),
  })
  .meta({ id: 'ImapSettings' });

export const pop = z.object({ accessWindow, disposition: disposition.exactOptional() }).meta({ id: 'PopSettings' });

export const language = z.object({ displayLanguage: z.string() }).meta({ id: 'LanguageSettings' });

export const sendAs = z
  .object({
    sendAsEmail: z.string(),
    displayName: z.string(),
    replyToAddress: z.string(),
    signature: z.string().describe('HTML.'),
    isPrimary: z.boolean(),
    isDefault: z.boolean(),
    treatAsAlias: z.boolean(),
    verificationStatus: verificationStatus.exactOptional(),
  })
  .meta({ id: 'SendAs' });

export const forwardingAddress = z
  .object({ forwardingEmail: z.string(), verificationStatus })
  .meta({ id: 'ForwardingAddress' });

export const delegate = z.object({ delegateEmail: z.string(), verificationStatus }).meta({ id: 'Delegate' });
