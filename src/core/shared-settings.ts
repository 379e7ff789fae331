import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { nameOfStore, parseStoreAddress } from './store-address.ts';
import { isJsonObject } from './json-object.ts';
import type { Settings } from './settings.ts';
import { replaceFile } from './replace-file.ts';

/**
 * The settings that all hosts of a store share, as this home has last read them there: what its processes start with while
 * the store is away, and what commands go by that do not open it.
 */
function copyIn(homeFolder: string): string {
  return join(homeFolder, 'data', 'shared-settings');
}

/** What the copy says; undefined where there is none of this store. */
function readCopy(homeFolder: string, store: string): ReadonlyMap<string, string> | undefined {
  try {
    const copy: unknown = JSON.parse(readFileSync(copyIn(homeFolder), 'utf8'));
    if (!isJsonObject(copy) || copy.store !== store || !isJsonObject(copy.values)) return undefined;
    const values = Object.entries(copy.values);
    // One that lacks a value may lack a limit.
    if (!values.every((entry): entry is [string, string] => typeof entry[1] === 'string')) return undefined;
    return new Map(values);
  } catch {
    // A copy that cannot be read is none: servers read the store then, and say what is wrong when they replace it.
    return undefined;
  }
}

/** Whether this home has read the settings of the store of that name. */
export function hasSharedSettings(homeFolder: string, store: string): boolean {
  return readCopy(homeFolder, store) !== undefined;
}

/** The settings of a store, and where people are told that those are. */
export interface SharedSettings extends Pick<Settings, 'values'> {
  readonly place: string;
}

/** The settings of the store at that address, as this home has last read them; none where it has not, or there is no store. */
export function readSharedSettings(homeFolder: string, address: string | undefined): SharedSettings {
  const store = address === undefined ? undefined : nameAt(address);
  return settingsOf(store ?? '', (store === undefined ? undefined : readCopy(homeFolder, store)) ?? new Map());
}

/** These settings as those of the store of that name. */
export function settingsOf(store: string, values: ReadonlyMap<string, string>): SharedSettings {
  return { values, place: `postgres://${store}` };
}

function nameAt(address: string): string | undefined {
  try {
    return nameOfStore(parseStoreAddress(address));
  } catch {
    // Said where the address itself is checked.
    return undefined;
  }
}

/** Keeps what the store of that name says now, and returns it as its settings. Throws `UNAVAILABLE`. */
export function keepSharedSettings(
  homeFolder: string,
  store: string,
  values: ReadonlyMap<string, string>,
): SharedSettings {
  if (!isDeepStrictEqual(values, readCopy(homeFolder, store))) {
    const copy = { store, values: Object.fromEntries(values) };
    replaceFile(copyIn(homeFolder), `${JSON.stringify(copy, undefined, 2)}\n`);
  }
  return settingsOf(store, values);
}
