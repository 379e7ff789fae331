import { AppError } from '../../core/errors.ts';
import type { MailboxReader } from '../../mail/mailbox.ts';
import { parseHeadersOnly } from '../../mail/mime/parse-mime.ts';
import type { MessageToSend } from '../../store/outbox/message-to-send.ts';
import { canonicalAddress } from './address-forms.ts';
import { checkRecipients } from './check-recipients.ts';
import type { Policy } from './policy.ts';

const hourMs = 60 * 60 * 1000;

function coversType(pattern: string, mimeType: string): boolean {
  return pattern.endsWith('/*') ? mimeType.startsWith(pattern.slice(0, -1)) : mimeType === pattern;
}

function checkAttachments({ attachments: rules }: Policy, { attachments }: MessageToSend): void {
  for (const { filename, mimeType } of attachments) {
    const [type = ''] = mimeType
      .toLowerCase()
      .split(';', 1)
      .map((text) => text.trim());
    const isDenied = rules.denyTypes.some((pattern) => coversType(pattern, type));
    if (
      !isDenied &&
      (rules.allowTypes === undefined || rules.allowTypes.some((pattern) => coversType(pattern, type)))
    ) {
      continue;
    }
    throw new AppError('FORBIDDEN', `The policy does not allow attachments of the type ${type}.`, {
      field: 'attachments',
      got: filename,
    });
  }
  const totalBytes = attachments.reduce((total, { sizeBytes }) => total + sizeBytes, 0);
  if (totalBytes > rules.maxTotalMegabytes * 1_000_000) {
    throw new AppError('FORBIDDEN', 'The attachments are larger together than the policy allows.', {
      field: 'attachments',
      expected: `at most ${rules.maxTotalMegabytes} MB`,
      got: `${(totalBytes / 1_000_000).toFixed(1)} MB`,
    });
  }
}

/** Refuses what would be one message too many. `countSince` counts those of the account since a moment. */
async function checkLimits(
  { limits }: Policy,
  countSince: (sinceMs: number) => Promise<number>,
  nowMs: number,
): Promise<void> {
  for (const [limit, windowMs, window] of [
    [limits.perHour, hourMs, 'an hour'],
    [limits.perDay, 24 * hourMs, 'a day'],
  ] as const) {
    if ((await countSince(nowMs - windowMs)) < limit) continue;
    const hint = 'The owner can raise the limit in policy.json: see docs/policy.md.';
    if (limit === 0) throw new AppError('FORBIDDEN', `The policy allows no messages in ${window}.`, { hint });
    // Which one leaves the window first is not asked: by then, all have.
    const retryAt = new Date(nowMs + windowMs).toISOString();
    throw new AppError('RATE_LIMITED', `The policy allows ${limit} messages in ${window}.`, { retryAt, hint });
  }
}

/** Everyone the message goes to, each once: those it was asked for, and those its bytes name. */
function recipientsOf({ to, cc, bcc, raw }: MessageToSend): readonly string[] {
  const header = parseHeadersOnly(raw);
  const written = [...header.to, ...header.cc, ...header.bcc].map(({ address }) => address);
  return [...new Set([...to, ...cc, ...bcc, ...written].map(canonicalAddress))];
}

/**
 * Whether a message may be sent now, or has to wait for a person's approval (`confirm`).
 * Throws `FORBIDDEN` or `RATE_LIMITED` naming the rule that refuses it, `INVALID_INPUT` without a recipient.
 */
export async function checkSend(
  policy: Policy,
  mailbox: MailboxReader,
  message: MessageToSend,
  facts: {
    /** The account's own addresses, of `ownAddresses`. */
    readonly own: ReadonlySet<string>;
    readonly countSince: (sinceMs: number) => Promise<number>;
    readonly nowMs: number;
  },
): Promise<'direct' | 'confirm'> {
  if (policy.sending === 'off') {
    throw new AppError('FORBIDDEN', 'The policy turns sending off.', {
      hint: 'A draft can be made instead; the owner sends it.',
    });
  }
  const recipients = recipientsOf(message);
  if (recipients.length === 0) {
    throw new AppError('INVALID_INPUT', 'The message has no recipient.', {
      field: 'to',
      expected: 'at least one address',
    });
  }
  const { maxPerMessage } = policy.recipients;
  if (recipients.length > maxPerMessage) {
    throw new AppError('FORBIDDEN', 'The message has more recipients than the policy allows.', {
      field: 'to',
      expected: `at most ${maxPerMessage}`,
      got: `${recipients.length}`,
    });
  }
  await checkRecipients(policy, mailbox, recipients, facts.own);
  checkAttachments(policy, message);
  await checkLimits(policy, facts.countSince, facts.nowMs);
  return policy.sending;
}
