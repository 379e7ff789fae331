import { existsSync, readFileSync } from 'node:fs';
import { AppError, messageOf } from '../core/errors.ts';
import { replaceFile } from '../core/replace-file.ts';
import { settingsFile } from '../core/settings.ts';

/** The file with the variable set to `value`, or without it; every other line, comments too, stays. */
function changedText(text: string, name: string, value: string | undefined): string {
  const lines = text === '' ? [] : text.replace(/\n$/, '').split('\n');
  const isOfName = (line: string): boolean => new RegExp(`^\\s*${name}\\s*=`).test(line);
  const line = value === undefined ? [] : [`${name}=${/^[\w@.,:/+-]*$/.test(value) ? value : JSON.stringify(value)}`];
  const at = lines.findIndex(isOfName);
  const others = lines.filter((each) => !isOfName(each));
  const place = at === -1 ? others.length : lines.slice(0, at).filter((each) => !isOfName(each)).length;
  const changed = others.toSpliced(place, 0, ...line);
  return changed.length === 0 ? '' : `${changed.join('\n')}\n`;
}

/**
 * Sets a variable in the settings of a home, or takes it out. Replaces the file whole, for this user alone (0600): it may
 * hold a secret. Throws `UNAVAILABLE`.
 */
export function writeSettings(folder: string, name: string, value: string | undefined): void {
  const file = settingsFile(folder);
  let before: string;
  try {
    before = existsSync(file) ? readFileSync(file, 'utf8') : '';
  } catch (error) {
    throw new AppError('UNAVAILABLE', `${file} cannot be read: ${messageOf(error)}.`, {}, error);
  }
  replaceFile(file, changedText(before, name, value));
}
