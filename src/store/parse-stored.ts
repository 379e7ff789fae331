import type * as z from 'zod';

/** A JSON text of ours as a value, or undefined where it is not of this form. */
export function parseStored<T>(schema: z.ZodType<T>, json: string): T | undefined {
  try {
    return schema.safeParse(JSON.parse(json)).data;
  } catch {
    return undefined;
  }
}
