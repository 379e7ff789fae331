import * as z from 'zod';
import { isJsonObject } from '../../core/json-object.ts';
import { isChangeMethod } from './change-table.ts';
import { createdId, type Inverse } from './change-kind.ts';
import { inverseOf02 } from './inverse-of-0-2.ts';

/** Arguments as this program wrote them from the type; the method says which type that is. */
const step = z.custom<Inverse['steps'][number]>(
  (value) =>
    isJsonObject(value) &&
    typeof value.method === 'string' &&
    isChangeMethod(value.method) &&
    Array.isArray(value.args),
);
const inverse = z.object({ steps: z.array(step), text: z.string() });

/** JSON in which bytes are base64. */
export function toStored(value: unknown): string {
  return JSON.stringify(value, function (this: unknown, key, shown: unknown) {
    // Before `toJSON`, by which a Buffer would be a list of numbers.
    const held: unknown = isJsonObject(this) || Array.isArray(this) ? Reflect.get(this, key) : shown;
    if (!(held instanceof Uint8Array)) return shown;
    return { base64: Buffer.from(held.buffer, held.byteOffset, held.byteLength).toString('base64') };
  });
}

function fromStored(text: string): unknown {
  return JSON.parse(text, (_key, value: unknown) =>
    isJsonObject(value) && typeof value.base64 === 'string' ? Buffer.from(value.base64, 'base64') : value,
  );
}

/** Reads an inverse that was stored by this version or by 0.2. */
export function readInverse(text: string): Inverse {
  const value = fromStored(text);
  return isJsonObject(value) && 'kind' in value ? inverseOf02(value) : inverse.parse(value);
}

/** A step of this method with these arguments, which were stored with it. */
export function stepFrom(method: string, args: readonly unknown[]): Inverse['steps'][number] {
  return step.parse({ method, args });
}

/** A step with the id of what an earlier step created. */
export function withCreated({ method, args }: Inverse['steps'][number], id: string): Inverse['steps'][number] {
  const named = toStored({ method, args }).replaceAll(JSON.stringify(createdId), () => JSON.stringify(id));
  return step.parse(fromStored(named));
}
