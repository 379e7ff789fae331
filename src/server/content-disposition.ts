/** What a quoted file name may hold: visible ASCII but quotes, backslashes and what clients take for percent-encoding. */
const unsafe = /[^\x20-\x7e]|["\\%]/gu;

/**
 * A `Content-Disposition` that saves a file under its name (RFC 6266): the name in ASCII for old clients, and the whole
 * name for all others, which the second wins over.
 */
export function attachmentNamed(filename: string): string {
  const ascii = filename.normalize('NFKD').replaceAll(/\p{M}/gu, '').replaceAll(unsafe, '_');
  const encoded = encodeURIComponent(filename.toWellFormed()).replaceAll(
    /['()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
  return `attachment; filename="${ascii}"; filename*=UTF-8''${encoded}`;
}
