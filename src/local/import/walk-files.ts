import { readdirSync, statSync, type Dirent } from 'node:fs';
import { basename, join } from 'node:path';
import { messageOf } from '../../core/errors.ts';

/** A file that was found under a path to import, or what could not be looked at there. */
export type WalkedFile = { readonly path: string } & (
  | {
      readonly kind: 'file';
      readonly sizeBytes: number;
      readonly modifiedMs: number;
      /** Names of the folders it lies in, from the given folder on; empty for a file that was given itself. */
      readonly folderNames: readonly string[];
      /** The folder of a Maildir it is a message of, as a path below that Maildir. */
      readonly maildirFolder?: readonly string[];
    }
  /** `skipped` is what can hold no mail: a link to a folder, a socket. */
  | { readonly kind: 'unreadable' | 'skipped'; readonly reason: string }
);

/** What a folder is, for the files directly in it. */
interface FolderPlace {
  readonly folderNames: readonly string[];
  /** Path below the nearest Maildir above, or below the given folder where there is none yet. */
  readonly maildirPath: readonly string[];
}

/**
 * Every file under a path in the order of their names, folders walked where they stand. A folder with `cur` and `new`
 * is a Maildir; its folders (`.Work.Projects`, or folders that are Maildirs themselves) belong to it. Links to files
 * are followed, links to folders are not, so that no walk is endless.
 */
export function* walkFiles(path: string): Generator<WalkedFile> {
  const found = lookAt(path, []);
  if (found !== 'folder') yield found;
  else yield* walkFolder(path, { folderNames: [basename(path)], maildirPath: [] });
}

function* walkFolder(folder: string, place: FolderPlace): Generator<WalkedFile> {
  let entries: Dirent[];
  try {
    entries = readdirSync(folder, { withFileTypes: true });
  } catch (error) {
    yield { kind: 'unreadable', path: folder, reason: `the folder cannot be read: ${messageOf(error)}` };
    return;
  }
  entries.sort((a, b) => (a.name < b.name ? -1 : 1));
  const folderNames = new Set(entries.filter((entry) => entry.isDirectory()).map(({ name }) => name));
  const isMaildir = folderNames.has('cur') && folderNames.has('new');
  const maildirPath = isMaildir && basename(folder) === 'Maildir' ? [] : place.maildirPath;

  for (const entry of entries) {
    const path = join(folder, entry.name);
    if (!entry.isDirectory()) {
      const found = lookAt(path, place.folderNames);
      yield found === 'folder'
        ? { kind: 'skipped', path, reason: 'it is a link to a folder; name that folder' }
        : found;
    } else if (isMaildir && (entry.name === 'cur' || entry.name === 'new')) {
      for (const file of walkFolder(path, place)) {
        yield file.kind === 'file' ? { ...file, maildirFolder: maildirPath } : file;
      }
    } else if (!isMaildir || entry.name !== 'tmp') {
      yield* walkFolder(path, {
        folderNames: [...place.folderNames, entry.name],
        maildirPath: [...maildirPath, ...namesOfFolder(entry.name, isMaildir)],
      });
    }
  }
}

/** Maildir++ keeps all folders flat in the Maildir, a dot before each name of their path. */
function namesOfFolder(name: string, isInMaildir: boolean): readonly string[] {
  return isInMaildir && name.startsWith('.') ? name.slice(1).split('.') : [name];
}

function lookAt(path: string, folderNames: readonly string[]): WalkedFile | 'folder' {
  try {
    const status = statSync(path);
    if (status.isDirectory()) return 'folder';
    if (!status.isFile()) return { kind: 'skipped', path, reason: 'it is neither a file nor a folder' };
    return { kind: 'file', path, sizeBytes: status.size, modifiedMs: status.mtimeMs, folderNames };
  } catch (error) {
    return { kind: 'unreadable', path, reason: messageOf(error) };
  }
}
