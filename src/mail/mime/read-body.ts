import { escapeHtml } from '../html/escape-html.ts';
import type { Attachment } from '../message.ts';
import { bufferOn } from './bytes.ts';
import { cleanText } from './clean-text.ts';
import { decodeTransfer } from './decode-transfer.ts';
import { decodeText } from './decode-text.ts';
import type { HeaderReader } from './decode-words.ts';
import { defaultFilename } from './default-filename.ts';
import { takeEmbeddedFiles } from './embedded-files.ts';
import { enrichedToText } from './enriched-text.ts';
import { innerHeader } from './inner-header.ts';
import {
  isBodyText,
  isFormForPrograms,
  isReportType,
  isShownMessage,
  isSmime,
  isTnef,
  maxInnerMessages,
  mediaTypeOf,
} from './media-type.ts';
import type { MimePart } from './part-tree.ts';
import { decodePart, rawHeaderOf, readPartTree } from './part-tree.ts';
import { readMailHeaders } from './read-headers.ts';
import { safeFilename } from './safe-filename.ts';
import { signedContent } from './signed-content.ts';
import type { Tnef } from './tnef/read-tnef.ts';
import { readTnef } from './tnef/read-tnef.ts';
import { unflow } from './unflow.ts';

/** The readable parts of a message. */
export interface MimeContent {
  readonly text?: string;
  readonly html?: string;
  readonly attachments: readonly Attachment[];
}

/** One piece of the body as its sender wrote it: in plain text, in HTML or, where he offered both, in both forms. */
interface Piece {
  readonly plain?: string;
  readonly html?: string;
}

interface Collected {
  readonly reader: HeaderReader;
  readonly files: Attachment[];
  readonly packedTexts: Tnef[];
  /** How many messages are around the one that is read. */
  readonly depth: number;
  /** Whether the message is a report, whose attached message is evidence and not part of the text. */
  readonly isReport: boolean;
  /** Whether it is beside the HTML of a `multipart/related`, which alone shows what it refers to: texts are files there. */
  readonly isBeside: boolean;
}

/**
 * What a message shows and what is attached to it. The text is the sender's own: where a part is there in HTML only, the
 * message has no text, so that what its HTML hides is not taken for text. The HTML holds all parts.
 */
export function readBody(root: MimePart, reader: HeaderReader): MimeContent {
  const files: Attachment[] = [];
  const packedTexts: Tnef[] = [];
  const pieces = readMessage(root, { reader, files, packedTexts, depth: 0 });
  const isEmpty = pieces.every((piece) => piece.html === undefined && (piece.plain ?? '').trim() === '');
  const shown = isEmpty ? packedTexts.flatMap((packed) => packedPieces(packed, files)) : pieces;
  const { plain, html } = joinPieces(shown.length === 0 ? pieces : shown);
  const shownContentIds = contentIdsIn(html ?? '');
  return {
    ...(plain === undefined || plain === '' ? {} : { text: plain }),
    ...(html === undefined ? {} : { html }),
    attachments: files.map((file) => ({ ...file, isInline: shownContentIds.has(file.contentId ?? '') })),
  };
}

function readMessage(root: MimePart, around: Omit<Collected, 'isReport' | 'isBeside'>): readonly Piece[] {
  return readPieces(root, { ...around, isReport: isReport(root), isBeside: false });
}

function isReport(part: MimePart): boolean {
  if (isReportType(part.mimeType)) return true;
  return part.mimeType.startsWith('multipart/') && part.parts.some(isReport);
}

function readPieces(part: MimePart, into: Collected): readonly Piece[] {
  const { mimeType, parts } = part;
  if (mimeType.startsWith('multipart/')) {
    if (parts.length === 0 && !into.isBeside) return readText(part, into);
    if (mimeType === 'multipart/related') return readRelated(part, into);
    if (mimeType !== 'multipart/alternative') return parts.flatMap((inner) => readPieces(inner, into));
    const forms = parts.filter((form) => !isFormForPrograms(form.mimeType));
    return chooseForms(
      forms,
      forms.map((form) => readPieces(form, into)),
    );
  }
  const [inner] = parts;
  if (inner !== undefined && mimeType === 'message/rfc822') {
    if (isShownMessage(part) && !into.isBeside && !into.isReport && into.depth < maxInnerMessages) {
      return [
        { plain: innerHeader(readMailHeaders(inner.rawHeaders, into.reader)) },
        ...readMessage(inner, { ...into, depth: into.depth + 1 }),
      ];
    }
  }
  if (isBodyText(part) && !into.isBeside) return readText(part, into);
  if (isSmime(mimeType)) return readSigned(part, into);
  if (!isTnef(part) || !takeTnef(part, into)) into.files.push(readFile(part));
  return [];
}

/**
 * What a compound of parts shows (RFC 2387): where its root is HTML, that and the pictures in it; else all its texts, as
 * mailers that know no better call any mixture `related`.
 */
function readRelated({ parts, parameters }: MimePart, into: Collected): readonly Piece[] {
  const start = parameters.get('start');
  const root =
    (start === undefined ? undefined : parts.find((part) => rawHeaderOf(part, 'content-id').trim() === start)) ??
    parts.find((part) => isBodyText(part) || part.mimeType.startsWith('multipart/'));
  const isOfHtml = root !== undefined && hasHtml(root);
  return parts.flatMap((part) => readPieces(part, isOfHtml && part !== root ? { ...into, isBeside: true } : into));
}

function hasHtml(part: MimePart): boolean {
  if (part.mimeType.startsWith('multipart/')) return part.parts.some(hasHtml);
  return part.mimeType === 'text/html' && isBodyText(part);
}

/**
 * Of the alternatives (RFC 2046 section 5.1.4) the last in HTML and the last in plain text, since the best of its kind comes
 * last; a text of another kind only where none is plain.
 */
function chooseForms(parts: readonly MimePart[], alternatives: readonly (readonly Piece[])[]): readonly Piece[] {
  const forms = alternatives.map(joinPieces);
  const html = forms.findLast((form) => form.html !== undefined)?.html;
  const inPlain = forms.map((form) => ((form.plain ?? '').trim() === '' ? undefined : form.plain));
  const plain =
    inPlain.findLast((text, index) => text !== undefined && parts[index]?.mimeType === 'text/plain') ??
    inPlain.findLast((text) => text !== undefined);
  return [{ ...(plain === undefined ? {} : { plain }), ...(html === undefined ? {} : { html }) }];
}

/** Pieces one below the other, in each form that they can all be shown in. Pieces without a word do not count. */
function joinPieces(all: readonly Piece[]): Piece {
  const pieces = all.filter(({ plain, html }) => html !== undefined || (plain ?? '').trim() !== '');
  if (pieces.length === 0) return all[0] ?? {};
  const plain = pieces.map((piece) => piece.plain);
  const isAllPlain = plain.every((text) => text !== undefined);
  const hasHtml = pieces.some(({ html }) => html !== undefined);
  return {
    ...(isAllPlain ? { plain: plain.join('\n') } : {}),
    ...(hasHtml ? { html: pieces.map((piece) => piece.html ?? linesAsHtml(piece.plain ?? '')).join('\n') } : {}),
  };
}

function linesAsHtml(text: string): string {
  return `<div>${escapeHtml(text.trim()).replaceAll('\n', '<br>\n')}</div>`;
}

function readText(part: MimePart, { reader, files }: Collected): readonly Piece[] {
  const { mimeType, parameters, encoded, transferEncoding } = part;
  const declared = parameters.get('charset');
  const isHtml = mimeType === 'text/html';
  const hints = { isHtml, ...(declared === undefined ? {} : { declared }) };
  const decode = (bytes: Uint8Array): string => cleanText(decodeText(bytes, hints, reader.charsets));

  const { content, plainTail } = decodeTransfer(encoded, transferEncoding);
  const { rest, files: embedded } = isHtml ? { rest: content, files: [] } : takeEmbeddedFiles(content);
  for (const { filename, content: bytes } of embedded) files.push(fileOf(filename, 'application/octet-stream', bytes));
  const text = decode(rest);
  const tail = plainTail === undefined ? '' : decode(plainTail);
  if (isHtml) return content.length === 0 && tail !== '' ? [{ html: tail }] : [{ html: text }, { plain: tail }];
  return [{ plain: readable(text, mimeType, parameters) }, { plain: tail }];
}

function readable(text: string, mimeType: string, parameters: ReadonlyMap<string, string>): string {
  if (mimeType === 'text/enriched' || mimeType === 'text/richtext') return enrichedToText(text);
  const isFlowed = mimeType === 'text/plain' && parameters.get('format')?.toLowerCase() === 'flowed';
  return isFlowed ? unflow(text, parameters.get('delsp')?.toLowerCase() === 'yes') : text;
}

function readFile(part: MimePart): Attachment {
  const contentId = rawHeaderOf(part, 'content-id').replaceAll(/[<>\s]/g, '');
  const charset = part.parameters.get('charset');
  return {
    ...fileOf(part.filename, part.mimeType, decodePart(part)),
    ...(contentId === '' ? {} : { contentId }),
    ...(charset === undefined ? {} : { charset }),
  };
}

function fileOf(filename: string, mimeType: string, content: Uint8Array): Attachment {
  const name = safeFilename(filename, defaultFilename(mimeType));
  return { filename: name, mimeType, isInline: false, sizeBytes: content.byteLength, content };
}

/** The text inside an S/MIME message that is signed only. It stays a file, too: that is what can be verified. */
function readSigned(part: MimePart, into: Collected): readonly Piece[] {
  into.files.push(readFile(part));
  const entity = into.depth < maxInnerMessages ? signedContent(bufferOn(decodePart(part))) : undefined;
  if (entity === undefined) return [];
  return readPieces(readPartTree(entity, into.reader), { ...into, depth: into.depth + 1 });
}

/** Takes the files out of a `winmail.dat`, and its text for a message that has no other; false where it holds nothing. */
function takeTnef(part: MimePart, { reader, files, packedTexts }: Collected): boolean {
  const packed = readTnef(bufferOn(decodePart(part)), reader.charsets);
  if (packed === undefined) return false;
  for (const { filename, mimeType, contentId, content } of packed.files) {
    const type = mediaTypeOf(mimeType, 'application/octet-stream', true);
    files.push({ ...fileOf(filename, type, content), ...(contentId === '' ? {} : { contentId }) });
  }
  packedTexts.push(packed);
  return true;
}

/** The text of a message that came in a `winmail.dat` alone; its RTF is a file. */
function packedPieces({ text, html, rtf }: Tnef, files: Attachment[]): readonly Piece[] {
  if (html !== undefined) return [{ html: cleanText(html), ...(text === undefined ? {} : { plain: cleanText(text) }) }];
  if (text !== undefined) return [{ plain: cleanText(text) }];
  if (rtf !== undefined) files.push(fileOf('message.rtf', 'application/rtf', rtf));
  return [];
}

/** The ids of `cid:` addresses (RFC 2392) that an HTML body refers to. */
function contentIdsIn(html: string): Set<string> {
  return new Set(Array.from(html.matchAll(/\bcid:([^\s"'<>)]+)/gi), (match) => percentDecode(match[1] ?? '')));
}

function percentDecode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
