import { globSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { InputKind } from './try-input.ts';

/** Larger files make the fuzz slow and find no more. */
const maxBytes = 40_000;
const maxSeeds = 3000;

/** What is changed, one character a byte; HTML is what stands in the mails and in files of its own. */
export type Seeds = Readonly<Record<InputKind, readonly string[]>>;

/** The mails and HTML files below some folders, the same order each time. */
export function readSeeds(folders: readonly string[]): Seeds {
  const files = folders.flatMap((folder) =>
    globSync('**/*.{eml,html,htm}', { cwd: folder })
      .toSorted((a, b) => (a < b ? -1 : 1))
      .map((file) => join(folder, file)),
  );
  const seeds: Record<InputKind, string[]> = { mail: [], html: [] };
  for (const file of files.filter((one) => statSync(one).size <= maxBytes)) {
    const kind = file.endsWith('.eml') ? 'mail' : 'html';
    const text = readFileSync(file, 'latin1');
    if (seeds[kind].length < maxSeeds) seeds[kind].push(text);
    const html = text.search(/<(?:html|body|div|p|table|style)\b/i);
    if (kind === 'mail' && html > 0 && seeds.html.length < maxSeeds) seeds.html.push(text.slice(html));
  }
  return seeds;
}
