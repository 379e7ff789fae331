import { existsSync } from 'node:fs';
import { join, relative } from 'node:path';
import type { Home } from '../../core/home.ts';
import { sharedKeyMark } from '../../store/home-stores.ts';
import { auditHeadFiles } from '../../store/sqlite/audit/audit-head.ts';
import { localMailboxFolders } from '../../store/sqlite/mail/local-mailboxes.ts';
import { mailFileName, rawFileName } from '../../store/sqlite/mail/open-mail-store.ts';

/** A file that is gone, and by what that is known. */
interface MissingFile {
  /** Below the home's folder. */
  readonly path: string;
  readonly what: string;
}

/** Files without each of which the other, too, is of no use. */
const pairs = (folder: string) =>
  [
    [join(folder, mailFileName), join(folder, rawFileName), 'the bytes of its messages are there'],
    [join(folder, rawFileName), join(folder, mailFileName), 'the index of its messages is there'],
  ] as const;

/**
 * Databases of a home that were there, as other files show. A program would begin with new ones where it may, so that nobody
 * noticed. What nothing points to (events, jobs, webhooks) is not found here.
 */
export function missingFiles({ folder, dataFolder }: Home): readonly MissingFile[] {
  const expected = [
    ...localMailboxFolders(dataFolder).flatMap((mailbox) => pairs(relative(folder, mailbox))),
    [join('data', 'audit.db'), auditHeadFiles[0], `${auditHeadFiles[0]} has its last entry`],
    // A key that hosts share is there also where no login ever was.
    ...(existsSync(join(dataFolder, 'gmail', sharedKeyMark))
      ? []
      : ([
          [join('data', 'gmail', 'accounts.db'), join('data', 'gmail', 'key'), 'the key of its logins is there'],
        ] as const)),
  ] as const;
  if (!existsSync(dataFolder)) return [];
  return expected
    .filter(([path, sign]) => existsSync(join(folder, sign)) && !existsSync(join(folder, path)))
    .map(([path, , known]) => ({ path, what: `is missing, and ${known}` }));
}
