import * as z from 'zod';
import { AppError } from '../../core/errors.ts';
import type { Operation } from './operation.ts';

type FieldType = 'text' | 'number' | 'boolean' | 'list' | 'object' | 'objects';

const typesByOperation = new WeakMap<Operation, ReadonlyMap<string, FieldType>>();

/** The fields of an operation's input with the type that text has to become, from its own schema. */
export function fieldTypes(operation: Operation): ReadonlyMap<string, FieldType> {
  const known = typesByOperation.get(operation);
  if (known !== undefined) return known;
  const { properties = {} } = z.toJSONSchema(operation.input, { io: 'input' });
  const types = new Map<string, FieldType>();
  for (const [name, property] of Object.entries(properties)) {
    const type = typeof property === 'object' ? property.type : undefined;
    if (type === 'integer' || type === 'number') types.set(name, 'number');
    else if (type === 'boolean') types.set(name, 'boolean');
    else if (type === 'object') types.set(name, 'object');
    else if (type === 'array') types.set(name, hasObjects(property) ? 'objects' : 'list');
    else types.set(name, 'text');
  }
  typesByOperation.set(operation, types);
  return types;
}

/** Whether the items of a list are objects. */
function hasObjects(property: z.core.JSONSchema._JSONSchema): boolean {
  if (typeof property !== 'object' || typeof property.items !== 'object' || Array.isArray(property.items)) return false;
  return property.items.type === 'object';
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function fromText(text: string, type: FieldType | undefined): unknown {
  // Text that is no number, boolean or JSON stays text: the schema then says what it expected.
  if (type === 'number' && /^-?\d+(?:\.\d+)?$/.test(text)) return Number(text);
  if (type === 'boolean' && (text === 'true' || text === 'false')) return text === 'true';
  if (type === 'object') return parseJson(text) ?? text;
  return text;
}

/**
 * The input that names and texts stand for, as a query string or a command line gives them; a list is given by repeating
 * its name, an object as JSON, also in a list. Unknown names are kept: the operation refuses them. Throws `INVALID_INPUT` for a field given twice that is
 * no list.
 */
export function readTextFields(
  operation: Operation,
  entries: Iterable<readonly [string, string]>,
): Readonly<Record<string, unknown>> {
  const types = fieldTypes(operation);
  const texts = new Map<string, string[]>();
  for (const [name, text] of entries) texts.set(name, [...(texts.get(name) ?? []), text]);
  return Object.fromEntries(
    [...texts].map(([name, [first = '', ...more]]) => {
      const type = types.get(name);
      if (type === 'list') return [name, [first, ...more]];
      if (type === 'objects') return [name, [first, ...more].map((text) => parseJson(text) ?? text)];
      if (more.length === 0) return [name, fromText(first, type)];
      throw new AppError('INVALID_INPUT', `The field ${name} is given ${more.length + 1} times.`, {
        field: name,
        expected: 'once',
      });
    }),
  );
}
