import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { nameOfStore, parseStoreAddress } from './store-address.ts';
import { parseSettings, type Settings } from './settings.ts';
import { replaceFile } from './replace-file.ts';

/**
 * The settings that all hosts of a store share, as this home has last read them there: what its processes start with while
 * the store is away, and what commands go by. Lines as in `settings`, behind one that names the store.
 */
function copyIn(homeFolder: string): string {
  return join(homeFolder, 'data', 'shared-settings');
}

const headOf = (store: string): string => `# of ${store}`;

/** The copy's text; undefined where there is none of this store. */
function textOf(homeFolder: string, store: string): string | undefined {
  try {
    const text = readFileSync(copyIn(homeFolder), 'utf8');
    return text.split('\n', 1)[0] === headOf(store) ? text : undefined;
  } catch {
    // A copy that cannot be read is none: servers read the store then, and say what is wrong when they replace it.
    return undefined;
  }
}

/** Whether this home has read the settings of the store of that name. */
export function hasSharedSettings(homeFolder: string, store: string): boolean {
  return textOf(homeFolder, store) !== undefined;
}

/** The settings of a store, and where people are told that those are. */
export interface SharedSettings extends Pick<Settings, 'values'> {
  readonly place: string;
}

/** The settings of the store at that address, as this home has last read them; none where it has not, or there is no store. */
export function readSharedSettings(homeFolder: string, address: string | undefined): SharedSettings {
  const store = address === undefined ? undefined : nameAt(address);
  const text = store === undefined ? undefined : textOf(homeFolder, store);
  return { values: parseSettings(text ?? '', copyIn(homeFolder)).values, place: `postgres://${store}` };
}

function nameAt(address: string): string | undefined {
  try {
    return nameOfStore(parseStoreAddress(address));
  } catch {
    // Said where the address itself is checked.
    return undefined;
  }
}

/** Keeps what the store of that name says now. Throws `UNAVAILABLE`. */
export function keepSharedSettings(homeFolder: string, store: string, values: ReadonlyMap<string, string>): void {
  const lines = [...values].map(([name, value]) => `${name}=${JSON.stringify(value)}\n`);
  const text = `${headOf(store)}\n${lines.join('')}`;
  if (text !== textOf(homeFolder, store)) replaceFile(copyIn(homeFolder), text);
}
