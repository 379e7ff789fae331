import * as z from 'zod';
import type { FieldViolation } from '../http/google-errors.ts';
import { badRequest } from '../http/google-errors.ts';
import { snakeCase } from './read-query.ts';

/** The JSON body of a method. */
export interface BodyType<Body> {
  /** What Google's definitions call it (`message`, `draft`); empty where the body is the request itself. */
  readonly name: string;
  readonly schema: z.ZodType<Body>;
}

/**
 * Reads a JSON body as Google does: no body is an empty one, null is as good as absent. Throws Google's 400, with a
 * violation for each field that is unknown or of the wrong type.
 */
export function readBody<Body>({ name, schema }: BodyType<Body>, body: unknown): Body {
  const value = body === undefined ? {} : withoutNulls(body);
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    const description = 'Invalid JSON payload received. Unknown name "": Root element must be a message.';
    throw badRequest([{ field: '', description }]);
  }
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  throw badRequest(result.error.issues.flatMap((issue) => violationsOf(issue, name, value)));
}

/** Base64 of either alphabet, padded or not, as bytes: Google takes all of them. */
export const base64Bytes = z.string().transform((text, context): Uint8Array => {
  if (!/^[\w+/-]*={0,2}$/.test(text)) {
    context.addIssue({ code: 'custom', message: 'TYPE_BYTES' });
    return z.NEVER;
  }
  return Buffer.from(text, 'base64');
});

/** A number that JSON may also write as a string. */
export const integer = numberOf(/^-?\d{1,15}$/, 'TYPE_INT32').transform(Number);

/** A 64-bit number, which JSON writes as a string. */
export const longInteger = numberOf(/^-?\d{1,19}$/, 'TYPE_INT64').transform(String);

function numberOf(pattern: RegExp, typeName: string) {
  return z.union([z.number().int(typeName), z.string().regex(pattern, typeName)], typeName);
}

function withoutNulls(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutNulls);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).filter(([, inner]) => inner !== null);
  return Object.fromEntries(entries.map(([key, inner]) => [key, withoutNulls(inner)]));
}

function violationsOf(issue: z.core.$ZodIssue, bodyName: string, body: unknown): readonly FieldViolation[] {
  const path = fieldPath(bodyName, issue.path);
  if (issue.code === 'unrecognized_keys') {
    const at = path === '' ? '' : ` at '${path}'`;
    return issue.keys.map((key) => ({
      field: path,
      description: `Invalid JSON payload received. Unknown name "${key}"${at}: Cannot find field.`,
    }));
  }
  const shown = JSON.stringify(valueAt(body, issue.path)) ?? 'null';
  const clipped = shown.length > 100 ? `${shown.slice(0, 100)}…` : shown;
  const separator = issue.message === 'TYPE_BYTES' ? ', Base64 decoding failed for ' : ', ';
  return [{ field: path, description: `Invalid value at '${path}' (${typeNameOf(issue)})${separator}${clipped}` }];
}

function typeNameOf(issue: z.core.$ZodIssue): string {
  if (issue.code === 'invalid_value') return 'TYPE_ENUM';
  if (issue.code !== 'invalid_type') return issue.message;
  return issue.expected === 'boolean' ? 'TYPE_BOOL' : issue.expected === 'string' ? 'TYPE_STRING' : 'TYPE_MESSAGE';
}

function fieldPath(bodyName: string, path: readonly PropertyKey[]): string {
  const inner = path.map((key) => (typeof key === 'number' ? `[${key}]` : `.${snakeCase(String(key))}`)).join('');
  return `${bodyName}${inner}`.replace(/^\./, '');
}

function valueAt(value: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>(
    (inner, key) => (typeof inner === 'object' && inner !== null ? Reflect.get(inner, key) : undefined),
    value,
  );
}
