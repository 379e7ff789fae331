import { dataOf } from '../cascade/data-url.ts';
import { decodeGif } from './decode-gif.ts';
import { decodePng } from './decode-png.ts';
import type { Pixels } from './pixels.ts';

/** What is known of a picture: its colours, or that it is not there, or nothing. */
export type Picture = Pixels | 'absent' | 'unknown';

/**
 * What is known of the picture at an address. One that the address itself holds is decoded (PNG, GIF); one that is not
 * attached cannot be there; all that may be fetched, and other formats, are unknown.
 */
export function pictureAt(address: string, isAttached: (contentId: string) => boolean): Picture {
  const url = address.trim();
  const contentId = /^cid:(.*)$/is.exec(url)?.[1];
  if (contentId !== undefined) return isAttached(contentId) ? 'unknown' : 'absent';
  if (/^(?:https?:)?\/\//i.test(url)) return 'unknown';
  if (!/^data:/i.test(url)) return 'absent';
  const bytes = dataOf(url)?.bytes;
  if (bytes === undefined) return 'unknown';
  return decodePng(bytes) ?? decodeGif(bytes) ?? 'unknown';
}
