import type * as z from 'zod';
import { isJsonObject, type JsonObject } from '../../core/json-object.ts';
import { parseJson } from '../../core/parse-json.ts';

/** A JSON Schema of an input or of a part of it. */
export type InputSchema = z.core.JSONSchema.JSONSchema;

/** What a value comes to that says that its field is not given. */
const notGiven = Symbol('not given');

/**
 * Fields that hold a change back: an empty text there is refused. Somebody who wrote `?dryRun=` wanted one, and taking it
 * for not given would make the change.
 */
const safeguards: ReadonlySet<PropertyKey> = new Set(['dryRun']);

/** A number as people and programs write it; `1e3` and `0x10` are left to their schema. */
const numberText = /^-?\d+(?:\.\d+)?$/;

/** A field whose value its schema has refused. */
interface Field {
  readonly name: PropertyKey;
  readonly isOptional: boolean;
  /** Whether the call changes something that has this field already. */
  readonly isUpdate: boolean;
}

function parsed(text: string): unknown {
  try {
    return parseJson(text);
  } catch {
    return undefined;
  }
}

/**
 * Whether an empty text says that the field is not given. In an update it could also say that a text or a list becomes
 * empty, so there it is refused.
 */
function isLeftOut({ type }: InputSchema, { name, isOptional, isUpdate }: Field): boolean {
  const canBecomeEmpty = type !== 'number' && type !== 'integer' && type !== 'boolean' && type !== 'object';
  return isOptional && !safeguards.has(name) && !(isUpdate && canBecomeEmpty);
}

function itemsOf({ items }: InputSchema): InputSchema {
  return typeof items === 'object' && !Array.isArray(items) ? items : {};
}

/** A list as JSON, its only item, or items with commas between where no item can hold one. */
function listFrom(value: unknown, items: InputSchema): unknown {
  if (typeof value !== 'string') return [value];
  const json = parsed(value);
  if (Array.isArray(json)) return json;
  if (items.type === 'object') return isJsonObject(json) ? [json] : value;
  const { pattern, enum: values } = items;
  const hasNoCommas = values !== undefined || (pattern !== undefined && !new RegExp(pattern, 'u').test(value));
  return hasNoCommas && value.includes(',') ? value.split(',').map((item) => item.trim()) : [value];
}

/**
 * A number where a text is expected, if it can be none but its digits. Ids in hex are not: what was written as `1e3` has
 * come as 1000.
 */
function digitsFrom(value: number, pattern: string | undefined): unknown {
  if (pattern === undefined || !Number.isSafeInteger(value) || value < 0) return value;
  return new RegExp(pattern, 'u').test('1e3') ? value : String(value);
}

/** The one meaning that a refused value can have, or the value itself. */
function meaningOf(value: unknown, schema: InputSchema, field: Field): unknown {
  if (value === null) return field.isOptional ? notGiven : value;
  if (value === '') return isLeftOut(schema, field) ? notGiven : value;
  switch (schema.type) {
    case 'integer':
    case 'number':
      return typeof value === 'string' && numberText.test(value) ? Number(value) : value;
    case 'boolean':
      return typeof value === 'string' && /^(?:true|false)$/i.test(value) ? value.toLowerCase() === 'true' : value;
    case 'array':
      return Array.isArray(value) ? value : listFrom(value, itemsOf(schema));
    case 'object': {
      const json = typeof value === 'string' ? parsed(value) : undefined;
      return isJsonObject(json) ? json : value;
    }
    case 'string':
      return typeof value === 'number' ? digitsFrom(value, schema.pattern) : value;
    // Of several types, or of any: nothing can be said of it.
    case 'null':
    case undefined:
    default:
      return value;
  }
}

/** The value with what stands at `path` inside it replaced by its meaning; the same value if nothing is. */
function repairAt(value: unknown, schema: InputSchema, path: readonly PropertyKey[], field: Field): unknown {
  const [name, ...rest] = path;
  if (name === undefined) return meaningOf(value, schema, field);
  if (Array.isArray(value) && typeof name === 'number' && name < value.length) {
    const item: unknown = value[name];
    const repaired = repairAt(item, itemsOf(schema), rest, { ...field, name, isOptional: false });
    return repaired === item ? value : value.with(name, repaired);
  }
  if (!isJsonObject(value) || typeof name !== 'string' || !Object.hasOwn(value, name)) return value;
  const part = schema.properties?.[name];
  if (typeof part !== 'object') return value;
  const isOptional = schema.required?.includes(name) !== true;
  const repaired = repairAt(value[name], part, rest, { ...field, name, isOptional });
  if (repaired === value[name]) return value;
  const { [name]: _, ...others } = value;
  return repaired === notGiven ? others : { ...others, [name]: repaired };
}

/**
 * The input with every refused value replaced by what it can only mean; the same object if there is no such value.
 *
 * Models and scripts send `null` or `""` for what they leave out, `"3"` for 3, `"true"` for true, one value for a list of
 * one, a list or an object as JSON text. A value that its schema accepts is never touched, and one that could mean two
 * things stays refused.
 */
export function repairInput(
  input: JsonObject,
  issues: readonly z.core.$ZodIssue[],
  { schema, isUpdate }: { readonly schema: InputSchema; readonly isUpdate: boolean },
): JsonObject {
  let repaired = input;
  for (const { path } of issues) {
    const whole = repairAt(repaired, schema, path, { name: '', isOptional: false, isUpdate });
    if (isJsonObject(whole)) repaired = whole;
  }
  return repaired;
}
