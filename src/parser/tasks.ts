import * as z from 'zod';
import { documentForms, type DocumentFile, type DocumentRange, type DocumentWindow } from '../documents/document.ts';
import { parserProcess, type TaskLimits } from './parser-process.ts';

const window = z.object({
  form: z.enum(documentForms),
  text: z.string(),
  hasMore: z.boolean(),
  notes: z.array(z.string()),
});
const answer = z.object({ window: window.optional() });

/**
 * A window of a document's text, read in the parser process; undefined where the file has no text. Throws as
 * `readWindow` does, and `TOO_LARGE` when its time or memory is not enough.
 */
export async function readDocument(
  { content, filename, mimeType, charset }: DocumentFile,
  range: DocumentRange,
  limits: TaskLimits,
): Promise<DocumentWindow | undefined> {
  const header = { kind: 'document', filename, mimeType, charset, ...range };
  const frame = await parserProcess.run({ header, blobs: [content] }, limits);
  return answer.parse(frame.header).window;
}

/** The bytes of a file in an archive, unpacked in the parser process. Throws as `readArchiveEntry` does. */
export async function unpackEntry(content: Uint8Array, path: string, limits: TaskLimits): Promise<Uint8Array> {
  const { blobs } = await parserProcess.run({ header: { kind: 'entry', path }, blobs: [content] }, limits);
  return blobs[0] ?? new Uint8Array();
}
