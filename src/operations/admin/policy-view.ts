import * as z from 'zod';
import type { Policy } from '../../safety/policy/policy.ts';

const patterns = z.array(z.string()).readonly();

/** The rules that hold for an account, none left open. */
export const policyRules = z
  .object({
    sending: z.enum(['direct', 'confirm', 'off']),
    recipients: z.object({
      allow: patterns.exactOptional().describe('Missing: everybody.'),
      deny: patterns,
      strangers: z.enum(['allow', 'refuse-if-seen-in-mail', 'refuse']),
      maxPerMessage: z.int(),
    }),
    limits: z.object({ perHour: z.int(), perDay: z.int() }),
    attachments: z.object({
      allowTypes: patterns.exactOptional().describe('Missing: every type.'),
      denyTypes: patterns,
      maxTotalMegabytes: z.number(),
    }),
    graceSeconds: z.int(),
  })
  .readonly()
  .meta({ id: 'PolicyRules' });

const sendingInWords = {
  direct: 'leave at once',
  confirm: 'wait until a person approves them: `gmail-llm outbox`',
  off: 'are refused',
} as const;

const strangersInWords = {
  allow: 'may be written to',
  'refuse-if-seen-in-mail': 'are refused if their address stands in received mail',
  refuse: 'are refused',
} as const;

function listed(
  { all, none }: { readonly all: string; readonly none: string },
  allow: readonly string[] | undefined,
  deny: readonly string[],
): string {
  const allowed = allow === undefined ? all : allow.length === 0 ? none : `only ${allow.join(', ')}`;
  return deny.length === 0 ? allowed : `${allowed}, never ${deny.join(', ')}`;
}

/** The rules of one account, a line each. */
export function policyLines({ sending, recipients, limits, attachments, graceSeconds }: Policy): readonly string[] {
  const { allow, deny, strangers, maxPerMessage } = recipients;
  return [
    `Sends: ${sendingInWords[sending]}`,
    ...(graceSeconds === 0 ? [] : [`Grace: ${graceSeconds} seconds in which \`undo\` takes a send back`]),
    `Recipients: ${listed({ all: 'anybody', none: 'only the account itself' }, allow, deny)}; at most ${maxPerMessage} of a message`,
    `Strangers, never written to before: ${strangersInWords[strangers]}`,
    `Limits: ${limits.perHour} messages in an hour, ${limits.perDay} in a day`,
    `Attachments: ${listed({ all: 'any type', none: 'none' }, attachments.allowTypes, attachments.denyTypes)}; at most ${attachments.maxTotalMegabytes} MB together`,
  ];
}
