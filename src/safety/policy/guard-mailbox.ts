import type { Grant } from '../../core/configuration.ts';
import { currentContext } from '../../core/context.ts';
import { AppError } from '../../core/errors.ts';
import type { Mailbox, MailboxReader } from '../../mail/mailbox.ts';
import { parseMimeWithin } from '../../mail/mime/parse-mime-within.ts';
import type { SendAsFields } from '../../mail/settings.ts';
import { canonicalAddress } from './address-forms.ts';
import { checkRecipients } from './check-recipients.ts';
import { loadsFromElsewhere } from './loads-from-elsewhere.ts';
import type { PolicyReader } from './read-policy.ts';

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

/** How long a message may be read for; a larger one than can be read in that time is not filed. */
const readMs = 20_000;

/** Whether the reader of a message tells somebody by opening it: with what stands in the address of a picture. */
async function showsPictures(raw: Uint8Array): Promise<boolean> {
  const { signal } = currentContext() ?? {};
  const { html } = await parseMimeWithin(raw, { deadlineMs: readMs, ...(signal === undefined ? {} : { signal }) });
  return html !== undefined && loadsFromElsewhere(html);
}

/** Labels that only Gmail gives: what is in SENT makes its recipients people that the owner has written to. */
const sendingLabels: ReadonlySet<string> = new Set(['SENT', 'DRAFT']);

/**
 * A mailbox whose settings cannot be used to have mail sent where a send would be refused: forwarding (of one filter or
 * of everything), delegates, automatic answers, reply addresses, signatures and imported mail that load pictures, and
 * mail put into SENT, which would make its recipients look like people that the owner has written to. Throws `FORBIDDEN`
 * for each that the grants and the policy would not let be sent.
 */
export function guardMailbox(
  mailbox: Mailbox,
  by: { readonly policy: PolicyReader; readonly grants: ReadonlySet<Grant> },
): Mailbox {
  /** What is needed before mail can leave without a send. `addresses` undefined means anybody. */
  async function checkOutflow(what: string, addresses: readonly string[] | undefined): Promise<void> {
    if (!by.grants.has('send')) {
      throw new AppError('FORBIDDEN', `${what} lets mail leave this account, which needs the grant "send".`, {
        expected: 'send',
        got: [...by.grants].join(', ') || 'no grants',
        hint: 'A token and GMAIL_GRANTS must both have it: see `gmail-llm token` and the variable GMAIL_GRANTS.',
      });
    }
    const policy = by.policy(mailbox.emailAddress);
    if (policy.sending !== 'direct') {
      const why = policy.sending === 'off' ? 'turns sending off' : 'has a person approve every message';
      throw new AppError('FORBIDDEN', `${what} lets mail leave this account, and the policy ${why}.`, {
        hint: 'The owner can do it on the settings page of Gmail, or change policy.json: see docs/policy.md.',
      });
    }
    if (addresses !== undefined) {
      await checkRecipients(policy, mailbox, addresses, await ownAddresses(mailbox));
      return;
    }
    const { allow, deny, strangers } = policy.recipients;
    if (allow !== undefined || deny.length > 0 || strangers !== 'allow') {
      throw new AppError('FORBIDDEN', `${what} would write to anybody, and the policy names who may be written to.`, {
        hint: 'The owner can do it on the settings page of Gmail, or change policy.json: see docs/policy.md.',
      });
    }
  }

  async function checkSendAs({ replyToAddress, signature }: SendAsFields): Promise<void> {
    if (replyToAddress !== undefined && replyToAddress !== '') {
      await checkOutflow('A reply-to address', [replyToAddress]);
    }
    if (signature !== undefined && loadsFromElsewhere(signature)) {
      await checkOutflow('A signature that loads pictures', undefined);
    }
  }

  async function checkLabels(labelIds: readonly string[]): Promise<void> {
    const label = labelIds.find((id) => sendingLabels.has(id));
    if (label !== undefined) await checkOutflow(`Mail put into ${label}`, undefined);
  }

  async function checkPictures(raw: Uint8Array): Promise<void> {
    try {
      await checkOutflow('Mail that loads pictures', undefined);
    } catch (refusal) {
      // Only mail that is not free to go anywhere has to be read.
      if (await showsPictures(raw)) throw refusal;
    }
  }

  return {
    ...mailbox,
    async createFilter(fields) {
      const { forward } = fields.action;
      if (forward !== undefined) await checkOutflow('A filter that forwards', [forward]);
      await checkLabels(fields.action.addLabelIds ?? []);
      return mailbox.createFilter(fields);
    },
    async updateSetting(name, value) {
      if (name === 'autoForwarding' && 'enabled' in value && value.enabled) {
        const { emailAddress } = { emailAddress: undefined, ...value };
        // Without an address, Gmail may know one from before.
        await checkOutflow('Forwarding', emailAddress === undefined ? undefined : [emailAddress]);
      }
      if (name === 'vacation' && 'enableAutoReply' in value && value.enableAutoReply) {
        await checkOutflow('An automatic answer', undefined);
      }
      return mailbox.updateSetting(name, value);
    },
    async createForwardingAddress(email) {
      await checkOutflow('A forwarding address', [email]);
      return mailbox.createForwardingAddress(email);
    },
    async createDelegate(email) {
      await checkOutflow('A delegate', [email]);
      return mailbox.createDelegate(email);
    },
    async createSendAs(email, fields) {
      await checkSendAs(fields);
      await checkOutflow('A send-as address', [email]);
      return mailbox.createSendAs(email, fields);
    },
    async updateSendAs(email, fields) {
      await checkSendAs(fields);
      return mailbox.updateSendAs(email, fields);
    },
    async modifyMessages(change) {
      await checkLabels(change.addLabelIds);
      return mailbox.modifyMessages(change);
    },
    async importMessage(message) {
      await checkLabels(message.labelIds);
      await checkPictures(message.raw);
      return mailbox.importMessage(message);
    },
  };
}
