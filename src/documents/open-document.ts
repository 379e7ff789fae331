import { extname } from 'node:path';
import { isMessageType } from '../mail/mime/media-type.ts';
import { textOfFile } from '../mail/mime/text-file.ts';
import { htmlToText } from '../mail/html/html-to-text.ts';
import { isZip, openZip } from './bounded-zip.ts';
import { contactText } from './contact-text.ts';
import type { DocumentFile, DocumentForm, DocumentText } from './document.ts';
import { docxText } from './docx-text.ts';
import { odfText } from './odf-text.ts';
import { pdfText } from './pdf-text.ts';
import { pptxText } from './pptx-text.ts';
import { rtfText } from './rtf-text.ts';
import { xlsxText } from './xlsx-text.ts';
import { zipListing } from './zip-listing.ts';

/** How far into a file the mark of a PDF may stand (ISO 32000-1, annex H, note 13). */
const pdfMarkBytes = 1024;

function latinStart(content: Uint8Array, bytes: number): string {
  return Buffer.from(content.buffer, content.byteOffset, Math.min(bytes, content.byteLength)).toString('latin1');
}

/** What a file is by its own bytes, where those say so; name and type are a sender's words. */
function formByContent({ content }: DocumentFile): 'pdf' | 'rtf' | 'zip' | undefined {
  if (latinStart(content, pdfMarkBytes).includes('%PDF-')) return 'pdf';
  if (latinStart(content, 5) === '{\\rtf') return 'rtf';
  return isZip(content) ? 'zip' : undefined;
}

const formsOfTypes: Readonly<Record<string, DocumentForm>> = {
  'text/html': 'html',
  'application/xhtml+xml': 'html',
  'text/calendar': 'calendar',
  'text/vcard': 'contact',
  'text/x-vcard': 'contact',
};
const formsOfNames: Readonly<Record<string, DocumentForm>> = {
  '.html': 'html',
  '.htm': 'html',
  '.xhtml': 'html',
  '.ics': 'calendar',
  '.vcf': 'contact',
  '.eml': 'message',
};

/** What a text is: by its type, else by the ending of its name. */
function formOfText({ filename, mimeType }: DocumentFile): DocumentForm {
  if (isMessageType(mimeType)) return 'message';
  return formsOfTypes[mimeType.toLowerCase()] ?? formsOfNames[extname(filename).toLowerCase()] ?? 'text';
}

async function* once(make: () => string | Promise<string>): AsyncGenerator<string> {
  yield await make();
}

async function openArchive({ content }: DocumentFile, notes: string[]): Promise<Pick<DocumentText, 'form' | 'pieces'>> {
  const zip = await openZip(content);
  const names = new Set(zip.entries.map(({ name }) => name));
  if (names.has('word/document.xml')) return { form: 'docx', pieces: docxText(content, zip, notes) };
  if (names.has('xl/workbook.xml')) return { form: 'xlsx', pieces: xlsxText(zip, notes) };
  if (names.has('ppt/presentation.xml')) return { form: 'pptx', pieces: pptxText(zip, notes) };
  const isOpenDocument = names.has('content.xml') && names.has('mimetype');
  return isOpenDocument ? { form: 'odf', pieces: odfText(zip) } : { form: 'zip', pieces: zipListing(zip, notes) };
}

/**
 * Opens a file to read its text; undefined for one that has none. Times are told in `timeZone`. Throws `INVALID_INPUT` for a file that is broken,
 * `UNSUPPORTED` for one that is protected, `TOO_LARGE` for one that is too much, also while its pieces are read.
 */
export async function openDocument(file: DocumentFile, timeZone: string): Promise<DocumentText | undefined> {
  const notes: string[] = [];
  switch (formByContent(file)) {
    case 'pdf':
      return { form: 'pdf', pieces: pdfText(file.content, notes), notes };
    case 'rtf':
      return { form: 'rtf', pieces: once(() => rtfText(latinStart(file.content, file.content.byteLength))), notes };
    case 'zip':
      return { ...(await openArchive(file, notes)), notes };
    case undefined:
      break;
  }
  const form = formOfText(file);
  const text = await plainText(file, form);
  if (text === undefined) return undefined;
  if (form === 'html') return { form, pieces: once(() => seenText(text, notes)), notes };
  if (form === 'calendar') {
    // Loaded here: few files are calendars.
    const { calendarText } = await import('../mail/calendar/calendar-text.ts');
    return { form, pieces: once(() => calendarText(text, timeZone, notes)), notes };
  }
  return { form, pieces: once(() => (form === 'contact' ? contactText(text) : text)), notes };
}

/** What a person sees of an HTML file; how much of it nobody does goes into the notes. */
function seenText(html: string, notes: string[]): string {
  const { text, hiddenCharacters } = htmlToText(html);
  if (hiddenCharacters > 0)
    notes.push(`${hiddenCharacters} hidden character${hiddenCharacters === 1 ? '' : 's'} left out`);
  return text;
}

/** The characters of a file that is text, also where its type says something else of what is plainly text. */
async function plainText(file: DocumentFile, form: DocumentForm): Promise<string | undefined> {
  const mimeType = form === 'message' ? 'message/rfc822' : file.mimeType;
  return (await textOfFile({ ...file, mimeType })) ?? textOfFile({ ...file, mimeType: 'application/octet-stream' });
}
