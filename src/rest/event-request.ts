import * as z from 'zod';
import { accountAddressPattern } from '../core/account-address.ts';
import { AppError } from '../core/errors.ts';
import type { EventQuery } from '../events/read-events.ts';
import { eventKinds } from '../store/feed/event.ts';

/** What `GET /api/events` was asked. */
export interface EventRequest {
  /** The place to read on from; undefined for where the feed ends now. */
  readonly after: number | undefined;
  readonly limit: number;
  /** How long to wait for the first event. */
  readonly waitMs: number;
  readonly query: EventQuery;
}

/** Clients and proxies give up after a minute. */
export const mostWaitSeconds = 60;

/** One or several values, in several parameters of the name or with commas between. */
const list = <T>(item: z.ZodType<T, string>) =>
  z
    .array(z.string())
    .transform((texts) => texts.flatMap((text) => text.split(',')).map((text) => text.trim()))
    .pipe(z.array(item).min(1));
/** One value. */
const one = <T>(item: z.ZodType<T, string>) =>
  z
    .array(z.string())
    .length(1)
    .transform(([text = '']) => text)
    .pipe(item);
const whole = (least: number, most: number) =>
  z
    .string()
    .regex(/^\d{1,15}$/, 'expected a whole number')
    .transform(Number)
    .pipe(z.number().min(least).max(most));

const fields = {
  after: one(whole(0, Number.MAX_SAFE_INTEGER)).exactOptional(),
  limit: one(whole(1, 1000)).default(100),
  wait: one(whole(0, mostWaitSeconds)).default(0),
  account: list(z.string().toLowerCase().regex(accountAddressPattern, 'expected an e-mail address')).exactOptional(),
  kind: list(z.enum(eventKinds)).exactOptional(),
  q: one(z.string().min(1).max(2000)).exactOptional(),
};
const schema = z.strictObject(fields);

/**
 * Reads the query of a request, and the place that a reader of a stream comes back with (`Last-Event-ID`). Throws
 * `INVALID_INPUT` with every fault.
 */
export function readEventRequest(query: string, lastEventId: string | undefined): EventRequest {
  const parameters = new URLSearchParams(query);
  const names = [...new Set(parameters.keys())];
  const result = schema.safeParse(Object.fromEntries(names.map((name) => [name, parameters.getAll(name)])));
  if (!result.success) {
    throw new AppError('INVALID_INPUT', 'These are not the events that can be asked for.', {
      faults: result.error.issues.map(({ path, message }) => `${path.join('.') || 'query'}: ${message}`),
      expected: Object.keys(fields).join(', '),
    });
  }
  const { after, limit, wait, account, kind, q } = result.data;
  return {
    after: placeOf(lastEventId) ?? after,
    limit,
    waitMs: wait * 1000,
    query: {
      ...(account === undefined ? {} : { accounts: account }),
      ...(kind === undefined ? {} : { kinds: kind }),
      ...(q === undefined ? {} : { q }),
    },
  };
}

/** The place that a reader comes back with; one that it never got from here is refused, as it would miss events unnoticed. */
function placeOf(lastEventId: string | undefined): number | undefined {
  if (lastEventId === undefined || lastEventId === '') return undefined;
  if (/^\d{1,15}$/.test(lastEventId)) return Number(lastEventId);
  throw new AppError('INVALID_INPUT', 'The header Last-Event-ID is not the id of an event of this feed.', {
    field: 'last-event-id',
    expected: 'the id of the last event that was read, a whole number',
    got: lastEventId.slice(0, 100),
    hint: 'Without the header the stream begins with what happens from now on.',
  });
}
