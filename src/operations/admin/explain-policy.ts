import * as z from 'zod';
import { AppError } from '../../core/errors.ts';
import { ownAddresses } from '../../safety/policy/check-outflow.ts';
import { checkSend } from '../../safety/policy/check-send.ts';
import { fence } from '../kernel/answer-text.ts';
import { defineHomeOperation } from '../kernel/define-home-operation.ts';
import { accountAddressPattern } from '../../core/account-address.ts';

/** What `explain_policy` returns. */
export const policyDecision = z.object({
  decision: z.enum(['direct', 'confirm', 'refused']).describe('Sent at once, parked for a person, or not sent.'),
  code: z.string().exactOptional(),
  reason: z.string().exactOptional().describe('Which rule refuses it.'),
});

/** RFC 6838, section 4.2. */
const mediaType = /^[\w!#$&^.+-]+\/[\w!#$&^.+-]+$/;

export const explainPolicy = defineHomeOperation({
  name: 'explain_policy',
  route: 'GET /api/admin/policy/decision',
  grant: 'admin',
  toolset: 'admin',
  summary: 'What the policy would decide of a message to these recipients. Sends nothing.',
  input: {
    to: z
      .array(z.email({ pattern: accountAddressPattern }))
      .min(1)
      .max(500),
    attachmentTypes: z
      .array(z.string().max(200).regex(mediaType, 'expected a media type such as application/pdf'))
      .max(100)
      .default([])
      .describe('Media types of its attachments.'),
  },
  output: policyDecision,
  async run({ to, attachmentTypes }, { services: { accounts, safety }, account, nowMs }) {
    const mailbox = await accounts.open(account);
    const { emailAddress } = mailbox;
    const message = {
      raw: new Uint8Array(),
      from: emailAddress,
      to,
      cc: [],
      bcc: [],
      subject: '',
      text: '',
      attachments: attachmentTypes.map((mimeType) => ({ filename: mimeType, mimeType, sizeBytes: 0 })),
      warnings: [],
      contentHash: '',
    };
    try {
      const decision = await checkSend(await safety.policy(emailAddress), mailbox, message, {
        own: await ownAddresses(mailbox),
        countSince: async (sinceMs) =>
          safety.hasOutbox() ? safety.outboxStore().countSentSince(emailAddress, sinceMs) : 0,
        nowMs,
      });
      return { decision };
    } catch (error) {
      if (!(error instanceof AppError) || (error.code !== 'FORBIDDEN' && error.code !== 'RATE_LIMITED')) throw error;
      return { decision: 'refused', code: error.code, reason: error.message } as const;
    }
  },
  text: ({ decision, reason = '' }) =>
    ({
      direct: 'It would be sent at once.',
      confirm: 'It would wait until a person approves it.',
      refused: ['It would be refused:', ...fence('reason', reason)],
    })[decision],
});
