import { readFileSync } from 'node:fs';
import { AppError, messageOf, systemCode } from '../../core/errors.ts';
import { isJsonObject, type JsonObject } from '../../core/json-object.ts';

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
