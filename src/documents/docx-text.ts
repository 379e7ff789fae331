import { htmlToText } from '../mail/html/html-to-text.ts';
import type { BoundedZip } from './bounded-zip.ts';

/** The largest body that is converted: the library holds a tree of all of it. */
const maxBodyBytes = 20_000_000;

/**
 * The text of a Word document through the HTML that mammoth makes of it: headings, lists, tables, notes. Pictures are left
 * out. Throws `TOO_LARGE`.
 */
export async function* docxText(content: Uint8Array, zip: BoundedZip, notes: string[]): AsyncGenerator<string> {
  // Measured by unpacking, not by what the archive claims.
  const body = await zip.read('word/document.xml');
  if (body !== undefined && body.byteLength > maxBodyBytes) {
    notes.push(`the document has ${Math.round(body.byteLength / 1e6)} MB of text; formatting is not shown`);
    yield body
      .toString('utf8')
      .replaceAll('</w:p>', '\n')
      .replaceAll(/<[^<>]*>/g, '');
    return;
  }
  const { convertToHtml, images } = await import('mammoth');
  const buffer = Buffer.from(content.buffer, content.byteOffset, content.byteLength);
  const noPictures = images.imgElement(async () => ({ src: '' }));
  const { value } = await convertToHtml({ buffer }, { convertImage: noPictures, includeDefaultStyleMap: true });
  yield htmlToText(value).text;
}
