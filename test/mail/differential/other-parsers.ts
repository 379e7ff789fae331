import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import PostalMime from 'postal-mime';
import type { Address, Email } from 'postal-mime';

/** A file in a message as far as two parsers can be compared by it. */
export interface FileFacts {
  readonly mimeType: string;
  readonly sizeBytes: number;
  readonly sha256: string;
}

/** What a parser makes of a message. */
export interface Reading {
  readonly subject: string;
  readonly from: readonly string[];
  readonly to: readonly string[];
  readonly cc: readonly string[];
  /** Milliseconds since 1970. */
  readonly dateMs?: number;
  /** Texts in plain and in HTML, in the message's order. */
  readonly plain: readonly string[];
  readonly html: readonly string[];
  readonly files: readonly FileFacts[];
}

/** What a parser makes of a message, or why it failed. */
export type ReadingOrError = Reading | { readonly error: string };

export function factsOf(mimeType: string, content: Uint8Array): FileFacts {
  return { mimeType, sizeBytes: content.byteLength, sha256: createHash('sha256').update(content).digest('hex') };
}

interface PythonAnswer {
  readonly error?: string;
  readonly subject: string;
  readonly from: readonly string[];
  readonly to: readonly string[];
  readonly cc: readonly string[];
  readonly date: number | null;
  readonly texts: readonly (readonly [mimeType: string, text: string])[];
  readonly files: readonly (readonly [mimeType: string, sizeBytes: number, sha256: string])[];
}

/** Reads all messages in one process. */
export function readWithPython(messages: readonly Uint8Array[]): readonly ReadingOrError[] {
  const input = Buffer.concat(
    messages.flatMap((raw) => {
      const size = Buffer.alloc(4);
      size.writeUInt32BE(raw.byteLength);
      return [size, raw];
    }),
  );
  const { status, stdout, stderr } = spawnSync('python3', [join(import.meta.dirname, 'parse_with_python.py')], {
    input,
    maxBuffer: 2 ** 30,
    env: { ...process.env, PYTHONIOENCODING: 'utf-8', PYTHONDONTWRITEBYTECODE: '1' },
    timeout: 600_000,
  });
  if (status !== 0) throw new Error(`python3 ended with ${status}: ${stderr.toString()}`);
  const lines = stdout.toString().trimEnd().split('\n');
  return lines.map((line) => fromPython(JSON.parse(line) as PythonAnswer));
}

function fromPython({ error, date, texts, files, ...rest }: PythonAnswer): ReadingOrError {
  if (error !== undefined) return { error };
  const textsOf = (wanted: string): string[] =>
    texts.flatMap(([mimeType, text]) => (mimeType === wanted ? [text] : []));
  return {
    ...rest,
    ...(date === null ? {} : { dateMs: date * 1000 }),
    plain: textsOf('text/plain'),
    html: textsOf('text/html'),
    files: files.map(([mimeType, sizeBytes, sha256]) => ({ mimeType, sizeBytes, sha256 })),
  };
}

/** Reads a message with postal-mime, as far as it reads one. */
export async function readWithPostalMime(raw: Uint8Array): Promise<ReadingOrError> {
  try {
    return fromPostalMime(await PostalMime.parse(raw, { maxRfc822NestingDepth: 3 }));
  } catch (error) {
    return { error: String(error) };
  }
}

function fromPostalMime(email: Email): Reading {
  const dateMs = Date.parse(email.date ?? '');
  return {
    subject: email.subject ?? '',
    from: addressesOf(email.from === undefined ? [] : [email.from]),
    to: addressesOf(email.to ?? []),
    cc: addressesOf(email.cc ?? []),
    ...(Number.isNaN(dateMs) ? {} : { dateMs }),
    plain: email.text === undefined ? [] : [email.text],
    html: email.html === undefined ? [] : [email.html],
    files: email.attachments.map(({ mimeType, content }) => factsOf(mimeType, Buffer.from(content as ArrayBuffer))),
  };
}

function addressesOf(addresses: readonly Address[]): string[] {
  return addresses
    .flatMap((one) => one.group ?? [one])
    .flatMap(({ address }) => (address === '' ? [] : [address ?? '']));
}
