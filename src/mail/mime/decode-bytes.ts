import { TextDecoder } from 'node:util';

/** Bytes above 127 are outside ASCII: only then does the charset matter. */
export function isEightBit(latin1: string): boolean {
  return /[\u0080-\u00ff]/.test(latin1);
}

/**
 * Text of bytes that name no charset, or one that is often named wrongly: UTF-8 if they are valid UTF-8, else
 * `charset` if it is known and fits, else windows-1252, in which every byte means something.
 */
export function decodeUnlabelled(bytes: Uint8Array, charset = 'windows-1252'): string {
  return tryDecode(bytes, 'utf-8') ?? tryDecode(bytes, charset) ?? new TextDecoder('windows-1252').decode(bytes);
}

/** Undefined where the charset is unknown here or the bytes are not of it. */
function tryDecode(bytes: Uint8Array, charset: string): string | undefined {
  try {
    return new TextDecoder(charset, { fatal: true }).decode(bytes);
  } catch {
    return undefined;
  }
}
