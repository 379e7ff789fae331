import { labelsOfNames } from './label-names.ts';

/**
 * The labels of a message in a Maildir: those of its folder, and what the letters behind `:2,` in its file name say
 * (https://cr.yp.to/proto/maildir.html): S seen, F flagged, T trashed, D draft. `folder` is the folder's path below
 * the Maildir, as `['Work', 'Projects']`; empty for the Maildir itself, which is the inbox.
 */
export function maildirLabels(folder: readonly string[], filename: string): readonly string[] {
  const flags = new Set(/[:;!]2,([A-Za-z]*)$/.exec(filename)?.[1]);
  const labels = new Set(folderLabels(folder));
  if (!flags.has('S')) labels.add('UNREAD');
  if (flags.has('F')) labels.add('STARRED');
  if (flags.has('D')) labels.add('DRAFT');
  if (flags.has('T')) {
    labels.add('TRASH');
    labels.delete('INBOX');
  }
  return [...labels];
}

function folderLabels(folder: readonly string[]): readonly string[] {
  const path = folder.map(decodeFolderName);
  // Many servers keep every folder below the inbox.
  if (path.length > 1 && path[0]?.toLowerCase() === 'inbox') path.shift();
  return path.length === 0 ? ['INBOX'] : labelsOfNames([path.join('/')]);
}

/** Undoes the modified UTF-7 of IMAP folder names (RFC 3501 section 5.1.3): `Entw&APw-rfe`. Broken text stays. */
function decodeFolderName(name: string): string {
  return name.replaceAll(/&([^&-]*)-/g, (whole, base64: string) => {
    if (base64 === '') return '&';
    if (!/^[A-Za-z0-9+,]+$/.test(base64)) return whole;
    const bigEndian = Buffer.from(base64.replaceAll(',', '/'), 'base64');
    return bigEndian
      .subarray(0, bigEndian.length - (bigEndian.length % 2))
      .swap16()
      .toString('utf16le');
  });
}
