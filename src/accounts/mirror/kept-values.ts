import * as z from 'zod';
import type { MailRows, MailWriter } from '../../store/mail/mail-store.ts';

/** A thing of an account that is no message and that a mirror keeps whole, and how it is read back. */
export interface KeptKind<T> {
  readonly name: string;
  readonly schema: z.ZodType<T>;
}

/** What is kept, and when it was read of Google (milliseconds since 1970). */
export interface Kept<T> {
  readonly readMs: number;
  readonly value: T;
}

const stored = z.object({ readMs: z.number(), value: z.unknown() });

const keyOf = ({ name }: Pick<KeptKind<unknown>, 'name'>): string => `mirror ${name}`;

/** What is kept of a kind, or undefined. What an older version kept in another form is not there. */
export async function readKept<T>(rows: MailRows, kind: KeptKind<T>): Promise<Kept<T> | undefined> {
  const text = await rows.values.get('mark', keyOf(kind));
  if (text === undefined) return undefined;
  const { readMs, value } = stored.parse(JSON.parse(text));
  const parsed = kind.schema.safeParse(value);
  return parsed.success ? { readMs, value: parsed.data } : undefined;
}

/** Keeps a thing in place of what was kept before. */
export async function writeKept<T>(rows: MailWriter, kind: KeptKind<T>, kept: Kept<T>): Promise<void> {
  await rows.values.put('mark', keyOf(kind), JSON.stringify(kept));
}

/** Keeps a thing no longer. */
export async function forgetKept(rows: MailWriter, kind: Pick<KeptKind<unknown>, 'name'>): Promise<void> {
  await rows.values.delete('mark', keyOf(kind));
}
