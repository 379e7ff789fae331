import * as z from 'zod';
import { readEgressPattern, type EgressRules } from './egress-rules.ts';
import { accountAddress } from '../../mail/account-address.ts';

const addressPattern = z
  .string()
  .trim()
  .toLowerCase()
  .regex(
    /^(?:[^\s@<>,;*]+@|@(?:\*\.)?)[^\s@<>,;*]+$/u,
    'expected an address or a domain: ann@example.org, @example.org, @*.example.org',
  )
  .describe('An address; `@example.org` is every address of a domain, `@*.example.org` of its subdomains.');

const typePattern = z
  .string()
  .trim()
  .toLowerCase()
  .regex(/^[\w.+-]+\/(?:[\w.+-]+|\*)$/, 'expected a media type: application/pdf, image/*')
  .describe('A media type; `image/*` is every type of images.');

const egressPattern = z
  .string()
  .trim()
  .toLowerCase()
  .refine((text) => readEgressPattern(text) !== undefined, {
    error: 'expected a host or a network: hooks.example.org, *.example.org:8443, 10.1.0.0/16, http://127.0.0.1:9000',
  })
  .describe('A host, the subdomains of a domain, an address or a network; `http://` where TLS is not needed.');

/** What may be called from here where the owner has written nothing. */
const egressDefaults: EgressRules = { allow: [], deny: [], internet: true };

/** What holds where the owner has written nothing. */
const defaults = {
  sending: 'direct',
  recipients: { deny: [], strangers: 'allow', maxPerMessage: 100 },
  limits: { perHour: 100, perDay: 500 },
  attachments: { denyTypes: [], maxTotalMegabytes: 25 },
  graceSeconds: 0,
} as const;

/** The rules as a file gives them: every one can be left out. */
const rules = {
  sending: z
    .enum(['direct', 'confirm', 'off'])
    .describe('Whether a send leaves at once, waits for a person, or is refused.')
    .meta({ default: defaults.sending })
    .exactOptional(),
  recipients: z
    .strictObject({
      allow: z.array(addressPattern).describe('If given, nobody else is written to.').exactOptional(),
      deny: z
        .array(addressPattern)
        .describe('Never written to, whatever allow says; an address covers its plus addresses.')
        .meta({ default: defaults.recipients.deny })
        .exactOptional(),
      strangers: z
        .enum(['allow', 'refuse-if-seen-in-mail', 'refuse'])
        .describe(
          'Addresses that this account has never written to: all refused, or those that stand in mail it has received.',
        )
        .meta({ default: defaults.recipients.strangers })
        .exactOptional(),
      maxPerMessage: z
        .int()
        .min(1)
        .max(500)
        .describe('Recipients of one message: To, Cc and Bcc together.')
        .meta({ default: defaults.recipients.maxPerMessage })
        .exactOptional(),
    })
    .describe('Who may be written to.')
    .exactOptional(),
  limits: z
    .strictObject({
      perHour: z
        .int()
        .min(0)
        .describe('Messages that may be sent in any hour.')
        .meta({ default: defaults.limits.perHour })
        .exactOptional(),
      perDay: z
        .int()
        .min(0)
        .describe('Messages that may be sent in any 24 hours.')
        .meta({ default: defaults.limits.perDay })
        .exactOptional(),
    })
    .describe('How much may be sent.')
    .exactOptional(),
  attachments: z
    .strictObject({
      allowTypes: z.array(typePattern).describe('If given, nothing else is attached.').exactOptional(),
      denyTypes: z
        .array(typePattern)
        .describe('Never attached, whatever allowTypes says.')
        .meta({ default: defaults.attachments.denyTypes })
        .exactOptional(),
      maxTotalMegabytes: z
        .number()
        .min(0)
        .max(35)
        .describe('Size of all attachments of one message together.')
        .meta({ default: defaults.attachments.maxTotalMegabytes })
        .exactOptional(),
    })
    .describe('What may be attached.')
    .exactOptional(),
  graceSeconds: z
    .int()
    .min(0)
    .max(3600)
    .describe('How long a send waits, and can be undone, before it leaves.')
    .meta({ default: defaults.graceSeconds })
    .exactOptional(),
};

/** The owner's rules for what may leave an account; an unknown or misspelt field is refused, never ignored. */
export const policySchema = z.strictObject({
  $schema: z.string().describe('Where this schema is; for editors.').exactOptional(),
  ...rules,
  egress: z
    .strictObject({
      allow: z
        .array(egressPattern)
        .describe('May be called, whether it is on the Internet or not.')
        .meta({ default: egressDefaults.allow })
        .exactOptional(),
      deny: z
        .array(egressPattern)
        .describe('Never called, whatever allow says.')
        .meta({ default: egressDefaults.deny })
        .exactOptional(),
      internet: z
        .boolean()
        .describe('Whether any https address on the Internet may be called.')
        .meta({ default: egressDefaults.internet })
        .exactOptional(),
    })
    .describe('What may be called from here by an address that somebody has given, such as a webhook.')
    .exactOptional(),
  accounts: z
    .record(accountAddress, z.strictObject(rules))
    .describe('Rules of one account: each stands in place of the general one, all others hold too.')
    .exactOptional(),
});

/** A policy file as it was read. */
export type PolicyFile = z.output<typeof policySchema>;

type Rules = Omit<PolicyFile, 'accounts' | 'egress' | '$schema'>;

/** The rules that hold for one account: what is allowed or denied, and nothing left open. */
export interface Policy {
  readonly sending: 'direct' | 'confirm' | 'off';
  readonly recipients: {
    /** Undefined: everybody. */
    readonly allow?: readonly string[];
    readonly deny: readonly string[];
    readonly strangers: 'allow' | 'refuse-if-seen-in-mail' | 'refuse';
    readonly maxPerMessage: number;
  };
  readonly limits: { readonly perHour: number; readonly perDay: number };
  readonly attachments: {
    /** Undefined: every type. */
    readonly allowTypes?: readonly string[];
    readonly denyTypes: readonly string[];
    readonly maxTotalMegabytes: number;
  };
  readonly graceSeconds: number;
}

function withRules(policy: Policy, given: Rules): Policy {
  return {
    sending: given.sending ?? policy.sending,
    recipients: { ...policy.recipients, ...given.recipients },
    limits: { ...policy.limits, ...given.limits },
    attachments: { ...policy.attachments, ...given.attachments },
    graceSeconds: given.graceSeconds ?? policy.graceSeconds,
  };
}

/** The rules of an account: what the file says of it, then what it says of all, then what holds without a word. */
export function policyOf({ accounts = {}, ...general }: PolicyFile, account: string): Policy {
  return withRules(withRules(defaults, general), accounts[account.toLowerCase()] ?? {});
}

/** What may be called from here: what the file says, then what holds without a word. */
export function egressOf({ egress }: PolicyFile): EgressRules {
  return { ...egressDefaults, ...egress };
}
