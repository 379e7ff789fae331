import { dirname } from 'node:path';
import { messageOf } from '../../core/errors.ts';
import { configurationError, type Place } from './configuration-error.ts';
import { expandFormat, type Expansions } from './expand-format.ts';
import { defaultSection, type IniDocument, type IniEntry, type IniSection } from './read-ini.ts';

/** Reads the values of one section, expanded and converted; a value that does not fit is an error with its place. */
export interface SectionReader {
  readonly name: string;
  /** Keys that the section itself sets. */
  readonly keys: readonly string[];
  /** Where a key stands, or the section itself where it is not set. */
  place(key: string): Place;
  /** The value as it stands in the file, or undefined where the key is not set. */
  raw(key: string): string | undefined;
  /** The value with its `%(…)s` expanded (`times` over), or undefined where the key is not set. */
  text(key: string, expansions: Expansions, times?: number): string | undefined;
  /** The value expanded and read by `read`, or `fallback` where the key is not set. */
  value<T, F>(key: string, expansions: Expansions, read: (text: string) => T, fallback: F): T | F;
  /** What `read` makes of a text that came from `key`. */
  convert<T>(key: string, text: string, read: (text: string) => T): T;
}

/** A reader of `section`; `%(here)s` is the folder of the file that a value stands in. */
export function sectionReader(document: IniDocument, name: string, section: IniSection): SectionReader {
  const defaults = document.get(defaultSection);
  const entry = (key: string): IniEntry | undefined => section.entries.get(key) ?? defaults?.entries.get(key);

  const place = (key: string): Place => entry(key) ?? section;

  function convert<T>(key: string, text: string, read: (text: string) => T): T {
    try {
      return read(text);
    } catch (error) {
      throw configurationError(place(key), `${key} in [${name}] to be ${messageOf(error)}`, JSON.stringify(text));
    }
  }

  function text(key: string, expansions: Expansions, times = 1): string | undefined {
    const found = entry(key);
    if (found === undefined) return undefined;
    const known = { ...expansions, here: dirname(found.file) };
    let expanded = found.value;
    for (let time = 0; time < times; time++) {
      expanded = convert(key, expanded, (value) => expandFormat(value, known));
    }
    return expanded;
  }

  return {
    name,
    keys: [...section.entries.keys()],
    place,
    raw: (key) => entry(key)?.value,
    text,
    value: (key, expansions, read, fallback) => {
      const found = text(key, expansions);
      return found === undefined ? fallback : convert(key, found, read);
    },
    convert,
  };
}
