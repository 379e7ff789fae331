import { hkdfSync, randomBytes } from 'node:crypto';
import { AppError } from '../errors.ts';
import type { KeyStore } from './key-store.ts';

/** A key from which those that encrypt are derived. */
interface Key {
  /** Stands beside everything that is encrypted with it; no secret. */
  readonly id: string;
  readonly secret: Uint8Array;
}

const keyBytes = 32;
/** `<id>:<base64url of 32 bytes>`, the newest key first, separated by commas. */
const keyPattern = /^([0-9a-f]{8}):([\w-]{43})$/;

function makeKey(): Key {
  return { id: randomBytes(4).toString('hex'), secret: randomBytes(keyBytes) };
}

function parseKeys(text: string, place: string): readonly Key[] {
  return text
    .trim()
    .split(',')
    .map((part) => {
      const [, id, secret] = keyPattern.exec(part) ?? [];
      if (id !== undefined && secret !== undefined) return { id, secret: Buffer.from(secret, 'base64url') };
      throw new AppError('UNAVAILABLE', `What is kept in ${place} is not a key of gmail-llm.`, {
        expected: '8 hexadecimal digits, a colon and 43 characters, perhaps several with commas between them',
        hint: 'Restore it from a backup; or remove it and log in again: logins stored with it are lost then.',
      });
    });
}

function printKeys(keys: readonly Key[]): string {
  return keys.map(({ id, secret }) => `${id}:${Buffer.from(secret).toString('base64url')}`).join(',');
}

/** What a derived key is for; none serves two purposes (RFC 5869). */
export type KeyPurpose = 'login' | 'access-token' | 'message-cache' | 'store-check' | 'owner-token' | 'request-state';

/** The keys of a home. While a rotation is under way there are two; after it, one. */
export interface KeyRing {
  /** Whether there is a key. */
  hasKey(): boolean;
  /** The id of the key that encrypts now. The first one is made here, which one process has to do alone. */
  currentId(): string;
  /** A key of 32 bytes for one purpose and account, or undefined where there is no key of that id any more. */
  derive(id: string, purpose: KeyPurpose, emailAddress: string): Uint8Array | undefined;
  /** Puts a new key before the others and returns its id, which one process has to do alone. */
  add(): string;
  /** Puts a new key behind the others, which encrypts nothing yet, and returns its id. */
  addLast(): string;
  /** Has one of the keys encrypt from now on. */
  putFirst(id: string): void;
  /** Forgets every key but one, which one process has to do alone. */
  keepOnly(id: string): void;
  /** Reads the keys anew: another process may have changed them. */
  reload(): void;
}

/**
 * The key ring that `store` keeps. It is read when it is first needed, and again when an id is asked for that it did not
 * have. Where keys are made or go, the caller sees to it that no other process does the same.
 */
export function openKeyRing(store: KeyStore): KeyRing {
  let known: readonly Key[] | undefined;

  const load = (): readonly Key[] => {
    const text = store.load();
    known = text === undefined ? [] : parseKeys(text, store.place);
    return known;
  };
  const save = (keys: readonly Key[]) => {
    store.save(printKeys(keys));
    known = keys;
  };
  const newest = (): Key => {
    const [key] = known ?? load();
    if (key !== undefined) return key;
    // Another process may have made one since.
    const [made = makeKey()] = load();
    if (known?.length === 0) save([made]);
    return made;
  };
  const find = (id: string): Key | undefined => {
    const withId = (key: Key) => key.id === id;
    return known?.find(withId) ?? load().find(withId);
  };

  return {
    hasKey: () => (known?.length ?? 0) > 0 || load().length > 0,
    currentId: () => newest().id,
    derive(id, purpose, emailAddress) {
      const key = find(id);
      if (key === undefined) return undefined;
      return new Uint8Array(hkdfSync('sha256', key.secret, '', `gmail-llm ${purpose} ${emailAddress}`, keyBytes));
    },
    add() {
      const key = makeKey();
      save([key, ...load()]);
      return key.id;
    },
    addLast() {
      const key = makeKey();
      save([...load(), key]);
      return key.id;
    },
    putFirst(id) {
      const isFirst = (key: Key) => key.id === id;
      save(load().toSorted((one, other) => Number(isFirst(other)) - Number(isFirst(one))));
    },
    keepOnly: (id) => save(load().filter((key) => key.id === id)),
    reload: () => void load(),
  };
}
