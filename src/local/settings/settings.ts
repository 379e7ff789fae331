import * as z from 'zod';
import { AppError } from '../../core/errors.ts';
import { mailDispositions } from '../../mail/settings.ts';
import type { AutoForwarding, Settings } from '../../mail/settings.ts';
import type { MailRows, MailStore } from '../../store/mail/mail-store.ts';
import { isVerifiedForwarding, removeKnownAddress } from './known-addresses.ts';

const text = z.string().exactOptional();
const flag = z.boolean().exactOptional();
const time = z
  .string()
  .regex(/^\d{1,15}$/, 'expected milliseconds since 1970 as a decimal string')
  .exactOptional();
const disposition = z.enum(mailDispositions).exactOptional();

const schemas: { readonly [Name in keyof Settings]: z.ZodType<Settings[Name]> } = {
  vacation: z
    .strictObject({
      enableAutoReply: z.boolean(),
      responseSubject: text,
      responseBodyPlainText: text,
      responseBodyHtml: text,
      restrictToContacts: flag,
      restrictToDomain: flag,
      startTime: time,
      endTime: time,
    })
    .refine(
      ({ startTime, endTime }) =>
        startTime === undefined || endTime === undefined || Number(startTime) < Number(endTime),
      { path: ['endTime'], error: 'expected a time after startTime' },
    )
    .refine(
      ({ enableAutoReply, responseSubject = '', responseBodyPlainText = '', responseBodyHtml = '' }) =>
        !enableAutoReply || `${responseSubject}${responseBodyPlainText}${responseBodyHtml}`.trim() !== '',
      { path: ['responseSubject'], error: 'expected a subject or a text to answer with' },
    ),
  autoForwarding: z.strictObject({ enabled: z.boolean(), emailAddress: text, disposition }),
  imap: z.strictObject({
    enabled: z.boolean(),
    autoExpunge: flag,
    expungeBehavior: z.enum(['archive', 'trash', 'deleteForever']).exactOptional(),
    // Gmail's steps (reference/rest/v1/users.settings, ImapSettings).
    maxFolderSize: z.literal([0, 1000, 2000, 5000, 10_000]).exactOptional(),
  }),
  pop: z.strictObject({ accessWindow: z.enum(['disabled', 'fromNowOn', 'allMail']), disposition }),
  language: z.strictObject({
    displayLanguage: z.string().refine(isLanguage, { error: 'expected a language tag (BCP 47) such as en-GB' }),
  }),
};

/** What a mailbox begins with. */
const defaults: Settings = {
  vacation: { enableAutoReply: false },
  autoForwarding: { enabled: false },
  imap: { enabled: false, autoExpunge: true, expungeBehavior: 'archive', maxFolderSize: 0 },
  pop: { accessWindow: 'disabled', disposition: 'leaveInInbox' },
  language: { displayLanguage: 'en' },
};

function isLanguage(tag: string): boolean {
  try {
    return Intl.getCanonicalLocales(tag).length === 1;
  } catch {
    return false;
  }
}

/** A setting as it was last stored, else as a mailbox begins. */
export async function getSetting<Name extends keyof Settings>(rows: MailRows, name: Name): Promise<Settings[Name]> {
  const value = await rows.values.get('setting', name);
  return value === undefined ? defaults[name] : schemas[name].parse(JSON.parse(value));
}

/** Replaces a setting whole; see `MailboxWriter.updateSetting`. */
export async function updateSetting<Name extends keyof Settings>(
  store: MailStore,
  name: Name,
  value: Settings[Name],
): Promise<Settings[Name]> {
  const result = schemas[name].safeParse(value);
  if (!result.success) throw invalidSetting(name, result.error);
  await store.write(async (rows) => {
    if (name === 'autoForwarding') await checkForwarding(rows, schemas.autoForwarding.parse(value));
    await rows.values.put('setting', name, JSON.stringify(result.data));
  });
  return result.data;
}

/** Takes a forwarding address away; mail is no longer forwarded to it. Throws `NOT_FOUND`. */
export async function deleteForwardingAddress(store: MailStore, address: string): Promise<void> {
  await store.write(async (rows) => {
    await removeKnownAddress(rows, 'forwarding', address);
    const { emailAddress } = await getSetting(rows, 'autoForwarding');
    if (emailAddress?.toLowerCase() !== address.toLowerCase()) return;
    await rows.values.delete('setting', 'autoForwarding');
  });
}

async function checkForwarding(rows: MailRows, { enabled, emailAddress }: AutoForwarding): Promise<void> {
  const isAllowed = emailAddress === undefined ? !enabled : await isVerifiedForwarding(rows, emailAddress);
  if (isAllowed) return;
  throw new AppError('INVALID_INPUT', 'Mail can be forwarded to verified forwarding addresses only.', {
    field: 'autoForwarding.emailAddress',
    expected: 'a forwarding address that get_settings shows as accepted',
    got: emailAddress ?? 'nothing',
  });
}

function invalidSetting(name: string, { issues }: z.ZodError): AppError {
  const [first] = issues;
  const path = [name, ...(first?.path ?? [])].join('.');
  return new AppError('INVALID_INPUT', `The setting ${name} cannot be this: ${first?.message ?? 'it is not valid'}.`, {
    field: path,
    faults: issues.map(({ path, message }) => `${[name, ...path].join('.')}: ${message}`),
  });
}
