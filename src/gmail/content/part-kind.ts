import { basicCharsets } from '../../mail/mime/charsets.ts';
import {
  isBodyText,
  isReportType,
  isShownMessage,
  isTnef,
  maxInnerMessages,
  mediaTypeOf,
} from '../../mail/mime/media-type.ts';
import type { ParameterizedValue } from '../../mail/mime/read-parameters.ts';
import { readParameters } from '../../mail/mime/read-parameters.ts';
import type { ApiPart } from '../client/api-schemas.ts';

/** What the MIME parser makes of a part, as far as it decides whether its bytes are needed to read the message. */
export type PartKind = 'multipart' | 'innerMessage' | 'text' | 'file';

/** Where a part stands: what decides about an attached message beside the part itself. */
export interface PartPlace {
  /** How many messages are around this one. */
  readonly depth: number;
  /** Whether the message is a report, whose attached message is evidence and not part of the text. */
  readonly isReport: boolean;
}

/** The value of a part's header, or the empty text. Of several the first counts, as in the parser. */
export function headerOf(part: ApiPart, name: string): string {
  return part.headers.find((header) => header.name.toLowerCase() === name)?.value ?? '';
}

/**
 * What the parser will make of a part when it reads it in this place. Where this is wrong, the parser shows the mark of
 * the part as text, and the text is put in its place then (`fetched-message.ts`).
 */
export function kindOf(part: ApiPart, { depth, isReport }: PartPlace): PartKind {
  const type = parametersOf(part, 'content-type');
  const disposition = parametersOf(part, 'content-disposition');
  const filename = disposition.parameters.get('filename') ?? type.parameters.get('name') ?? '';
  // Gmail's own word counts where the header is not there, as in an answer that leaves it out.
  const written = type.value === '' ? part.mimeType.toLowerCase() : type.value;
  const mimeType = mediaTypeOf(written, 'text/plain', filename !== '');
  if (mimeType.startsWith('multipart/')) return part.parts.length > 0 ? 'multipart' : 'text';
  if (mimeType === 'message/rfc822') {
    const isShown = isShownMessage({ filename, disposition: disposition.value }) && !isReport;
    return isShown && depth < maxInnerMessages ? 'innerMessage' : 'file';
  }
  const isRead = isTnef({ mimeType, filename }) || isBodyText({ mimeType, filename, disposition: disposition.value });
  return isRead ? 'text' : 'file';
}

const reader = { charsets: basicCharsets() };

function parametersOf(part: ApiPart, name: string): ParameterizedValue {
  return readParameters(Buffer.from(headerOf(part, name)).toString('latin1'), reader);
}

/** The place of the parts of a whole message. */
export function placeOf(message: ApiPart, depth: number): PartPlace {
  return { depth, isReport: hasReport(message) };
}

function hasReport(part: ApiPart): boolean {
  if (isReportType(part.mimeType)) return true;
  return part.mimeType.startsWith('multipart/') && part.parts.some(hasReport);
}

/**
 * Whether a part has to be read from the message itself: Google takes attached messages and reports apart, and gives
 * the bytes of none that is a file to a reader.
 */
export function hasUnreadableFile(message: ApiPart): boolean {
  return unreadableIn(message, placeOf(message, 0));
}

function unreadableIn(part: ApiPart, place: PartPlace): boolean {
  const kind = kindOf(part, place);
  if (kind === 'file') return part.parts.length > 0 && part.body?.attachmentId === undefined;
  const [inner] = part.parts;
  if (kind === 'innerMessage') return inner !== undefined && unreadableIn(inner, placeOf(inner, place.depth + 1));
  return part.parts.some((each) => unreadableIn(each, place));
}

/** Parts that are text to a reader, whose bytes Gmail did not put in the answer because they are large or have a name. */
export function missingTexts(message: ApiPart): readonly ApiPart[] {
  return missingIn(message, placeOf(message, 0));
}

function missingIn(part: ApiPart, place: PartPlace): readonly ApiPart[] {
  const kind = kindOf(part, place);
  if (kind === 'multipart') return part.parts.flatMap((inner) => missingIn(inner, place));
  if (kind === 'innerMessage' && part.parts.length > 0) {
    return part.parts.slice(0, 1).flatMap((inner) => missingIn(inner, placeOf(inner, place.depth + 1)));
  }
  const isMissing = kind !== 'file' && part.body?.data === undefined && part.body?.attachmentId !== undefined;
  return isMissing ? [part] : [];
}
