import type { BoundedZip } from './bounded-zip.ts';

function sizeOf(bytes: number): string {
  return bytes < 1000
    ? `${bytes} B`
    : bytes < 1e6
      ? `${Math.round(bytes / 1000)} KB`
      : `${(bytes / 1e6).toFixed(1)} MB`;
}

/** The files in an archive, one a line with the size that the archive claims; folders are seen by their files. */
export async function* zipListing(zip: BoundedZip, notes: string[]): AsyncGenerator<string> {
  const files = zip.entries.filter(({ isFolder }) => !isFolder);
  notes.push(`${files.length}${zip.hasMore ? ' or more' : ''} ${files.length === 1 ? 'file' : 'files'}`);
  if (files.some(({ isEncrypted }) => isEncrypted)) notes.push('protected with a password');
  for (const { name, sizeBytes } of files) yield `${name} (${sizeOf(sizeBytes)})\n`;
}
