import { imageFacts } from '../../documents/image-size.ts';
import type { FileAnswer } from '../kernel/operation.ts';
import { mediaTypeOf } from '../sending/media-type-of.ts';

/** The media type of a file, in a word of ours: by its own bytes, else by the ending of its name. What a sender calls it is no type. */
export function mediaTypeOfFile({ content, filename }: Pick<FileAnswer, 'content' | 'filename'>): string {
  const picture = imageFacts(content)?.mimeType;
  if (picture !== undefined) return picture;
  const start = Buffer.from(content.buffer, content.byteOffset, Math.min(5, content.byteLength)).toString('latin1');
  return start === '%PDF-' ? 'application/pdf' : mediaTypeOf(filename);
}
