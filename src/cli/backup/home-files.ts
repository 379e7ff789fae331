import { existsSync, lstatSync, readdirSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import { AppError } from '../../core/errors.ts';
import type { Home } from '../../core/home.ts';

/** A file of a home, by its path below the home's folder, with `/`. */
export interface HomeFile {
  readonly path: string;
  /** A database is copied as of the common moment, with what its write-ahead log holds. */
  readonly isDatabase: boolean;
}

/** What the servers can make again, and what holds for one run only. */
const leftOut = [
  /^data\/(?:uploads|mirror|sign-in-links|sessions)\//,
  /^data\/gmail\/(?:cache-[^/]*$|mirror\/)/,
  /\.db-(?:wal|shm|journal)$/,
  /\.(?:partial|tmp)$/,
];

/** What signs in somewhere: this installation's tokens, Google's, their key, and what webhooks are signed with. */
const secret = [/^data\/token$/, /^data\/tokens\.json$/, /^data\/gmail\//, /^data\/webhooks\.db$/];

/** Files beside `data` that belong to a home. */
const besideData = ['settings', 'policy.json', 'supervisord.conf'];

/** The files that a backup of a home holds, by their paths. The settings, whose secret lines can be left out, are among them. */
export function listHomeFiles(home: Home, { withSecrets }: { readonly withSecrets: boolean }): readonly HomeFile[] {
  const files = [
    ...besideData.map((name) => join(home.folder, name)).filter((file) => isFile(file)),
    ...filesBelow(home.dataFolder),
  ];
  return files
    .map((file) => relative(home.folder, file).split(sep).join('/'))
    .filter((path) => !leftOut.some((pattern) => pattern.test(path)))
    .filter((path) => withSecrets || !secret.some((pattern) => pattern.test(path)))
    .map((path) => ({ path, isDatabase: path.endsWith('.db') }));
}

/** Throws `NOT_FOUND` for a home in which nothing is stored. */
export function requireData({ folder, dataFolder }: Home): void {
  if (existsSync(dataFolder)) return;
  throw new AppError('NOT_FOUND', `${folder} holds no data.`, { hint: 'GMAIL_HOME names another home.' });
}

function isFile(file: string): boolean {
  return lstatSync(file, { throwIfNoEntry: false })?.isFile() === true;
}

/** In the order in which their locks are taken everywhere: a mailbox before its bytes. Links are not followed. */
function filesBelow(folder: string): readonly string[] {
  if (lstatSync(folder, { throwIfNoEntry: false })?.isDirectory() !== true) return [];
  return readdirSync(folder, { withFileTypes: true })
    .toSorted((one, other) => (one.name < other.name ? -1 : 1))
    .flatMap((entry) => {
      const file = join(folder, entry.name);
      if (entry.isDirectory()) return filesBelow(file);
      return entry.isFile() ? [file] : [];
    });
}
