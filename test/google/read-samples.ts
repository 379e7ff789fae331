import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod';

const folder = import.meta.dirname;

function read<T>(schema: z.ZodType<T>, ...path: readonly string[]): T {
  return schema.parse(JSON.parse(readFileSync(join(folder, ...path), 'utf8')));
}

const exchange = z.object({
  request: z
    .object({
      method: z.enum(['GET', 'POST', 'PUT', 'PATCH', 'DELETE']),
      path: z.string(),
      params: z.record(z.string(), z.string()).optional(),
      data: z.unknown().optional(),
    })
    .optional(),
  status: z.number(),
  response: z.unknown(),
  note: z.string().optional(),
});
/** One request to Google with its answer, as it was recorded. */
export type Exchange = z.infer<typeof exchange>;

/** An exchange of `recorded/`, by the name of its file without `.json`. */
export function readExchange(name: string): Exchange {
  return read(exchange, 'recorded', `${name}.json`);
}

const shape = z.object({ full: z.unknown(), raw: z.string(), expectedText: z.string().optional() });

/** A message of `shape/` in both forms: as `format=full` has it, and its bytes. */
export function readShape(name: string): { full: unknown; raw: Buffer; expectedText?: string | undefined } {
  const { raw, ...rest } = read(shape, 'shape', `${name}.json`);
  return { ...rest, raw: Buffer.from(raw, 'base64url') };
}

/** Fields of a header as they are written, with what Google makes of their values. */
export function readHeaderShapes(): readonly { readonly raw: string; readonly gmail: string }[] {
  return read(z.array(z.object({ raw: z.string(), gmail: z.string() })), 'shape', 'headers.json');
}

/** The JSON of a message that is a report of a delivery. */
export function readReportShape(): unknown {
  return read(z.object({ full: z.unknown() }), 'shape', 'multipart-report.json').full;
}

const errorSample = z.object({
  status: z.number(),
  body: z.unknown().optional(),
  headers: z.record(z.string(), z.string()).optional(),
  source: z.string(),
});

/** Errors of Google's, by a name. */
export function readErrors(): Readonly<Record<string, z.infer<typeof errorSample>>> {
  return read(z.record(z.string(), errorSample), 'errors.json');
}
