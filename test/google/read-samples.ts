import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod';

const folder = import.meta.dirname;

function read<T>(schema: z.ZodType<T>, ...path: readonly string[]): T {
  return schema.parse(JSON.parse(readFileSync(join(folder, ...path), 'utf8')));
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
