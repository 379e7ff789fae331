import { readFileSync } from 'node:fs';
import { AppError, messageOf } from '../core/errors.ts';

/**
 * A word of a command, or for `-` what comes over standard input, without the white space around it: other users of the
 * machine see the words of a process, and a shell keeps them. Throws `INVALID_INPUT`.
 */
export function wordOrInput(word: string, field: string): string {
  if (word !== '-') return word;
  try {
    return readFileSync(0, 'utf8').trim();
  } catch (error) {
    throw new AppError('INVALID_INPUT', `Standard input cannot be read: ${messageOf(error)}.`, { field }, error);
  }
}
