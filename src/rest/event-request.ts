import * as z from 'zod';
import { accountAddressPattern } from '../core/account-address.ts';
import { nearestWord } from '../core/did-you-mean.ts';
import { AppError } from '../core/errors.ts';
import type { EventQuery } from '../events/read-events.ts';
import { meantField } from '../operations/kernel/meant-field.ts';
import { eventKinds } from '../store/feed/event.ts';
import { readQuery } from './read-query.ts';

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
    .length(1, 'expected one value')
    .transform(([text = '']) => text)
    .pipe(item);
const whole = (least: number, most: number) => {
  const expected = `expected a whole number from ${least} to ${most}`;
  return z
    .string()
    .regex(/^\d{1,15}$/, expected)
    .transform(Number)
    .pipe(z.number().min(least, expected).max(most, expected));
};

const fields = {
  after: one(whole(0, Number.MAX_SAFE_INTEGER)).exactOptional(),
  limit: one(whole(1, 1000)).default(100),
  wait: one(whole(0, mostWaitSeconds)).default(0),
  account: list(z.string().toLowerCase().regex(accountAddressPattern, 'expected an e-mail address')).exactOptional(),
  kind: list(z.enum(eventKinds, { error: `expected one of ${eventKinds.join(', ')}` })).exactOptional(),
  q: one(z.string().regex(/^[^]{1,2000}$/, 'expected a query of 1 to 2000 characters')).exactOptional(),
};
const schema = z.strictObject(fields);

/** The error for parameters that are not usable: each with what was expected and what was found, and what was meant. */
function faultyRequest(parameters: URLSearchParams, issues: readonly z.core.$ZodIssue[]): AppError {
  const known = Object.keys(fields);
  const unknown = issues.flatMap((issue) => (issue.code === 'unrecognized_keys' ? issue.keys : []));
  const values = issues.flatMap(({ code, path: [name = ''], message }) => {
    const got = parameters.getAll(String(name)).join(',').slice(0, 100);
    return code === 'unrecognized_keys' ? [] : [`${String(name)}: ${message}, got ${JSON.stringify(got)}`];
  });
  const kinds = parameters.getAll('kind').flatMap((text) => text.split(','));
  const meant = [
    ...unknown.flatMap((name) => meantField(name, known) ?? []),
    ...kinds.flatMap((kind) => (eventKinds.some((each) => each === kind) ? [] : (nearestWord(kind, eventKinds) ?? []))),
  ];
  return new AppError('INVALID_INPUT', 'These are not the events that can be asked for.', {
    faults: [...unknown.map((name) => `${name.slice(0, 100)}: no such parameter`), ...values],
    expected: known.join(', '),
    ...(meant.length === 0 ? {} : { hint: `Did you mean ${[...new Set(meant)].join(', ')}?` }),
  });
}

/**
 * Reads the query of a request, and the place that a reader of a stream comes back with (`Last-Event-ID`). Throws
 * `INVALID_INPUT` with every fault.
 */
export function readEventRequest(query: string, lastEventId: string | undefined): EventRequest {
  const parameters = readQuery(query);
  const names = [...new Set(parameters.keys())];
  const result = schema.safeParse(Object.fromEntries(names.map((name) => [name, parameters.getAll(name)])));
  if (!result.success) {
    throw faultyRequest(parameters, result.error.issues);
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
