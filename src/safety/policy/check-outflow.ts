import type { Grant } from '../../core/grants.ts';
import { AppError } from '../../core/errors.ts';
import type { MailboxReader } from '../../mail/mailbox.ts';
import { canonicalAddress } from './address-forms.ts';
import { checkRecipients } from './check-recipients.ts';
import type { PolicyReader } from './read-policy.ts';

/** A way in which mail can leave the account without a send. */
export interface Outflow {
  /** What does it, as the subject of a sentence: `A filter that forwards`. */
  readonly what: string;
  readonly to: 'anybody' | readonly string[];
  /** Whether it does so after all; asked only where it would be refused, as finding out may take long. */
  readonly isReal?: () => Promise<boolean>;
}

/**
 * Addresses that belong to the account, in canonical form: its own and those it may send as, once confirmed. The mailbox
 * itself says which is its own, whatever name it was opened by.
 */
export async function ownAddresses(mailbox: MailboxReader): Promise<ReadonlySet<string>> {
  const confirmed = (await mailbox.listSendAs()).filter(
    ({ isPrimary, verificationStatus }) => isPrimary || verificationStatus === 'accepted',
  );
  return new Set(confirmed.map(({ sendAsEmail }) => canonicalAddress(sendAsEmail)));
}

const ownersPart = 'The owner can do it on the settings page of Gmail, or change policy.json: see docs/policy.md.';

/**
 * Refuses a change by which mail could leave where a send would be refused. Throws `FORBIDDEN` for what the grants and
 * the policy would not let be sent.
 */
export async function checkOutflow(
  { what, to, isReal }: Outflow,
  by: { readonly reader: MailboxReader; readonly account: string } & {
    readonly policy: PolicyReader;
    readonly grants: ReadonlySet<Grant>;
  },
): Promise<void> {
  try {
    await requireSendable(what, to, by);
  } catch (refusal) {
    if (isReal === undefined || (await isReal())) throw refusal;
  }
}

async function requireSendable(
  what: string,
  to: Outflow['to'],
  { reader, account, policy, grants }: Parameters<typeof checkOutflow>[1],
): Promise<void> {
  if (!grants.has('send')) {
    throw new AppError('FORBIDDEN', `${what} lets mail leave this account, which needs the grant "send".`, {
      expected: 'send',
      got: [...grants].join(', ') || 'no grants',
      hint: 'A token and GMAIL_GRANTS must both have it: see `gmail-llm token` and the variable GMAIL_GRANTS.',
    });
  }
  const rules = await policy(account);
  if (rules.sending !== 'direct') {
    const why = rules.sending === 'off' ? 'turns sending off' : 'has a person approve every message';
    throw new AppError('FORBIDDEN', `${what} lets mail leave this account, and the policy ${why}.`, {
      hint: ownersPart,
    });
  }
  if (to !== 'anybody') return checkRecipients(rules, reader, to, await ownAddresses(reader));
  const { allow, deny, strangers } = rules.recipients;
  if (allow === undefined && deny.length === 0 && strangers === 'allow') return;
  throw new AppError('FORBIDDEN', `${what} would write to anybody, and the policy names who may be written to.`, {
    hint: ownersPart,
  });
}
