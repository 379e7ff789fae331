import { posix } from 'node:path';
import type { BoundedZip } from './bounded-zip.ts';
import { readXml } from './xml-events.ts';

/** A part that another part of an office document refers to (ECMA-376 part 2, section 8). */
export interface Relationship {
  readonly id: string;
  /** The last word of its type's address: `slide`, `worksheet`, `notesSlide`, … */
  readonly type: string;
  /** The entry in the archive. */
  readonly target: string;
}

/** The relationships of a part, in their order; none where the part has none. */
export async function readRelationships(zip: BoundedZip, part: string): Promise<readonly Relationship[]> {
  const folder = posix.dirname(part);
  const bytes = await zip.read(posix.join(folder, '_rels', `${posix.basename(part)}.rels`));
  if (bytes === undefined) return [];
  const found: Relationship[] = [];
  await readXml(bytes, {
    open(name, { Id: id = '', Type: type = '', Target: target = '', TargetMode: mode }) {
      if (!name.endsWith('Relationship') || mode === 'External') return;
      const entry = target.startsWith('/') ? target.slice(1) : posix.normalize(posix.join(folder, target));
      found.push({ id, type: type.slice(type.lastIndexOf('/') + 1), target: entry });
    },
  });
  return found;
}
