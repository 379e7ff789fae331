import { readFileSync } from 'node:fs';
import { AppError, messageOf, systemCode } from '../../core/errors.ts';

/** A JSON object whose members are not known yet. */
export type JsonObject = Readonly<Record<string, unknown>>;

export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/**
 * The JSON object in a file that an option names. Throws `INVALID_INPUT`, never with a part of the file: it holds
 * secrets.
 */
export function readJsonFile(path: string, option: string): JsonObject {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    throw new AppError(
      'INVALID_INPUT',
      systemCode(error) === 'ENOENT' ? `There is no file ${path}.` : `${path} cannot be read: ${messageOf(error)}.`,
      { field: option, expected: 'a JSON file downloaded from the Google Cloud console', got: path },
      error,
    );
  }
  try {
    const value: unknown = JSON.parse(text);
    if (isJsonObject(value)) return value;
  } catch {
    // The parser's own message quotes the file.
  }
  throw new AppError('INVALID_INPUT', `${path} is not a JSON object.`, {
    field: option,
    expected: 'the file as the Google Cloud console gives it',
  });
}

/** The non-empty text in a member, or undefined. */
export function textIn(object: JsonObject, name: string): string | undefined {
  const value = object[name];
  return typeof value === 'string' && value !== '' ? value : undefined;
}
