import { parse } from 'node:path';
import { isMboxName } from './detect-format.ts';
import { labelsOfNames } from './label-names.ts';

/** Label of a message whose file was given alone: its folder was not meant. */
const singleMessageLabel = 'Imported';

/**
 * The labels of messages in an archive that has none for them: one user label named after the archive, with the path
 * from the given folder on, as `mail/lists/r-devel`. An mbox with a name of its own gives that name, everything else
 * the folder it lies in. An archive that is named like a system label (`Inbox.mbox`, `Sent`) is that label. Without
 * `INBOX`, so that old mail does not bury the new.
 */
export function archiveLabels(folderNames: readonly string[], filename: string, isMbox: boolean): readonly string[] {
  const hasOwnName = isMbox && (isMboxName(filename) || parse(filename).ext === '' || folderNames.length === 0);
  const names = hasOwnName ? [...folderNames, withoutExtension(filename)] : folderNames;
  return names.length === 0 ? [singleMessageLabel] : labelsOfNames([names.join('/')]);
}

function withoutExtension(filename: string): string {
  return parse(filename.replace(/\.gz$/i, '')).name;
}
