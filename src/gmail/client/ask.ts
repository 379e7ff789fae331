import type * as z from 'zod';
import { AppError } from '../../core/errors.ts';

/**
 * Google's answer to a call of the client, checked. Throws what the channel threw (see `Channel.send`), and
 * `UNAVAILABLE` for an answer that is not of the documented form.
 */
export async function ask<T>(schema: z.ZodType<T>, answer: Promise<{ readonly data: unknown }>): Promise<T> {
  return readAnswer(schema, await unwrap(answer));
}

/**
 * The answer to a call that must not be made twice. Throws as {@link ask} does, but `OUTCOME_UNKNOWN` for an answer that
 * is not of the documented form: it says that something was done, and not what.
 */
export async function askOnce<T>(schema: z.ZodType<T>, answer: Promise<{ readonly data: unknown }>): Promise<T> {
  const result = schema.safeParse(await unwrap(answer));
  if (result.success) return result.data;
  throw new AppError(
    'OUTCOME_UNKNOWN',
    'Gmail took the request, and answered something that does not say what came of it.',
    { hint: 'Do not simply repeat it: look first whether it was done (for mail, in SENT and among the drafts).' },
    result.error,
  );
}

/** Waits for a call whose answer does not matter. Throws what the channel threw. */
export async function tell(answer: Promise<{ readonly data: unknown }>): Promise<void> {
  await unwrap(answer);
}

/** A JSON value of Google's as a type. Throws `UNAVAILABLE` where it is of another form. */
export function readAnswer<T>(schema: z.ZodType<T>, value: unknown): T {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  throw new AppError(
    'UNAVAILABLE',
    'Gmail answered something that is not of the documented form.',
    { faults: result.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`).slice(0, 5) },
    result.error,
  );
}

/** The client wraps whatever its fetch throws, an abort included, in an error of its own with that as its cause. */
async function unwrap(answer: Promise<{ readonly data: unknown }>): Promise<unknown> {
  try {
    return (await answer).data;
  } catch (error) {
    if (error instanceof Error && error.cause !== undefined) throw error.cause;
    throw error;
  }
}

/** The value; a `NOT_FOUND` of Google's, which names nothing, says what was not found. */
export async function orNotFound<T>(work: Promise<T>, notFound: () => AppError): Promise<T> {
  try {
    return await work;
  } catch (error) {
    if (error instanceof AppError && error.code === 'NOT_FOUND') throw notFound();
    throw error;
  }
}

/** The value; a refusal of Google's, which names no field, names the one that `fieldOf` says is at fault. */
export async function orRefused<T>(work: Promise<T>, fieldOf: (error: AppError) => string | undefined): Promise<T> {
  try {
    return await work;
  } catch (error) {
    const isRefusal = error instanceof AppError && (error.code === 'INVALID_INPUT' || error.code === 'CONFLICT');
    if (!isRefusal || error.details.field !== undefined) throw error;
    const field = fieldOf(error);
    throw new AppError(
      error.code,
      error.message,
      field === undefined ? error.details : { ...error.details, field },
      error,
    );
  }
}
