import { statSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { findUser, type User } from '../process/find-user.ts';
import { signalNumber } from '../process/signals.ts';

/*
 * Readers of single values, with supervisord's rules (its datatypes.py). Each throws an Error whose message says what
 * was expected.
 */

function expected(what: string): never {
  throw new Error(what);
}

export function readInteger(text: string): number {
  const word = text.trim();
  return /^[+-]?\d+(?:_\d+)*$/.test(word) ? Number(word.replaceAll('_', '')) : expected('a whole number');
}

/** A reader of whole numbers that are not below `lowest`. */
export function integerFrom(lowest: number): (text: string) => number {
  return (text) => {
    const value = readInteger(text);
    return value >= lowest ? value : expected(`a whole number from ${lowest}`);
  };
}

export function readBoolean(text: string): boolean {
  const word = text.toLowerCase();
  if (['yes', 'true', 'on', '1'].includes(word)) return true;
  if (['no', 'false', 'off', '0'].includes(word)) return false;
  return expected('true or false');
}

export type AutoRestart = 'always' | 'unexpected' | 'never';

export function readAutoRestart(text: string): AutoRestart {
  if (text.toLowerCase() === 'unexpected') return 'unexpected';
  try {
    return readBoolean(text) ? 'always' : 'never';
  } catch {
    return expected('true, false or unexpected');
  }
}

const byteUnits: Readonly<Record<string, number>> = { kb: 1024, mb: 1024 ** 2, gb: 1024 ** 3 };

/** Bytes; `KB`, `MB` and `GB` are powers of 1024. */
export function readByteSize(text: string): number {
  const word = text.toLowerCase();
  const unit = byteUnits[word.slice(-2)];
  try {
    return unit === undefined ? readInteger(word) : readInteger(word.slice(0, -2)) * unit;
  } catch {
    return expected('a number of bytes such as 512, 64KB, 10MB or 1GB');
  }
}

export function readOctal(text: string): number {
  const word = text.trim();
  return /^(?:0o)?[0-7]+$/i.test(word) ? Number.parseInt(word.replace(/^0o/i, ''), 8) : expected('an octal number');
}

export function readSignal(text: string): number {
  return signalNumber(text) ?? expected('the name or the number of a signal');
}

export function readExitCodes(text: string): readonly number[] {
  if (text === '') return [];
  const codes = text.split(',').map(readInteger);
  return codes.every((code) => code >= 0 && code <= 255) ? codes : expected('exit codes from 0 to 255');
}

/** A comma-separated list; empty text is an empty list. */
export function readList(text: string): readonly string[] {
  return text === '' ? [] : text.split(',').map((word) => word.trim());
}

/** The name of a process or group, which must fit into `group:name` and into an address. */
export function readName(text: string): string {
  const name = text.trim();
  return /[ :/]/.test(name) ? expected('a name without space, colon and slash') : name;
}

export function readUser(text: string): User {
  return findUser(text) ?? expected('a user of this machine');
}

function withHome(path: string): string {
  return path === '~' || path.startsWith('~/') ? join(homedir(), path.slice(1)) : path;
}

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
}

export function readExistingFolder(text: string): string {
  const path = withHome(text);
  return isFolder(path) ? path : expected(`a folder that exists (make it with: mkdir -p ${path})`);
}

/** A path whose folder exists. */
export function readFilePath(text: string): string {
  const path = withHome(text);
  const folder = dirname(path);
  return isFolder(folder) ? path : expected(`a file in a folder that exists (make it with: mkdir -p ${folder})`);
}

/** Where a channel is logged: a path, `auto` for a file of a made-up name, or `none`. */
export type LogTarget = { readonly kind: 'file'; readonly path: string } | { readonly kind: 'auto' | 'none' };

export function readLogTarget(text: string): LogTarget {
  const word = text.toLowerCase();
  if (word === 'auto') return { kind: 'auto' };
  if (word === 'none' || word === 'off') return { kind: 'none' };
  return { kind: 'file', path: readFilePath(text) };
}

/** Addresses to listen on that nobody is called by, and where a program that listens there is asked. */
const wildcards = [
  { wildcard: '//0.0.0.0', loopback: '//127.0.0.1' },
  { wildcard: '//[::]', loopback: '//[::1]' },
] as const;

/** An `http:` address that can be asked whether a program is well. */
export function readProbeUrl(text: string): string {
  const isHttp = URL.canParse(text) && new URL(text).protocol === 'http:';
  if (!isHttp) return expected('an address such as http://127.0.0.1:8001/health/ready');
  return wildcards.reduce((url, { wildcard, loopback }) => url.replace(wildcard, loopback), text);
}

/** Where a program listens. */
export interface ListenAddress {
  /** A name or a numeric address, the latter without brackets. */
  readonly host: string;
  readonly port: number;
}

/** `HOST:PORT` or `[::1]:PORT`; undefined where the system is to choose the port (0), as nobody could be told. */
export function readListenAddress(text: string): ListenAddress | undefined {
  const match = /^(?:\[([0-9a-f:.]+)\]|([^\s:[\]]+)):(\d+)$/i.exec(text.trim());
  const [, numeric, name] = match ?? [];
  const port = Number(match?.[3]);
  const host = numeric ?? name;
  if (host === undefined || port > 65_535) return expected('an address such as 127.0.0.1:8001 or [::1]:8001');
  return port === 0 ? undefined : { host, port };
}
