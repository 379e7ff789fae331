import type { BoundedZip } from './bounded-zip.ts';
import { readRelationships } from './relationships.ts';
import { readXml } from './xml-events.ts';

/** The paragraphs of a slide or of its notes; cells of a table's row are divided by ` | ` (ECMA-376 part 1, section 21.1). */
async function paragraphsOf(bytes: Uint8Array): Promise<readonly string[]> {
  const lines: string[] = [];
  let line = '';
  let cells: string[] | undefined;
  let cell: string[] = [];
  let isText = false;
  await readXml(bytes, {
    open(name) {
      if (name === 'a:t') isText = true;
      else if (name === 'a:br') line += '\n';
      else if (name === 'a:tab') line += '\t';
      else if (name === 'a:tr') cells = [];
      else if (name === 'a:tc') cell = [];
    },
    text(text) {
      if (isText) line += text;
    },
    close(name) {
      if (name === 'a:t') isText = false;
      if (name === 'a:p') {
        if (cells === undefined) lines.push(line.trimEnd());
        else cell.push(line.trim());
        line = '';
      }
      if (name === 'a:tc') cells?.push(cell.filter((text) => text !== '').join(' '));
      if (name === 'a:tr' && cells !== undefined) {
        lines.push(cells.join(' | '));
        cells = undefined;
      }
    },
  });
  return lines.filter((text) => text !== '');
}

/** The text of a presentation: each slide under its number, then its speaker's notes. */
export async function* pptxText(zip: BoundedZip, notes: string[]): AsyncGenerator<string> {
  const presentation = 'ppt/presentation.xml';
  const targets = new Map((await readRelationships(zip, presentation)).map(({ id, target }) => [id, target]));
  const order: string[] = [];
  await readXml((await zip.read(presentation)) ?? new Uint8Array(), {
    open(name, attributes) {
      const target = name === 'p:sldId' ? targets.get(attributes['r:id'] ?? '') : undefined;
      if (target !== undefined) order.push(target);
    },
  });
  notes.push(order.length === 1 ? '1 slide' : `${order.length} slides`);
  for (const [index, slide] of order.entries()) {
    const bytes = await zip.read(slide);
    if (bytes === undefined) continue;
    const spoken = (await readRelationships(zip, slide)).find(({ type }) => type === 'notesSlide');
    const spokenBytes = spoken === undefined ? undefined : await zip.read(spoken.target);
    // The last paragraph of notes is the slide's number, a field of every notes page.
    const spokenLines =
      spokenBytes === undefined ? [] : (await paragraphsOf(spokenBytes)).filter((text) => !/^\d+$/.test(text));
    const said = spokenLines.length === 0 ? [] : ['', `Notes: ${spokenLines.join('\n')}`];
    yield `${index === 0 ? '' : '\n\n'}Slide ${index + 1}\n${[...(await paragraphsOf(bytes)), ...said].join('\n')}`;
  }
}
