import { readOnce } from '../../core/read-once.ts';
import type { Charsets } from './charsets.ts';
import { basicCharsets } from './charsets.ts';

const library = readOnce(() => import('./charset-library.ts'));

/** What `read` makes of text with the charsets at hand or, where they are not enough, with those of the library. */
export async function withCharsets<T>(read: (charsets: Charsets) => T): Promise<T> {
  const basic = basicCharsets();
  const result = read(basic);
  if (basic.wereEnough()) return result;
  const { libraryCharsets } = await library();
  return read(libraryCharsets());
}
