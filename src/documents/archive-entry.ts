import { AppError } from '../core/errors.ts';
import { isZip, openZip } from './bounded-zip.ts';

/** Archives inside archives that are opened. */
const maxDepth = 5;

function noEntry(path: string, known: readonly string[]): AppError {
  return new AppError('NOT_FOUND', 'There is no such file in the archive.', {
    field: 'attachment',
    expected: known.slice(0, 20).join(', ').slice(0, 500) || 'an archive with files in it',
    got: path.slice(0, 200),
    hint: 'Read the archive itself for the names of its files.',
  });
}

/**
 * The bytes of a file in an archive, by its name there; an archive inside is gone through: `inner.zip/notes.txt`. Throws
 * `NOT_FOUND`, `INVALID_INPUT` for what is no archive, `TOO_LARGE`, `UNSUPPORTED` for one that is protected.
 */
export async function readArchiveEntry(content: Uint8Array, path: string, depth = 0): Promise<Uint8Array> {
  if (!isZip(content)) {
    const expected = 'an archive, whose files are named behind a slash';
    throw new AppError('INVALID_INPUT', 'This file is no archive.', {
      field: 'attachment',
      expected,
      got: path.slice(0, 200),
    });
  }
  const zip = await openZip(content);
  const files = zip.entries.filter(({ isFolder }) => !isFolder).map(({ name }) => name);
  const whole = await zip.read(path);
  if (whole !== undefined && !path.endsWith('/')) return whole;
  const outer = files.find((name) => path.startsWith(`${name}/`));
  const inner = outer === undefined || depth >= maxDepth ? undefined : await zip.read(outer);
  if (outer === undefined || inner === undefined) throw noEntry(path, files);
  return readArchiveEntry(inner, path.slice(outer.length + 1), depth + 1);
}
