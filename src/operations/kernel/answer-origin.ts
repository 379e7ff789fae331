import * as z from 'zod';
import type { ServedRead } from '../../core/served-reads.ts';
import { isJsonObject } from '../../core/json-object.ts';
import { errorCodes } from '../../core/errors.ts';

/** What every answer about a mirrored account says of where it comes from; other accounts have none of it. */
export const answerOriginSchema = z.object({
  source: z.enum(['mirror', 'google']).optional().describe('Where the answer comes from, on an account with a mirror.'),
  asOf: z.iso.datetime().optional().describe('When the mirror was last found to be what the account is.'),
  unverified: z
    .enum(Object.keys(errorCodes))
    .optional()
    .describe('Why Google could not be asked whether anything has changed since then.'),
  notYetMirrored: z.int().optional().describe('About how many messages of the account the mirror does not have yet.'),
});
type AnswerOrigin = z.output<typeof answerOriginSchema>;

/** Where an answer comes from, as its fields say it. */
export function originFields({ source, asOfMs, unverified, missing }: ServedRead): AnswerOrigin {
  return {
    source,
    ...(source === 'mirror' && asOfMs > 0 ? { asOf: new Date(asOfMs).toISOString() } : {}),
    ...(unverified === undefined ? {} : { unverified }),
    ...(missing === 0 ? {} : { notYetMirrored: missing }),
  };
}

/** The value of an answer with where it comes from. */
export function valueWithOrigin(value: unknown, origin: ServedRead | undefined): unknown {
  return origin === undefined || !isJsonObject(value) ? value : { ...value, ...originFields(origin) };
}

const secondMs = 1000;
const minuteMs = 60 * secondMs;
const hourMs = 60 * minuteMs;
const dayMs = 24 * hourMs;

function ageOf(ageMs: number): string {
  const [unitMs, unit] =
    ageMs < 2 * minuteMs
      ? [secondMs, 'seconds']
      : ageMs < 2 * hourMs
        ? [minuteMs, 'minutes']
        : ageMs < 2 * dayMs
          ? [hourMs, 'hours']
          : [dayMs, 'days'];
  return `${Math.round(ageMs / unitMs)} ${unit}`;
}

/** The same as a line for a model. */
export function originLine({ source, asOfMs, unverified, missing }: ServedRead, nowMs: number): string {
  if (source === 'google') return 'Source: Google.';
  const asOf =
    asOfMs === 0 ? 'not compared with Google yet' : `as of ${new Date(asOfMs).toISOString().replace(/\.\d+Z$/, 'Z')}`;
  const age =
    unverified === undefined || asOfMs === 0
      ? ''
      : `, ${ageOf(Math.max(0, nowMs - asOfMs))} old: Google could not be asked for changes since (${unverified})`;
  const notYet = missing === 0 ? '' : ` About ${missing} messages of the account are not in it yet.`;
  return `Source: mirror, ${asOf}${age}.${notYet}`;
}
