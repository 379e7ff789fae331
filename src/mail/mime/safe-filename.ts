/** Most file systems take 255 bytes a name; in UTF-8 a character may take three. */
const maxFilenameCharacters = 80;

/** Controls, and the characters that hide or reorder text: a name must look like what it is. */
const deceptive = /[\p{Cc}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}\ufff9-\ufffb]/gu;

/**
 * A file name that is safe to show and to save under: the last part of a path, without control, direction or
 * zero-width characters, without characters that a file system refuses, at most 80 characters with its extension
 * kept. `fallback` where nothing is left.
 */
export function safeFilename(name: string | undefined, fallback = 'attachment'): string {
  const lastPart = (name ?? '').replaceAll(deceptive, '').split(/[/\\]/).at(-1) ?? '';
  const cleaned = lastPart
    .replaceAll(/[<>:"|?*]/g, '_')
    .replaceAll(/\s+/g, ' ')
    .replace(/^[ .]+/, '');
  const trimmed = trimEnd(cleaned);
  if (trimmed === '') return fallback;
  if (trimmed.length <= maxFilenameCharacters) return trimmed;
  const extension = /\.[\p{L}\p{N}]{1,10}$/u.exec(trimmed)?.[0] ?? '';
  return trimmed.slice(0, maxFilenameCharacters - extension.length).toWellFormed() + extension;
}

/** Without the dots and spaces at the end that Windows drops. */
function trimEnd(name: string): string {
  let end = name.length;
  while (end > 0 && (name[end - 1] === '.' || name[end - 1] === ' ')) end -= 1;
  return name.slice(0, end);
}
